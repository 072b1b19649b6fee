//! One model, many surfaces: the same ten faults, written on each, are found under the same ids, and a well-made
//! container is silent on each.

use std::fs;

use serde_json::Value;

use crate::cases::hullguard;

/// Ten faults, by their ids, with what each points at on one surface or another; nothing for the password.
const FAULTS: [(&str, &str); 10] = [
    ("privileged-container", "--privileged|true"),
    ("docker-socket-mount", "/var/run/docker.sock"),
    ("host-network", "host|true"),
    ("host-pid", "host|true"),
    ("capability-host-code-execution", "SYS_ADMIN"),
    ("seccomp-unconfined", "nconfined"),
    ("host-root-mount", "/"),
    ("env-secret-literal", ""),
    ("latest-tag", "latest"),
    ("datastore-port-published", "5432"),
];

/// The password, in pieces, for no text here has the shape of a secret.
fn password() -> String {
    ["kT4nq8Wz", "Lr2vB9xY", "c6Hd"].concat()
}

/// A place where containers are configured: a file, the ten faults in it, and a well-made sibling. `%PASSWORD%` is
/// replaced, `%NEXT%` begins another file of the same name.
struct Surface {
    path: &'static str,
    bad: String,
    good: String,
    /// Faults that are not told there.
    silent: &'static [&'static str],
    /// The profile in which all others are told.
    profile: &'static str,
}

const BAD: [&str; 2] = [
    "docker run -d --name app --privileged --net=host --pid host -v /var/run/docker.sock:/var/run/docker.sock \
     -v /:/host example/app:1.2",
    "sudo podman run -d --cap-add SYS_ADMIN --security-opt seccomp=unconfined -e POSTGRES_PASSWORD=%PASSWORD% \
     -p 5432:5432 postgres:latest",
];
const GOOD: [&str; 2] = [
    "docker run -d --name app --cap-drop=ALL --read-only --memory 64m --network back --pids-limit 100 \
     --security-opt no-new-privileges -v data:/var/lib/postgresql --user 70 --restart unless-stopped \
     -e POSTGRES_PASSWORD_FILE=/run/secrets/password -p 127.0.0.1:5432:5432 postgres:16.4",
    "docker run --rm --cap-drop=ALL --read-only --memory 64m --security-opt no-new-privileges -v \"$SRC\":/src \
     -e \"TOKEN=$TOKEN\" \"$IMAGE\" make",
];

/// A surface of commands: each on a line of its own behind `before`.
fn commands(path: &'static str, head: &str, before: &str, foot: &str) -> Surface {
    let text = |lines: [&str; 2]| {
        let lines = lines.map(|line| format!("{before}{line}\n")).concat();
        format!("{head}{lines}{foot}")
    };
    Surface { path, bad: text(BAD), good: text(GOOD), silent: &[], profile: "default" }
}

impl Surface {
    /// The ports of a machine that is thrown away are not told.
    fn in_pipeline(self) -> Self {
        Self { silent: &["datastore-port-published"], ..self }
    }
    fn for_readers(self) -> Self {
        Self { profile: "strict", ..self }
    }
}

fn surfaces() -> Vec<Surface> {
    let workflow = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n";
    vec![
        commands("deploy.sh", "#!/bin/sh\nset -eu\n", "", ""),
        commands("hooks/deploy", "#!/usr/bin/env bash\n", "", ""),
        commands("Makefile", "run:\n", "\t@", ""),
        commands("justfile", "run:\n", "    @", ""),
        commands("Jenkinsfile", "node {\n  sh '''\n", "    ", "  '''\n}\n").in_pipeline(),
        commands("app.service", "[Service]\n", "ExecStart=/usr/bin/env ", ""),
        commands("README.md", "# App\n\n```sh\n", "", "```\n").for_readers(),
        commands(".github/workflows/build.yml", workflow, "          ", "").in_pipeline(),
        commands(".gitlab-ci.yml", "job:\n  script:\n", "    - >-\n      ", "").in_pipeline(),
        written(".github/workflows/test.yml", BAD_WORKFLOW, GOOD_WORKFLOW).in_pipeline(),
        written(".devcontainer/devcontainer.json", BAD_DEVCONTAINER, GOOD_DEVCONTAINER),
        written("app.container", BAD_QUADLET, GOOD_QUADLET),
        written("app.yaml", BAD_PODS, GOOD_PODS),
        written("task.json", BAD_TASKS, GOOD_TASKS),
        written("stack.yaml", BAD_STACK, GOOD_STACK),
        written("ecs.tf", BAD_TERRAFORM, GOOD_TERRAFORM),
        written("app.nomad.hcl", BAD_JOB, GOOD_JOB),
    ]
}

