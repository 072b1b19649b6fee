//! Where reports and lists are written to.
//!
//! A checkout is other people's work: a link in it may lead to any file of the user's, and a report written through it
//! would overwrite that. So a file below the top of the repository, or one with hard links, is made anew beside its place and
//! put there, and no link on the way from the top is followed. What lies elsewhere, and what is no file (`/dev/stdout`), is
//! the user's own.

use std::collections::hash_map::RandomState;
use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};

use super::args::Check;
use super::lists::GITLEAKS;
use crate::baseline::{FOREIGN, NAME};
use crate::config::{self, Config};
use crate::input::{self, disk, walk};
use crate::scan::kind;
use crate::shown::own;
use crate::text::Source;

/// Refuses reports that would overwrite each other, a file that is checked, or one that says how: by flag, by name, or in the
/// configuration, once that is read.
pub(super) fn check(args: &Check, config: Option<&Config>) -> Result<()> {
    let current = current()?;
    let place = |file: &PathBuf| input::tidy(&current.join(file));
    let look = &args.look;
    let flags = look.config.iter().chain(&look.gitleaks_config).chain(&look.baseline).map(place);
    let settings: Vec<PathBuf> =
        flags.chain(config.into_iter().flat_map(Config::settings).cloned()).collect();
    let named: Vec<PathBuf> = look.paths.iter().map(place).collect();
    let mut files: Vec<PathBuf> = Vec::new();
    for shown in args.format.iter().filter_map(|report| report.file.as_ref()) {
        let file = place(shown);
        if fs::metadata(&file).is_ok_and(|meta| !meta.is_file()) {
            continue; // a terminal or a pipe takes what it gets
        }
        if is_among(&file, &files) {
            let shown = shown.display();
            bail!("two reports cannot go to the same file {shown}; name another file for one of them");
        }
        protect(&file, &settings, &named)
            .with_context(|| format!("cannot write a report to {}", shown.display()))?;
        files.push(file);
    }
    Ok(())
}

/// Refuses to write a report over a setting or over a file that is checked.
pub(super) fn protect(file: &Path, settings: &[PathBuf], named: &[PathBuf]) -> Result<()> {
    let current = current()?;
    let file = &input::tidy(&current.join(file));
    refuse_link(file, &current)?;
    if is_setting(file) || is_among(file, settings) {
        bail!("it is a configuration file; name another file");
    }
    let bytes = disk::read(file).unwrap_or_default();
    let is_ours = bytes.is_empty() || own::is_report(&bytes);
    let source = Arc::new(Source::new(&*file.to_string_lossy(), bytes));
    let is_checked = is_among(file, named)
        || matches!(kind::kind(&source, false), kind::Kind::Dockerfile | kind::Kind::Compose);
    if is_checked && !is_ours {
        bail!("this file is checked; name another file");
    }
    Ok(())
}

fn current() -> Result<PathBuf> {
    env::current_dir().context("the current folder cannot be read")
}

fn is_among(file: &Path, files: &[PathBuf]) -> bool {
    files.iter().any(|other| is_same(other, file))
}

/// Whether both are one file, which may have several names.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    let number = |file: &Path| {
        use std::os::unix::fs::MetadataExt as _;
        fs::metadata(file).map(|meta| (meta.dev(), meta.ino())).ok()
    };
    #[cfg(not(unix))]
    let number = |file: &Path| file.canonicalize().ok();
    one == other || number(one).is_some_and(|one| number(other) == Some(one))
}

/// Whether a run that came to nothing may say so in a file. What is there may be a setting that was not read.
pub(super) fn takes_errors(file: &Path) -> bool {
    let ending = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    let is_setting = file.is_file() && matches!(ending, "yaml" | "yml" | "toml" | "json" | "jsonl" | "");
    !is_setting || disk::read(file).map_or(true, |bytes| bytes.is_empty() || own::is_report(&bytes))
}

/// Whether a file has a name under which hullguard looks for its configuration or for known findings.
fn is_setting(file: &Path) -> bool {
    let names = config::NAMES.iter().chain(&GITLEAKS).chain(&FOREIGN).chain([&NAME]);
    names.into_iter().any(|name| file.ends_with(name))
}

/// Writes a file; a relative path counts from the current folder. `write` may be called a second time.
pub(super) fn write(file: &Path, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let current = current()?;
    let file = input::tidy(&current.join(file));
    let shown = file.display();
    refuse_link(&file, &current).with_context(|| format!("cannot write {shown}"))?;
    if file.iter().any(|part| part.eq_ignore_ascii_case(".git")) {
        bail!("cannot write {shown}: the folder .git is git's own");
    }
    let filled = |out: File| -> io::Result<()> {
        let mut out = BufWriter::new(out);
        write(&mut out)?;
        out.flush()
    };
    let there = fs::metadata(&file).ok();
    let is_own = there.as_ref().is_none_or(|meta| !has_other_names(meta)) && is_elsewhere(&file, &current);
    let written = if there.as_ref().is_some_and(|meta| !meta.is_file()) || is_own {
        File::create(&file).and_then(filled)
    } else {
        replaced(&file, there.map(|meta| meta.permissions()), &filled)
    };
    written.map_err(|error| match error.kind() {
        // Whoever read it has seen enough; `run` asks for this kind.
        io::ErrorKind::BrokenPipe => error.into(),
        _ => anyhow!("cannot write {shown}: {}", walk::reason(&error)),
    })
}

/// The top of the repository that a file lies in, or in which somebody works who writes it. All links below it are other
/// people's.
fn top_of<'p>(file: &'p Path, current: &'p Path) -> Option<&'p Path> {
    let top = |folder: &'p Path| input::top_of(folder).filter(|top| file.starts_with(top));
    top(current).or_else(|| file.parent().and_then(top))
}

fn refuse_link(file: &Path, current: &Path) -> Result<()> {
    let Some(link) = link(file, current) else { return Ok(()) };
    let which = if link == file { "it".to_owned() } else { link.display().to_string() };
    bail!("{which} is a symbolic link in the repository, which could lead anywhere")
}

/// The first link between the top of the repository and a file, the file included.
fn link(file: &Path, current: &Path) -> Option<PathBuf> {
    let top = top_of(file, current)?;
    let mut way = top.to_owned();
    for part in file.strip_prefix(top).ok()?.components() {
        way.push(part);
        if way.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
            return Some(way);
        }
    }
    None
}

/// A hard link: what is written into the file is written into files elsewhere.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only unix says"))]
fn has_other_names(meta: &fs::Metadata) -> bool {
    #[cfg(unix)]
    return meta.is_file() && std::os::unix::fs::MetadataExt::nlink(meta) > 1;
    #[cfg(not(unix))]
    false
}

fn is_elsewhere(file: &Path, current: &Path) -> bool {
    top_of(file, current).is_none()
}

/// Makes the file beside its place and puts it there. A folder that takes no new file may still let one be written.
fn replaced(
    file: &Path,
    permissions: Option<fs::Permissions>,
    filled: &dyn Fn(File) -> io::Result<()>,
) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let lot = RandomState::new().build_hasher().finish();
    let beside = file.with_file_name(format!(".{name}.hullguard-{lot:016x}"));
    let out = match File::create_new(&beside) {
        Err(_) if fs::metadata(file).is_ok_and(|meta| !has_other_names(&meta)) => {
            return File::options().write(true).truncate(true).open(file).and_then(filled);
        }
        out => out?,
    };
    let made = permissions.map_or(Ok(()), |known| out.set_permissions(known)).and_then(|()| filled(out));
    let done = made.and_then(|()| fs::rename(&beside, file));
    if done.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    done
}
