//! An empty repository of our own for `git fetch`, which borrows the objects of the job's.
//!
//! git runs what a repository's configuration and hooks name: an ssh command, a credential helper, a monitor of files, a
//! program on the other side. New ways come with new versions, so none of them is switched off one by one; git never reads
//! that configuration. Here it finds one that is written by us, the tips that are known, and where the history is cut off.
//! What comes goes straight to the job's objects; refs and the new cut are put back by us.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use super::inputs::variable;
use crate::input::private::Private;

const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";

pub(super) struct Borrowed<'r> {
    folder: Private,
    owner: &'r Repository,
}

impl<'r> Borrowed<'r> {
    pub(super) fn of(owner: &'r Repository) -> io::Result<Self> {
        let temporary = variable("RUNNER_TEMP").map_or_else(env::temp_dir, PathBuf::from);
        let made = Self { folder: Private::below(&temporary)?, owner };
        for below in ["objects", "refs"] {
            fs::create_dir(made.folder().join(below))?;
        }
        fs::write(made.folder().join("config"), CONFIG)?;
        fs::write(made.folder().join("HEAD"), "ref: refs/heads/none\n")?;
        fs::write(made.folder().join("packed-refs"), made.tips())?;
        match fs::copy(made.cut(), made.folder().join("shallow")) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(made),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
    pub(super) fn objects(&self) -> PathBuf {
        self.owner.commondir().join("objects")
    }
    /// Where the job's repository says that its history is cut off.
    fn cut(&self) -> PathBuf {
        self.owner.commondir().join("shallow")
    }

    /// What the server is told that we have. A ref that leads nowhere would end git.
    fn tips(&self) -> String {
        let references = self.owner.references().into_iter().flatten().flatten();
        let mut tips: Vec<(String, Oid)> = references
            .filter_map(|reference| Some((reference.name().ok()?.to_owned(), reference.target()?)))
            .filter(|(name, id)| name.starts_with("refs/") && self.owner.find_commit(*id).is_ok())
            .collect();
        let head = self.owner.head().ok().and_then(|head| head.target());
        tips.extend(head.map(|id| ("refs/hullguard/head".to_owned(), id)));
        tips.sort();
        tips.iter().fold("# pack-refs with: sorted\n".to_owned(), |mut text, (name, id)| {
            let _ = writeln!(text, "{id} {name}");
            text
        })
    }

    /// Gives the job's repository what came: where its history is cut off now, and the branch that was asked for.
    pub(super) fn give_back(&self, branch: Option<&str>) -> Result<(), String> {
        let put = || -> io::Result<()> {
            match fs::read(self.folder().join("shallow")) {
                Ok(cut) => {
                    // As git locks the file.
                    let lock = self.owner.commondir().join("shallow.lock");
                    File::create_new(&lock)?.write_all(&cut)?;
                    fs::rename(&lock, self.cut())
                }
                Err(_) if self.cut().exists() => fs::remove_file(self.cut()),
                Err(_) => Ok(()),
            }
        };
        put().map_err(|error| format!("the clone cannot be deepened: {error}"))?;
        let Some(branch) = branch else { return Ok(()) };
        let id = fs::read_to_string(self.folder().join(branch)).map_err(|error| error.to_string())?;
        let id = Oid::from_str(id.trim()).map_err(|error| error.message().to_owned())?;
        let made = self.owner.reference(branch, id, true, "hullguard");
        made.map(drop).map_err(|error| error.message().to_owned())
    }
}
