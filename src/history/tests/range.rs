//! What a range of commits brought.

use super::*;
use crate::history::Range;

const ZERO: &str = "0000000000000000000000000000000000000000";

fn brought(folder: &Path, words: &[&str]) -> Vec<(String, Oid, Vec<Oid>)> {
    let repository = Repository::open(folder).unwrap();
    let range = Range::read(&repository, &Ends::parse(&repository, words).unwrap()).unwrap();
    range.brought.into_iter().map(|brought| (brought.path, brought.commit, brought.before)).collect()
}

fn paths(folder: &Path, words: &[&str]) -> Vec<String> {
    brought(folder, words).into_iter().map(|(path, ..)| path).collect()
}

fn pushed(folder: &Path, old: &str, new: &str, name: &str) -> usize {
    let repository = Repository::open(folder).unwrap();
    let ends = Ends::push(&repository, old, new, name).unwrap();
    Range::read(&repository, &ends).unwrap().commits.len()
}

#[test]
fn ranges_are_those_of_git() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a/b/c", "1\n");
    let old = id(folder, "HEAD:a/b/c");
    let second = commit(folder, "a/b/c", "2\n");
    git(folder, &["branch", "base"]);
    git(folder, &["checkout", "-q", "-b", "side"]);
    let side = commit(folder, "side", "s\n");
    git(folder, &["checkout", "-q", "main"]);
    commit(folder, "main", "m\n");
    assert_eq!(brought(folder, &["HEAD~2..base"]), [("a/b/c".to_owned(), second, vec![old])]);
    assert_eq!(brought(folder, &["main..side"]), [("side".to_owned(), side, vec![])]);
    assert_eq!(paths(folder, &["side", "^main"]), ["side"]);
    assert_eq!(paths(folder, &["base.."]), ["main"]);
    let mut both = paths(folder, &["main...side"]);
    both.sort();
    assert_eq!(both, ["main", "side"]);
    assert_eq!(paths(folder, &["side"]), ["a/b/c", "a/b/c", "side"]);
    assert_eq!(paths(folder, &["main..main"]), Vec::<String>::new());
    assert_eq!(paths(folder, &["HEAD..base"]), Vec::<String>::new());
    let repository = Repository::open(folder).unwrap();
    let error = Ends::parse(&repository, &["nothing..main"]).unwrap_err();
    assert_eq!(error.to_string(), "there is no commit nothing here; `git fetch` it first");
}

#[test]
fn merges_count_with_all_their_parents() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "d/a", "1\n");
    git(folder, &["checkout", "-q", "-b", "side"]);
    commit(folder, "d/b", "side\n");
    git(folder, &["checkout", "-q", "main"]);
    commit(folder, "d/b", "main\n");
    Command::new("git").current_dir(folder).args(["merge", "-q", "side"]).output().unwrap();
    let merge = commit(folder, "d/b", "resolved\n");
    let found = brought(folder, &["HEAD^..HEAD"]);
    assert_eq!(found.len(), 2);
    let before = vec![id(folder, "HEAD^1:d/b"), id(folder, "HEAD^2:d/b")];
    assert!(found.contains(&("d/b".to_owned(), merge, before)));
}

#[test]
fn what_only_moves_is_not_brought() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a/b/c", "1\n");
    let old = id(folder, "HEAD:a/b/c");
    git(folder, &["mv", "a", "z"]);
    commit(folder, "new", "2\n");
    assert_eq!(paths(folder, &["HEAD^..HEAD"]), ["new"]);
    git(folder, &["mv", "z/b/c", "moved"]);
    let moved = commit(folder, "moved", "1\n3\n");
    assert_eq!(brought(folder, &["HEAD^..HEAD"]), [("moved".to_owned(), moved, vec![])]);
    let repository = Repository::open(folder).unwrap();
    let range = Range::read(&repository, &Ends::parse(&repository, &["HEAD^.."]).unwrap()).unwrap();
    assert_eq!(range.gone, [old]);
}

#[test]
fn unrelated_histories_have_no_common_commit() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a", "1\n");
    git(folder, &["checkout", "-q", "--orphan", "other"]);
    git(folder, &["rm", "-rfq", "."]);
    commit(folder, "b", "2\n");
    assert_eq!(paths(folder, &["main..other"]), ["b"]);
    let mut both = paths(folder, &["main...other"]);
    both.sort();
    assert_eq!(both, ["a", "b"]);
}

#[test]
fn pushes_begin_and_end_with_zeros() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a", "1\n");
    commit(folder, "a", "2\n");
    git(folder, &["checkout", "-q", "-b", "topic"]);
    commit(folder, "a", "3\n");
    let (main, topic) = (id(folder, "main").to_string(), id(folder, "topic").to_string());
    assert_eq!(pushed(folder, &main, &topic, "topic"), 1);
    assert_eq!(pushed(folder, ZERO, &topic, "refs/heads/topic"), 1);
    assert_eq!(pushed(folder, ZERO, &main, "copy"), 0);
    assert_eq!(pushed(folder, &topic, ZERO, "topic"), 0);
    assert_eq!(pushed(folder, &topic, &main, "topic"), 0);
    git(folder, &["update-ref", "refs/remotes/origin/topic", "topic"]);
    assert_eq!(pushed(folder, ZERO, &topic, "topic"), 1);
}

#[test]
fn a_shallow_clone_is_an_error_that_tells_the_way_out() {
    let folder = start();
    let first = commit(folder.path(), "a", "0\n");
    for i in 1..5 {
        commit(folder.path(), "a", &format!("{i}\n"));
    }
    let copy = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(copy.path(), &["clone", "-q", "--depth=2", &url, "copy"]);
    let copy = copy.path().join("copy");
    assert_eq!(paths(&copy, &["HEAD^..HEAD"]), ["a"]);
    let repository = Repository::open(&copy).unwrap();
    let gone = Ends::parse(&repository, &[&format!("{first}..HEAD")]).unwrap_err().to_string();
    assert!(
        gone.starts_with(&format!("commit {first} is not in this shallow clone; fetch the rest")),
        "{gone}"
    );
    let cut =
        Range::read(&repository, &Ends::parse(&repository, &["HEAD"]).unwrap()).unwrap_err().to_string();
    let parent = git(folder.path(), &["rev-parse", "HEAD~2"]);
    assert!(cut.contains(&parent) && cut.contains("git fetch --unshallow"), "{cut}");
}