/// A surface with a language of its own.
fn written(path: &'static str, bad: &str, good: &str) -> Surface {
    Surface { path, bad: bad.to_owned(), good: good.to_owned(), silent: &[], profile: "default" }
}

const BAD_WORKFLOW: &str = "on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    container:
      image: postgres:latest
      volumes: ['/var/run/docker.sock:/var/run/docker.sock']
      env:
        POSTGRES_PASSWORD: %PASSWORD%
      options: >-
        --privileged
        --network host
    services:
      db:
        image: example/db:1.2
        volumes:
          - /:/host
        options: --pid host --security-opt seccomp=unconfined --cap-add SYS_ADMIN
";
const GOOD_WORKFLOW: &str = "on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    container: node:22.4
    services:
      db:
        image: ${{ matrix.database }}
        ports: ['5432:5432']
        env:
          POSTGRES_PASSWORD: postgres
        options: --health-cmd pg_isready --health-interval 10s
";
const BAD_DEVCONTAINER: &str = r#"// What we work in
{
	"image": "postgres:latest",
	"privileged": true,
	"securityOpt": ["seccomp=unconfined"],
	"mounts": [
		"source=/var/run/docker.sock,target=/var/run/docker.sock,type=bind",
		{ "source": "/", "target": "/host", "type": "bind" }, // all of it
	],
	"containerEnv": { "POSTGRES_PASSWORD": "%PASSWORD%" },
	"runArgs": ["--pid=host", "--network=host"],
}
%NEXT%
{ "image": "postgres:16.4", "capAdd": ["SYS_ADMIN"], "runArgs": ["-p", "5432:5432"] }
"#;
const GOOD_DEVCONTAINER: &str = r#"{
  "image": "mcr.microsoft.com/devcontainers/rust:1-bookworm",
  "capAdd": ["SYS_PTRACE"],
  "mounts": ["source=${localWorkspaceFolder}/.cache,target=/cache,type=bind"],
  "containerEnv": { "TOKEN": "${localEnv:TOKEN}" },
  "runArgs": ["--init", "--name", "work"],
}
"#;
const BAD_QUADLET: &str = "[Unit]
Description=Database

[Container]
Image=postgres:latest
SeccompProfile=unconfined
Environment=POSTGRES_PASSWORD=%PASSWORD%
PublishPort=5432:5432
Volume=/var/run/docker.sock:/var/run/docker.sock
Volume=/:/host
PodmanArgs=--privileged \\
  --pid=host
%NEXT%
[Container]
Image=example/app:1.2
Network=host
AddCapability=CAP_SYS_ADMIN
";
const GOOD_QUADLET: &str = "[Container]
Image=postgres:16.4
DropCapability=all
NoNewPrivileges=true
ReadOnly=true
Memory=64m
PidsLimit=100
Network=back.network
Environment=POSTGRES_PASSWORD_FILE=/run/secrets/password
PublishPort=127.0.0.1:5432:5432
Volume=data.volume:/var/lib/postgresql

[Service]
Restart=always
";
const BAD_PODS: &str = "apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  hostNetwork: true
  hostPID: true
  containers:
    - name: app
      image: postgres:latest
      securityContext:
        privileged: true
      env:
        - name: POSTGRES_PASSWORD
          value: %PASSWORD%
      volumeMounts:
        - {name: socket, mountPath: /var/run/docker.sock}
        - {name: root, mountPath: /host}
  volumes:
    - name: socket
      hostPath: {path: /var/run/docker.sock}
    - name: root
      hostPath:
        path: /
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: db
spec:
  template:
    spec:
      containers:
        - name: db
          image: postgres:16.4
          ports:
            - containerPort: 5432
              hostPort: 5432
          securityContext:
            seccompProfile:
              type: Unconfined
            capabilities:
              add: [SYS_ADMIN]
