//! What a range of commits brought.

use super::*;
use crate::history::{Range, Remote, Update};

const ZERO: &str = "0000000000000000000000000000000000000000";

fn read(folder: &Path, words: &[&str]) -> Range {
    let repository = Repository::open(folder).unwrap();
    Range::read(&repository, &Ends::parse(&repository, words).unwrap()).unwrap()
}

/// What came in and was not only moved.
fn brought(folder: &Path, words: &[&str]) -> Vec<(String, Oid)> {
    let sites = read(folder, words).brought.into_iter().flat_map(|brought| brought.sites);
    let new = sites.filter(|site| site.moved.is_empty());
    new.map(|site| (site.path, site.commit.unwrap())).collect()
}

fn paths(folder: &Path, words: &[&str]) -> Vec<String> {
    brought(folder, words).into_iter().map(|(path, ..)| path).collect()
}

fn gone(folder: &Path, words: &[&str]) -> Vec<(Oid, String)> {
    read(folder, words).gone.into_iter().map(|gone| (gone.blob, gone.path)).collect()
}

fn updates(moves: &[(&str, &str, &str)]) -> Vec<Update> {
    let id = |hex: &str| Oid::from_str(hex).unwrap();
    let update = |(old, new, name): &(&str, &str, &str)| Update {
        old: id(old),
        new: id(new),
        name: (*name).to_owned(),
    };
    moves.iter().map(update).collect()
}

/// How many commits a push to `origin` brings.
fn sent(folder: &Path, moves: &[(&str, &str, &str)]) -> usize {
    let repository = Repository::open(folder).unwrap();
    let remote = Remote { name: "origin".to_owned(), url: "/srv/a.git".to_owned() };
    let ends = Ends::sent(&repository, &updates(moves), Some(&remote)).unwrap();
    Range::read(&repository, &ends).unwrap().commits.len()
}

fn received(folder: &Path, moves: &[(&str, &str, &str)]) -> usize {
    let repository = Repository::open(folder).unwrap();
    let ends = Ends::received(&repository, &updates(moves)).unwrap();
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
    assert_eq!(brought(folder, &["HEAD~2..base"]), [("a/b/c".to_owned(), second)]);
    assert_eq!(gone(folder, &["HEAD~2..base"]), [(old, "a/b/c".to_owned())]);
    assert_eq!(brought(folder, &["main..side"]), [("side".to_owned(), side)]);
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
    assert_eq!(error.to_string(), "commit nothing is not in this clone; `git fetch` it first");
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
    assert!(found.contains(&("d/b".to_owned(), merge)));
    let mut before = [id(folder, "HEAD^1:d/b"), id(folder, "HEAD^2:d/b")];
    before.sort();
    let gone: Vec<Oid> = gone(folder, &["HEAD^..HEAD"]).into_iter().map(|(blob, _)| blob).collect();
    assert!(before.iter().all(|blob| gone.contains(blob)));
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
    assert_eq!(brought(folder, &["HEAD^..HEAD"]), [("moved".to_owned(), moved)]);
    assert_eq!(gone(folder, &["HEAD^.."]), [(old, "z/b/c".to_owned())]);
    let first = read(folder, &["HEAD~2..HEAD^"]).brought.into_iter().find(|brought| brought.blob == old);
    let site = first.unwrap().sites.pop().unwrap();
    assert_eq!((site.path.as_str(), site.moved), ("z/b/c", vec!["a/b/c".to_owned()]));
}

