//! Tests on real files. The corpus lies beside the checkout (`../shared/corpus`, or `HULLGUARD_CORPUS`); where it is
//! not, they say so and pass.

use std::path::{Path, PathBuf};
use std::{env, fs};

mod compose;
mod everything;

/// The corpus, if it is here.
pub(crate) fn root() -> Option<PathBuf> {
    let named = env::var_os("HULLGUARD_CORPUS").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("shared/corpus"));
    let found = named.into_iter().chain(above).find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("skipped: no corpus beside the checkout (set HULLGUARD_CORPUS to a folder of real files)");
    }
    found
}

/// Every file below a folder, path relative to it, in a stable order.
pub(crate) fn files(root: &Path, see: &mut dyn FnMut(&str, Vec<u8>)) {
    fn walk(root: &Path, folder: &Path, see: &mut dyn FnMut(&str, Vec<u8>)) {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(folder).expect("the corpus can be read").flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(root, &path, see);
            } else if let Ok(bytes) = fs::read(&path) {
                let relative = path.strip_prefix(root).expect("it was found below").to_string_lossy().replace('\\', "/");
                see(&relative, bytes);
            }
        }
    }
    walk(root, root, see);
}
