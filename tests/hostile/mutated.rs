//! Packs, indexes, loose objects, refs and lists with wrong bytes in them, made by dice.
//!
//! `HULLGUARD_MUTATIONS=20000 cargo test hostile::mutated` tries more than the few hundred of every run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sha1::{Digest as _, Sha1};

use super::{Dice, check};
use crate::past::{Repo, token};

/// What a run must come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Want {
    /// All tokens, or exit 2.
    AllOrTold,
    /// An end: the file may say something else now and be right.
    End,
}

/// A repository of whose three tokens two lie in a pack and one in a loose object, with all files that git may write.
fn ground() -> Repo {
    let repo = Repo::new();
    let text = "a line that is there for the deltas to copy, and another\n".repeat(40);
    for n in 0..6 {
        repo.write("dir/text.txt", format!("{text}{n}\n{text}"));
        repo.write(&format!("dir/{n}/more.txt"), format!("{n}\n"));
        repo.commit(&format!("number {n}"));
    }
    repo.write("dir/text.txt", format!("{text}TOKEN={}\n{text}", token(1)));
    repo.commit("a token in a delta");
    repo.write("whole.env", format!("TOKEN={}\n", token(2)));
    repo.commit("a token in an object of its own");
    repo.git(&["tag", "-a", "-m", "a tag", "v1"]);
    repo.git(&["rm", "-q", "whole.env"]);
    repo.write("dir/text.txt", format!("{text}{text}"));
    repo.commit("both are gone");
    repo.git(&["repack", "-adfq"]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["commit-graph", "write", "--reachable"]);
    repo.git(&["multi-pack-index", "write"]);
    repo.write("loose.env", format!("TOKEN={}\n", token(3)));
    repo.commit("loose");
    repo
}

const MODES: [&[&str]; 2] = [&["--history"], &["--commits", "main"]];

/// Every file of git's that holds data, with what is asked of a run when it is damaged.
fn targets(git: &Path) -> Vec<(PathBuf, Want)> {
    let mut all = Vec::new();
    let mut folders = vec![git.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            let inside = path.strip_prefix(git).expect("it lies there").to_string_lossy().into_owned();
            if path.is_dir() && !["hooks", "logs", "branches"].contains(&&*inside) {
                folders.push(path);
            } else if path.is_file() {
                let want = match &*inside {
                    "config" | "index" | "HEAD" | "description" | "COMMIT_EDITMSG" => Want::End,
                    _ => Want::AllOrTold,
                };
                all.push((path, want));
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Changes some bytes; gives what was done.
fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) -> String {
    let len = bytes.len();
    if len == 0 {
        return "nothing more".to_owned();
    }
    let at = dice.roll(len);
    match dice.roll(9) {
        0..=2 => {
            let bit = dice.roll(8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        }
        3 => {
            bytes[at] = dice.roll(256) as u8;
            format!("byte {at}")
        }
        4 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        5 => {
            let more = dice.roll(50);
            bytes.extend(std::iter::repeat_n(0x41, more));
            format!("{more} more")
        }
        6 => {
            // Where tables of numbers are, each of them may be the largest there is.
            let at = at & !3;
            let value = [0xff, 0x7f, 0x80, 0][dice.roll(4)];
            bytes[at..].iter_mut().take(4).for_each(|byte| *byte = value);
            format!("four of {value} at {at}")
        }
        7 => {
            let other = dice.roll(len);
            bytes.swap(at, other);
            format!("{at} and {other} change places")
        }
        _ => {
            let count = dice.roll(40);
            bytes.drain(at..(at + count).min(len));
            format!("{count} gone at {at}")
        }
    }
}

/// Makes the checksum at the end right again.
fn seal(bytes: &mut [u8]) {
    if let Some(end) = bytes.len().checked_sub(20) {
        let sum = Sha1::digest(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum);
    }
}

#[test]
fn damaged_stores_are_never_clean_and_never_fatal() {
    let count = std::env::var("HULLGUARD_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(500);
    let seed = std::env::var("HULLGUARD_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(11);
    let next = AtomicUsize::new(0);
    let work = || {
        let repo = ground();
        let git = repo.path().join(".git");
        let targets = targets(&git);
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count {
                return;
            }
            // Each has dice of its own, so that one can be tried again whatever the threads do.
            let mut dice = Dice((n as u64 + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let (path, want) = &targets[n % targets.len()];
            let before = fs::read(path).expect("it lies there");
            let mut bytes = before.clone();
            let mut done = mutate(&mut bytes, &mut dice);
            if dice.roll(2) == 0 {
                done = done + ", " + &mutate(&mut bytes, &mut dice);
            }
            let sealed = dice.roll(2) == 0;
            if sealed {
                seal(&mut bytes);
            }
            if bytes == before {
                continue;
            }
            fs::remove_file(path).expect("it lies there");
            fs::write(path, &bytes).expect("the test's own ground holds");
            let mode = MODES[n / targets.len() % 2];
            let end = check(repo.path(), mode);
            let inside = path.strip_prefix(&git).expect("it lies there").display();
            let about =
                format!("{n}: {inside}, {done}, sealed: {sealed}, {mode:?}: {:?} {}", end.code, end.text);
            match (want, end.code) {
                (_, Some(2)) | (Want::End, Some(_)) => {}
                (Want::AllOrTold, Some(1)) => {
                    for place in ["dir/text.txt:41:", "whole.env:1:", "loose.env:1:"] {
                        assert!(end.text.contains(place), "{place} is lost. {about}");
                    }
                }
                _ => panic!("{about}"),
            }
            fs::write(path, &before).expect("the test's own ground holds");
        }
    };
    std::thread::scope(|scope| {
        for worker in [scope.spawn(work), scope.spawn(work)] {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}