#[test]
fn a_blob_is_known_by_all_its_paths() {
    let folder = start();
    let folder = folder.path();
    for path in ["docs/deep/a", "docs/b", "src/deep/a", "top"] {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "same\n").unwrap();
    }
    commit(folder, "other", "same\n");
    git(folder, &["mv", "docs", "moved"]);
    commit(folder, "last", "same\n");
    let brought = read(folder, &["HEAD"]).brought;
    let mut paths: Vec<&str> = brought[0].sites.iter().map(|site| site.path.as_str()).collect();
    paths.sort_unstable();
    let all = ["docs/b", "docs/deep/a", "last", "moved/b", "moved/deep/a", "other", "src/deep/a", "top"];
    assert_eq!((brought.len(), paths), (1, all.to_vec()));
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
fn only_a_remote_says_what_it_has() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a", "1\n");
    commit(folder, "a", "2\n");
    git(folder, &["checkout", "-q", "-b", "topic"]);
    commit(folder, "a", "3\n");
    let (main, topic) = (id(folder, "main").to_string(), id(folder, "topic").to_string());
    assert_eq!(sent(folder, &[(&main, &topic, "refs/heads/topic")]), 1);
    assert_eq!(sent(folder, &[(ZERO, &topic, "refs/heads/topic")]), 3);
    assert_eq!(sent(folder, &[(ZERO, &topic, "refs/heads/a"), (ZERO, &main, "refs/heads/b")]), 3);
    assert_eq!(sent(folder, &[(&topic, ZERO, "refs/heads/topic")]), 0);
    // What a ref that is deleted leads to is there now, and what is not here is nowhere.
    assert_eq!(sent(folder, &[(&main, ZERO, "refs/heads/old"), (ZERO, &topic, "refs/heads/new")]), 1);
    assert_eq!(sent(folder, &[(&"12".repeat(20), &topic, "refs/heads/topic")]), 3);
    // A name that nothing is configured for is no remote.
    git(folder, &["update-ref", "refs/remotes/origin/main", "main"]);
    assert_eq!(sent(folder, &[(ZERO, &topic, "refs/heads/topic")]), 3);
    git(folder, &["remote", "add", "origin", "/srv/a.git"]);
    assert_eq!(sent(folder, &[(ZERO, &topic, "refs/heads/topic")]), 1);
    assert_eq!(sent(folder, &[(ZERO, &main, "refs/heads/copy")]), 0);
    // Nor do refs of another remote say anything, or symbolic ones.
    git(folder, &["remote", "add", "other", "/srv/b.git"]);
    git(folder, &["update-ref", "refs/remotes/other/topic", "topic"]);
    git(folder, &["update-ref", "refs/remotes/origin-two/topic", "topic"]);
    git(folder, &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/topic"]);
    assert_eq!(sent(folder, &[(ZERO, &topic, "refs/heads/topic")]), 1);
    git(folder, &["config", "remote.origin/sub.url", "/srv/c.git"]);
    git(folder, &["update-ref", "refs/remotes/origin/sub/topic", "topic"]);
    assert_eq!(sent(folder, &[(ZERO, &topic, "refs/heads/topic")]), 1);
}

#[test]
fn a_server_has_what_its_refs_lead_to() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a", "1\n");
    let first = id(folder, "HEAD").to_string();
    commit(folder, "a", "2\n");
    let main = id(folder, "main").to_string();
    git(folder, &["checkout", "-q", "--detach"]);
    commit(folder, "a", "3\n");
    let new = id(folder, "HEAD").to_string();
    assert_eq!(received(folder, &[(ZERO, &new, "refs/heads/topic")]), 1);
    assert_eq!(received(folder, &[(ZERO, &main, "refs/heads/copy")]), 0);
    // After the push the ref has moved; git says what it was.
    assert_eq!(received(folder, &[(&first, &main, "refs/heads/main")]), 1);
    assert_eq!(received(folder, &[(&main, ZERO, "refs/heads/main")]), 0);
}

#[test]
fn tags_trees_and_blobs_are_pushed_too() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "d/a", "1\n");
    git(folder, &["tag", "-a", "-m", "one", "v1"]);
    git(folder, &["tag", "-a", "-m", "two", "v2", "v1"]);
    git(folder, &["tag", "-a", "-m", "three", "v3", "HEAD:d"]);
    let id_of = |word: &str| id(folder, word).to_string();
    let repository = Repository::open(folder).unwrap();
    let range = |old: &str, new: &str| {
        let ends = Ends::sent(&repository, &updates(&[(old, new, "refs/x")]), None).unwrap();
        let range = Range::read(&repository, &ends).unwrap();
        let paths: Vec<String> =
            range.brought.into_iter().flat_map(|b| b.sites).map(|site| site.path).collect();
        (range.commits.len(), range.tags.len(), paths)
    };
    let nested = id_of("v2");
    assert_eq!(range(ZERO, &nested), (1, 2, vec!["d/a".to_owned()]));
    assert_eq!(range(&id_of("HEAD"), &nested), (0, 2, vec![]));
    assert_eq!(range(&id_of("v1"), &nested), (0, 1, vec![]));
    assert_eq!(range(ZERO, &id_of("v3")), (0, 1, vec!["a".to_owned()]));
    assert_eq!(range(&id_of("HEAD:d"), &id_of("v3")), (0, 1, vec![]));
    let blob = id_of("HEAD:d/a");
    assert_eq!(range(ZERO, &blob), (0, 0, vec![format!("object {blob}")]));
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
