//! Laws of the whole floor, on repositories that git itself made.

mod broken;
mod deltas;
mod hostile;
mod provenance;
mod range;

use std::path::Path;
use std::process::Command;

use git2::{Oid, Repository};

use super::*;

/// Runs git with nothing of the machine's configuration.
fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "gc.auto=0"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        // A hook that runs the tests has set these.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Writes a file and commits it, with a date of its own; gives the commit.
fn commit(folder: &Path, path: &str, text: &str) -> Oid {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", path]);
    id(folder, "HEAD")
}

fn id(folder: &Path, word: &str) -> Oid {
    Oid::from_str(&git(folder, &["rev-parse", word])).unwrap()
}

fn start() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    folder
}

fn open(folder: &Path) -> History {
    History::open(Repository::open(folder).unwrap(), &Folders::default())
}

/// Small numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}
