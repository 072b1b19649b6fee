//! Other ways to write what the ten faults of `surfaces` say, on every surface: what somebody might try to find out whether
//! only one form of a setting is known.

use crate::surfaces::findings;

/// A file, and the rules that report something in it.
type Variant = (&'static str, &'static str, &'static [&'static str]);

const PRIVILEGED: &[&str] = &["privileged-container"];
const SOCKET: &[&str] = &["docker-socket-mount"];

const COMMANDS: [Variant; 15] = [
    ("a.sh", "OPTIONS='--rm --privileged'\ndocker run $OPTIONS a:1\n", PRIVILEGED),
    ("a.sh", "options=(--rm\n  --privileged)\ndocker run \"${options[@]}\" a:1\n", PRIVILEGED),
    ("a.sh", "A=\"$A --privileged\"\ndocker run $A a:1\n", PRIVILEGED),
    ("a.sh", "IMAGE=\"${1:-b-c:1}\"\ndocker run \"$IMAGE\" /usr/local/bin/a.py\n", &[]),
    ("a.sh", "IMAGE=\"b-c:1\"\ndocker run \"$IMAGE\" /usr/local/bin/a.py\n", &[]),
    ("a.sh", "ssh -p 22 me@host 'docker run --privileged a:1'\n", PRIVILEGED),
    ("a.sh", "ssh host <<EOF\ndocker run --privileged a:1\nEOF\n", PRIVILEGED),
    ("a.sh", "docker compose -f a.yml run --rm -v /var/run/docker.sock:/s app\n", SOCKET),
    ("a.sh", "docker-compose -p x exec --privileged app sh\n", PRIVILEGED),
    ("a.sh", "docker run -d -P postgres:17.2\n", &["datastore-port-published"]),
    ("a.sh", "docker buildx build --allow security.insecure .\n", &["privileged-build"]),
    ("a.sh", "docker run -v $XDG_RUNTIME_DIR/../../run/docker.sock:/s a:1\n", SOCKET),
    ("README.md", "```\n$ sudo docker run --privileged a:1\n```\n", PRIVILEGED),
    ("package.json", "{\"scripts\": {\"a\": \"docker run --privileged a:1\"}}\n", PRIVILEGED),
    ("a.service", "[Service]\nExecStartPost=/usr/bin/docker run --privileged a:1\n", PRIVILEGED),
];

const PIPELINES: [Variant; 7] = [
    ("Jenkinsfile", "agent { docker { image 'a:1'\n args '-v /var/run/docker.sock:/s' } }\n", SOCKET),
    ("Jenkinsfile", "docker.image('a:1').inside('--privileged') { }\n", PRIVILEGED),
    (
        ".github/workflows/a.yml",
        "jobs:\n  a:\n    steps:\n    - uses: docker://alpine:latest\n",
        &["latest-tag"],
    ),
    ("action.yml", "runs:\n  using: docker\n  image: docker://alpine:latest\n", &["latest-tag"]),
    (
        ".github/workflows/a.yml",
        "jobs:\n  a:\n    steps:\n    - uses: docker/build-push-action@v6\n      with:\n        network: host\n        \
         allow: |\n          network.host\n          security.insecure\n",
        &["build-host-network", "privileged-build"],
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"initializeCommand\": \"docker run --privileged a:1\"}",
        PRIVILEGED,
    ),
    (".gitlab-ci.yml", ".a: &a\n  - docker run --privileged a:1\nb:\n  script:\n    - *a\n", PRIVILEGED),
];

const UNITS: [Variant; 8] = [
    ("a.container.d/1.conf", "[Container]\nPodmanArgs=--privileged\n", PRIVILEGED),
    ("a.pod", "[Pod]\nNetwork=host\n", &["host-network"]),
    ("a.kube", "[Kube]\nYaml=a.yml\nNetwork=host\n", &["host-network"]),
    ("a.container", "[Container]\nImage=a.example/a:1\nVolume=%t/podman/podman.sock:/s\n", SOCKET),
    (
        "a.container",
        "[Container]\nImage=a.example/a:1\nSecurityLabelType=spc_t\n",
        &["selinux-label-disabled"],
    ),
    ("a.container", "[Container]\nImage=a.example/a:1\nAddDevice=-/dev/sda\n", &["dangerous-device"]),
    ("a.container", "[Container]\nImage=a.example/a:1\nVolume=/:/host\nVolume=\n", &[]),
    ("a.container", "[Container]\r\nImage=a.example/a:1\r\nNetwork=host\r\n", &["host-network"]),
];

