//! Ways to push: those that bring a secret, and those that bring none.

use std::fs;

use super::pushes::{Ground, bare};
use super::token;

/// What is done before the push, and git's arguments for it.
pub(super) type Way = (&'static str, fn(&Ground) -> Vec<String>);

pub(super) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Ways in which the one unpushed commit with a secret gets to the remote.
pub(super) const WAYS: [Way; 27] = [
    ("a branch", |g| {
        g.secret();
        words(&["origin", "main"])
    }),
    ("nothing said", |g| {
        g.secret();
        g.repo.git(&["config", "push.default", "current"]);
        words(&[])
    }),
    ("a tag", |g| {
        g.secret();
        g.repo.git(&["tag", "v1"]);
        words(&["origin", "v1"])
    }),
    ("an annotated tag", |g| {
        g.secret();
        g.repo.git(&["tag", "-a", "-m", "one", "v1"]);
        g.repo.git(&["reset", "-q", "--hard", "HEAD~"]);
        words(&["origin", "v1"])
    }),
    ("tags that follow", |g| {
        g.secret();
        g.repo.git(&["tag", "-a", "-m", "one", "v1"]);
        words(&["--follow-tags", "origin", "main"])
    }),
    ("all tags", |g| {
        g.secret();
        g.repo.git(&["tag", "v1"]);
        words(&["--tags", "origin"])
    }),
    ("another name", |g| {
        g.branch("feat");
        g.secret();
        words(&["origin", "feat:users/jo/topic"])
    }),
    ("all branches", |g| {
        g.branch("feat");
        g.secret();
        words(&["--all", "origin"])
    }),
    ("two branches", |g| {
        g.branch("feat");
        g.secret();
        words(&["origin", "main", "feat"])
    }),
    ("two names of a commit", |g| {
        g.secret();
        g.repo.git(&["branch", "feat"]);
        words(&["origin", "main", "feat"])
    }),
    ("a mirror", |g| {
        g.secret();
        words(&["--mirror", "origin"])
    }),
    ("a branch with another on it", |g| {
        g.branch("feat");
        g.secret();
        g.branch("stacked");
        g.clean("stacked.txt");
        words(&["origin", "feat"])
    }),
    ("a branch with a backup", |g| {
        g.secret();
        g.repo.git(&["branch", "backup"]);
        words(&["origin", "main"])
    }),
    ("after a stash", |g| {
        g.secret();
        g.repo.write("plain.txt", "changed\n");
        g.repo.git(&["stash", "-q"]);
        words(&["origin", "main"])
    }),
    ("a branch cut from what was not pushed", |g| {
        g.secret();
        g.branch("topic");
        g.clean("topic.txt");
        words(&["origin", "topic"])
    }),
    ("with force", |g| {
        g.repo.git(&["reset", "-q", "--hard", "HEAD~"]);
        g.secret();
        words(&["--force", "origin", "main"])
    }),
    ("to an address", |g| {
        g.secret();
        vec![g.url(), "main:refs/heads/there".to_owned()]
    }),
    ("to an address that nothing is known of", |g| {
        let url = bare(&g.server, "other");
        g.repo.git(&["init", "-q", "--bare", &url]);
        // Its tracking refs are those of another remote.
        g.secret();
        g.repo.git(&["update-ref", "refs/remotes/origin/main", "main"]);
        vec![url, "main".to_owned()]
    }),
    ("a detached HEAD", |g| {
        g.repo.git(&["checkout", "-q", "--detach"]);
        g.secret();
        words(&["origin", "HEAD:refs/heads/topic"])
    }),
    ("a commit by its name", |g| {
        let id = g.secret();
        vec!["origin".to_owned(), format!("{id}:refs/heads/topic")]
    }),
    ("added and removed", |g| {
        g.secret();
        g.repo.git(&["rm", "-q", "new.env"]);
        g.repo.commit("gone");
        words(&["origin", "main"])
    }),
    ("another branch than HEAD", |g| {
        g.branch("feat");
        g.secret();
        g.checkout("main");
        words(&["origin", "feat"])
    }),
    ("first to an empty remote", |g| {
        let url = bare(&g.server, "empty");
        g.repo.git(&["init", "-q", "--bare", &url]);
        g.repo.git(&["remote", "add", "empty", &url]);
        g.secret();
        words(&["empty", "main"])
    }),
    ("in a merge alone", |g| {
        g.branch("side");
        g.clean("side.txt");
        g.checkout("main");
        g.clean("main.txt");
        g.repo.git(&["merge", "-q", "--no-commit", "side"]);
        g.secret();
        words(&["origin", "main"])
    }),
    ("without a common commit", |g| {
        g.repo.git(&["checkout", "-q", "--orphan", "fresh"]);
        g.repo.git(&["rm", "-rqf", "."]);
        g.secret();
        words(&["origin", "fresh"])
    }),
    ("while another branch is deleted", |g| {
        g.repo.git(&["push", "-q", "--no-verify", "origin", "main:old"]);
        g.secret();
        words(&["origin", ":old", "main"])
    }),
    ("all at once", |g| {
        g.secret();
        words(&["--atomic", "--no-thin", "-q", "origin", "HEAD"])
    }),
];

/// Pushes that bring no secret.
pub(super) const SILENT: [Way; 11] = [
    ("nothing", |_| words(&["origin", "main"])),
    ("a new name for what is there", |_| {
        words(&["origin", "main:refs/heads/copy", "main~:refs/heads/older"])
    }),
    ("a tag of what is there", |g| {
        g.repo.git(&["tag", "v1", "HEAD~"]);
        words(&["origin", "v1"])
    }),
    ("a moved file", |g| {
        fs::create_dir(g.repo.path().join("sub")).expect("the test's own ground holds");
        g.repo.git(&["mv", "old.env", "sub/moved.env"]);
        g.repo.commit("moved");
        words(&["origin", "main"])
    }),
    ("a moved and changed file", |g| {
        g.repo.git(&["mv", "lines.env", "moved.env"]);
        g.repo.write("moved.env", format!("A=1\nC=3\nTOKEN={}\n", token(51)));
        g.repo.commit("moved");
        words(&["origin", "main:refs/heads/topic"])
    }),
    ("a moved line", |g| {
        g.repo.write("lines.env", "A=1\nB=2\n");
        g.repo.write("other.env", format!("TOKEN={}\n", token(51)));
        g.repo.commit("cut and pasted");
        words(&["origin", "main"])
    }),
    ("a deleted secret", |g| {
        g.repo.git(&["rm", "-q", "old.env"]);
        g.repo.commit("deleted");
        words(&["origin", "main"])
    }),
    ("a deleted branch", |g| {
        g.repo.git(&["push", "-q", "--no-verify", "origin", "main:old"]);
        words(&["origin", ":old"])
    }),
    ("a branch beside one with a secret", |g| {
        g.branch("secret");
        g.secret();
        g.checkout("main");
        g.clean("more.txt");
        words(&["origin", "main"])
    }),
    ("to the address of a remote", |g| {
        g.clean("more.txt");
        vec![g.url(), "main".to_owned()]
    }),
    ("to an address that git rewrites", |g| {
        let folder = g.server.path().to_string_lossy().into_owned();
        g.repo.git(&["config", &format!("url.{folder}/.insteadOf"), "work:"]);
        g.repo.git(&["config", "remote.origin.url", "work:origin.git"]);
        g.clean("more.txt");
        words(&["work:origin.git", "main"])
    }),
];
