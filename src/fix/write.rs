//! Writes a fixed file: in one step, so that whoever reads it sees the old bytes or the new ones, and only over the bytes
//! that were checked.
//!
//! A new file takes the old one's place. It gets the owner, group, mode and extended attributes (access lists, labels)
//! of the old one; where it cannot, or where the old one has another name as well (a hard link), the file is left alone.
//! Writing into the old file would keep all of that, but a kill in the middle would leave neither text.

use std::fs::{self, File, OpenOptions, Permissions};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::input::regular;

/// Where a fixed file may go: below folders that have no links in their paths.
#[derive(Debug)]
pub struct Place {
    pub within: Vec<PathBuf>,
}

/// Replaces a file that holds `old` by one that holds `new`. A symbolic link stays one.
///
/// # Errors
/// Why the file was left alone; it is as it was then.
pub fn write(file: &Path, old: &[u8], new: &[u8], place: &Place) -> io::Result<()> {
    let file = file.canonicalize()?;
    if !place.within.iter().any(|folder| file.starts_with(folder)) {
        return Err(io::Error::other("a symbolic link leads out of the checked folder"));
    }
    if !fs::symlink_metadata(&file)?.is_file() {
        return Err(io::Error::other(super::seen::CHANGED)); // a pipe would never end
    }
    let mut there = regular::open(&file).map_err(|gap| io::Error::other(gap.why))?;
    let meta = there.metadata()?;
    if meta.permissions().readonly() {
        return Err(io::Error::other("the file is read-only"));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&meta) > 1 {
        return Err(io::Error::other("the file has another hard link, which would keep the old text"));
    }
    let mut beside = Beside::make(&file)?;
    beside.out.write_all(new)?;
    keep(&there, &beside.out, meta.permissions())?;
    beside.out.sync_all()?;
    // As late as can be: what is written over is what was checked.
    let mut now = Vec::with_capacity(old.len());
    (&mut there).take(old.len() as u64 + 1).read_to_end(&mut now)?;
    if now != old || !is_same(&file, &there)? {
        return Err(io::Error::other(super::seen::CHANGED));
    }
    fs::rename(&beside.path, &file)?;
    beside.in_place = true;
    Ok(())
}

/// A new file beside another. It is gone with this, unless it took the other's place.
struct Beside {
    path: PathBuf,
    out: File,
    in_place: bool,
}

impl Beside {
    /// One with a name that nobody can guess, which nobody else may read.
    fn make(file: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // The standard library seeds its hash maps from the system's randomness.
        let random = || RandomState::new().build_hasher().finish();
        let path = file.with_file_name(format!(".hullguard-{:016x}{:016x}", random(), random()));
        let out = options.open(&path)?;
        Ok(Self { path, out, in_place: false })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.in_place {
            // Another error is on its way, and is the one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether the path still leads to the open file.
#[cfg(unix)]
fn is_same(path: &Path, open: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (there, open) = (fs::symlink_metadata(path)?, open.metadata()?);
    Ok((there.dev(), there.ino()) == (open.dev(), open.ino()) && open.nlink() == 1)
}
#[cfg(not(unix))]
fn is_same(path: &Path, open: &File) -> io::Result<bool> {
    let (there, open) = (fs::symlink_metadata(path)?, open.metadata()?);
    Ok(there.is_file() && there.modified()? == open.modified()?)
}

/// Gives a new file what belongs to the old one besides its bytes.
fn keep(old: &File, new: &File, permissions: Permissions) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let (from, to) = (old.metadata()?, new.metadata()?);
        if (from.uid(), from.gid()) != (to.uid(), to.gid()) {
            let why = |_| io::Error::other("its owner or group could not be kept");
            fchown(new, Some(from.uid()), Some(from.gid())).map_err(why)?;
        }
    }
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    attributes::keep(old, new).map_err(|_| io::Error::other("its extended attributes could not be kept"))?;
    // Last, for a change of the owner takes some of them away.
    new.set_permissions(permissions)
}

/// Extended attributes, which the standard library does not know.
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod attributes {
    use std::ffi::CString;
    use std::fs::File;

    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    use rustix::io::{Errno, Result};

    /// The kernel's own limit for a name list and for a value.
    const MOST: usize = 64 << 10;

    pub(super) fn keep(old: &File, new: &File) -> Result<()> {
        let mut names = vec![0; MOST];
        let length = match flistxattr(old, &mut names) {
            // A file system without any.
            Err(Errno::NOTSUP) => return Ok(()),
            length => length?,
        };
        let value = |file: &File, name: &CString| {
            let mut value = vec![0; MOST];
            fgetxattr(file, name.as_c_str(), &mut value).map(|length| {
                value.truncate(length);
                value
            })
        };
        for name in names[..length].split(|&b| b == 0).filter(|name| !name.is_empty()) {
            let name = CString::new(name).map_err(|_| Errno::INVAL)?;
            let wanted = value(old, &name)?;
            if value(new, &name).as_ref() != Ok(&wanted) {
                fsetxattr(new, name.as_c_str(), &wanted, XattrFlags::empty())?;
            }
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf, Place) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("f");
        fs::write(&file, "old").expect("it can be written");
        let place = Place { within: vec![folder.path().canonicalize().expect("it is there")] };
        (folder, file, place)
    }

    #[test]
    fn writing_keeps_mode_owner_and_links() {
        let (folder, file, place) = folder();
        let link = folder.path().join("l");
        for mode in [0o600, 0o640, 0o755, 0o2750] {
            fs::write(&file, "old").unwrap();
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            let _ = symlink(&file, &link);
            let before = fs::metadata(&file).unwrap();
            write(&link, b"old", b"new", &place).unwrap();
            assert_eq!(fs::read(&file).unwrap(), b"new");
            let after = fs::metadata(&file).unwrap();
            assert_eq!((before.mode(), before.uid(), before.gid()), (after.mode(), after.uid(), after.gid()));
            assert!(link.is_symlink());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let outside = Place { within: vec![tempfile::tempdir().unwrap().path().to_owned()] };
        assert!(write(&link, b"new", b"newer", &outside).is_err());
    }

    #[test]
    fn what_is_not_as_it_was_checked_is_left_alone() {
        let (folder, file, place) = folder();
        for there in ["", "ol", "old ", "old\n", "other"] {
            fs::write(&file, there).unwrap();
            let why = write(&file, b"old", b"new", &place).unwrap_err().to_string();
            assert!(why.contains("changed"), "{why}");
            assert_eq!(fs::read(&file).unwrap(), there.as_bytes());
        }
        fs::write(&file, "old").unwrap();
        fs::hard_link(&file, folder.path().join("g")).unwrap();
        assert!(write(&file, b"old", b"new", &place).unwrap_err().to_string().contains("hard link"));
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn extended_attributes_are_kept() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        let (_folder, file, place) = folder();
        for (name, value) in [("user.one", &b"1"[..]), ("user.two", b"\0\xff")] {
            if setxattr(&file, name, value, XattrFlags::empty()).is_err() {
                return; // a file system without them
            }
        }
        write(&file, b"old", b"new", &place).unwrap();
        let mut value = [0; 8];
        assert_eq!(getxattr(&file, "user.two", &mut value), Ok(2));
        assert_eq!(&value[..2], b"\0\xff");
    }
}
