//! Nothing that is written anywhere shows a secret of the repository: not a report, not a list, not a message.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use super::{HULLGUARD, Repo, git, hullguard, token};

/// What must not show, of tokens a part.
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    pub(crate) fn new() -> Self {
        let parts = (20..40).map(|seed| token(seed)[8..20].to_owned());
        Self(parts.chain([PASSWORD.to_owned()]).collect())
    }
    pub(crate) fn none_in(&self, what: &str, text: &str) {
        for secret in &self.0 {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert!(line.is_none(), "{what} shows {secret}: {line:?}");
        }
    }
    fn none_said(&self, what: &str, out: &Output) {
        self.none_in(what, &String::from_utf8_lossy(&out.stdout));
        self.none_in(what, &String::from_utf8_lossy(&out.stderr));
    }
}

/// Somebody thought it up.
const PASSWORD: &str = "Tr0ub4dor&3x";

/// Secrets in every corner of files, and in their names.
pub(crate) fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut write = |name: &str, text: String| files.push((name.to_owned(), text));
    write(
        "Dockerfile",
        format!(
            "# hullguard: ignore=latest-tag {t20}\n# hullguard: ignore={t21}\nFROM r.acme.dev/{t22}:latest AS {t23}\n\
             ENV DB_PASSWORD {PASSWORD}\nENV API_TOKEN={t24} A=b\nARG {t25}\nMAINTAINER {t26}\n\
             ADD https://bob:{PASSWORD}@acme.dev/{t27}.tgz /x/{t28}\nCOPY --from={t29} . {t20}/\nRUN curl -u bob:{PASSWORD} acme.dev && apt-get install {t30}\n\
             RUN echo {PASSWORD} | docker login -u bob --password {PASSWORD} && cd /{t31} && sudo x\nWORKDIR {t31}\nCMD run --password {PASSWORD} ${t32}\n",
            t20 = token(20),
            t21 = token(21),
            t22 = token(22),
            t23 = token(23),
            t24 = token(24),
            t25 = token(25),
            t26 = token(26),
            t27 = token(27),
            t28 = token(28),
            t29 = token(29),
            t30 = token(30),
            t31 = token(31),
            t32 = token(32),
        ),
    );
    write(
        "compose.yaml",
        format!(
            "version: '{}'\nservices:\n  {}:\n    image: {}\n    bulid: .\n    environment:\n      POSTGRES_PASSWORD: {PASSWORD}\n      \
             URL: postgres://app:{PASSWORD}@db/app\n      TOKEN: {}\n    ports: ['{}']\n    depends_on: [{}]\n  db:\n    image: postgres\n    \
             environment:\n      - MYSQL_ROOT_PASSWORD={PASSWORD}\n    labels: [\"a={}\"]\n",
            token(20),
            token(21),
            token(22),
            token(23),
            token(24),
            token(25),
            token(26)
        ),
    );
    write(
        "broken/compose.yaml",
        format!(
            "services:\n  a:\n    password: \"{PASSWORD}\n  {}: [\n{}: *{}\n",
            token(27),
            token(28),
            token(29)
        ),
    );
    write(
        "broken/Dockerfile",
        format!("FROM a\nRUN <<{}\nENV DB_PASSWORD \"{PASSWORD}\n{} x\n", token(30), token(31)),
    );
    write(&format!("keys/{}/Dockerfile", token(33)), "FROM node:latest\nRUN cd /x\n".to_owned());
    write(&format!("keys/{}.env", token(33)), format!("DB_PASSWORD={PASSWORD}\nTOKEN={}\n", token(34)));
    write("key.yaml", format!("data:\n  token: {}\n  password: {PASSWORD}\n", token(35)));
    files
}

fn full_of_secrets() -> Repo {
    let repo = Repo::new();
    for (name, text) in files() {
        repo.write(&name, text);
    }
    repo.git(&["add", "-A"]);
    let author = format!("--author={} <{}@acme.dev>", token(36), token(37));
    repo.git(&["commit", "-q", &author, "-m", &format!("use {} and password={PASSWORD}", token(38))]);
    repo.git(&["branch", &format!("feature/{}", token(39))]);
    repo.git(&["tag", "-a", &token(39), "-m", &format!("tag {}", token(38))]);
    repo
}

#[test]
fn no_report_shows_a_secret() {
    let repo = full_of_secrets();
    let secrets = Secrets::new();
    for over in [&[][..], &["--history", "--unreachable"], &["--commits", "HEAD"], &["--no-inline-ignore"]] {
        for format in crate::veiled::FORMATS {
            let args = [over, &["--profile", "style", "--show-suppressed", "--format", format]].concat();
            let out = hullguard(repo.path(), &args).output().expect("it runs");
            assert!(!out.stdout.is_empty());
            secrets.none_said(&args.join(" "), &out);
        }
    }
    let below = hullguard(&repo.path().join("keys"), &["--format", "json"]).output().expect("it runs");
    secrets.none_said("a run from a folder below", &below);
    let one = hullguard(repo.path(), &["--color", "always", "--threads", "1"]).output().expect("it runs");
    secrets.none_said("colours", &one);
    for args in [&["--fix", "--diff"][..], &["--fix-unsafe", "--diff", "--profile", "style"]] {
        let out = hullguard(repo.path(), args).output().expect("it runs");
        assert!(!out.stdout.is_empty());
        secrets.none_said(&args.join(" "), &out);
    }
    let run = |args: &[&str]| {
        let out = hullguard_plain(repo.path(), args);
        secrets.none_said(&args.join(" "), &out);
        out
    };
    for format in ["text", "mermaid", "dot"] {
        assert!(!run(&["graph", "--format", format, "."]).stdout.is_empty());
    }
    // A fix still writes what stood there.
    run(&["check", "--fix-unsafe", "--profile", "style"]);
    let fixed = fs::read_to_string(repo.path().join("Dockerfile")).expect("it is there");
    assert!(fixed.contains(&format!("authors=\"{}\"\n", token(26))), "{fixed}");
}

