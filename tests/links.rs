//! Links that somebody has committed: nothing is written through one, and no setting is read through one that leads out.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const DOCKERFILE: &str = "FROM debian:latest\n";

/// A repository, and a folder that is none of its business with a file in it.
fn ground() -> (TempDir, TempDir) {
    let (repository, outside) = (
        tempfile::tempdir().expect("a test has its folder to itself"),
        tempfile::tempdir().expect("a test has its folder to itself"),
    );
    let made = Command::new("git").args(["init", "-q"]).current_dir(repository.path()).status();
    assert!(made.expect("git is installed").success());
    fs::write(repository.path().join("Dockerfile"), DOCKERFILE).expect("a test has its folder to itself");
    fs::create_dir(repository.path().join("sub")).expect("a test has its folder to itself");
    fs::write(outside.path().join("kept"), "precious=hush-hush\n").expect("a test has its folder to itself");
    (repository, outside)
}

fn hullguard(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hullguard"))
        .args(args)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .expect("it runs")
}

fn text(out: &Output) -> String {
    [&*String::from_utf8_lossy(&out.stdout), &*String::from_utf8_lossy(&out.stderr)].concat()
}

#[test]
fn no_report_replaces_a_setting_or_what_is_checked() {
    let (repository, outside) = ground();
    let inside = |name: &str| repository.path().join(name);
    let config = "extends: base.yaml\nbaseline: known\ngitleaks-config: words\n";
    fs::write(inside("hullguard.yaml"), config).unwrap();
    fs::write(inside("base.yaml"), "profile: strict\n").unwrap();
    fs::write(inside("words"), "[[rules]]\nid = 'a'\nregex = 'aaaa'\n").unwrap();
    let made = hullguard(repository.path(), &["baseline", "-o", "known"]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made));
    fs::hard_link(inside("base.yaml"), inside("other")).unwrap();
    fs::hard_link(inside("Dockerfile"), outside.path().join("linked")).unwrap();
    for name in ["base.yaml", "known", "words", "other", "./sub/../known"] {
        let before = fs::read(repository.path().join(name)).unwrap();
        for args in [&["check"][..], &["check", "Dockerfile"], &["check", "--new-from", "gone"]] {
            let told = hullguard(repository.path(), &[args, &["--format", &format!("json={name}")]].concat());
            assert_eq!(told.status.code(), Some(2), "{name}: {}", text(&told));
            assert_eq!(fs::read(repository.path().join(name)).unwrap(), before, "{name} {args:?}");
        }
    }
    let linked = format!("json={}", outside.path().join("linked").display());
    let told = hullguard(repository.path(), &["check", "Dockerfile", "--format", &linked]);
    assert!(text(&told).contains("this file is checked"), "{}", text(&told));
    // What has another name elsewhere keeps its content there.
    fs::write(inside("notes"), "kept\n").unwrap();
    fs::hard_link(inside("notes"), outside.path().join("report.txt")).unwrap();
    let report = format!("human={}", outside.path().join("report.txt").display());
    let told = hullguard(repository.path(), &["check", "--no-baseline", "--format", &report]);
    assert_eq!(told.status.code(), Some(1), "{}", text(&told));
    assert_eq!(fs::read(inside("notes")).unwrap(), b"kept\n");
    assert!(fs::read(outside.path().join("report.txt")).unwrap().len() > 100);
}

#[test]
fn nothing_is_written_through_a_link() {
    let (repository, outside) = ground();
    let kept = outside.path().join("kept");
    let inside = |name: &str| repository.path().join(name);
    fs::write(inside("source"), "precious=hush-hush\n").unwrap();
    symlink(&kept, inside("out")).unwrap();
    symlink("source", inside("in")).unwrap();
    symlink(outside.path(), inside("reports")).unwrap();
    symlink("../Dockerfile", inside("sub/out")).unwrap();
    symlink(outside.path().join("new"), inside("dangling")).unwrap();
    for name in
        ["out", "in", "reports/kept", "reports/new", "sub/out", "sub/../out", "dangling", "./reports/./kept"]
    {
        for format in ["sarif", "json", "human"] {
            let told = hullguard(
                repository.path(),
                &["check", "Dockerfile", "--format", &format!("{format}={name}")],
            );
            assert_eq!(told.status.code(), Some(2), "{name}: {}", text(&told));
            assert!(text(&told).contains("symbolic link"), "{name}: {}", text(&told));
        }
        let told = hullguard(repository.path(), &["baseline", "-o", name]);
        assert_eq!(told.status.code(), Some(2), "{name}: {}", text(&told));
    }
    // From a folder below, and by the whole path from elsewhere.
    let told = hullguard(&inside("sub"), &["check", "--format", "sarif=../out"]);
    assert_eq!(told.status.code(), Some(2), "{}", text(&told));
    let whole = format!("json={}", inside("out").display());
    let told =
        hullguard(outside.path(), &["check", inside("Dockerfile").to_str().unwrap(), "--format", &whole]);
    assert_eq!(told.status.code(), Some(2), "{}", text(&told));
    for file in [&kept, &inside("source")] {
        assert_eq!(fs::read_to_string(file).unwrap(), "precious=hush-hush\n");
    }
    assert_eq!(fs::read_to_string(inside("Dockerfile")).unwrap(), DOCKERFILE);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1, "nothing new lies there");
}

