//! Who brought what, on small histories told by hand and on random ones told by `git log`.

use super::*;

fn paths(paths: &Paths) -> Vec<&str> {
    paths.named.iter().map(|named| named.path.as_str()).collect()
}

fn ask(folder: &Path, id: Oid) -> Provenance {
    let history = open(folder);
    let (origins, told) = history.origins([id]);
    assert_eq!(told, []);
    origins.of(&[vec![id]], &|_, _| true).pop().unwrap()
}

#[test]
fn tells_the_first_commit_the_path_then_and_the_path_now() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a", "1\n");
    let brought = commit(folder, "x/y/z.env", "secret\n");
    let blob = id(folder, "HEAD:x/y/z.env");
    git(folder, &["mv", "x/y/z.env", "x/now.env"]);
    commit(folder, "a", "2\n");
    git(folder, &["branch", "old"]);
    for packed in [false, true] {
        if packed {
            git(folder, &["repack", "-adfq"]);
        }
        let found = ask(folder, blob);
        let first = found.first.unwrap();
        assert_eq!((first.commit, paths(&first.paths)), (brought, vec!["x/y/z.env"]));
        assert_eq!((first.author.as_str(), first.email.as_str()), ("Ann", "ann@example.com"));
        assert!(first.time > 0 && !first.boundary);
        assert_eq!(paths(&found.head), ["x/now.env"]);
        assert_eq!((found.refs_total, found.times, found.reach), (2, 1, Reach::Ref));
        assert!(found.in_head);
    }
    git(folder, &["rm", "-q", "x/now.env"]);
    commit(folder, "a", "3\n");
    let found = ask(folder, blob);
    assert_eq!((found.in_head, found.head.total), (false, 0));
    assert_eq!(found.refs, ["refs/heads/old"]);
    let again = commit(folder, "b", "secret\n");
    let found = ask(folder, blob);
    assert_eq!((found.times, paths(&found.head)), (2, vec!["b"]));
    assert_ne!(found.first.unwrap().commit, again);
}

#[test]
fn a_merge_can_bring_something_of_its_own() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a", "1\n");
    git(folder, &["checkout", "-q", "-b", "side"]);
    commit(folder, "b", "2\n");
    git(folder, &["checkout", "-q", "main"]);
    commit(folder, "c", "3\n");
    git(folder, &["merge", "-q", "--no-commit", "side"]);
    std::fs::write(folder.join("evil"), "secret\n").unwrap();
    git(folder, &["add", "evil"]);
    git(folder, &["commit", "-q", "-m", "merge"]);
    let merge = id(folder, "HEAD");
    assert_eq!(ask(folder, id(folder, "HEAD:evil")).first.unwrap().commit, merge);
    let side = ask(folder, id(folder, "side:b"));
    assert_eq!((side.first.unwrap().commit, side.times), (id(folder, "side"), 1));
}

#[test]
fn what_nobody_can_clone_is_told_apart() {
    let folder = start();
    let folder = folder.path();
    commit(folder, "a", "1\n");
    commit(folder, "a", "secret\n");
    let blob = id(folder, "HEAD:a");
    git(folder, &["reset", "-q", "--hard", "HEAD^"]);
    assert_eq!(ask(folder, blob).reach, Reach::Reflog);
    git(folder, &["reflog", "expire", "--expire=now", "--all"]);
    let found = ask(folder, blob);
    assert_eq!((found.reach, found.times, found.refs_total), (Reach::Dangling, 1, 0));
    std::fs::write(folder.join("loose"), "never committed\n").unwrap();
    let loose = Oid::from_str(&git(folder, &["hash-object", "-w", "loose"])).unwrap();
    let found = ask(folder, loose);
    assert_eq!((found.reach, found.first), (Reach::Dangling, None));
    git(folder, &["tag", "held", &loose.to_string()]);
    assert_eq!(ask(folder, loose).refs, ["refs/tags/held"]);
}

#[test]
fn commits_and_tags_are_their_own_origin() {
    let folder = start();
    let folder = folder.path();
    let first = commit(folder, "a", "1\n");
    git(folder, &["branch", "old"]);
    let second = commit(folder, "a", "2\n");
    git(folder, &["tag", "-a", "-m", "secret", "v1"]);
    let found = ask(folder, first);
    assert_eq!(found.first.as_ref().unwrap().commit, first);
    assert_eq!((found.in_head, found.refs_total), (true, 3));
    let found = ask(folder, second);
    assert_eq!(found.refs, ["refs/heads/main", "refs/tags/v1"]);
    let found = ask(folder, id(folder, "refs/tags/v1"));
    assert_eq!((found.first, found.refs, found.reach), (None, vec!["refs/tags/v1".to_owned()], Reach::Ref));
}

