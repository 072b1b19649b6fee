//! Where reports and lists are written to.
//!
//! A checkout is other people's work: a link in it may lead to any file of the user's, and a report written through it
//! would overwrite that. So a file below the top of the repository is made anew beside its place and put there, and no link
//! on the way from the top is followed. What lies elsewhere, and what is no file (`/dev/stdout`), is the user's own.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};

use super::args::Check;
use super::lists::GITLEAKS;
use crate::baseline::{FOREIGN, NAME};
use crate::config;
use crate::input::{self, disk, walk};
use crate::scan::kind;
use crate::shown::own;
use crate::text::Source;

/// Refuses reports that would overwrite each other, a file that is checked, or one that says how.
pub(super) fn check(args: &Check) -> Result<()> {
    let current = env::current_dir().context("the current folder cannot be read")?;
    let place = |file: &Path| input::tidy(&current.join(file));
    let look = &args.look;
    let settings = look.config.iter().chain(&look.gitleaks_config).chain(&look.baseline);
    let settings: Vec<PathBuf> = settings.map(|file| place(file)).collect();
    let named: Vec<PathBuf> = look.paths.iter().map(|file| place(file)).collect();
    let mut files: Vec<PathBuf> = Vec::new();
    for file in args.format.iter().filter_map(|report| report.file.as_deref()) {
        let (shown, file) = (file.display(), place(file));
        if fs::metadata(&file).is_ok_and(|meta| !meta.is_file()) {
            continue; // a terminal or a pipe takes what it gets
        }
        if files.contains(&file) {
            bail!("two reports cannot go to the same file {shown}; name another file for one of them");
        }
        if is_setting(&file) || settings.contains(&file) {
            bail!("cannot write a report to {shown}: it is a configuration file; name another file");
        }
        let bytes = disk::read(&file).unwrap_or_default();
        let is_ours = bytes.is_empty() || own::is_report(&bytes);
        let source = Arc::new(Source::new(&*file.to_string_lossy(), bytes));
        let is_checked = named.contains(&file)
            || matches!(kind::kind(&source, false), kind::Kind::Dockerfile | kind::Kind::Compose);
        if is_checked && !is_ours {
            bail!("cannot write a report to {shown}: this file is checked; name another file");
        }
        files.push(file);
    }
    Ok(())
}

/// Whether a file has a name under which hullguard looks for its configuration or for known findings.
fn is_setting(file: &Path) -> bool {
    let names = config::NAMES.iter().chain(&GITLEAKS).chain(&FOREIGN).chain([&NAME]);
    names.into_iter().any(|name| file.ends_with(name))
}

/// Writes a file; a relative path counts from the current folder. `write` may be called a second time.
pub(super) fn write(file: &Path, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let current = env::current_dir().context("the current folder cannot be read")?;
    let file = input::tidy(&current.join(file));
    let shown = file.display();
    if let Some(link) = link(&file, &current) {
        let which = if link == file { "it".to_owned() } else { link.display().to_string() };
        bail!(
            "cannot write {shown}: {which} is a symbolic link in the repository, which could lead anywhere"
        );
    }
    if file.iter().any(|part| part.eq_ignore_ascii_case(".git")) {
        bail!("cannot write {shown}: the folder .git is git's own");
    }
    let filled = |out: File| -> io::Result<()> {
        let mut out = BufWriter::new(out);
        write(&mut out)?;
        out.flush()
    };
    let there = fs::metadata(&file).ok();
    let written = if there.as_ref().is_some_and(|meta| !meta.is_file()) || is_elsewhere(&file, &current) {
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
        Err(_) if permissions.is_some() => {
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
