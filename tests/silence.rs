//! Everything that is not searched is told as `docs/silence.md` says: each row of its table is made to happen here.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::archives::{gzip, zip};
use crate::cases::{git, hullguard};

/// A row of the table: reason, list, human report, exit code.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    reason: String,
    list: String,
    human: String,
    code: i32,
}

fn table() -> BTreeMap<String, Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/silence.md");
    let text = fs::read_to_string(path).expect("the page is there");
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|line| {
        let cells: Vec<String> = line
            .trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim().trim_matches('`').to_owned())
            .collect();
        let [what, reason, list, human, code] = cells.try_into().expect("five columns");
        (what, Row { reason, list, human, code: code.parse().expect("a number") })
    })
    .collect()
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a file lies somewhere")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo is there").success());
}

/// Makes something that is not searched; the path that it is told by, and the arguments of the run. `None`: this machine
/// cannot make it.
type Scenario = fn(&Path) -> Option<(&'static str, &'static [&'static str])>;

const CHECK: &[&str] = &["check", "."];

fn scenarios() -> Vec<(&'static str, Scenario)> {
    vec![
        ("a file over 16 MiB", |top| {
            fs::File::create(top.join("big"))
                .and_then(|file| file.set_len((16 << 20) + 1))
                .expect("a sparse file");
            Some(("big", CHECK))
        }),
        ("a Dockerfile over 4 MiB: searched for secrets, not linted", |top| {
            write(&top.join("Dockerfile"), format!("FROM a:1\n{}", "RUN <<a\n".repeat(600_000)));
            Some(("Dockerfile", CHECK))
        }),
        ("an ignore file over 128 KiB: it ignores nothing", |top| {
            write(&top.join(".gitignore"), "#\n".repeat(70_000));
            Some((".gitignore", CHECK))
        }),
        ("a file with a Dockerfile's name and binary content: not linted", |top| {
            write(&top.join("api.dockerfile"), [0; 64]);
            Some(("api.dockerfile", CHECK))
        }),
        ("a file whose name is not UTF-8", |top| {
            fs::write(top.join(std::ffi::OsStr::from_bytes(b"a\xff")), "x").ok()?;
            Some(("a\u{fffd}", CHECK))
        }),
        ("a file without read permission", |top| {
            write(&top.join("closed"), "x");
            fs::set_permissions(top.join("closed"), fs::Permissions::from_mode(0o000))
                .expect("permissions can be set");
            // root reads everything.
            fs::read(top.join("closed")).is_err().then_some(("closed", CHECK))
        }),
        ("a PATH that does not exist", |_| Some(("gone", &["check", "gone"]))),
        ("a PATH for `--staged` that neither the index nor HEAD has", |top| {
            git(top, &["init", "-q", "."]);
            Some(("gone", &["check", "--staged", "gone"]))
        }),
        ("a file that the operating system cannot open for another reason", |_| {
            Some((LONG, &["check", LONG]))
        }),
        ("a broken symbolic link with a document's name", |top| {
            symlink("gone", top.join("Dockerfile.x")).expect("a link");
            Some(("Dockerfile.x", CHECK))
        }),
        ("a symbolic link to a file outside of the checked folder", |top| {
            write(&top.join("../outside"), "x");
            symlink("../outside", top.join("link")).expect("a link");
            Some(("link", CHECK))
        }),
        ("a `.gitignore` that is a symbolic link: it ignores nothing", |top| {
            write(&top.join("list"), "*\n");
            symlink("list", top.join(".gitignore")).expect("a link");
            Some((".gitignore", CHECK))
        }),
        ("a FIFO, socket or device with a document's name", |top| {
            fifo(&top.join("Dockerfile"));
            Some(("Dockerfile", CHECK))
        }),
        ("a PATH that is a FIFO, socket or device", |top| {
            fifo(&top.join("pipe"));
            Some(("pipe", &["check", "pipe"]))
        }),
        ("a submodule whose files are missing", |top| {
            let other = top.join("../other");
            write(&other.join("a"), "a");
            git(&other, &["init", "-q", "."]);
            git(&other, &["add", "."]);
            git(&other, &["commit", "-qm", "a"]);
            git(top, &["init", "-q", "."]);
            git(top, &["submodule", "--quiet", "add", "../other", "sub"]);
            git(top, &["submodule", "--quiet", "deinit", "-f", "sub"]);
            Some(("sub", CHECK))
        }),
        (
            "an archive of a kind that is not opened (bzip2, xz, zstd, lz4, 7z, rar, deb, rpm, cab): searched as bytes",
            |top| {
                write(&top.join("a.tar.xz"), b"\xfd7zXZ\0");
                Some(("a.tar.xz", CHECK))
            },
        ),
        ("an archive that is damaged or encrypted: what can be read in it is searched", |top| {
            write(&top.join("a.zip"), b"PK\x03\x04");
            Some(("a.zip", CHECK))
        }),
        ("archives in an archive in an archive: the innermost are searched as bytes", |top| {
            write(&top.join("a.gz"), gzip(&gzip(&gzip(b"a"))));
            Some(("a.gz", CHECK))
        }),
        (
            "an archive with more than 64 MiB or 10,000 files, a file in it over 16 MiB, or one that is compressed over 200 times: the rest is not searched",
            |top| {
                write(&top.join("a.zip"), zip(&[("a", &vec![0; 4 << 20])]));
                Some(("a.zip", CHECK))
            },
        ),
        ("a path that `exclude` matches", |top| {
            write(&top.join("vendor/Dockerfile"), "FROM a\n");
            Some(("vendor", &["check", ".", "--exclude", "vendor"]))
        }),
        ("a template by its name: searched for secrets, not linted", |top| {
            write(&top.join("Dockerfile.j2"), "FROM {{ a }}\n");
            Some(("Dockerfile.j2", CHECK))
        }),
        ("a template by its content: searched for secrets, not linted", |top| {
            write(&top.join("Dockerfile"), "FROM {{ a }}\n");
            Some(("Dockerfile", CHECK))
        }),
        (
            "a Compose file in the first format (without `services:`): searched for secrets, not linted",
            |top| {
                write(&top.join("docker-compose.yml"), "web:\n  image: a\n");
                Some(("docker-compose.yml", CHECK))
            },
        ),
        (
            "a file with a Dockerfile's name that does not begin with FROM or ARG: searched for secrets, not linted",
            |top| {
                write(&top.join("Dockerfile.part"), "RUN make\n");
                Some(("Dockerfile.part", CHECK))
            },
        ),
        ("a report written by hullguard: searched for tokens only", |top| {
            let report =
                hullguard(top).args(["check", ".", "--format", "json=out.json"]).output().expect("it runs");
            assert!(report.status.success());
            Some(("out.json", CHECK))
        }),
        ("a git index that cannot be read: files that git tracks and ignores may be missing", |top| {
            git(top, &["init", "-q", "."]);
            write(&top.join(".git/index"), "DIRC and no more");
            Some((".git/index", CHECK))
        }),
        ("a Dockerfile over 16 MiB that a service builds", |top| {
            write(&top.join("compose.yaml"), "services:\n  a:\n    build: {context: sub}\n");
            fs::create_dir(top.join("sub")).expect("a folder");
            let file = fs::File::create(top.join("sub/Dockerfile")).expect("a file");
            file.set_len((16 << 20) + 1).expect("a sparse file");
            Some(("sub/Dockerfile", &["check", "compose.yaml", "--fail-on", "never"]))
        }),
        (
            "a Compose or bake file near the checked files that cannot be read: it is not used as context",
            |top| {
                write(&top.join("api/Dockerfile"), "FROM alpine:3.22\nUSER 1\n");
                let file = fs::File::create(top.join("compose.yaml")).expect("a file");
                file.set_len((16 << 20) + 1).expect("a sparse file");
                Some(("compose.yaml", &["check", "api/Dockerfile"]))
            },
        ),
        (
            "more than 500 Compose and bake files near the checked files: the rest are not used as context",
            |top| {
                write(&top.join("api/Dockerfile"), "FROM alpine:3.22\nUSER 1\n");
                for number in 0..501 {
                    write(&top.join(format!("{number:03}.compose.yaml")), "services: {}\n");
                }
                Some(("500.compose.yaml", &["check", "api/Dockerfile"]))
            },
        ),
        (
            "a FIFO near the checked files that has the name of a Compose file, bake file, workflow, Makefile or build script: it is not used as context",
            |top| {
                write(&top.join("api/Dockerfile"), "FROM alpine:3.22\nUSER 1\n");
                fifo(&top.join("docker-bake.hcl"));
                Some(("docker-bake.hcl", &["check", "api/Dockerfile"]))
            },
        ),
        (
            "a workflow, Makefile or build script over 256 KiB near the checked files: it is not used as context",
            |top| {
                write(&top.join("api/Dockerfile"), "FROM alpine:3.22\nUSER 1\n");
                write(
                    &top.join("Makefile"),
                    "x:\n\tdocker build api\n".to_owned() + &"#\n".repeat(128 << 10),
                );
                Some(("Makefile", &["check", "api/Dockerfile"]))
            },
        ),
        (
            "a script or other file over 1 MiB that may start containers: searched for secrets, not for containers",
            |top| {
                let text = "docker run a:1\n".to_owned() + &"#\n".repeat(512 << 10);
                write(&top.join("deploy.sh"), text);
                Some(("deploy.sh", &["check"]))
            },
        ),
        (
            "a workflow or other YAML file that may start containers and has a syntax error: searched for secrets, not for containers",
            |top| {
                write(&top.join(".gitlab-ci.yml"), "a:\n  script: docker run a:1\n b: [\n");
                Some((".gitlab-ci.yml", &["check"]))
            },
        ),
        (
            "a bake file, workflow or Compose file near the checked files with a syntax error: it is not used as context, or only in part",
            |top| {
                write(&top.join("api/Dockerfile"), "FROM alpine:3.22\nUSER 1\n");
                write(&top.join("docker-bake.json"), "{\"target\": {");
                Some(("docker-bake.json", &["check", "api/Dockerfile"]))
            },
        ),
        (
            "a script, `.env` or `devcontainer.json` near the checked files that cannot be read: it is not used as context",
            |top| {
                write(
                    &top.join("Dockerfile"),
                    "FROM alpine:3.22\nCOPY run /run\nUSER 1\nENTRYPOINT [\"/run\"]\n",
                );
                let file = fs::File::create(top.join("run")).expect("a file");
                file.set_len((16 << 20) + 1).expect("a sparse file");
                Some(("run", &["check", "Dockerfile"]))
            },
        ),
        ("a `.dockerignore` that cannot be read: it is not used as context", |top| {
            write(&top.join("Dockerfile"), "FROM a:1\n");
            fs::File::create(top.join(".dockerignore"))
                .and_then(|file| file.set_len((16 << 20) + 1))
                .expect("a sparse file");
            Some((".dockerignore", &["check", "Dockerfile"]))
        }),
        ("a `.dockerignore` that is not UTF-8: it is not used as context", |top| {
            write(&top.join("Dockerfile"), "FROM a:1\n");
            write(&top.join(".dockerignore"), b"a\xff\n");
            Some((".dockerignore", CHECK))
        }),
        ("more than 2000 targets in a bake file: the rest are not used as context", |top| {
            write(&top.join("api/Dockerfile"), "FROM alpine:3.22\nUSER 1\n");
            let targets: String =
                (0..2001).map(|n| "target \"t@\" {}\n".replace('@', &n.to_string())).collect();
            write(&top.join("docker-bake.hcl"), targets);
            Some(("docker-bake.hcl", &["check", "api/Dockerfile"]))
        }),
        ("more than 2 MiB of ignore files: the rest ignore nothing", |top| {
            for folder in 0..17 {
                write(&top.join(format!("{folder:02}/.gitignore")), "#\n".repeat(65_000));
            }
            Some(("/.gitignore", CHECK))
        }),
        ("a fix that would write outside of the checked folder", |top| {
            write(&top.join("../out/Dockerfile"), "FROM alpine:3.22\nRUN cd /x && apt-get install curl\n");
            symlink("../out/Dockerfile", top.join("Dockerfile")).expect("a link");
            Some(("Dockerfile", &["check", "Dockerfile", "--fix-unsafe", "--fail-on", "never"]))
        }),
    ]
}

/// Longer than any file system allows.
const LONG: &str = concat!(
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
);

/// What a run tells of a path: the row that it makes.
fn told(top: &Path, path: &str, arguments: &[&str]) -> Row {
    let run = |more: &[&str]| hullguard(top).args(arguments).args(more).output().expect("it runs");
    let human = run(&[]);
    let said = String::from_utf8(human.stdout).expect("what is printed is UTF-8");
    let json = run(&["--format", "json"]);
    assert_eq!(human.status.code(), json.status.code());
    let report: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let (list, entry) = ["skipped", "failed"]
        .iter()
        .flat_map(|list| {
            report["files"][list].as_array().expect("a list").iter().map(move |entry| (list, entry))
        })
        .find(|(_, entry)| entry["path"].as_str().is_some_and(|told| told.ends_with(path)))
        .unwrap_or_else(|| panic!("nothing is told of {path}: {report}"));
    assert!(!entry["why"].as_str().expect("a sentence").is_empty());
    let is_named = said
        .lines()
        .any(|line| (line.starts_with("skipped: ") || line.starts_with("error: ")) && line.contains(path));
    let is_counted = said.lines().last().is_some_and(|line| line.contains("; 1 "));
    Row {
        reason: entry["reason"].as_str().expect("a word").to_owned(),
        list: (*list).to_owned(),
        human: if is_named {
            "named"
        } else if is_counted {
            "counted"
        } else {
            "silent"
        }
        .to_owned(),
        code: human.status.code().expect("it was not killed"),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know what this machine cannot make")]
fn every_row_of_the_table_is_true() {
    let mut table = table();
    for (what, make) in scenarios() {
        let row = table.remove(what).unwrap_or_else(|| panic!("docs/silence.md has no row `{what}`"));
        let work = tempfile::tempdir().expect("a folder");
        let top = work.path().join("top");
        fs::create_dir(&top).expect("a folder");
        match make(&top) {
            Some((path, arguments)) => assert_eq!(told(&top, path, arguments), row, "{what}"),
            None => eprintln!("skipped: this machine cannot make {what}"),
        }
    }
    assert_eq!(table.into_keys().collect::<Vec<_>>(), [""; 0], "rows that nothing here makes");
}

#[test]
fn what_git_tracks_is_looked_at_whatever_ignore_files_say() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path().join("top");
    let bad = "FROM alpine:latest\n";
    for file in ["out/Dockerfile", "deep/er/Dockerfile", "untracked/Dockerfile", "plain/Dockerfile"] {
        write(&top.join(file), bad);
    }
    write(&work.path().join(".gitignore"), "*\n");
    write(&work.path().join(".ignore"), "*\n");
    write(&top.join(".ignore"), "plain\n");
    write(&top.join(".gitignore"), "out/\nuntracked\n");
    git(&top, &["init", "-q", "."]);
    write(&top.join(".git/info/exclude"), "deep\n");
    git(&top, &["add", "-f", "out", "deep"]);
    let found = |folder: &Path| {
        let done = hullguard(folder).args(["check", "--format", "json"]).output().expect("it runs");
        let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        let mut paths: Vec<String> = report["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|finding| finding["rule"] == "latest-tag")
            .map(|finding| finding["path"].as_str().expect("a path").to_owned())
            .collect();
        paths.dedup();
        paths
    };
    assert_eq!(found(&top), ["deep/er/Dockerfile", "out/Dockerfile", "plain/Dockerfile"]);
    assert_eq!(found(&top.join("deep")), ["er/Dockerfile"]);
    // A folder that became a link is not what was tracked.
    write(&work.path().join("away/er/Dockerfile"), bad);
    fs::remove_dir_all(top.join("deep")).expect("it is there");
    symlink("../away", top.join("deep")).expect("a link");
    assert_eq!(found(&top), ["out/Dockerfile", "plain/Dockerfile"]);
    fs::remove_file(top.join("deep")).expect("it is there");
    git(&top, &["checkout", "-q", "--", "deep"]);
    // A linked work tree has its index elsewhere.
    git(&top, &["commit", "-qm", "a"]);
    git(&top, &["worktree", "add", "-q", "../linked"]);
    write(&work.path().join("linked/.gitignore"), "*\n");
    assert_eq!(found(&work.path().join("linked")), ["deep/er/Dockerfile", "out/Dockerfile"]);
}

#[test]
fn ignore_files_of_any_kind_cost_nothing() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    git(top, &["init", "-q", "."]);
    write(&top.join("a/Dockerfile"), "FROM alpine:latest\n");
    let sparse = fs::File::create(top.join("a/.gitignore")).expect("a file");
    sparse.set_len(1 << 30).expect("a sparse file");
    for exclude in ["/dev/zero", "/dev/null"] {
        let file = top.join(".git/info/exclude");
        drop(fs::remove_file(&file));
        symlink(exclude, &file).expect("a link");
        let done = hullguard(top).args(["check"]).output().expect("it runs");
        let said = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(said.contains("latest-tag") && said.contains("skipped: .git/info/exclude: "), "{said}");
        assert!(said.contains("skipped: a/.gitignore: "), "{said}");
    }
}

#[test]
fn whatever_says_how_files_are_used_is_read_or_named() {
    let whole = "services:\n  a:\n    build: .\n";
    for (name, text) in [
        ("docker-bake.json", "{]"),
        ("docker-bake.hcl", "target \"a\" {\n  context = \".\n}\n"),
        ("docker-bake.override.hcl", "target \"a\" { tags = [ }\n"),
        (".github/workflows/a.yml", "a: [docker build\n"),
        ("other.compose.yaml", &format!("{whole}    image: [\n")),
        (".devcontainer/devcontainer.json", "{\"dockerComposeFile\": [\n"),
    ] {
        let work = tempfile::tempdir().expect("a folder");
        let top = work.path();
        write(&top.join("Dockerfile"), "FROM alpine:3.22\nUSER 1\n");
        write(&top.join("compose.yaml"), whole);
        write(&top.join(name), text);
        git(top, &["init", "-q", "."]);
        git(top, &["add", "."]);
        let paths = ["check", "Dockerfile", "compose.yaml", "--fail-on", "never", "--format", "json"];
        let done = hullguard(top).args(paths).output().expect("it runs");
        let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        let skipped = report["files"]["skipped"].as_array().expect("a list");
        assert!(skipped.iter().any(|told| told["path"] == name), "{name}: {report}");
    }
}

#[test]
fn where_nothing_is_to_be_checked_that_is_said() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    fs::create_dir(top.join("empty")).expect("a folder");
    let said = |arguments: &[&str]| {
        let done = hullguard(top).arg("check").args(arguments).output().expect("it runs");
        (String::from_utf8_lossy(&done.stderr).into_owned(), done.status.code())
    };
    let nothing = "warning: nothing was checked: there is no Dockerfile, Compose file or other file here";
    for arguments in [&[][..], &["empty"]] {
        let (said, code) = said(arguments);
        assert!(said.contains(nothing) && code == Some(0), "{said}");
    }
    write(&top.join("docs/a.txt"), "text\n");
    let linted = "note: nothing was linted: there is no Dockerfile or Compose file here";
    let (all, code) = said(&["empty", "docs"]);
    assert!(all.contains(linted) && all.contains("warning: nothing was checked in empty"), "{all}");
    assert!(!all.contains("in docs") && code == Some(0), "{all}");
    // Who asks for secrets alone misses no Dockerfile.
    assert_eq!(said(&["docs", "--rule", "secrets"]).0, "");
    write(&top.join("docs/Dockerfile"), "FROM debian:12.1\n");
    assert_eq!(said(&["docs"]).0, "");
}