fn hullguard_plain(folder: &Path, args: &[&str]) -> Output {
    let mut command = std::process::Command::new(HULLGUARD);
    command.args(args).current_dir(folder).env("RUST_BACKTRACE", "1").output().expect("it runs")
}

#[test]
fn no_list_and_no_message_shows_a_secret() {
    let repo = full_of_secrets();
    let secrets = Secrets::new();
    let run = |args: &[&str]| {
        let out = hullguard_plain(repo.path(), args);
        secrets.none_said(&args.join(" "), &out);
        out.status.code()
    };
    // What is broken is no part of a baseline.
    fs::remove_dir_all(repo.path().join("broken")).expect("it is there");
    assert_eq!(run(&["baseline", "--profile", "style"]), Some(0));
    let list = fs::read_to_string(repo.path().join(".hullguard-baseline.jsonl")).expect("it was written");
    secrets.none_in("the baseline", &list);
    assert_eq!(run(&["check"]), Some(0), "what is known is silent, whatever its path holds");
    repo.write(
        ".hullguard-baseline.jsonl",
        format!("{list}{{\"path\": \"{}\", \"{}\": 1}}\n", token(20), token(21)),
    );
    assert_eq!(run(&["check", "--format", "json", "--format", "sarif=/dev/null"]), Some(2));
    repo.write(".hullguard-baseline.jsonl", format!("{list}{{\"path\": {}\n", token(22)));
    assert_eq!(run(&["check"]), Some(2));
    fs::remove_file(repo.path().join(".hullguard-baseline.jsonl")).expect("it is there");

    for config in [
        format!("rules:\n  {}: error\n", token(20)),
        format!("rules:\n  latest-tag: {}\n", token(21)),
        format!("profile: {}\n", token(22)),
        format!("{}: 1\n", token(23)),
        format!("exclude: ['[{}']\nignore:\n- {{rule: x, expires: '{}'}}\n", token(24), token(25)),
        format!("password: \"{PASSWORD}\n a: [{}\n", token(26)),
        format!("extends: {{password: {PASSWORD}}}\n"),
        format!("baseline: {}\ngitleaks-config: {}\n", token(27), token(28)),
    ] {
        repo.write("hullguard.yaml", &config);
        for format in crate::veiled::FORMATS {
            assert_eq!(run(&["check", "--format", format]), Some(2), "{config}");
        }
    }
    fs::remove_file(repo.path().join("hullguard.yaml")).expect("it is there");
    for toml in [
        format!("[[rules]]\nid = '{}'\nregex = '(?={})'\n", token(20), token(21)),
        format!("[[rules]]\nid = '{}'\nregex = '{}'\ndescription = '{}'\n", token(20), token(22), token(23)),
        format!("[extend]\npath = '{}'\n", token(24)),
        format!(
            "[allowlist]\ndescription = '{}'\ncommits = ['{}']\nregexes = ['{}', '[']\n",
            token(25),
            token(26),
            token(35)
        ),
        format!("password = {PASSWORD}\n"),
        format!("{} = [\n", token(27)),
    ] {
        repo.write(".gitleaks.toml", &toml);
        for args in
            [&["check", "--format", "json"][..], &["check", "--show-suppressed"], &["check", "--history"]]
        {
            run(args);
        }
    }
    fs::remove_file(repo.path().join(".gitleaks.toml")).expect("it is there");
    repo.write(".gitleaksignore", format!("{}:{}:3\n{}\n", token(20), token(21), token(22)));
    run(&["check", "--format", "json"]);
    repo.write(".secrets.baseline", format!("{{\"results\": {{\"{}\": \"{}\"}}}}", token(23), token(24)));
    assert_eq!(run(&["check"]), Some(2));
}

#[test]
fn no_hook_shows_a_secret() {
    let repo = full_of_secrets();
    let secrets = Secrets::new();
    let server = tempfile::tempdir().expect("the test's own ground holds");
    let bare = server.path().join("s.git");
    repo.git(&["init", "-q", "--bare", &bare.to_string_lossy()]);
    let hook = bare.join("hooks/pre-receive");
    fs::write(&hook, format!("#!/bin/sh\nexec '{HULLGUARD}' check --hook pre-receive\n"))
        .expect("it can be written");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let out = git(repo.path(), &["push", "-q", &bare.to_string_lossy(), "HEAD:refs/heads/main"]).output();
    let out = out.expect("git is installed");
    assert!(!out.status.success() && String::from_utf8_lossy(&out.stderr).contains("url-credentials"));
    secrets.none_said("a refused push", &out);
    repo.write("more.env", format!("TOKEN={}\n", token(34)));
    repo.git(&["add", "-A"]);
    secrets.none_said("--staged", &hullguard(repo.path(), &["--staged"]).output().expect("it runs"));
}
