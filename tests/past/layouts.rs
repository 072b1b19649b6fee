//! Repositories as git lays them out: whatever lies where, the same secrets are found, and what cannot be read is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Repo, Told, git, hullguard, token};

/// `path:line` of what is found in all of a repository's history.
fn found(folder: &Path) -> Vec<String> {
    let told = history(folder);
    assert!(told.code < 2, "{}", told.text);
    told.places().into_iter().map(str::to_owned).collect()
}

fn history(folder: &Path) -> Told {
    Told::of(&hullguard(folder, &["--history"]).output().expect("it runs"))
}

/// Three secrets: two in HEAD's history, of which one is gone, one on a branch.
fn some() -> Repo {
    let repo = Repo::new();
    let text = |seed: u32| format!("{}TOKEN={}\n", "one line of many\n".repeat(50), token(seed));
    repo.write("a.env", text(1));
    repo.commit("first");
    repo.write("b.env", text(2));
    repo.commit("second");
    repo.git(&["rm", "-q", "a.env"]);
    repo.commit("third");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("c.env", text(3));
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo
}

const SOME: [&str; 3] = ["a.env:51", "b.env:51", "c.env:51"];

fn packs(repo: &Repo, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(repo.path().join(".git/objects/pack")).expect("there are packs");
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|e| e == ending)).collect()
}

#[test]
fn wherever_git_keeps_things_they_are_found() {
    let repo = some();
    assert_eq!(found(repo.path()), SOME, "loose only");
    repo.git(&["pack-refs", "--all"]);
    assert_eq!(found(repo.path()), SOME, "packed refs");
    repo.git(&["repack", "-q", "-d"]);
    repo.write("d.env", format!("TOKEN={}\n", token(4)));
    repo.commit("fourth");
    let with_more = ["a.env:51", "b.env:51", "c.env:51", "d.env:1"];
    assert_eq!(found(repo.path()), with_more, "a pack and loose objects");
    repo.git(&["repack", "-q", "-d"]);
    assert_eq!(packs(&repo, "pack").len(), 2);
    assert_eq!(found(repo.path()), with_more, "several packs");
    for pack in packs(&repo, "pack") {
        fs::write(pack.with_extension("keep"), "").expect("it can be written");
    }
    repo.git(&["repack", "-q", "-a", "-d"]);
    assert_eq!(found(repo.path()), with_more, "packs that are kept");
    repo.git(&["multi-pack-index", "write"]);
    repo.git(&["commit-graph", "write", "--reachable"]);
    assert_eq!(found(repo.path()), with_more, "an index of several packs");
    // Any number of threads.
    let one = history(repo.path()).text;
    for threads in ["1", "2", "3", "8"] {
        assert_eq!(repo.check(&["--history", "--threads", threads]).text, one, "{threads} threads");
    }

    let around = tempfile::tempdir().expect("the test's own ground holds");
    let at = |name: &str| around.path().join(name);
    let clone = |args: &[&str], name: &str| {
        let url = format!("file://{}", repo.path().display());
        let source = if args.contains(&"--shared") { repo.path().display().to_string() } else { url };
        repo.git(&[&["clone", "-q"], args, &[&*source, &*at(name).to_string_lossy()]].concat());
        at(name)
    };
    let of_clone = ["a.env:51", "b.env:51", "c.env:51", "d.env:1"];
    assert_eq!(found(&clone(&[], "clone")), of_clone, "a clone");
    assert_eq!(found(&clone(&["--bare"], "bare.git")), of_clone, "a bare clone");
    assert_eq!(found(&clone(&["--mirror"], "mirror.git")), of_clone, "a mirror");
    assert_eq!(found(&clone(&["--shared"], "shared")), of_clone, "objects of another");
    repo.git(&["worktree", "add", "-q", "-b", "linked", &at("linked").to_string_lossy(), "side"]);
    assert_eq!(found(&at("linked")), with_more, "a linked work tree");
    assert!(history(&at("linked")).text.contains("is in HEAD as `c.env`"), "HEAD is its own");
}

/// In a pack the older text is made of the newer, and its changed row stands far below the names of the columns.
#[test]
fn a_row_of_a_table_is_found_wherever_it_changed() {
    let rows = |password: &str| {
        let row = |i: u32| if i == 150 { format!("{i},{password}\n") } else { format!("{i},\n") };
        format!("id,password\n{}", (1..300).map(row).collect::<String>())
    };
    let repo = Repo::new();
    for password in ["Tr0ub4dor&3x", "Sommer2019!k"] {
        repo.write("users.csv", rows(password));
        repo.commit("rows");
    }
    repo.write("users.csv", rows(""));
    repo.commit("no password");
    let apart = found(repo.path());
    assert_eq!(apart, ["users.csv:151", "users.csv:151"]);
    repo.git(&["gc", "-q"]);
    assert_eq!(found(repo.path()), apart, "packed");
}

#[test]
fn what_git_only_hides_is_found() {
    let repo = some();
    let replaced = repo.git(&["rev-parse", "main:b.env"]);
    repo.write("clean", "TOKEN=\n");
    let clean = repo.git(&["hash-object", "-w", "clean"]);
    repo.git(&["replace", &replaced, &clean]);
    assert_eq!(repo.git(&["show", "main:b.env"]), "TOKEN=");
    assert_eq!(found(repo.path()), SOME, "a replacement hides, and pushes what it hides");
    // A graft cuts history off for those who look at it here.
    let head = repo.git(&["rev-parse", "main"]);
    fs::create_dir_all(repo.path().join(".git/info")).expect("it can be made");
    fs::write(repo.path().join(".git/info/grafts"), format!("{head}\n")).expect("it can be written");
    assert_eq!(found(repo.path()), SOME);
}

