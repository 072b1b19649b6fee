//! The terminal: colour or not, warnings, a word while a run takes long, and Ctrl-C.
//!
//! Everything that goes to standard error passes through [`complain`], for file names and messages are other
//! people's text.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::args::Color;
use crate::report::escape;
use crate::secrets::mask;

/// A run shorter than this needs no word.
const SOON: Duration = Duration::from_secs(2);
/// Between one word and the next.
const OFTEN: Duration = Duration::from_millis(200);

/// Whether to colour standard output: the flag, then `NO_COLOR`, then `CLICOLOR_FORCE`, then what it is.
pub(super) fn colour(flag: Color) -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    match flag {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto
            if env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") =>
        {
            true
        }
        Color::Auto => io::stdout().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Whether what is printed is read by something that obeys it: a terminal, or GitHub's runner.
pub(super) fn obeys() -> bool {
    io::stdout().is_terminal() || env::var_os("GITHUB_ACTIONS").is_some()
}

/// Says something on standard error, line by line, with nothing in it that a terminal or a runner would obey, and no
/// token.
pub(super) fn complain(text: &str) {
    let mut out = io::stderr().lock();
    for (index, line) in text.lines().enumerate() {
        let lead = if index == 0 { "hullguard: " } else { "  " };
        // If standard error is closed there is nobody left to tell.
        let _ = writeln!(out, "{lead}{}", harmless(&mask::unnamed(line)));
    }
}

/// A line that nothing obeys.
pub(super) fn harmless(line: &str) -> String {
    let line = escape::line(line);
    // The runner looks for `::` after blanks at the start of a line.
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!(":\u{200b}:{rest}"),
        None => line.into_owned(),
    }
}

/// The first Ctrl-C (or SIGTERM) sets `stop`, so that a run ends with what it has found; one that finds it set ends
/// the program.
pub(super) fn end_early(stop: &Arc<AtomicBool>) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // They are called in this order, so the first signal finds the flag as it was.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(stop))?;
        flag::register(signal, Arc::clone(stop))?;
    }
    Ok(())
}

/// Runs `work` and says how far it is if it takes long and somebody looks on.
pub(super) fn patiently<T>(files: usize, done: &AtomicUsize, work: impl FnOnce() -> T) -> T {
    patient(done, |done| format!("checked {done} of {files} files …"), work)
}

/// The same for a search whose end nobody knows.
pub(super) fn patiently_past<T>(done: &AtomicUsize, work: impl FnOnce() -> T) -> T {
    patient(done, |done| format!("searched {done} objects …"), work)
}

fn patient<T>(done: &AtomicUsize, say: impl Fn(usize) -> String + Send, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let (end, ends) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let still_running = |wait| ends.recv_timeout(wait) == Err(mpsc::RecvTimeoutError::Timeout);
            let mut wait = SOON;
            while still_running(wait) {
                let _ = write!(io::stderr(), "\r{}", say(done.load(Ordering::Relaxed)));
                wait = OFTEN;
            }
            if wait == OFTEN {
                let _ = write!(io::stderr(), "\r\x1b[K");
            }
        });
        let result = work();
        drop(end);
        result
    })
}
