//! A secret that is accepted in the work tree is accepted in commits, the index and pushes, and the other way round, though
//! rules on documents report it there and a search of any text here.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{HULLGUARD, Repo, hullguard};

const BASELINE: &str = ".hullguard-baseline.jsonl";
const DOCKERFILE: &str = "FROM alpine:3.22\nENV DB_PASSWORD=Kx9v-Lamp-47w\nUSER app\n";
const COMPOSE: &str =
    "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: Wq3z-Boat-58k\n";

/// Ways to look at the same secrets: the rules that report them differ.
const WAYS: [&[&str]; 5] =
    [&[], &["--rule", "secrets"], &["--history"], &["--commits", "HEAD"], &["--staged", "--rule", "secrets"]];

fn report(repo: &Repo, args: &[&str]) -> Value {
    let out = hullguard(repo.path(), &[args, &["--format", "json"]].concat()).output().expect("it runs");
    serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)))
}

/// `rule path` of the open findings that are about secrets, without repetition.
fn open(repo: &Repo, args: &[&str]) -> Vec<String> {
    let report = report(repo, args);
    let findings = report["findings"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let open = findings.filter(|finding| finding["status"] == "open");
    let all = open.map(|finding| format!("{} {}", text(&finding["rule"]), text(&finding["path"])));
    let mut all: Vec<String> = all
        .filter(|one| ["secret", "password", "credential"].iter().any(|word| one.contains(word)))
        .collect();
    all.sort();
    all.dedup();
    all
}

fn unused(repo: &Repo, args: &[&str]) -> usize {
    report(repo, args)["unused"].as_array().expect("a list").len()
}

fn baseline(repo: &Repo, args: &[&str]) -> String {
    let mut command = Command::new(HULLGUARD);
    command.current_dir(repo.path()).arg("baseline").args(args);
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    let out = command.output().expect("it runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    std::fs::read_to_string(repo.path().join(BASELINE)).expect("it was written")
}

/// The pre-push hook of git, for a first push of HEAD.
fn push(repo: &Repo) -> Option<i32> {
    let head = repo.git(&["rev-parse", "HEAD"]);
    let mut command = hullguard(repo.path(), &["--hook", "pre-push", "origin", "nowhere"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let line = format!("refs/heads/main {head} refs/heads/main {}\n", "0".repeat(40));
    child.stdin.take().expect("a pipe").write_all(line.as_bytes()).expect("it is read");
    child.wait().expect("it ends").code()
}

fn committed(dockerfile: &str, compose: &str) -> Repo {
    let repo = Repo::new();
    repo.commit("start");
    repo.write("Dockerfile", dockerfile);
    repo.write("compose.yaml", compose);
    repo.commit("all");
    repo
}

#[test]
fn the_same_secret_has_other_rules_elsewhere() {
    let repo = committed(DOCKERFILE, COMPOSE);
    let in_tree = open(&repo, &[]);
    assert_eq!(in_tree, ["env-secret-literal compose.yaml", "secret-in-arg-env-name Dockerfile"]);
    for way in &WAYS[1..4] {
        assert_eq!(open(&repo, way), ["assigned-password Dockerfile", "assigned-password compose.yaml"]);
    }
    assert_eq!(push(&repo), Some(1));
}

#[test]
fn a_baseline_of_the_tree_holds_for_commits_and_one_of_commits_for_the_tree() {
    for made in [&[][..], &["--rule", "secrets"], &["--history"], &["--commits", "HEAD"]] {
        let repo = committed(DOCKERFILE, COMPOSE);
        let text = baseline(&repo, made);
        // What is staged is new, and its lines are those that are known.
        repo.write("Dockerfile", format!("{DOCKERFILE}# more\n"));
        repo.git(&["add", "Dockerfile"]);
        for way in WAYS {
            assert_eq!(open(&repo, way), Vec::<String>::new(), "{made:?} {way:?}");
            assert_eq!(unused(&repo, way), 0, "{made:?} {way:?}");
        }
        assert_eq!(push(&repo), Some(0), "{made:?}");
        // No circle: what one run lists another neither removes nor lists again.
        let about = |text: &str| {
            text.lines().filter(|line| line.contains("password") || line.contains("secret")).count()
        };
        assert_eq!(about(&text), 2, "{text}");
        for update in [&["--update"][..], &["--update", "--history"], &["--update"]] {
            assert_eq!(about(&baseline(&repo, update)), 2, "{made:?} {update:?}");
        }
        // Another secret is another one.
        repo.write("compose.yaml", format!("{COMPOSE}      DB_PASSWORD: Rt6y-Moss-19d\n"));
        repo.commit("another");
        assert_eq!(open(&repo, &[]), ["env-secret-literal compose.yaml"]);
        assert_eq!(open(&repo, &["--history"]), ["assigned-password compose.yaml"]);
    }
}

#[test]
fn one_of_two_secrets_on_a_line_does_not_hide_the_other() {
    let flow = |more: &str| {
        format!(
            "services:\n  db:\n    image: postgres:16\n    environment: {{A_PASSWORD: Wq3z-Boat-58k{more}}}\n"
        )
    };
    let repo = committed(DOCKERFILE, &flow(""));
    baseline(&repo, &["--history"]);
    assert_eq!(open(&repo, &[]), Vec::<String>::new());
    repo.write("compose.yaml", flow(", B_PASSWORD: Rt6y-Moss-19d"));
    repo.commit("two");
    assert_eq!(open(&repo, &[]), ["env-secret-literal compose.yaml"]);
    assert_eq!(open(&repo, &["--history"]), ["assigned-password compose.yaml"]);
}

#[test]
fn an_entry_that_only_history_needs_is_not_called_unused() {
    let repo = committed(DOCKERFILE, COMPOSE);
    baseline(&repo, &["--ignore", "hardening-missing"]);
    repo.git(&["rm", "-q", "compose.yaml"]);
    repo.write("Dockerfile", "FROM alpine:3.22\nUSER app\n");
    repo.commit("removed");
    assert_eq!(unused(&repo, &[]), 0);
    baseline(&repo, &["--update"]);
    assert_eq!(open(&repo, &["--history"]), Vec::<String>::new());
    assert_eq!(push(&repo), Some(0));
    // Of anything else an entry that matches nothing is told as before.
    repo.write("Dockerfile", "FROM node:latest\nUSER app\n");
    baseline(&repo, &["--update"]);
    repo.write("Dockerfile", "FROM alpine:3.22\nUSER app\n");
    assert_eq!(unused(&repo, &[]), 1);
}

/// A comment reaches as far in a commit as in the tree: over the instruction, the key with all below it, the stage.
#[test]
fn a_comment_names_either_rule() {
    let unneeded = |repo: &Repo| {
        let report = report(repo, &["--profile", "strict"]);
        report["findings"].as_array().expect("a list").iter().filter(|f| f["rule"] == "unused-ignore").count()
    };
    let dockerfile = |comment: &str| {
        format!("FROM alpine:3.22\n{comment}\nENV A=1 \\\n    DB_PASSWORD=Kx9v-Lamp-47w\nUSER app\n")
    };
    let compose =
        |comment: &str| COMPOSE.replace("    environment", &format!("    {comment}\n    environment"));
    for (first, second) in [
        ("secret-in-arg-env-name", "env-secret-literal"),
        ("assigned-password", "assigned-password"),
        ("secret-in-arg-env-name,assigned-password", "assigned-password,env-secret-literal"),
        ("secrets", "secrets"),
        ("dockerfile", "runtime"),
        ("all", "all"),
    ] {
        let comment = |rules: &str| format!("# hullguard: ignore={rules} local only");
        let later = committed(&dockerfile(""), &compose("# nothing"));
        later.write("Dockerfile", dockerfile(&comment(first)));
        later.write("compose.yaml", compose(&comment(second)));
        later.commit("ignored");
        let at_once = committed(&dockerfile(&comment(first)), &compose(&comment(second)));
        for repo in [later, at_once] {
            for way in &WAYS[..4] {
                assert_eq!(open(&repo, way), Vec::<String>::new(), "{first} {second} {way:?}");
            }
            assert_eq!(push(&repo), Some(0), "{first}");
            assert_eq!(unneeded(&repo), 0, "{first} {second}");
            assert_eq!(open(&repo, &["--history", "--no-inline-ignore"]).len(), 2);
        }
    }
    // A comment on another rule, or on another key, is none for this one.
    let other = committed(
        &dockerfile("# hullguard: ignore=latest-tag,private-key why"),
        &COMPOSE.replace("    image", "    # hullguard: ignore=env-secret-literal why\n    image"),
    );
    assert_eq!(open(&other, &["--history"]).len(), 2);
    assert!(unneeded(&other) >= 3, "{}", unneeded(&other));
}

#[test]
fn an_ignore_of_the_configuration_names_either_rule() {
    for rules in ["secret-in-arg-env-name, env-secret-literal", "assigned-password"] {
        let repo = committed(DOCKERFILE, COMPOSE);
        repo.write("hullguard.yaml", format!("ignore:\n- {{rule: [{rules}], reason: local}}\n"));
        for way in &WAYS[..4] {
            assert_eq!(open(&repo, way), Vec::<String>::new(), "{rules} {way:?}");
        }
    }
}

#[test]
fn a_family_that_matches_nothing_is_reported_once() {
    let repo = committed("FROM alpine:3.22\n# hullguard: ignore=image,secrets why\nUSER app\n", COMPOSE);
    let said = repo.check(&["--profile", "strict"]).text;
    for family in ["image", "secrets"] {
        let message = format!("this ignore of the family `{family}` matches nothing; delete it");
        assert_eq!(said.matches(&message).count(), 1, "{said}");
    }
    assert!(!said.contains("mistyped-ignore"), "{said}");
}

/// Reports of ours are searched for tokens only, and what is passed over in them is not counted.
#[test]
fn a_report_of_ours_counts_nothing_as_hidden() {
    let repo = committed(DOCKERFILE, "services: {}\n");
    let hidden = || report(&repo, &[])["hidden"]["low_confidence"].as_u64().unwrap_or_default();
    let before = hidden();
    let unsure = "\"api_key\": \"abcdef123456\"";
    repo.write("other.json", format!("{{{unsure}}}\n"));
    assert_eq!(hidden(), before + 1);
    let out = hullguard(repo.path(), &["--format", "sarif"]).output().expect("it runs");
    let text = String::from_utf8(out.stdout).expect("a report");
    let more = text.replacen("\"ruleId\"", &format!("{unsure}, \"ruleId\""), 1);
    assert_ne!(more, text);
    repo.write("out.sarif", more);
    assert_eq!(hidden(), before + 1);
}