const EDITORS: [Variant; 5] = [
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"a:1\", \"mounts\": [\"source=${localEnv:HOME}/.ssh,target=/s,type=bind\"]}",
        &["sensitive-host-mount"],
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"a:1\", \"workspaceMount\": \"source=/,target=/w,type=bind\"}",
        &["host-root-mount"],
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"a:1\", \"features\": {\"ghcr.io/devcontainers/features/docker-outside-of-docker:1\": {}}}",
        SOCKET,
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"a:1\", \"features\": {\"ghcr.io/devcontainers/features/docker-in-docker:2\": {}}}",
        PRIVILEGED,
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"postgres:17.2\", \"appPort\": [\"5432:5432\"]}",
        &["datastore-port-published"],
    ),
];

/// Pods, each with a container at `%`.
const PODS: [Variant; 7] = [
    ("a.yaml", "{apiVersion: v1, kind: Pod, spec: {containers: [], ephemeralContainers: [%]}}", PRIVILEGED),
    ("a.yaml", "{apiVersion: v1, kind: PodTemplate, template: {spec: {containers: [%]}}}", PRIVILEGED),
    ("a.yaml", "{apiVersion: a/v1, kind: Rollout, spec: {template: {spec: {containers: [%]}}}}", PRIVILEGED),
    ("a.json", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [%]}}", PRIVILEGED),
    (
        "a.yaml",
        "{apiVersion: v1, kind: Pod, metadata: {annotations: \
         {container.apparmor.security.beta.kubernetes.io/a: unconfined}}, spec: {containers: [%]}}",
        &["apparmor-unconfined"],
    ),
    (
        "a.yaml",
        "{apiVersion: v1, kind: Pod, spec: {securityContext: {windowsOptions: {hostProcess: true}}, \
         containers: [{name: a, image: \"a:1\"}]}}",
        PRIVILEGED,
    ),
    (
        "a.yaml",
        "{apiVersion: v1, kind: Pod, spec: {securityContext: {seLinuxOptions: {type: spc_t}}, containers: [%]}}",
        &["selinux-label-disabled"],
    ),
];

const TASKS: [Variant; 3] = [
    (
        "a.yaml",
        "Resources:\n  A:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      NetworkMode: !Sub host\n      \
         ContainerDefinitions:\n        - {Name: a, Image: \"a:1\"}\n",
        &["host-network"],
    ),
    (
        "a.json",
        "[{\"name\": \"a\", \"image\": \"a:1\", \"essential\": true, \"privileged\": true}]",
        PRIVILEGED,
    ),
    (
        "a.json",
        "{\"containerDefinitions\": [{\"name\": \"a\", \"image\": \"a:1\", \"systemControls\": \
         [{\"namespace\": \"vm.swappiness\", \"value\": \"1\"}]}]}",
        &["sysctl-not-namespaced"],
    ),
];

const COMPOSE: [Variant; 6] = [
    (
        "compose.yaml",
        "services:\n  a:\n    image: a:1\n    networks: [h]\nnetworks:\n  h: {external: true, name: host}\n",
        &["host-network"],
    ),
    (
        "compose.yaml",
        "services:\n  a:\n    image: a:1\n    pre_start:\n      - {image: \"alpine:latest\", command: c}\n",
        &["latest-tag"],
    ),
    (
        "compose.yaml",
        "services:\n  a:\n    image: redis:7.4.1\n    command: redis-server --protected-mode no\n    ports: [\"6379:6379\"]\n",
        &["authentication-disabled"],
    ),
    (
        "compose.yaml",
        "services:\n  a:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM alpine:latest\n        \
         RUN curl -fsSL https://a.example/i.sh | sh\n",
        &["latest-tag", "pipe-to-shell"],
    ),
    (
        "docker-bake.hcl",
        "target \"a\" {\n  contexts = { b = \"docker-image://alpine:latest\" }\n  dockerfile-inline = <<EOT\n\
         FROM alpine@sha256:%DIGEST%\nRUN chmod -R 777 /srv\nEOT\n}\n",
        &["chmod-777", "latest-tag"],
    ),
    (
        "docker-bake.json",
        "{\"target\": {\"a\": {\"dockerfile-inline\": \"FROM alpine:latest\\nRUN true\\n\"}}}",
        &["latest-tag"],
    ),
];

#[test]
fn every_form_of_a_setting_is_known() {
    let pod = "{\"name\": \"a\", \"image\": \"a:1\", \"securityContext\": {\"privileged\": true}}";
    let all = [&COMMANDS[..], &PIPELINES, &UNITS, &EDITORS, &PODS, &TASKS, &COMPOSE].concat();
    for (path, text, rules) in all {
        let found = findings(path, &text.replace("[%]", &format!("[{pod}]")), "strict");
        let found: Vec<&str> = found.iter().map(|(rule, _)| &**rule).collect();
        for rule in rules {
            assert!(found.contains(rule), "{rule} is not in {found:?}\n{path}\n{text}");
        }
        let is_quiet =
            ["host-root-mount", "invalid-image-reference"].iter().all(|rule| !found.contains(rule));
        assert!(!rules.is_empty() || is_quiet, "{path}\n{text}");
    }
}