";
const GOOD_PODS: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      securityContext:
        runAsUser: 70
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: db
          image: postgres:16.4
          ports:
            - containerPort: 5432
          env:
            - name: POSTGRES_PASSWORD
              valueFrom:
                secretKeyRef: {name: db, key: password}
          resources:
            limits: {memory: 64Mi, cpu: 500m}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - {name: data, mountPath: /var/lib/postgresql}
";
const BAD_TASKS: &str = r#"{
  "family": "app",
  "networkMode": "host",
  "pidMode": "host",
  "volumes": [
    { "name": "socket", "host": { "sourcePath": "/var/run/docker.sock" } },
    { "name": "root", "host": { "sourcePath": "/" } }
  ],
  "containerDefinitions": [
    {
      "name": "app",
      "image": "postgres:latest",
      "privileged": true,
      "dockerSecurityOptions": ["seccomp:unconfined"],
      "environment": [{ "name": "POSTGRES_PASSWORD", "value": "%PASSWORD%" }],
      "mountPoints": [
        { "sourceVolume": "socket", "containerPath": "/var/run/docker.sock" },
        { "sourceVolume": "root", "containerPath": "/host" }
      ]
    }
  ],
  "other": {
    "containerDefinitions": [
      {
        "name": "db",
        "image": "postgres:16.4",
        "portMappings": [{ "containerPort": 5432, "hostPort": 5432 }],
        "linuxParameters": { "capabilities": { "add": ["SYS_ADMIN"] } }
      }
    ]
  }
}
"#;
const GOOD_TASKS: &str = r#"{
  "family": "app",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "memory": "512",
  "containerDefinitions": [
    {
      "name": "db",
      "image": "postgres:16.4",
      "readonlyRootFilesystem": true,
      "user": "70",
      "linuxParameters": { "capabilities": { "drop": ["ALL"] } },
      "portMappings": [{ "containerPort": 5432, "hostPort": 5432 }],
      "secrets": [{ "name": "POSTGRES_PASSWORD", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/db" }]
    }
  ]
}
"#;

const BAD_STACK: &str = "Resources:
  App:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: host
      PidMode: host
      Volumes:
        - {Name: socket, Host: {SourcePath: /var/run/docker.sock}}
        - {Name: root, Host: {SourcePath: /}}
      ContainerDefinitions:
        - Name: app
          Image: postgres:latest
          Privileged: true
          DockerSecurityOptions: ['seccomp:unconfined']
          Environment:
            - {Name: POSTGRES_PASSWORD, Value: %PASSWORD%}
          MountPoints:
            - {SourceVolume: socket, ContainerPath: /var/run/docker.sock}
            - {SourceVolume: root, ContainerPath: /host}
  Db:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: db
          Image: postgres:16.4
          PortMappings: [{ContainerPort: 5432, HostPort: 5432}]
          LinuxParameters: {Capabilities: {Add: [SYS_ADMIN]}}
";
const GOOD_STACK: &str = "Resources:
  App:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      Memory: '512'
      ContainerDefinitions:
        - Name: app
          Image: !Ref AppImage
          ReadonlyRootFilesystem: true
          User: '70'
          LinuxParameters: {Capabilities: {Drop: [ALL]}}
          Environment:
            - {Name: DB_PASSWORD, Value: !Sub '${Password}'}
";
const BAD_TERRAFORM: &str = r#"# the app
resource "aws_ecs_task_definition" "app" {
  family       = "app"
  network_mode = "host"
  pid_mode     = "host"
  container_definitions = jsonencode([
    {
      name                  = "app"
      image                 = "postgres:latest"
      cpu                   = var.cpu
      privileged            = true
      dockerSecurityOptions = ["seccomp:unconfined"]
      environment           = [{ name = "POSTGRES_PASSWORD", value = "%PASSWORD%" }]
      mountPoints = [
        { sourceVolume = "socket", containerPath = "/var/run/docker.sock" },
        { sourceVolume = "root", containerPath = "/host" },
      ]
    },
  ])
  volume {
    name      = "socket"
    host_path = "/var/run/docker.sock"
  }
  volume {
    name      = "root"
    host_path = "/"
  }
}

resource "aws_ecs_task_definition" "db" {
  family                = "db"
  container_definitions = <<-JSON
  [{
    "name": "db",
    "image": "postgres:16.4",
    "cpu": ${var.cpu},
    "portMappings": [{ "containerPort": 5432, "hostPort": 5432 }],
    "linuxParameters": { "capabilities": { "add": ["SYS_ADMIN"] } }
  }]
  JSON
}
"#;
const GOOD_TERRAFORM: &str = r#"resource "aws_ecs_task_definition" "app" {
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  memory                   = 512
  container_definitions = jsonencode([{
    name                   = "app"
    image                  = "${aws_ecr_repository.app.repository_url}:${var.tag}"
    readonlyRootFilesystem = true
    user                   = "70"
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    environment            = [for name, value in local.settings : { name = name, value = value }]
    secrets                = [{ name = "DB_PASSWORD", valueFrom = aws_ssm_parameter.db.arn }]
  }])
}
"#;

