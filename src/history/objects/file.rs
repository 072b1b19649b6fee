//! Files of git's folder. All are opened here: only regular ones, because a FIFO would hold everybody up and
//! `/dev/zero` has no end; and what is read whole has a limit.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::gap::{Gap, Reason};
use crate::input::regular;
use crate::input::walk::gap;

/// Opens a regular file.
pub(crate) fn open(path: &Path) -> Result<File, Gap> {
    is_regular(path)?
        .map_or_else(|| Err(Gap::new(Reason::NotFound, "no such file or folder")), |_| regular::open(path))
}

/// Asks before a file is opened: a regular one's length, `None` if there is none.
pub(crate) fn is_regular(path: &Path) -> Result<Option<u64>, Gap> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_file() => Ok(Some(meta.len())),
        Ok(meta) if meta.is_dir() => Err(Gap::new(Reason::NotAFile, "it is a folder")),
        Ok(_) => Err(Gap::new(Reason::NotAFile, "it is not a regular file")),
        // A link that leads nowhere is a file that should be there.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => Ok(None),
        Err(error) => Err(gap(&error)),
    }
}

/// The bytes of a file, `None` if there is none.
pub(crate) fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>, Gap> {
    is_regular(path)?.map(|_| regular::read(path, most)).transpose()
}

/// What a folder holds, by name; nothing if there is none.
pub(crate) fn list(folder: &Path) -> Result<Vec<OsString>, Gap> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.is_symlink() => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(gap(&error)),
    };
    let names: io::Result<Vec<OsString>> =
        entries.map(|entry| entry.map(|entry| entry.file_name())).collect();
    let mut names = names.map_err(|error| gap(&error))?;
    names.sort_unstable();
    Ok(names)
}

/// A path from the bytes that git wrote down.
#[cfg_attr(unix, expect(clippy::unnecessary_wraps, reason = "any bytes are a path here, but not everywhere"))]
pub(crate) fn path(bytes: &[u8]) -> Result<PathBuf, String> {
    #[cfg(unix)]
    {
        let path: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
        Ok(path.into())
    }
    #[cfg(not(unix))]
    {
        let text = str::from_utf8(bytes).map_err(|_| "it names a path that is not valid UTF-8".to_owned())?;
        Ok(text.into())
    }
}

/// A file that many threads read at places of their own: no cursor, no map.
pub(crate) struct Positioned {
    file: File,
    len: u64,
}

impl Positioned {
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let file = open(path)?;
        let len = file.metadata().map_err(|error| gap(&error))?.len();
        Ok(Self { file, len })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `buffer` from `offset` on.
    pub(crate) fn read(&self, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.some(buffer, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buffer = &mut buffer[n..];
                    offset += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    #[cfg(unix)]
    fn some(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn some(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }
}
