//! A FIFO, a socket or a device in git's folder: every run ends.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::check;
use crate::past::{Repo, token};

/// What a file is replaced by.
const KINDS: [&str; 4] = ["fifo", "socket", "/dev/zero", "link to a fifo"];

fn replace(path: &Path, kind: &str) {
    if path.is_dir() {
        fs::remove_dir_all(path).expect("the test's own ground holds");
    } else if path.symlink_metadata().is_ok() {
        fs::remove_file(path).expect("the test's own ground holds");
    }
    fs::create_dir_all(path.parent().expect("a path has a folder")).expect("the test's own ground holds");
    let fifo = |path: &Path| {
        let made = Command::new("mkfifo").arg(path).status().expect("mkfifo is installed");
        assert!(made.success());
    };
    match kind {
        "fifo" => fifo(path),
        "socket" => {
            // A socket's name is short, so it is made elsewhere and moved.
            let folder = tempfile::tempdir().expect("the test's own ground holds");
            drop(UnixListener::bind(folder.path().join("s")).expect("the test's own ground holds"));
            if fs::rename(folder.path().join("s"), path).is_err() {
                fifo(path);
            }
        }
        "/dev/zero" => symlink(kind, path).expect("the test's own ground holds"),
        _ => {
            let other = path.with_extension("fifo-elsewhere");
            fifo(&other);
            symlink(other, path).expect("the test's own ground holds");
        }
    }
}

#[test]
fn nothing_in_gits_folder_holds_a_run_up() {
    let repo = Repo::new();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    repo.commit("packed");
    repo.git(&["repack", "-adq"]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["commit-graph", "write", "--reachable"]);
    repo.git(&["multi-pack-index", "write"]);
    repo.write("b.env", format!("TOKEN={}\n", token(2)));
    repo.commit("loose");
    repo.write("c.env", format!("TOKEN={}\n", token(3)));
    repo.git(&["add", "-A"]);
    repo.git(&["config", "include.path", "more"]);
    let git = repo.path().join(".git");
    let pack = |ending: &str| {
        let mut all =
            fs::read_dir(git.join("objects/pack")).expect("a folder").flatten().map(|entry| entry.path());
        all.find(|path| path.extension().is_some_and(|e| e == ending)).expect("a pack")
    };
    let commit = repo.git(&["rev-parse", "HEAD"]);
    let loose = |id: &str| git.join("objects").join(&id[..2]).join(&id[2..]);
    let staged = repo.git(&["rev-parse", ":c.env"]);
    let mut places: Vec<PathBuf> = vec![pack("pack"), pack("idx"), loose(&commit), loose(&staged)];
    for name in [
        "HEAD",
        "packed-refs",
        "refs/heads/main",
        "refs/tags/v1",
        "refs",
        "config",
        "more",
        "index",
        "info/exclude",
        "info/grafts",
        "shallow",
        "commondir",
        "objects/info/alternates",
        "objects/pack/multi-pack-index",
        "objects/info/commit-graph",
        "objects/pack",
        "objects/ab",
        "logs/HEAD",
        "config.worktree",
        "info/attributes",
        "hooks/pre-commit",
    ] {
        places.push(git.join(name));
    }
    places.push(git.clone());
    // All that lies in git's folder stands as it was when the next is replaced.
    let saved = tempfile::tempdir().expect("the test's own ground holds");
    let copy = |from: &Path, to: &Path| {
        let done = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp is installed");
        assert!(done.success());
    };
    copy(&git, &saved.path().join("git"));
    for (n, place) in places.iter().enumerate() {
        let kind = KINDS[n % 4];
        for kind in if kind == "fifo" { vec![kind] } else { vec!["fifo", kind] } {
            replace(place, kind);
            for args in [&["--history"][..], &["--commits", "HEAD"], &["--staged"], &["."]] {
                let end = check(repo.path(), args);
                let place = place.strip_prefix(repo.path()).expect("it lies there").display();
                assert!(
                    end.code.is_some_and(|code| code == 1 || code == 2),
                    "{place}, {kind}, {args:?}: {}",
                    end.text
                );
            }
            if git.is_dir() {
                fs::remove_dir_all(&git).expect("the test's own ground holds");
            } else {
                fs::remove_file(&git).expect("the test's own ground holds");
            }
            copy(&saved.path().join("git"), &git);
        }
    }
}

#[test]
fn a_list_without_end_is_not_read() {
    let repo = Repo::new();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    repo.commit("first");
    for name in [
        "packed-refs",
        "refs/heads/huge",
        "objects/info/alternates",
        "shallow",
        "objects/pack/multi-pack-index",
    ] {
        let path = repo.path().join(".git").join(name);
        let file = fs::File::create(&path).expect("the test's own ground holds");
        file.set_len(200 << 30).expect("files may have holes here");
        for args in [&["--history"][..], &["--commits", "HEAD"], &["--staged"]] {
            let end = check(repo.path(), args);
            let needless = name.ends_with("multi-pack-index") && args == ["--history"];
            assert_eq!(end.code, Some(if needless { 1 } else { 2 }), "{name}, {args:?}: {}", end.text);
        }
        fs::remove_file(&path).expect("the test's own ground holds");
    }
}