#[test]
fn a_cut_history_says_so() {
    let folder = start();
    for i in 0..3 {
        commit(folder.path(), "a", &format!("{i}\n"));
    }
    let copy = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(copy.path(), &["clone", "-q", "--depth=1", &url, "copy"]);
    let copy = copy.path().join("copy");
    let found = ask(&copy, id(&copy, "HEAD:a"));
    assert!(found.first.unwrap().boundary);
}

/// Random files with few different texts, moved about on two branches; then every blob is asked for.
#[test]
fn agrees_with_a_slow_and_simple_answer() {
    let folder = start();
    let folder = folder.path();
    let mut dice = Dice(42);
    commit(folder, "d0/f0", "0\n");
    git(folder, &["branch", "side"]);
    for step in 0..160 {
        if step % 15 == 14 {
            let other = if step % 2 == 0 { "side" } else { "main" };
            git(folder, &["merge", "-q", "-s", "ours", "-m", "merge", other]);
        }
        if step % 10 == 9 {
            git(folder, &["checkout", "-q", if step % 20 == 9 { "side" } else { "main" }]);
        }
        let path = format!("d{}/e{}/f{}", dice.roll(3), dice.roll(3), dice.roll(4));
        if dice.roll(4) == 0 && folder.join(&path).exists() {
            std::fs::remove_file(folder.join(&path)).unwrap();
            commit(folder, "note", &format!("{step}\n"));
        } else {
            commit(folder, &path, &format!("text {}\n", dice.roll(150)));
        }
    }
    git(folder, &["repack", "-adfq", "--depth=50", "--window=50"]);
    let repository = Repository::open(folder).unwrap();
    let holds = |commit: Oid| -> std::collections::BTreeSet<Oid> {
        let mut blobs = std::collections::BTreeSet::new();
        let tree = repository.find_commit(commit).unwrap().tree().unwrap();
        tree.walk(git2::TreeWalkMode::PreOrder, |_, entry| {
            if entry.kind() == Some(git2::ObjectType::Blob) {
                blobs.insert(entry.id());
            }
            git2::TreeWalkResult::Ok
        })
        .unwrap();
        blobs
    };
    let mut brought: std::collections::BTreeMap<Oid, Vec<Oid>> = std::collections::BTreeMap::new();
    for line in git(folder, &["rev-list", "--all", "--parents"]).lines() {
        let ids: Vec<Oid> = line.split(' ').map(|id| Oid::from_str(id).unwrap()).collect();
        let mut own = holds(ids[0]);
        for parent in &ids[1..] {
            let parent = holds(*parent);
            own.retain(|blob| !parent.contains(blob));
        }
        for blob in own {
            brought.entry(blob).or_default().push(ids[0]);
        }
    }
    let blobs: Vec<Oid> = brought.keys().copied().collect();
    assert!(blobs.len() > 64);
    let history = open(folder);
    let (origins, told) = history.origins(blobs.iter().copied());
    assert_eq!(told, []);
    let found = origins.of(&blobs.iter().map(|&blob| vec![blob]).collect::<Vec<_>>(), &|_, _| true);
    let head = holds(id(folder, "HEAD"));
    for (id, found) in blobs.iter().zip(found) {
        let commits = &brought[id];
        assert_eq!(found.times, commits.len(), "{id}");
        let first = found.first.unwrap();
        assert!(commits.contains(&first.commit));
        assert!(!commits.iter().any(|&other| {
            other != first.commit && repository.graph_descendant_of(first.commit, other).unwrap()
        }));
        assert_eq!(found.in_head, head.contains(id));
        let listed =
            git(folder, &["ls-tree", "-r", "--format=%(objectname) %(path)", &first.commit.to_string()]);
        let id = id.to_string();
        let expected: Vec<&str> =
            listed.lines().filter_map(|line| line.strip_prefix(&id)?.strip_prefix(' ')).collect();
        assert_eq!(
            (first.paths.total, paths(&first.paths)),
            (expected.len(), expected.into_iter().take(10).collect())
        );
    }
}
