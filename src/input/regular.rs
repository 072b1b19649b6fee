//! The one way to a file's bytes: only regular files are opened, and neither opening nor reading one waits for others.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;

use super::walk::{gap, no_file, unreachable};
use crate::gap::{Gap, Reason};

/// Opens a regular file.
pub(crate) fn open(path: &Path) -> Result<File, Gap> {
    Ok(opened(path)?.0)
}

/// The file, and what it was when it was open.
fn opened(path: &Path) -> Result<(File, Metadata), Gap> {
    // Asked before opening: that may do something to a device.
    if !fs::metadata(path).map_err(|error| unreachable(path, &error))?.is_file() {
        return Err(no_file());
    }
    let mut options = File::options();
    options.read(true);
    // What took its place since may be a FIFO, and what says that it is regular may wait for data: `/proc/kmsg`.
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    let file = options.open(path).map_err(|error| gap(&error))?;
    let meta = file.metadata().map_err(|error| gap(&error))?;
    if meta.is_file() { Ok((file, meta)) } else { Err(no_file()) }
}

/// The bytes of a regular file of at most so many.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, Gap> {
    let (file, meta) = opened(path)?;
    let length = meta.len();
    let mut bytes = Vec::new();
    if length <= most {
        // One byte more, to see the end.
        bytes.reserve_exact(length as usize + 1);
        // Files of `/proc` say that they are empty, and may have no end.
        file.take(most + 1).read_to_end(&mut bytes).map_err(|error| gap(&error))?;
    }
    if length.max(bytes.len() as u64) > most {
        let limit =
            if most >= 1 << 20 { format!("{} MiB", most >> 20) } else { format!("{} KiB", most >> 10) };
        return Err(Gap::new(Reason::TooLarge, format!("larger than {limit}")));
    }
    Ok(bytes)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn nothing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let start = Instant::now();
        for path in [fifo.as_path(), Path::new("/dev/zero"), folder.path()] {
            assert_eq!(read(path, 4096).unwrap_err().reason, Reason::NotAFile, "{}", path.display());
        }
        // Not everybody may read it.
        let gap = read(Path::new("/proc/kmsg"), 1 << 20).unwrap_err();
        assert!(matches!(gap.reason, Reason::NotAFile | Reason::Permission | Reason::NotFound), "{gap:?}");
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
