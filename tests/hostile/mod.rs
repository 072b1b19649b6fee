//! Repositories made to hurt: what cannot be read is told, nothing crashes, nothing waits for ever.

mod again;
mod bombs;
#[cfg(unix)]
mod fifos;
mod fuzz;
mod gaps;
#[cfg(unix)]
mod growth;
#[cfg(unix)]
mod measure;
mod mutated;
#[cfg(unix)]
mod shapes;
#[cfg(unix)]
mod signals;

use std::io::{Read as _, Seek as _};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::past::hullguard;

/// How a run ended.
struct End {
    /// `None`: a signal ended it, or it had no end.
    code: Option<i32>,
    text: String,
}

/// Runs `hullguard check`, and ends it if it is not done within a bound that no machine needs.
fn check(folder: &Path, args: &[&str]) -> End {
    let log = tempfile::tempfile().expect("the test's own ground holds");
    let both = || Stdio::from(log.try_clone().expect("the test's own ground holds"));
    let mut child =
        hullguard(folder, args).stdin(Stdio::null()).stdout(both()).stderr(both()).spawn().expect("it runs");
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        if start.elapsed() > Duration::from_secs(30) {
            child.kill().expect("it can be ended");
            child.wait().expect("it can be waited for");
            return End { code: None, text: format!("{args:?} does not end") };
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    let mut log = log;
    let mut text = Vec::new();
    log.rewind().expect("the test's own ground holds");
    log.read_to_end(&mut text).expect("the test's own ground holds");
    End { code: status.code(), text: String::from_utf8_lossy(&text).into_owned() }
}

/// Small numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides.max(1)
    }
}
