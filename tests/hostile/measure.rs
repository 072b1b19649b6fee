//! What a run of the program costs: seconds of the processor, so that what else the machine does counts for nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::shapes::Shape;

/// So much memory a run may use, in KiB of address space: threads and what they reserve are in it.
const MEMORY: &str = "4000000";

/// One run.
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    /// By itself: not at a limit, and without a panic.
    pub(crate) ended: bool,
}

/// Does what a shape says with one file of it, of so many bytes, for at most so many seconds.
pub(crate) fn cost(binary: &str, shape: &Shape, bytes: usize, most: u32) -> Cost {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("hullguard-growth-{}-{number}", std::process::id()));
    let file = folder.join(shape.file);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(&file, shape.text(bytes)).expect("a file");
    let cost = run(binary, &folder, &[shape.command, shape.arguments].concat(), most);
    fs::remove_dir_all(&folder).expect("the folder goes");
    cost
}

/// Runs `hullguard` in a folder.
fn run(binary: &str, folder: &Path, arguments: &[&str], most: u32) -> Cost {
    // macOS has no limit of memory to set.
    let script = "ulimit -v $1 2>/dev/null; ulimit -t $2; shift 2; \"$0\" \"$@\" >/dev/null 2>&1; \
                  echo \"code $?\"; times";
    let out = Command::new("sh")
        .args(["-c", script, binary, MEMORY, &most.to_string()])
        .args(arguments)
        .current_dir(PathBuf::from(folder))
        // What it takes is not ours, and it has limits of its own.
        .env("HULLGUARD_SHELLCHECK", "off")
        .stderr(Stdio::null())
        .output()
        .expect("sh runs");
    let out = String::from_utf8_lossy(&out.stdout);
    let code = out.lines().find_map(|line| line.strip_prefix("code ")?.parse::<i32>().ok());
    // The last line is what children took: `0m0.12s 0m0.01s`.
    let times = out.lines().last().unwrap_or_default().split_whitespace();
    let seconds = times.filter_map(|time| {
        let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    });
    Cost { seconds: seconds.sum(), ended: matches!(code, Some(0..=2)) }
}
