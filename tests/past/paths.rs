//! What a path decides: a text is judged in all its places, and a search may be limited to some.

use super::{Repo, token};

fn secret(seed: u32) -> String {
    format!("A=1\nTOKEN={}\n", token(seed))
}

/// The open places of a whole history, and of a range.
fn everywhere(repo: &Repo, range: &str) -> [Vec<String>; 2] {
    [repo.history(&["--history"]).0, repo.history(&["--commits", range]).0]
}

/// The ways to leave out what lies in `docs`.
const LEFT_OUT: [(&str, &str); 5] = [
    ("hullguard.yaml", "exclude: [docs/**]\n"),
    ("hullguard.yaml", "exclude: ['docs/*.env']\n"),
    ("hullguard.yaml", "ignore:\n- {rule: github-pat, paths: [docs/**], reason: samples}\n"),
    ("hullguard.yaml", "rules:\n  github-pat: {severity: off, paths: [docs/**]}\n"),
    (".gitleaks.toml", "[allowlist]\npaths = ['^docs/']\n"),
];

#[test]
fn what_is_left_out_in_one_place_is_found_in_another() {
    for (file, text) in LEFT_OUT {
        // It was moved out of there.
        let repo = Repo::new();
        repo.write("docs/x.env", secret(1));
        let first = repo.commit("first");
        repo.git(&["mv", "docs/x.env", "x.env"]);
        repo.commit("moved");
        repo.write(file, text);
        let found = ["x.env:2".to_owned()];
        assert_eq!(everywhere(&repo, &format!("{first}..")), [found.clone(), found.clone()], "{text}");
        // It is gone from there, too.
        repo.git(&["rm", "-qf", "x.env"]);
        repo.git(&["commit", "-qm", "gone"]);
        assert_eq!(everywhere(&repo, &format!("{first}..")), [found.clone(), found.clone()], "{text}");

        // Two files are equal, or two folders.
        for paths in [["docs/x.env", "src/x.env"], ["docs/deep/x.env", "a/deep/x.env"]] {
            let repo = Repo::new();
            for path in paths {
                repo.write(path, secret(2));
            }
            repo.commit("both");
            repo.write(file, text);
            let [history, range] = everywhere(&repo, "HEAD");
            // A pattern may leave folders below alone.
            let deep = text.contains("*.env") && paths[0].contains("deep");
            let found = vec![format!("{}:2", paths[1])];
            assert!(
                deep && history.len() == 1 && history == range || [history, range] == [found.clone(), found],
                "{text}"
            );
        }

        // The copy came later.
        let repo = Repo::new();
        repo.write("docs/x.env", secret(3));
        let first = repo.commit("first");
        repo.write("src/x.env", secret(3));
        repo.commit("copied");
        repo.write(file, text);
        let found = ["src/x.env:2".to_owned()];
        assert_eq!(everywhere(&repo, &format!("{first}..")), [found.clone(), found.clone()], "{text}");

        // And what is nowhere else is still left out.
        let repo = Repo::new();
        repo.write("docs/x.env", secret(4));
        repo.commit("first");
        repo.git(&["mv", "docs/x.env", "docs/y.env"]);
        repo.commit("moved");
        repo.write(file, text);
        assert_eq!(everywhere(&repo, "HEAD"), [Vec::<String>::new(), Vec::new()], "{text}");
    }
}

#[test]
fn an_ignore_of_one_place_leaves_the_other() {
    let repo = Repo::new();
    repo.write("docs/x.env", secret(1));
    repo.write("src/x.env", secret(1));
    repo.commit("both");
    repo.write(".gitleaksignore", "docs/x.env:github-pat:2\n");
    assert_eq!(repo.history(&["--history"]).0, ["src/x.env:2"]);
}

#[test]
fn what_is_staged_is_new_as_what_is_committed_is() {
    let repo = Repo::new();
    repo.write("a.env", secret(1));
    repo.write("b.env", format!("A=1\nTOKEN={}\nB=2\n", token(2)));
    repo.write("docs/c.env", secret(3));
    repo.write("kept.env", secret(4));
    repo.commit("first");
    let both = |repo: &Repo| {
        repo.git(&["add", "-A"]);
        let staged = repo.history(&["--staged", "--rule", "secrets"]).0;
        repo.commit("next");
        let committed = repo.history(&["--commits", "HEAD^..HEAD"]).0;
        assert_eq!(staged, committed);
        staged
    };
    let none: [&str; 0] = [];
    repo.git(&["mv", "a.env", "moved.env"]);
    assert_eq!(both(&repo), none, "moved");
    repo.write("b.env", "A=1\nB=2\n");
    repo.write("other.env", format!("TOKEN={}\n", token(2)));
    assert_eq!(both(&repo), none, "cut and pasted");
    repo.git(&["mv", "moved.env", "again.env"]);
    repo.write("again.env", format!("B=1\n{}", secret(1)));
    assert_eq!(both(&repo), none, "moved and changed");
    repo.write("more.env", secret(4));
    assert_eq!(both(&repo), ["more.env:2"], "copied from what stays");
    repo.write("other.env", format!("TOKEN={}\n", token(5)));
    assert_eq!(both(&repo), ["other.env:1"], "another in its place");
    // What was left out where it stood was never told.
    repo.write("hullguard.yaml", "exclude: [docs/**]\n");
    repo.commit("settings");
    repo.git(&["mv", "docs/c.env", "c.env"]);
    assert_eq!(both(&repo), ["c.env:2"], "moved to where somebody looks");
}