#[test]
fn submodules_are_repositories_of_their_own() {
    let library = some();
    let repo = Repo::new();
    repo.write("own.env", format!("TOKEN={}\n", token(5)));
    repo.commit("own");
    let url = library.path().display().to_string();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "sub"]);
    repo.commit("with it");
    // The pointer names a commit that is not here, and nothing is missing.
    assert_eq!(found(repo.path()), ["own.env:1"]);
    assert_eq!(found(&repo.path().join("sub")), SOME);
    let range = repo.check(&["--commits", "HEAD"]);
    assert_eq!((range.code, range.places()), (1, vec!["own.env:1"]));
}

#[test]
fn a_damaged_store_gives_what_is_left_and_says_what_is_not() {
    let repo = some();
    // A truncated object: the branch's file.
    let victim = repo.git(&["rev-parse", "side:c.env"]);
    let loose = repo.path().join(".git/objects").join(&victim[..2]).join(&victim[2..]);
    let whole = fs::read(&loose).expect("it is loose");
    let rewrite = |path: &Path, bytes: &[u8]| {
        fs::remove_file(path).expect("it is there");
        fs::write(path, bytes).expect("it can be written");
    };
    rewrite(&loose, &whole[..whole.len() / 2]);
    let told = history(repo.path());
    assert_eq!((told.code, told.places()), (2, vec![SOME[0], SOME[1]]), "{}", told.text);
    assert!(told.text.contains(&victim), "{}", told.text);
    rewrite(&loose, &whole);
    // One byte of a pack.
    repo.git(&["repack", "-q", "-a", "-d", "--depth=0"]);
    let pack = packs(&repo, "pack").pop().expect("there is one");
    let list = repo.git(&["verify-pack", "-v", &pack.to_string_lossy()]);
    let line = list.lines().find(|line| line.starts_with(&victim)).expect("it is in the pack");
    let place: usize = line.split_whitespace().nth(4).and_then(|at| at.parse().ok()).expect("it has a place");
    let mut bytes = fs::read(&pack).expect("it is there");
    bytes[place + 6] ^= 0x55;
    rewrite(&pack, &bytes);
    let told = history(repo.path());
    assert_eq!((told.code, told.places()), (2, vec![SOME[0], SOME[1]]), "{}", told.text);
    assert!(told.text.contains(&victim), "{}", told.text);
    let range = repo.check(&["--commits", "side"]);
    assert_eq!(range.code, 2, "{}", range.text);
}

#[test]
fn a_partial_clone_says_what_it_lacks_and_how_to_get_it() {
    let repo = some();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let around = tempfile::tempdir().expect("the test's own ground holds");
    let partial = around.path().join("partial");
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--filter=blob:none", &url, &partial.to_string_lossy()]);
    let told = history(&partial);
    assert_eq!((told.code, told.places()), (2, vec!["b.env:51"]), "{}", told.text);
    assert!(told.text.contains("git "), "{}", told.text);
}

#[test]
fn formats_that_cannot_be_read_are_told_and_files_are_checked_all_the_same() {
    for (option, word) in [("--object-format=sha256", "SHA-256"), ("--ref-format=reftable", "reftable")] {
        let folder = tempfile::tempdir().expect("the test's own ground holds");
        let made = git(folder.path(), &["init", "-q", option, "."]).status().expect("git is installed");
        // An older git does not know the option.
        if !made.success() {
            continue;
        }
        fs::write(folder.path().join("a.env"), format!("TOKEN={}\n", token(1))).expect("it can be written");
        for args in [&["--history"][..], &["--commits", "HEAD"], &["--staged"]] {
            let told = Told::of(&hullguard(folder.path(), args).output().expect("it runs"));
            assert_eq!(told.code, 2, "{args:?}: {}", told.text);
            assert!(told.text.contains(word), "{args:?}: {}", told.text);
        }
        let files = Told::of(&hullguard(folder.path(), &[]).output().expect("it runs"));
        assert_eq!((files.code, files.places()), (1, vec!["a.env:1"]), "{}", files.text);
    }
}

/// Only root can give a folder to somebody else.
#[test]
fn a_repository_of_somebody_else_is_read_when_git_would() {
    let repo = some();
    let given = Command::new("chown").args(["-R", "12345"]).arg(repo.path()).status();
    if !given.is_ok_and(|given| given.success()) {
        return;
    }
    let home = tempfile::tempdir().expect("the test's own ground holds");
    let run = || {
        let mut command = hullguard(repo.path(), &["--history"]);
        command.env("HOME", home.path()).env_remove("XDG_CONFIG_HOME").env_remove("GIT_CONFIG_GLOBAL");
        Told::of(&command.output().expect("it runs"))
    };
    let told = run();
    assert_eq!(told.code, 2);
    assert!(told.text.contains("git config --global --add safe.directory"), "{}", told.text);
    let path = repo.path().canonicalize().expect("it is there");
    fs::write(home.path().join(".gitconfig"), format!("[safe]\n\tdirectory = {}\n", path.display()))
        .expect("it can be written");
    assert_eq!(run().places(), SOME);
}