const BAD_JOB: &str = r#"job "app" {
  type = "service"
  group "app" {
    network {
      port "db" {
        static = 5432
      }
    }
    task "app" {
      driver = "docker"
      config {
        image        = "postgres:latest"
        privileged   = true
        network_mode = "host"
        pid_mode     = "host"
        volumes      = ["/var/run/docker.sock:/var/run/docker.sock"]
        mount {
          type   = "bind"
          source = "/"
          target = "/host"
        }
      }
      env {
        POSTGRES_PASSWORD = "%PASSWORD%"
      }
    }
    task "db" {
      driver = "podman"
      config {
        image        = "docker://postgres:16.4"
        ports        = ["db"]
        cap_add      = ["SYS_ADMIN"]
        security_opt = ["seccomp=unconfined"]
      }
    }
  }
}
"#;
const GOOD_JOB: &str = r#"variable "tag" {
  default = "16.4"
}
job "db" {
  group "db" {
    network {
      port "db" { to = 5432 }
    }
    task "db" {
      driver = "docker"
      user   = "70"
      config {
        image           = "postgres:${var.tag}"
        ports           = ["db"]
        cap_drop        = ["ALL"]
        readonly_rootfs = true
        pids_limit      = 100
        security_opt    = ["no-new-privileges"]
        volumes         = ["local/init.sql:/docker-entrypoint-initdb.d/init.sql:ro"]
        mount = {
          type   = "volume"
          source = "data"
          target = "/var/lib/postgresql"
        }
      }
      template {
        data        = <<-EOF
          {{ with secret "db" }}POSTGRES_PASSWORD={{ .Data.password }}{{ end }}
        EOF
        destination = "secrets/env"
        env         = true
      }
      resources {
        memory = 64
      }
    }
    task "sidecar" {
      driver = "exec"
      config {
        command = "/bin/date"
      }
    }
  }
}
"#;

/// The open findings of a file that stands alone: the rule, and the text that it points at.
pub(crate) fn findings(path: &str, text: &str, profile: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join(path);
    fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder can be made");
    let text = text.replace("%PASSWORD%", &password()).replace("%DIGEST%", &"5e".repeat(32));
    fs::write(&file, &text).expect("a file can be written");
    let done = hullguard(folder.path()).args(["check", "--format", "json", "--profile", profile]).output();
    let report: Value = serde_json::from_slice(&done.expect("hullguard runs").stdout).expect("it is JSON");
    let open = report["findings"].as_array().expect("there is a list").iter();
    let open = open.filter(|finding| finding["status"] == "open");
    open.map(|finding| {
        let number = |place: &str, of: &str| finding[place][of].as_u64().expect("it is a number") as usize;
        let line = text.lines().nth(number("start", "line") - 1).expect("the line is there");
        let end = if number("start", "line") == number("end", "line") {
            number("end", "column") - 1
        } else {
            line.len()
        };
        let place = &line[number("start", "column") - 1..end];
        (finding["rule"].as_str().expect("it is a text").to_owned(), place.to_owned())
    })
    .collect()
}

