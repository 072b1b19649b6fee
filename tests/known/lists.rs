//! Lists and configurations of other scanners, and comments.

use std::fmt::Write as _;
use std::fs;

use super::{baseline, drawn, open, reasons, repository, run, write};

#[test]
fn lists_of_other_scanners_hold() {
    let work = repository();
    let folder = work.path();
    let value = |n: u64| drawn(n + 100);
    let mut app = String::new();
    for n in 0..6 {
        let _ = writeln!(app, "API_SECRET={}", value(n));
    }
    write(folder, "sub/app.env", &app);
    let all = open(folder, &[]);
    assert_eq!(all.len(), 6);

    let commit = "0123456789abcdef0123456789abcdef01234567";
    write(
        folder,
        ".gitleaksignore",
        &format!(
            "# known\nsub/app.env:generic-api-key:1\n{commit}:sub/app.env:no-such-rule:2\nsub/app.env:github-pat:3\nsub/app.env:x:99\nother.env:x:1\n"
        ),
    );
    let left = ["assigned-secret sub/app.env:3", "assigned-secret sub/app.env:4"];
    assert_eq!(&open(folder, &[])[..2], left, "GitHub's token is another thing than what stands there");
    let done = run(folder, &["check"]);
    assert!(
        done.err.contains(
            "warning: .gitleaksignore: 3 entries match no finding any more (sub/app.env, sub/app.env, other.env)"
        ),
        "{}",
        done.err
    );
    // From a folder below the paths are still the repository's.
    assert_eq!(open(&folder.join("sub"), &[]).len(), 4);
    fs::remove_file(folder.join(".gitleaksignore")).expect("it is there");

    // A value counts wherever its line went, unless it is redacted.
    let report = serde_json::json!([
        {"RuleID": "x", "File": "sub/app.env", "StartLine": 77, "Commit": "", "Secret": value(0)},
        {"RuleID": "x", "File": "sub/app.env", "StartLine": 2, "Commit": "", "Secret": "REDACTED"},
    ]);
    let elsewhere = tempfile::tempdir().expect("a folder");
    write(elsewhere.path(), "report.json", &report.to_string());
    let name = elsewhere.path().join("report.json");
    let by_report = open(folder, &["--gitleaks-baseline", name.to_str().expect("UTF-8")]);
    assert_eq!(by_report.len(), 4);
    assert_eq!(by_report[0], "assigned-secret sub/app.env:3");

    let secrets = serde_json::json!({"version": "1.5.0", "results": {"sub/app.env": [
        {"type": "Secret Keyword", "hashed_secret": sha1(&value(5)), "line_number": 1, "is_secret": false},
        {"type": "Secret Keyword", "hashed_secret": sha1("gone"), "line_number": 2},
    ]}});
    write(folder, ".secrets.baseline", &secrets.to_string());
    let lines: Vec<String> =
        open(folder, &[]).iter().map(|f| f.rsplit(':').next().unwrap_or("").to_owned()).collect();
    assert_eq!(lines, ["1", "2", "3", "4", "5"], "the hash, not the line");
    assert!(reasons(folder, &[]).iter().all(|why| why == "listed in .secrets.baseline"));
    // A baseline of ours does not repeat what another list has.
    assert_eq!(run(folder, &["baseline"]).code, Some(0));
    assert_eq!(baseline(folder).lines().count(), 6);
    assert_eq!(run(folder, &["check"]).code, Some(0));
}

#[test]
fn gitleaks_configuration_holds() {
    let work = repository();
    let folder = work.path();
    let own = |n: u64| format!("acme-{}", &drawn(n)[..24]);
    write(folder, "src/a.txt", &format!("deploy {}\ndeploy {}\n", own(1), own(2)));
    write(folder, "test/b.txt", &format!("deploy {}\n", own(3)));
    write(folder, "c.env", &format!("API_SECRET={}\n", drawn(4)));
    write(folder, "d.env", &format!("API_SECRET={} # for the demo\n", drawn(5)));
    write(folder, "id.ppk", "x\n");
    assert_eq!(open(folder, &[]).len(), 2);
    let allowed = own(2);
    write(
        folder,
        ".gitleaks.toml",
        &format!(
            "title = \"ours\"\n[extend]\nuseDefault = true\npath = \"more.toml\"\n\n[[rules]]\nid = \"acme\"\ndescription = \"Acme's deploy key\"\n\
             regex = '''(acme-)([0-9a-zA-Z]{{24}})\\b'''\nsecretGroup = 2\nentropy = 3\nkeywords = [\"ACME-\"]\n\
             [[rules.allowlists]]\nregexTarget = \"match\"\nregexes = ['''^{allowed}$''']\n\n[[rules]]\nid = \"putty\"\npath = '''\\.ppk$'''\n\n\
             [[rules]]\nid = \"ahead\"\nregex = '''(?=x)'''\n\n[[allowlists]]\nregexTarget = \"line\"\nregexes = ['''for the demo''']\n\
             [[allowlists]]\ncondition = \"AND\"\npaths = ['''^c\\.env$''']\nstopwords = [\"not in it\"]\n"
        ),
    );
    write(folder, "more.toml", "[allowlist]\npaths = ['''^test/''']\n");
    let found = open(folder, &[]);
    assert_eq!(found, ["assigned-secret c.env:1", "custom-secret id.ppk:1", "custom-secret src/a.txt:1"]);
    let done = run(folder, &["check"]);
    assert!(done.out.contains("this matches your pattern `acme`: Acme's deploy key"), "{}", done.out);
    assert!(!done.out.contains(&own(1)[5..]) && !done.out.contains(&own(3)[5..]), "{}", done.out);
    assert!(
        done.err.contains("warning: .gitleaks.toml:21: rule `ahead` is not used: its `regex` cannot be compiled: look-around"),
        "{}",
        done.err
    );
    assert!(reasons(folder, &[]).iter().any(|why| why.starts_with("allowed in more.toml:1")));
    assert_eq!(open(folder, &["--no-config"]).len(), 2);
    assert_eq!(open(&folder.join("src"), &[]), ["custom-secret a.txt:1"]);
    // It may be named, and must then be there.
    assert_eq!(run(folder, &["check", "--gitleaks-config", "none.toml"]).code, Some(2));
    write(folder, ".gitleaks.toml", "[extend]\npath = '../outside.toml'\n");
    assert!(run(folder, &["check"]).err.contains("it lies outside of the repository"));
    write(folder, ".gitleaks.toml", &"[[rules]]\nid = 'a'\nregex = 'b'\n".repeat(2001));
    let done = run(folder, &["check"]);
    assert!(done.code == Some(2) && done.err.contains("it has more than 2000 patterns"), "{}", done.err);
    write(folder, ".gitleaks.toml", "[extend]\nuseDefault = true\ndisabledRules = ['generic-api-key']\n");
    assert!(open(folder, &[]).is_empty());
}

