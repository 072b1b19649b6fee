//! Real files: every parser must read all of them, and agree with others on what they say.
//!
//! The files are not in this repository. They are looked for in `$HULLGUARD_CORPUS`, then in `shared/corpus` beside
//! this repository or any folder above it; without them these tests say so and pass.

mod compose;
mod dockerfile;
pub(crate) mod everything;

use std::path::{Path, PathBuf};

/// The folder of one kind of files, if it is there.
pub(crate) fn folder(kind: &str) -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let asked = std::env::var_os("HULLGUARD_CORPUS").map(PathBuf::from);
    let beside = here.ancestors().map(|folder| folder.join("shared/corpus"));
    let found =
        asked.into_iter().chain(beside).map(|corpus| corpus.join(kind)).find(|folder| folder.is_dir());
    if found.is_none() {
        say("the corpus is not here, so this test proves nothing: set HULLGUARD_CORPUS");
    }
    found
}

/// Every file of a folder, in order of path.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).expect("a folder of the corpus").map(|e| e.expect("an entry").path())
        {
            if entry.is_dir() { folders.push(entry) } else { files.push(entry) }
        }
    }
    files.sort();
    files
}

#[expect(clippy::print_stderr, reason = "a test speaks to the person who runs it")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}
