//! A configuration with the files that it extends.
//!
//! They lie in the same repository and are read as it is: from disk, the index or a commit. What they say comes first,
//! and whoever extends them has the last word.

use std::path::{Path, PathBuf};

use super::reader::{self, Refused};
use super::{Config, folder};
use crate::gap::{Gap, Reason};
use crate::input;
use crate::text::Source;

/// How deep files may extend each other.
const DEPTH: usize = 8;
/// How many files one configuration may read, each as often as it is named.
const FILES: usize = 50;

/// Reads a file that lies below a folder, which it must not leave through a link.
pub type Open<'a> = dyn Fn(&Path, &Path) -> Result<Vec<u8>, Gap> + 'a;

/// Where a configuration is read. All paths are absolute and tidy.
pub struct Around<'a> {
    /// The root of the run.
    pub root: &'a Path,
    /// The top of the repository; the root where there is none.
    pub top: &'a Path,
    pub read: &'a Open<'a>,
}

/// Makes a configuration of a file's text, and of those that it extends.
///
/// # Errors
/// All that is wrong with them, each with its place, the line and a mark under it.
pub fn read(file: &Path, bytes: Vec<u8>, around: &Around) -> Result<Config, String> {
    let home = if file.starts_with(around.top) { around.top } else { folder(file) };
    let mut loader = Loader { around, home, left: FILES, way: Vec::new() };
    loader.file(file, bytes)
}

/// A configuration that extends nothing; `base` as for [`super::Globs`].
///
/// # Errors
/// As for [`read`].
pub fn of(source: &Source, base: &str) -> Result<Config, String> {
    reader::read(source, base, &mut |_| Err(Refused::Here("there is no other file here".to_owned())))
}

struct Loader<'a> {
    around: &'a Around<'a>,
    /// The folder that no file may lie outside of.
    home: &'a Path,
    left: usize,
    /// The files that are being read, each extended by the one before.
    way: Vec<PathBuf>,
}

impl Loader<'_> {
    fn file(&mut self, file: &Path, bytes: Vec<u8>) -> Result<Config, String> {
        // Patterns of a file that is extended are written for the repository, wherever the file lies.
        let from = if self.way.is_empty() { folder(file) } else { self.home };
        // A file from elsewhere (`--config`) speaks of the root itself.
        let base = input::below(from, self.around.root).unwrap_or_default();
        let source = Source::new(self.name(file), bytes);
        self.way.push(file.to_owned());
        let read = reader::read(&source, &base, &mut |path| self.extended(file, path));
        self.way.pop();
        let mut config = read?;
        config.files.push(file.to_owned());
        // Those of other files are absolute by now, and stay as they are.
        for path in config.baselines.iter_mut().chain(&mut config.gitleaks) {
            *path = input::tidy(&from.join(&path));
        }
        Ok(config)
    }

    fn extended(&mut self, file: &Path, path: &str) -> Result<Config, Refused> {
        let here = |why: String| Err(Refused::Here(why));
        if path.contains("://") {
            return here("nothing is downloaded; a file of this repository is expected here".to_owned());
        }
        let other = input::tidy(&folder(file).join(path));
        if Path::new(path).is_absolute() || !other.starts_with(self.home) || leaves(folder(file), path) {
            return here(format!("`{path}` is outside of the repository"));
        }
        if let Some(at) = self.way.iter().position(|before| *before == other) {
            let round: Vec<String> =
                self.way[at..].iter().chain([&other]).map(|file| self.name(file)).collect();
            return here(format!("files extend each other in a circle: {}", round.join(" -> ")));
        }
        if self.way.len() > DEPTH {
            return here(format!("files extend each other more than {DEPTH} deep"));
        }
        if self.left == 0 {
            return here(format!("more than {FILES} files are extended"));
        }
        self.left -= 1;
        let bytes = (self.around.read)(self.home, &other).map_err(|Gap { reason, why }| {
            let beside = file.parent().map(|folder| input::tidy(&folder.join(path)));
            let hint = match beside {
                // Paths in `.github/hullguard.yaml` are relative to the folder above it.
                Some(beside) if reason == Reason::NotFound && beside != other => {
                    "; paths in this file are relative to the folder above `.github`".to_owned()
                }
                _ => String::new(),
            };
            Refused::Here(format!("cannot read {}: {why}{hint}", self.name(&other)))
        })?;
        self.file(&other, bytes).map_err(Refused::There)
    }

    /// What a file is called in messages.
    fn name(&self, file: &Path) -> String {
        input::below(self.around.root, file)
            .or_else(|| input::below(self.around.top, file))
            .unwrap_or_else(|| file.to_string_lossy().into_owned())
    }
}

/// Whether a path climbs above the root of the file system, where `..` means nothing.
fn leaves(from: &Path, path: &str) -> bool {
    let above = path.split('/').filter(|part| *part == "..").count();
    above > from.components().count()
}