#[test]
fn files_are_written_where_they_belong() {
    use std::os::unix::fs::PermissionsExt as _;
    let (repository, outside) = ground();
    let check = |folder: &Path, to: &str| {
        let told = hullguard(folder, &["check", "--format", to]);
        assert_eq!(told.status.code(), Some(1), "{to}: {}", text(&told));
        String::from_utf8_lossy(&told.stdout).into_owned()
    };
    // A new file, and one that was there, which keeps its mode.
    check(repository.path(), "json=out.json");
    let out = repository.path().join("out.json");
    fs::write(&out, "old").unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o600)).unwrap();
    check(repository.path(), "json=out.json");
    assert!(fs::read_to_string(&out).unwrap().starts_with('{'));
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> =
        fs::read_dir(repository.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "nothing is left beside it: {names:?}");
    // The user's own link outside of the repository is followed, and what is no file takes what it gets.
    let link = outside.path().join("link");
    symlink(outside.path().join("kept"), &link).unwrap();
    check(repository.path(), &format!("json={}", link.display()));
    assert!(fs::read_to_string(outside.path().join("kept")).unwrap().starts_with('{'));
    check(repository.path(), "json=/dev/null");
    assert!(check(repository.path(), "sarif=/dev/stdout").starts_with('{'));
}

#[test]
fn a_report_overwrites_no_file_of_the_project() {
    let (repository, _outside) = ground();
    let inside = |name: &str| repository.path().join(name);
    let files = [
        ("hullguard.yaml", "profile: default\n"),
        (".github/hullguard.yml", "profile: [\n"),
        (".gitleaks.toml", "title = 'a'\n"),
        (".gitleaksignore", "# none\n"),
        ("sub/api.dockerfile", DOCKERFILE),
        ("sub/compose.yml", "services: {}\n"),
        ("sub/named", DOCKERFILE),
        ("sub/mine.yaml", "profile: default\n"),
    ];
    let refused = |args: &[&str], name: &str| {
        let before = fs::read(inside(name)).ok();
        for format in ["json", "sarif", "human"] {
            let report = format!("{format}={name}");
            let told = hullguard(repository.path(), &[args, &["--format", &report]].concat());
            assert_eq!(told.status.code(), Some(2), "{name}: {}", text(&told));
            assert!(text(&told).contains("cannot write"), "{name}: {}", text(&told));
            assert_eq!(fs::read(inside(name)).ok(), before, "{name}");
        }
    };
    fs::create_dir(inside(".github")).unwrap();
    for (name, content) in files {
        fs::write(inside(name), content).unwrap();
        let args: &[&str] = match name {
            "sub/named" => &["check", "sub/../sub/named"],
            "sub/mine.yaml" => &["check", "--config", "sub/mine.yaml"],
            _ => &["check"],
        };
        refused(args, name);
        refused(args, &format!("sub/../{name}"));
        if !name.starts_with("sub/") {
            fs::remove_file(inside(name)).unwrap();
        }
    }
    for name in ["Dockerfile", ".git/config", ".git/new", "sub/../.git/HEAD"] {
        refused(&["check"], name);
        refused(&["check", "--history"], name);
    }
    let both = ["check", "--format", "json=x", "--format", "sarif=sub/../x"];
    let told = hullguard(repository.path(), &both);
    assert!(told.status.code() == Some(2) && text(&told).contains("the same file"), "{}", text(&told));
    assert!(!inside("x").exists());
    // A report of before may be overwritten, whatever its name, and what is no file takes two.
    for args in [["junit=Dockerfile.xml", "sarif=x.sarif"], ["json=/dev/null", "sarif=/dev/null"]] {
        for _ in 0..2 {
            let told = hullguard(
                repository.path(),
                &["check", "Dockerfile", "--format", args[0], "--format", args[1]],
            );
            assert_eq!(told.status.code(), Some(1), "{args:?}: {}", text(&told));
        }
    }
}

#[test]
fn a_command_after_an_option_is_no_path() {
    let (repository, _outside) = ground();
    for args in [&["-v", "check", "Dockerfile"][..], &["--no-config", "baseline"]] {
        let told = hullguard(repository.path(), args);
        assert_eq!(told.status.code(), Some(2), "{}", text(&told));
        assert!(text(&told).contains("write the command before its options, as in"), "{}", text(&told));
    }
    // A folder of this name is a path.
    fs::create_dir(repository.path().join("check")).unwrap();
    let told = hullguard(repository.path(), &["-v", "check", "Dockerfile"]);
    assert_eq!(told.status.code(), Some(1), "{}", text(&told));
}

