use std::fmt::Write as _;

use super::*;
use crate::container::{CommandForm, HealthTest, MountKind, PullKind};

fn source(path: &str, text: &str) -> Source {
    Source::new(path, text.as_bytes().to_vec())
}

/// Joins the files in order; those after `main` are only nearby. `.env` files are given as `(path, text)`.
fn model(
    main: usize,
    texts: &[(&str, &str)],
    envs: &[(&str, &str)],
    check: impl Fn(&Model, &[ComposeFile<'_>]),
) {
    let sources: Vec<_> = texts.iter().map(|(path, text)| source(path, text)).collect();
    let files: Vec<_> = sources.iter().enumerate().map(|(id, s)| parse(s, FileId(id as u32))).collect();
    let envs: Vec<_> = envs
        .iter()
        .map(|(path, text)| (*path, Arc::new(Env::parse(&Arc::new(source(path, text))))))
        .collect();
    let nearby = Nearby {
        file: &|path| files.iter().find(|file| &**file.source.path() == path),
        env: &|path| envs.iter().find(|(known, _)| *known == path).map(|(_, env)| env),
    };
    let joined: Vec<_> = files[..main].iter().collect();
    check(&join(&joined, &nearby), &files);
}

fn one(text: &str, check: impl Fn(&ContainerSpec, &ComposeFile<'_>)) {
    model(1, &[("compose.yaml", text)], &[], |model, files| check(&model.services[0], &files[0]));
}

fn show(texts: &[Text]) -> String {
    texts.iter().map(|text| text.value().unwrap_or("?")).collect::<Vec<_>>().join(" ")
}
fn opt(text: Option<&Text>) -> &str {
    text.map_or("-", |text| text.value().unwrap_or("?"))
}

#[test]
fn a_service_is_read() {
    let text = "services:\n  web:\n    image: \"nginx:${TAG:-1.27}\"\n    privileged: \"yes\"\n    read_only: ${RO}\n    \
                user: 0\n    cap_add: [ALL]\n    security_opt:\n      - no-new-privileges:true\n    mem_limit: 512m\n    \
                deploy: {resources: {limits: {cpus: '0.5', pids: 10}}}\n    command: null\n    \
                healthcheck: {test: [CMD, curl, x]}\n    tmpfs: /run\n    environment:\n      A: 1\n      B:\n";
    one(text, |web, file| {
        let image = web.image.as_ref().unwrap();
        assert_eq!((image.value(), image.from_default()), (Some("nginx:1.27"), true));
        assert_eq!(file.source.slice(image.part(0..5)), "nginx");
        assert!(web.privileged.unwrap().is_true());
        assert_eq!(web.read_only.unwrap().value, None);
        assert!(!web.read_only.unwrap().invalid);
        assert_eq!(opt(web.user.as_ref()), "0");
        assert_eq!(show(&web.cap_add), "ALL");
        assert_eq!(file.source.slice(web.security_opt[0].at.span), "no-new-privileges:true");
        assert_eq!(web.limits.memory.unwrap().value, Some(512 << 20));
        assert_eq!(web.limits.cpus.unwrap().value, Some(0.5));
        assert_eq!(web.limits.pids.unwrap().value, Some(10));
        assert_eq!(web.command.as_ref().unwrap().form, CommandForm::Image);
        assert!(
            matches!(&web.healthcheck.as_ref().unwrap().test, Some(HealthTest::Exec(words)) if words.len() == 2)
        );
        assert_eq!(show(&web.tmpfs), "/run");
        assert_eq!(web.environment.len(), 2);
        assert!(web.environment[1].value.is_none());
        assert!(web.is_complete());
        let edit = web.insertion.unwrap().edit(file.source, "cap_drop:\n  - ALL");
        let mut fixed = file.source.text().to_owned();
        fixed.insert_str(edit.span.start as usize, &edit.insert);
        let fixed = source("compose.yaml", &fixed);
        let fixed = parse(&fixed, FileId(0));
        assert_eq!(show(&join(&[&fixed], &Nearby::nothing()).services[0].cap_drop), "ALL");
    });
}

#[test]
fn ports_in_all_forms() {
    let cases = [
        ("80", "- - 80 -"),
        ("8080:80", "- 8080 80 -"),
        ("127.0.0.1:8080:80/udp", "127.0.0.1 8080 80 udp"),
        ("127.0.0.1::80", "127.0.0.1 - 80 -"),
        ("[::1]:6000:6000", "::1 6000 6000 -"),
        ("::1:6000:6000", "::1 6000 6000 -"),
        ("9090-9091:8080-8081", "- 9090-9091 8080-8081 -"),
        ("${BIND:-127.0.0.1}:8082:80", "127.0.0.1 8082 80 -"),
        ("${PORT:-80}:80", "- 80 80 -"),
        ("${PORT}:80", "- ? 80 -"),
        ("${ALL}", "? - ? -"),
        ("${BIND:-127.0.0.1:80}:80", "127.0.0.1 80 80 -"),
        ("${BIND:-127.0.0.1:}8080:80", "127.0.0.1 8080 80 -"),
        ("${BIND:-}:443:443", " 443 443 -"),
    ];
    for (port, want) in cases {
        one(&format!("services:\n  a:\n    ports:\n      - \"{port}\"\n"), |spec, file| {
            let p = &spec.ports[0];
            let text = |ports: &Option<crate::container::Ports>| ports.as_ref().map(|p| p.text.clone());
            let got = format!(
                "{} {} {} {}",
                opt(p.host_ip.as_ref()),
                opt(text(&p.published).as_ref()),
                opt(text(&p.target).as_ref()),
                opt(p.protocol.as_ref())
            );
            assert_eq!(got, want, "{port}");
            assert!(!p.invalid, "{port}");
            assert!(file.source.slice(p.at.span).contains(port));
        });
    }
    one(
        "services:\n  a:\n    ports:\n      - {target: 80, published: '8080', host_ip: 127.0.0.1}\n      - 443\n",
        |spec, _| {
            assert_eq!(spec.ports[0].published.as_ref().unwrap().range, Some((8080, 8080)));
            assert!(spec.ports[0].long);
            assert_eq!(spec.ports[1].target.as_ref().unwrap().range, Some((443, 443)));
        },
    );
    one("services: {a: {ports: ['x:y', '1:2:3:4', 99999]}}", |spec, _| {
        assert!(spec.ports.iter().all(|port| port.invalid));
    });
}

#[test]
fn mounts_in_all_forms() {
    let cases = [
        ("/var/run/docker.sock:/s:ro", "Bind /var/run/docker.sock /s ro"),
        ("data:/data", "Volume data /data rw"),
        ("/data", "Volume - /data rw"),
        ("./x:/x:z,rshared", "Bind ./x /x rw"),
        ("~/x:/x", "Bind ~/x /x rw"),
        ("C:\\a:/b:ro", "Bind C:\\a /b ro"),
        (
            "\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine",
            "Npipe \\\\.\\pipe\\docker_engine \\\\.\\pipe\\docker_engine rw",
        ),
        ("${X:-aa:b}", "Volume aa b rw"),
        ("${DIR:-./d}:/d", "Bind ./d /d rw"),
        ("${DIR}:/d", "Unknown ? /d rw"),
        ("${DIR}/x:/d", "Bind ? /d rw"),
        ("./a:/a:${MODE}", "Bind ./a /a ?"),
        ("x", "Volume - x rw"),
    ];
    for (mount, want) in cases {
        one(&format!("services:\n  a:\n    volumes:\n      - '{mount}'\n"), |spec, _| {
            let m = &spec.mounts[0];
            let mode = match m.read_only {
                Some(true) => "ro",
                Some(false) => "rw",
                None => "?",
            };
            let got = format!("{:?} {} {} {mode}", m.kind, opt(m.source.as_ref()), opt(m.target.as_ref()));
            assert_eq!(got, want, "{mount}");
        });
    }
    let long = "services: {a: {volumes: [{type: bind, source: /x, target: /y, read_only: 'true', bind: {propagation: rslave}}]}}";
    one(long, |spec, _| {
        let m = &spec.mounts[0];
        assert_eq!(
            (m.kind, m.read_only, opt(m.propagation.as_ref())),
            (MountKind::Bind, Some(true), "rslave")
        );
    });
}

#[test]
fn anchors_point_at_their_line() {
    let text = "x-base: &base\n  privileged: true\n  ports: ['80:80']\nservices:\n  a:\n    <<: *base\n    image: x\n  b: *base\n";
    model(1, &[("compose.yaml", text)], &[], |model, files| {
        let [a, b] = &model.services[..] else { panic!() };
        let at = a.privileged.unwrap().at;
        assert_eq!(files[0].source.line_of(at.span.start as usize), 2);
        let pull = a.via(at).unwrap();
        assert_eq!((pull.how, files[0].source.slice(pull.span)), (PullKind::Alias, "*base"));
        assert_eq!(files[0].source.line_of(pull.span.start as usize), 6);
        assert!(a.insertion.is_some());
        assert!(b.insertion.is_none());
        assert_eq!(files[0].source.line_of(b.via(b.privileged.unwrap().at).unwrap().span.start as usize), 8);
        assert!(a.via(a.image.as_ref().unwrap().at).is_none());
    });
}

#[test]
fn overrides_join_as_compose_does() {
    let base = "services:\n  a:\n    image: one\n    command: [x, y]\n    ports: ['80:80']\n    environment: [A=1, B=2]\n    \
                volumes: ['./a:/x', './b:/y']\n    cap_add: [NET_ADMIN]\n    build: .\n    depends_on: [b]\n    \
                logging: {driver: json-file, options: {max-size: 1m}}\n  b: {image: two}\n";
    let over = "services:\n  a:\n    image: three\n    command: z\n    ports: ['81:81', '80:80']\n    environment: {A: 9, C: 3}\n    \
                volumes: ['./c:/x']\n    cap_add: !override [SYS_ADMIN]\n    build: {target: t}\n    depends_on: {c: {condition: \
                service_healthy}}\n    logging: {driver: syslog}\n  c: {image: four, ports: !reset []}\n";
    model(2, &[("compose.yaml", base), ("compose.override.yaml", over)], &[], |model, _| {
        assert_eq!(model.problems, []);
        let a = &model.services[0];
        assert_eq!(opt(a.image.as_ref()), "three");
        assert_eq!(a.image.as_ref().unwrap().at.file, FileId(1));
        assert!(matches!(a.command.as_ref().unwrap().form, CommandForm::Line(_)));
        assert_eq!(a.ports.len(), 2);
        let env: Vec<_> = a
            .environment
            .iter()
            .map(|p| format!("{}={}", opt(Some(&p.key)), opt(p.value.as_ref())))
            .collect();
        assert_eq!(env, ["A=9", "B=2", "C=3"]);
        assert_eq!(a.mounts.iter().map(|m| opt(m.source.as_ref())).collect::<Vec<_>>(), ["./c", "./b"]);
        assert_eq!(show(&a.cap_add), "SYS_ADMIN");
        let build = a.build.as_ref().unwrap();
        assert_eq!((opt(build.context.as_ref()), opt(build.target.as_ref())), (".", "t"));
        assert_eq!(a.depends_on.iter().map(|d| opt(Some(&d.service))).collect::<Vec<_>>(), ["b", "c"]);
        assert!(a.logging.as_ref().unwrap().options.is_empty());
        assert_eq!(model.services.len(), 3);
        assert!(model.services[2].ports.is_empty() && model.services[2].key("ports").is_none());
    });
}

#[test]
fn resets_take_away() {
    let text = "services:\n  a: {image: x, ports: ['80:80'], privileged: true}\n---\nservices:\n  a: {ports: !reset [], \
                privileged: !reset null}\n";
    one(text, |spec, _| {
        assert!(spec.ports.is_empty());
        assert_eq!(spec.privileged, None);
        assert_eq!(opt(spec.image.as_ref()), "x");
    });
}

#[test]
fn extends_reaches_other_files() {
    let main = "services:\n  a:\n    extends: {file: sub/common.yml, service: base}\n    environment: [B=2]\n  \
                b:\n    extends: a\n    privileged: !reset null\n  c:\n    extends: {file: nope.yml, service: x}\n  \
                d: {extends: d2}\n  d2: {extends: d}\n  e: {extends: gone}\n";
    let common = "services:\n  base:\n    extends: {service: root}\n    build: ./ctx\n  root: {privileged: true, environment: {A: 1}}\n";
    model(1, &[("compose.yaml", main), ("sub/common.yml", common)], &[], |model, files| {
        let [a, b, rest @ ..] = &model.services[..] else { panic!() };
        assert!(a.is_complete() && b.is_complete());
        let at = a.privileged.unwrap().at;
        assert_eq!(at.file, FileId(1));
        let pull = a.via(at).unwrap();
        assert_eq!((pull.how, pull.file), (PullKind::Extends, FileId(0)));
        assert_eq!(files[0].source.line_of(pull.span.start as usize), 3);
        assert_eq!(a.environment.len(), 2);
        assert_eq!(
            model.path(a.build.as_ref().unwrap().context.as_ref().unwrap()).as_deref(),
            Some("sub/ctx")
        );
        assert_eq!(b.privileged, None);
        assert!(rest.iter().all(|service| !service.is_complete()));
        let kinds: Vec<_> = model.problems.iter().map(|p| p.kind).collect();
        assert!(kinds.contains(&ProblemKind::ExtendsCycle), "{kinds:?}");
        let missing = [ProblemKind::FileMissing, ProblemKind::ServiceMissing];
        assert_eq!(kinds.iter().filter(|kind| missing.contains(kind)).count(), 2);
    });
}

#[test]
fn includes_bring_files_with_their_own_variables() {
    let main = "include:\n  - sub/compose.yaml\n  - path: [x/a.yml, x/b.yml]\n    project_directory: .\n  - git@host:x\nservices:\n  \
                a: {image: 'i:${V}'}\n";
    let sub = "include: [../compose.yaml]\nservices:\n  s: {image: 'i:${V}', build: ctx}\n";
    let texts = [
        ("compose.yaml", main),
        ("sub/compose.yaml", sub),
        ("x/a.yml", "services: {x: {image: a, build: ctx}}"),
        ("x/b.yml", "services: {x: {image: b}}"),
    ];
    model(1, &texts, &[(".env", "V=1"), ("sub/.env", "V=2\nW=3")], |model, _| {
        let get = |name: &str| model.services.iter().find(|s| &*s.name == name).unwrap();
        assert_eq!(opt(get("a").image.as_ref()), "i:1");
        // The including project's variables win.
        assert_eq!(opt(get("s").image.as_ref()), "i:1");
        assert_eq!(opt(get("x").image.as_ref()), "b");
        let path = |name: &str| model.path(get(name).build.as_ref().unwrap().context.as_ref().unwrap());
        assert_eq!((path("s").as_deref(), path("x").as_deref()), (Some("sub/ctx"), Some("ctx")));
        let kinds: Vec<_> = model.problems.iter().map(|p| p.kind).collect();
        assert_eq!(kinds, [ProblemKind::IncludeCycle, ProblemKind::Remote]);
        assert!(!model.complete);
        assert_eq!(model.files.len(), 4);
    });
}

#[test]
fn variables_are_listed_with_their_errors() {
    let text = "x-a: ${\nservices: {a: {image: 'x:${T:-1}', command: $$y, environment: {$K: $V}}}\n";
    let source = source("c.yml", text);
    let file = parse(&source, FileId(0));
    let found: Vec<_> = file
        .variables()
        .into_iter()
        .map(|(node, piece)| match piece {
            Piece::Variable(v) => node.as_str().unwrap()[v.range].to_owned(),
            Piece::Invalid(_) => "invalid".into(),
            _ => unreachable!(),
        })
        .collect();
    assert_eq!(found, ["invalid", "${T:-1}", "$V"]);
}

#[test]
fn resources_and_fragments() {
    let text = "services: {a: {ports: [1]}, p: {provider: {type: x}}}\nnetworks: {n: {external: {name: host}}, i: {internal: true}}\n\
                volumes: {v: {driver_opts: {device: /, o: bind}}, w: }\nsecrets: {s: {file: ./s.txt}}\n";
    model(1, &[("compose.yaml", text)], &[], |model, _| {
        assert!(model.services[0].fragment && !model.services[1].fragment);
        assert!(model.networks[0].external);
        assert_eq!(opt(model.networks[0].name.as_ref()), "host");
        assert!(model.networks[1].internal.unwrap().is_true());
        assert_eq!(model.volumes[0].driver_opts.len(), 2);
        assert_eq!(model.path(model.secrets[0].file.as_ref().unwrap()).as_deref(), Some("s.txt"));
    });
}

#[test]
fn wrong_kinds_are_problems_not_panics() {
    let text = "services:\n  a: text\n  b: [1]\n  c: {privileged: maybe, ports: x, volumes: {a: b}, environment: 3, image: [1], \
                build: [x], healthcheck: {test: {a: b}}, command: {a: b}, ulimits: [1], networks: 3, depends_on: 4, env_file: {a: b}, \
                deploy: 7, logging: 8, extends: [1]}\n  d:\nnetworks: [a]\nvolumes: 3\ninclude: x\n";
    model(1, &[("compose.yaml", text)], &[], |model, _| {
        assert!(model.problems.len() > 8, "{:?}", model.problems);
        assert!(model.services[2].privileged.unwrap().invalid);
    });
}

#[test]
fn an_alias_bomb_is_stopped() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let alias = format!("*a{}", n - 1);
        let _ = writeln!(text, "a{n}: &a{n} [{}]", vec![alias; 9].join(", "));
    }
    text += "services: {a: {image: x, command: *a11}}\n";
    model(1, &[("compose.yaml", &text)], &[], |model, _| {
        assert!(!model.services[0].is_complete());
    });
    // Neither file is too large; together they are.
    let bomb = |text: &str| {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for n in 1..4 {
            let _ = writeln!(bomb, "a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 9].join(", "));
        }
        bomb + text
    };
    let main = bomb(
        "services: {a: {extends: {file: b.yaml, service: b}, command: [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]}}\n",
    );
    let base = bomb("services: {b: {image: x, command: [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]}}\n");
    model(1, &[("compose.yaml", &main), ("b.yaml", &base)], &[], |model, _| {
        assert_eq!(model.problems.iter().map(|p| p.kind).collect::<Vec<_>>(), [ProblemKind::TooLarge]);
    });
}

/// What Compose 2.40.3 accepts, and what other programs read from the same files.
#[test]
fn what_compose_accepts_is_not_refused() {
    let cases = [
        // Names alone beside mappings, after joining.
        &[
            (
                "compose.yaml",
                "services:\n  a:\n    image: a\n    networks: [n]\n    depends_on: [b]\n  b: {image: b}\n\
                              networks: {n: }\nversion: '2.4'\n",
            ),
            (
                "compose.override.yaml",
                "services:\n  a:\n    networks: {n: {aliases: [x]}}\n    depends_on: {b: \
                                       {condition: service_started, restart: true}}\n    environment: {A: 1}\n",
            ),
        ][..],
        // A value that is replaced, and one that is taken away.
        &[
            ("compose.yaml", "services:\n  a: {image: a, restart: allways, ports: ['99999:1']}\n"),
            (
                "compose.override.yaml",
                "services:\n  a: {restart: always, ports: !override ['80:1'], labels: !reset null}\n",
            ),
        ],
        &[(
            "podman-compose.yml",
            "services:\n  a: {image: a, networks: [n]}\nnetworks:\n  n: {external: other}\n",
        )],
        &[(
            "docker-stack.yml",
            "version: '3.8'\nservices:\n  a:\n    image: a\n    networks: [elsewhere]\n    deploy:\n      \
                                mode: global\n      update_config: {order: start-first, delay: 10s}\n",
        )],
        &[(
            "compose.yaml",
            "x-a: &a {restart: unless-stopped, x-b: 1}\nservices:\n  a:\n    <<: *a\n    image: a\n    \
                            volumes: ['C:\\x:/y', './z:/z', '${V}:/v', '/anonymous']\n    command:\n    deploy:\n    \
                            mem_limit: ${M}\n    privileged: \"yes\"\n    stop_grace_period: 1h30m\n    \
                            ports: [80, '${P:-8080}:80', '[::1]:81:81', '8000-8001:8000-8001/udp']\n    \
                            volumes_from: ['container:old:ro']\n    network_mode: container:x\n",
        )],
    ];
    for files in cases {
        model(files.len(), files, &[], |model, _| assert_eq!(model.problems, [], "{files:?}"));
    }
}

#[test]
fn circles_are_found_once() {
    let text = "services:\n  a: {image: a, depends_on: [b, c]}\n  b: {image: b, links: [c]}\n  c: {image: c, pid: \
                'service:a'}\n  d: {image: d, depends_on: [d, a]}\n";
    model(1, &[("compose.yaml", text)], &[], |model, _| {
        let circles = model.problems.iter().filter(|problem| problem.kind == ProblemKind::DependencyCycle);
        let said: Vec<&str> = circles.map(|problem| &*problem.message).collect();
        assert_eq!(
            said,
            [
                "services depend on each other in a circle, `a` → `b` → `c` → `a`; remove one dependency",
                "`d` depends on itself; remove the dependency"
            ]
        );
    });
}