#[test]
fn own_patterns_know_what_is_old() {
    let repo = Repo::new();
    repo.write(".gitleaks.toml", "[[rules]]\nid = 'acme'\nregex = 'acme-[0-9A-Za-z]{12}'\n");
    repo.write("a.txt", "key acme-Q7fh2LmZx9Kd\n");
    repo.commit("first");
    repo.write("a.txt", "more\nkey acme-Q7fh2LmZx9Kd\n");
    repo.git(&["add", "-A"]);
    assert_eq!(repo.history(&["--staged"]).0, [""; 0]);
    repo.git(&["mv", "a.txt", "b.txt"]);
    repo.commit("second");
    assert_eq!(repo.history(&["--commits", "HEAD^.."]).0, [""; 0]);
    repo.write("b.txt", "key acme-Q7fh2LmZx9Ke\n");
    repo.commit("third");
    assert_eq!(repo.history(&["--commits", "HEAD^.."]).0, ["b.txt:1"]);
}

#[test]
fn paths_limit_what_is_searched() {
    let repo = Repo::new();
    repo.write("web/a.env", secret(1));
    repo.write("api/b.env", secret(2));
    repo.commit(&format!("use {}", token(3)));
    repo.git(&["rm", "-q", "api/b.env"]);
    repo.write("web/deep/c.env", secret(4));
    repo.commit("second");
    for over in [&["--history"][..], &["--commits", "HEAD"]] {
        let found = |paths: &[&str]| repo.history(&[over, paths].concat()).0;
        assert_eq!(found(&["web"]), ["web/a.env:2", "web/deep/c.env:2"]);
        assert_eq!(found(&["web/deep"]), ["web/deep/c.env:2"]);
        assert_eq!(found(&["./web/../web/a.env"]), ["web/a.env:2"]);
        assert_eq!(found(&["api"]), ["api/b.env:2"], "it is on disk no longer");
        assert_eq!(found(&["api", "web/deep"]), ["api/b.env:2", "web/deep/c.env:2"]);
        assert_eq!(found(&["."]).len(), 4);
        assert_eq!(found(&[&repo.path().to_string_lossy()]).len(), 4, "it names the repository");
        for wrong in [&["nope"][..], &["we"], &["web", "nope"], &["web/*"]] {
            let told = repo.check(&[over, wrong].concat());
            let name = wrong[wrong.len() - 1];
            assert!(told.code == 2 && told.text.contains(name), "{wrong:?}: {}", told.text);
        }
        let told = repo.check(&[over, &["/"]].concat());
        assert_eq!(told.code, 2, "{}", told.text);
    }
    let below = super::hullguard(&repo.path().join("web"), &["--history", "deep"]).output().expect("it runs");
    assert_eq!(super::Told::of(&below).places(), ["web/deep/c.env:2"]);
}

#[test]
fn no_message_hides_behind_a_signature() {
    let begin = |kind: &str| format!("-----BEGIN {kind}-----\n");
    for kind in ["PGP SIGNATURE", "SSH SIGNATURE", "PGP MESSAGE"] {
        let repo = Repo::new();
        let first = repo.commit("first");
        repo.commit(&format!("second\n\n{}use {}", begin(kind), token(1)));
        let end = format!("-----END {kind}-----\n");
        let signed = format!("third\n\n{}use {}\n{end}", begin(kind), token(2));
        repo.commit(&signed);
        repo.git(&["tag", "-a", "-m", &format!("tag\n\n{}use {}", begin(kind), token(3)), "v1"]);
        repo.git(&["tag", "-a", "-m", &format!("tag\n\n{}\nuse {}\n{end}", begin(kind), token(4)), "v2"]);
        let (open, _) = repo.history(&["--history"]);
        let count = |what: &str| open.iter().filter(|place| place.starts_with(what)).count();
        assert_eq!((count("commit message"), count("tag message")), (2, 2), "{kind}: {open:?}");
        assert_eq!(repo.history(&["--commits", &format!("{first}..")]).0.len(), 2);
    }
    // Bytes behind a zero are part of it.
    let repo = Repo::new();
    let tree = repo.git(&["write-tree"]);
    let who = "Ann <ann@example.org> 1700000000 +0000";
    let text =
        format!("tree {tree}\nauthor {who}\ncommitter {who}\nencoding latin-1\n\nm\u{0}\nuse {}\n", token(5));
    repo.write("commit", text);
    let id = repo.git(&["hash-object", "-t", "commit", "--literally", "-w", "commit"]);
    repo.git(&["update-ref", "refs/heads/main", &id]);
    assert_eq!(repo.history(&["--commits", "main"]).0, ["commit message:2"]);
    assert_eq!(repo.history(&["--history"]).0, ["commit message:2"]);
}

/// Read in pieces, and once more for the finding, wherever git keeps it.
#[test]
fn huge_files_are_searched_to_their_end() {
    let repo = Repo::new();
    let mut bytes = vec![0; (16 << 20) + 1];
    bytes.extend_from_slice(format!(" {} ", token(1)).as_bytes());
    repo.write("huge.bin", &bytes);
    repo.commit("huge");
    let found = || repo.history(&["--commits", "HEAD"]).0;
    assert_eq!(found(), ["huge.bin:1"], "loose");
    repo.git(&["repack", "-qadf"]);
    assert_eq!(found(), ["huge.bin:1"], "packed");
}