#[test]
fn ten_faults_are_found_on_every_surface() {
    for surface in surfaces() {
        let files = surface.bad.split("%NEXT%\n");
        let found: Vec<_> = files.flat_map(|text| findings(surface.path, text, surface.profile)).collect();
        for (id, tokens) in FAULTS.iter().filter(|(id, _)| !surface.silent.contains(id)) {
            let mut places = found.iter().filter(|(rule, _)| rule == id).map(|(_, place)| place);
            let fits = |place: &String| match *tokens {
                "" => place.trim_matches('"') == password(),
                tokens => tokens.split('|').any(|token| place.contains(token)),
            };
            assert!(places.any(fits), "{}: {id} is not in {found:?}", surface.path);
        }
    }
}

#[test]
fn well_made_containers_are_silent_on_every_surface() {
    for surface in surfaces() {
        let found = findings(surface.path, &surface.good, "default");
        assert!(found.is_empty(), "{}: {found:?}", surface.path);
    }
}

#[test]
fn rights_of_a_process_in_a_container_are_found() {
    let text =
        "#!/bin/sh\ndocker exec --privileged app sh\ndocker exec -u root -it app sh\ndocker exec app ls\n";
    let found = findings("a.sh", text, "strict");
    let found: Vec<(&str, &str)> = found.iter().map(|(rule, place)| (&**rule, &**place)).collect();
    assert_eq!(found, [("privileged-container", "--privileged"), ("run-as-root-explicit", "root")]);
    let text = r#"{ "id": "x", "capAdd": ["SYS_ADMIN"] }"#;
    let found = findings("src/devcontainer-feature.json", text, "default");
    let rules: Vec<&str> = found.iter().map(|(rule, _)| &**rule).collect();
    assert_eq!(rules, ["capability-host-code-execution"]);
}

const BAD_BUILD: &str = r#"variable "NPM_TOKEN" {}
variable "USE_TOKEN" { default = "false" }
target "app" {
  context      = "https://github.com/example/app.git#main"
  entitlements = ["security.insecure"]
  network      = "host"
  args         = { NPM_TOKEN = NPM_TOKEN, USE_TOKEN = "${USE_TOKEN}" }
}
"#;
const GOOD_BUILD: &str = r#"variable "TAG" {
  default = "dev"
}
group "default" {
  targets = ["app"]
}
target "app" {
  context   = "."
  contexts  = { base = "docker-image://alpine@sha256:%DIGEST%" }
  args      = { VERSION = TAG, TOKEN_FILE = null }
  secret    = ["id=token,env=TOKEN"]
  tags      = ["example/app:${TAG}", "example/app:latest"]
  platforms = [for arch in ["amd64", "arm64"] : "linux/${arch}"]
}
"#;

#[test]
fn builds_of_bake_files_are_judged() {
    let json = r#"{ "target": { "app": { "entitlements": ["security.insecure", "network.host"] } } }"#;
    for (path, text, faults) in [
        (
            "docker-bake.hcl",
            BAD_BUILD,
            &[
                "build-host-network",
                "privileged-build",
                "remote-build-context-unpinned",
                "secret-in-build-args",
            ][..],
        ),
        ("docker-bake.json", json, &["build-host-network", "privileged-build"]),
        ("docker-bake.hcl", GOOD_BUILD, &[]),
    ] {
        let found = findings(path, text, "strict");
        let mut rules: Vec<&str> = found.iter().map(|(rule, _)| &**rule).collect();
        rules.sort_unstable();
        assert_eq!(rules, faults, "{path}: {found:?}");
    }
}

#[test]
fn readers_are_told_only_what_is_dangerous() {
    for surface in surfaces().into_iter().filter(|surface| surface.profile == "strict") {
        let found = findings(surface.path, &surface.bad, "default");
        assert!(found.iter().any(|(rule, _)| rule == "privileged-container"), "{found:?}");
        assert!(found.iter().all(|(rule, _)| rule != "latest-tag"), "{found:?}");
    }
}
