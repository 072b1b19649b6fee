//! What silences a secret of a history: allowlists and lists that name commits, the user's own patterns, comments that
//! were written later.

use super::{Repo, token};

const NONE: [&str; 0] = [];

fn of(places: &[&str]) -> Vec<String> {
    places.iter().map(|&place| place.to_owned()).collect()
}

#[test]
fn an_allowlist_may_name_the_commit() {
    let repo = Repo::new();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    let first = repo.commit("first");
    repo.write("b.env", format!("TOKEN={}\n", token(2)));
    let second = repo.commit("second");
    let range = format!("{first}..{second}");
    let check = |toml: &str| {
        repo.write(".gitleaks.toml", toml);
        (repo.history(&["--history"]), repo.history(&["--commits", &range]).0)
    };
    let all = format!("[allowlist]\ncommits = ['{}']\n", second.to_uppercase());
    assert_eq!(check(&all), ((of(&["a.env:1"]), of(&["b.env:1"])), of(&NONE)));
    // In a rule it holds for what stands for that rule.
    let rule = |id: &str| format!("[[rules]]\nid = '{id}'\n[[rules.allowlists]]\ncommits = ['{first}']\n");
    assert_eq!(check(&rule("github-pat")), ((of(&["b.env:1"]), of(&["a.env:1"])), of(&["b.env:1"])));
    assert_eq!(check(&rule("npm-access-token")).0.1, of(&NONE));
    // gitleaks compares whole ids; that a short one is of no use is told.
    assert_eq!(check(&format!("[allowlist]\ncommits = ['{}']\n", &second[..10])).0.1, of(&NONE));
    let told = repo.check(&["--history"]).text;
    assert!(told.contains(".gitleaks.toml:1: `") && told.contains("is not a full commit id"), "{told}");
    // What stands in a tree came with no commit that is known.
    assert_eq!(check(&all).0.1, of(&["b.env:1"]));
    assert_eq!(repo.history(&["--rule", "secrets"]).0, of(&["a.env:1", "b.env:1"]));

    // An ignore of gitleaks names the commit, too.
    let list = |commit: &str| {
        repo.write(".gitleaks.toml", "");
        repo.write(".gitleaksignore", format!("{commit}:b.env:github-pat:1\n"));
        repo.history(&["--history"]).1
    };
    assert_eq!(list(&second), of(&["b.env:1"]));
    assert_eq!(list(&first), of(&NONE));
}

#[test]
fn what_one_commit_may_have_another_may_not() {
    let repo = Repo::new();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    let first = repo.commit("first");
    repo.write("other/b.env", format!("# again\nTOKEN={}\n", token(1)));
    repo.commit("second");
    repo.write(".gitleaks.toml", format!("[allowlist]\ncommits = ['{first}']\n"));
    assert_eq!(repo.history(&["--history"]).0, of(&["other/b.env:2"]));
}

#[test]
fn own_patterns_search_history() {
    let repo = Repo::new();
    let text =
        |key: &str| format!("{}deploy {key} here\n{}", "a line of many\n".repeat(300), "b\n".repeat(300));
    repo.write("src/a.txt", text("nothing"));
    let start = repo.commit("start");
    repo.write("src/a.txt", text("acme-Q7fh2LmZx9Kd"));
    repo.commit("add");
    repo.write("src/a.txt", text("nothing"));
    repo.commit("remove");
    let rule = |path: &str| {
        let toml = format!(
            "[[rules]]\nid = 'acme'\nregex = 'acme-[0-9A-Za-z]{{12}}'\nkeywords = ['acme-']\n{path}\n"
        );
        repo.write(".gitleaks.toml", toml);
    };
    rule("");
    assert_eq!(repo.history(&["--history"]).0, of(&["src/a.txt:301"]));
    assert_eq!(repo.history(&["--commits", &format!("{start}..HEAD")]).0, of(&["src/a.txt:301"]));
    repo.git(&["repack", "-q", "-a", "-d", "-f"]);
    assert_eq!(repo.history(&["--history"]).0, of(&["src/a.txt:301"]));
    rule("path = '^lib/'");
    assert_eq!(repo.history(&["--history"]).0, of(&NONE));
}

#[test]
fn a_later_comment_counts_where_the_secret_still_stands() {
    let repo = Repo::new();
    let line = |comment: &str| format!("A=1\nTOKEN={}{comment}\n", token(1));
    repo.write("a.env", line(""));
    let first = repo.commit("bare");
    repo.write("a.env", line(" # gitleaks:allow"));
    repo.commit("allowed");
    let silent = (of(&NONE), of(&["a.env:2"]));
    assert_eq!(repo.history(&["--history"]), silent);
    assert_eq!(repo.history(&["--commits", "HEAD"]), silent);
    assert_eq!(repo.history(&["--history", "--no-inline-ignore"]).0, of(&["a.env:2"]));
    // Under another name it is the same line.
    repo.git(&["mv", "a.env", "b.env"]);
    repo.commit("renamed");
    assert_eq!(repo.history(&["--history"]), silent);
    // Nor does it stand anywhere else without.
    repo.write("c.env", line(""));
    repo.commit("copied");
    assert_eq!(repo.history(&["--history"]).0, of(&["a.env:2"]));
    assert_eq!(repo.history(&["--commits", "HEAD"]).0, of(&["a.env:2"]));
    repo.git(&["rm", "-q", "c.env"]);
    repo.commit("gone");
    assert_eq!(repo.history(&["--history"]), silent);
    // What is gone from HEAD was without a comment once.
    repo.git(&["rm", "-q", "b.env"]);
    repo.commit("removed");
    assert_eq!(repo.history(&["--history"]).0, of(&["a.env:2"]));
    // A comment that was taken away silences nothing more.
    repo.write("d.env", line(" # gitleaks:allow").replace(&token(1), &token(2)));
    let allowed = repo.commit("with");
    repo.write("d.env", line("").replace(&token(1), &token(2)));
    repo.commit("without");
    assert_eq!(repo.history(&["--commits", &format!("{allowed}~..HEAD")]).0, of(&["d.env:2"]));
    assert_eq!(repo.history(&["--history"]).0, of(&["a.env:2", "d.env:2"]));
    // The copy came and went without one.
    assert_eq!(repo.history(&["--commits", &format!("{first}..{allowed}")]).0, of(&["c.env:2"]));
}
