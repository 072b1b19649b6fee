//! A temporary folder that is ours alone, and goes when it is dropped.

use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Private(PathBuf);

impl Private {
    /// Makes one in the folder for temporary files.
    ///
    /// # Errors
    /// The operating system's.
    pub fn below(temporary: &Path) -> io::Result<Self> {
        // Nobody can guess the name, and one that is there is refused.
        let name = format!("hullguard-{:016x}", RandomState::new().build_hasher().finish());
        let folder = temporary.join(name);
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(Self(folder))
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// Writes a new file in it, which only we can read.
    ///
    /// # Errors
    /// The operating system's.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file: File = options.write(true).create_new(true).open(self.0.join(name))?;
        file.write_all(bytes)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // What cannot be removed is a temporary file.
        let _ = fs::remove_dir_all(&self.0);
    }
}