#[test]
fn a_hyphen_is_standard_output() {
    let (repository, _outside) = ground();
    for format in crate::veiled::FORMATS {
        let named = hullguard(repository.path(), &["check", "--format", &format!("{format}=-")]);
        let plain = hullguard(repository.path(), &["check", "--format", format]);
        assert_eq!((named.status.code(), &named.stdout), (Some(1), &plain.stdout), "{format}");
        assert!(!repository.path().join("-").exists());
    }
    let both = hullguard(repository.path(), &["check", "--format", "sarif=-", "--format", "human"]);
    assert_eq!(both.status.code(), Some(2), "{}", text(&both));
}

#[test]
fn no_setting_is_read_through_a_link_that_leads_out() {
    let names = [
        "hullguard.yaml",
        ".hullguard.yaml",
        ".github/hullguard.yaml",
        ".gitleaks.toml",
        ".betterleaks.toml",
        ".hullguard-baseline.jsonl",
        ".gitleaksignore",
        ".secrets.baseline",
    ];
    for name in names {
        for target in ["/proc/self/environ", "/etc/passwd", "kept", ".git/config"] {
            let (repository, outside) = ground();
            let link = repository.path().join(name);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            let target = match target {
                "kept" => outside.path().join("kept"),
                ".git/config" => repository.path().join(target),
                other => other.into(),
            };
            symlink(&target, &link).unwrap();
            for args in [
                &["check"][..],
                &["check", "--history"],
                &["check", "Dockerfile", "--format", "json"],
                &["check", "sub"],
            ] {
                let told = hullguard(repository.path(), args);
                let said = text(&told);
                assert_eq!(told.status.code(), Some(2), "{name} {}: {said}", target.display());
                assert!(
                    said.contains("a symbolic link to a file outside of the repository"),
                    "{name} {}: {said}",
                    target.display()
                );
                assert!(
                    !said.contains("hush") && !said.contains("root:") && !said.contains("PATH="),
                    "{said}"
                );
            }
        }
    }
    // One that stays inside is a file like others, and what the user names elsewhere is the user's.
    let (repository, outside) = ground();
    fs::write(repository.path().join("sub/settings"), "rules: {latest-tag: off}\n").unwrap();
    symlink("sub/settings", repository.path().join("hullguard.yaml")).unwrap();
    assert!(!text(&hullguard(repository.path(), &["check"])).contains("[latest-tag]"));
    let theirs = outside.path().join("settings");
    symlink(repository.path().join("sub/settings"), &theirs).unwrap();
    let told = hullguard(repository.path(), &["check", "--config", theirs.to_str().unwrap()]);
    assert!(!text(&told).contains("[latest-tag]"), "{}", text(&told));
}

/// Two stages, of which the first runs as root: that is reported once something builds it.
const STAGES: &str = "FROM debian:12 AS dev\nUSER root\nCMD [\"x\"]\nFROM alpine:3.22 AS z\nRUN echo hi\nUSER 1000\nCMD [\"x\"]\n";

#[test]
fn no_context_is_read_through_a_link_that_leads_out() {
    let builds = [
        ("docker-bake.hcl", "target \"a\" {\n  target = \"dev\"\n  tags = [\"acme/a\"]\n}\n"),
        ("compose.yml", "services: {a: {build: {context: ., target: dev}}}\n"),
        ("Makefile", "image:\n\tdocker build --push --target dev .\n"),
    ];
    for (name, build) in builds {
        for target in ["file", "bake", "/proc/self/pagemap", "/proc/kmsg", ".git/x", "sub/x"] {
            let (repository, outside) = ground();
            let top = repository.path();
            fs::write(top.join("Dockerfile"), STAGES).unwrap();
            let to = match target {
                "file" => outside.path().join("kept"),
                // A folder on the way may be the link.
                "bake" => {
                    symlink(outside.path(), top.join("folder")).unwrap();
                    top.join("folder/kept")
                }
                other => top.join(other),
            };
            if !target.starts_with("/proc") {
                fs::write(&to, build).unwrap();
            }
            symlink(&to, top.join(name)).unwrap();
            let out =
                hullguard(top, &["check", "Dockerfile", "--format", "json", "--rule", "last-user-root"]);
            let is_inside = target == "sub/x";
            assert_eq!(out.status.code(), Some(i32::from(is_inside)), "{name} {target}: {}", text(&out));
            let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
            let skipped = report["files"]["skipped"].as_array().unwrap();
            let is_told = skipped.iter().any(|told| {
                told["path"] == name
                    && told.to_string().contains("a symbolic link to a file outside of the repository")
            });
            assert_eq!(is_told, !is_inside, "{name} {target}: {report}");
        }
    }
    // What the user names is the user's own.
    let (repository, outside) = ground();
    fs::write(outside.path().join("Dockerfile"), DOCKERFILE).unwrap();
    symlink(outside.path(), repository.path().join("theirs")).unwrap();
    symlink(outside.path().join("Dockerfile"), repository.path().join("own.Dockerfile")).unwrap();
    for asked in ["theirs", "theirs/Dockerfile", "own.Dockerfile"] {
        let out = hullguard(repository.path(), &["check", asked, "--rule", "latest-tag"]);
        assert_eq!(out.status.code(), Some(1), "{asked}: {}", text(&out));
    }
}