#[test]
fn comments_silence_secrets_unless_told_otherwise() {
    let work = repository();
    let folder = work.path();
    let secret = |n: u64| format!("API_SECRET = \"{}\"", drawn(n + 50));
    let text = format!(
        "{} # gitleaks:allow\n# pragma: allowlist nextline secret\n{}\n# hullguard: ignore=assigned-secret of the demo\n{}\n{}\n",
        secret(1),
        secret(2),
        secret(3),
        secret(4)
    );
    write(folder, "settings.ini", &text);
    assert_eq!(open(folder, &[]), ["assigned-secret settings.ini:6"]);
    assert_eq!(reasons(folder, &[]), ["", "", "of the demo"]);
    assert_eq!(open(folder, &["--no-inline-ignore"]).len(), 4);
    // A service's environment is a rule's of its own; the scanners' comments are meant for it, too.
    let service = |comment: &str| {
        format!(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: Summer24x{comment}\n"
        )
    };
    write(folder, "settings.ini", "");
    write(folder, "compose.yaml", &service(""));
    let secrets = |found: Vec<String>| found.iter().filter(|f| f.starts_with("env-secret")).count();
    assert_eq!(secrets(open(folder, &[])), 1);
    write(folder, "compose.yaml", &service(" # gitleaks:allow"));
    assert_eq!(secrets(open(folder, &[])), 0);
}

fn sha1(value: &str) -> String {
    let hash = hullguard::secrets::custom::sha1(value.as_bytes());
    hash.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn detect_secrets(path: &str, value: &str, line: usize) -> String {
    let found =
        serde_json::json!({"type": "Secret Keyword", "hashed_secret": sha1(value), "line_number": line});
    serde_json::json!({"version": "1.5.0", "results": {path: [found]}}).to_string()
}

#[test]
fn a_hash_silences_its_value_and_no_other_on_that_line() {
    let work = repository();
    let folder = work.path();
    let service =
        "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: VALUE\n";
    for (file, text, line) in [
        ("app.env", "API_SECRET=VALUE\n", 1),
        ("Dockerfile", "FROM alpine:3.22\nENV DB_PASSWORD=VALUE\n", 2),
        ("Dockerfile", "FROM alpine:3.22\nENV DB_PASSWORD=\"VALUE\" A=b\n", 2),
        ("compose.yaml", service, 5),
    ] {
        for value in [drawn(7), "Winter24x".to_owned()] {
            let secrets = |list: &str| {
                write(folder, file, &text.replace("VALUE", &value));
                write(folder, ".secrets.baseline", list);
                let found = open(folder, &[]);
                found.iter().filter(|found| found.contains("secret") || found.contains("password")).count()
            };
            let none = secrets(&detect_secrets(file, "another", 99));
            assert!(none > 0, "{file} {value}");
            assert_eq!(secrets(&detect_secrets(file, &value, line)), 0, "{file} {value}");
            assert_eq!(secrets(&detect_secrets(file, &drawn(8), line)), none, "{file} {value}");
        }
        fs::remove_file(folder.join(file)).expect("it is there");
    }
}

#[test]
fn lists_are_searched_and_their_hashes_are_no_secrets() {
    let work = repository();
    let folder = work.path();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let hash = sha1("x");
    let own = format!(
        "{{\"hullguard-baseline\":1,\"profile\":\"default\"}}\n{{\"path\":\"a\",\"rule\":\"assigned-secret\",\"fingerprint\":\"{}\",\"reason\":\"REASON\"}}\n",
        &hash[..32]
    );
    let foreign = format!(
        "{{\"version\":\"1.5.0\",\"generated_at\":\"REASON\",\"results\":{{\"a\":[{{\"type\":\"Secret Keyword\",\"hashed_secret\":\"{hash}\",\"line_number\":1}}]}}}}\n"
    );
    for (name, text) in [
        (".gitleaksignore", format!("# REASON\n{commit}:a.env:generic-api-key:1\n")),
        (".betterleaksignore", "a.env:generic-api-key:1 # REASON\n".to_owned()),
        (".secrets.baseline", foreign),
        (super::BASELINE, own),
    ] {
        write(folder, name, &text.replace("REASON", "seen"));
        assert_eq!(open(folder, &[]), [""; 0], "{name}");
        let token = crate::tokens::github(crate::tokens::RANDOM);
        write(folder, name, &text.replace("REASON", &token));
        let found = open(folder, &[]);
        assert!(found.len() == 1 && found[0].contains(name), "{name}: {found:?}");
        fs::remove_file(folder.join(name)).expect("it is there");
    }
}
