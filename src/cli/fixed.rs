//! Changed files: written where they are, or shown as a diff without secrets.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::open::Run;
use super::term;
use crate::fix::{self, Fixed};
use crate::gap::{Gap, Reason};
use crate::input::walk;
use crate::outcome::{Outcome, Told};
use crate::report::Hider;
use crate::shown::Veil;
use crate::text::{Source, Span};

/// Writes the changed files, until a signal ends the run, and counts them. What could not be written goes to `failed`.
pub(super) fn write(run: &Run, paths: &[PathBuf], fixed: &Fixed, failed: &mut Vec<Told>) -> usize {
    let folders = paths.iter().filter(|path| path.is_dir()).chain([&run.display.root]);
    let place = fix::Place { within: folders.filter_map(|folder| folder.canonicalize().ok()).collect() };
    let mut written = 0;
    for (path, new) in &fixed.files {
        if run.watch.is_stopped() {
            break;
        }
        let file = run.display.root.join(&**path);
        match term::whole(|| fix::write(&file, &fixed.before[path], new, &place)) {
            Ok(()) => written += 1,
            Err(error) if error.to_string() == fix::CHANGED => {
                failed.push(Told::new(path.clone(), Gap::new(Reason::NotFixed, fix::CHANGED)));
            }
            Err(error) => {
                let why = format!("the fixed file could not be written: {}", walk::reason(&error));
                failed.push(Told::new(path.clone(), Gap::new(Reason::NotFixed, why)));
            }
        }
    }
    written
}

/// The changes of all files, one diff after the other. `first` is the outcome of the files as they were.
pub(super) fn diffs(run: &Run, fixed: &Fixed, first: &Outcome) -> Vec<u8> {
    let hider = Hider::of(first);
    let each = fixed.files.iter().map(|(path, new)| {
        let old = &fixed.before[path];
        let name = run.display.path(path);
        let name = hider.name(&name);
        let (before, after) = (for_eyes(old, first, path), for_eyes(new, &fixed.outcome, path));
        fix::diff(&name, (old, &before), (new, &after))
    });
    each.collect::<Vec<_>>().concat()
}

/// Prints diffs. Whoever obeys bytes gets them harmless.
pub(super) fn show(diffs: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    if term::obeys() {
        // What begins a line is the diff's own sign, but for names and marks.
        for line in String::from_utf8_lossy(diffs).lines() {
            writeln!(out, "{}", term::harmless(line)).context("cannot write to standard output")?;
        }
    } else {
        out.write_all(diffs).context("cannot write to standard output")?;
    }
    out.flush().context("cannot write to standard output")
}

/// The lines of a file with no secret in them. Whoever obeys bytes gets them harmless; a pipe gets the file's own, so that
/// a diff without secrets can be applied.
fn for_eyes<'b>(bytes: &'b [u8], outcome: &Outcome, path: &Arc<str>) -> Vec<Cow<'b, [u8]>> {
    let source = Source::new(Arc::clone(path), bytes.to_vec());
    debug_assert_eq!(source.text().len(), bytes.len(), "a fix knows the file's own bytes");
    let veil = Veil::new(source.text(), outcome.hidden.get(path).map_or(&[], Vec::as_slice));
    let mut at = 0;
    let lines = bytes.split_inclusive(|&b| b == b'\n').map(|line| {
        let span = Span::new(at, at + line.len());
        at += line.len();
        match veil.cut(source.text(), span) {
            Cow::Borrowed(_) => Cow::Borrowed(line),
            Cow::Owned(shown) if line.ends_with(b"\n") && !shown.ends_with('\n') => {
                Cow::Owned(format!("{shown}\n").into_bytes())
            }
            Cow::Owned(shown) => Cow::Owned(shown.into_bytes()),
        }
    });
    lines.collect()
}
