//! The terminal: colour or not, warnings, a word while a run takes long, and Ctrl-C.
//!
//! Everything that goes to standard error passes through [`complain`], for file names and messages are other
//! people's text.

use std::env;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::FAILED;
use super::args::Color;
use crate::report::escape;
use crate::scan::Watch;
use crate::shown;

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

/// How many columns a text of ours may take: those of the terminal, but no more than can be read well.
pub(super) fn width() -> usize {
    let wide = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
    if io::stdout().is_terminal() { wide.clamp(40, 100) } else { 80 }
}

/// The columns of the terminal, if standard output is one. What is printed into a file or a pipe keeps its lines.
pub(super) fn columns() -> Option<usize> {
    let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    terminal.map(|(width, _)| usize::from(width.0).max(40))
}

/// Breaks a paragraph at a width. Lines after the first begin with `indent`.
pub(super) fn wrap(line: &str, width: usize, indent: &str, text: &mut String) {
    let mut used = 0;
    for word in line.split_whitespace() {
        let long = word.chars().count();
        if used > 0 && used + 1 + long + indent.len() > width {
            text.push('\n');
            text.push_str(indent);
            used = 0;
        }
        if used > 0 {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        used += long;
    }
    text.push('\n');
}

/// In less than this a sentence is not read well.
const READABLE: usize = 32;

/// A row of a table. `head` is as long in each row; the last cell, a sentence, is broken at the width of the terminal, or
/// has lines of its own if little of the width is left.
pub(super) fn row(head: &str, cell: &str, columns: Option<usize>, text: &mut String) {
    let used = head.chars().count();
    let own = "      ";
    match columns {
        None => {
            let _ = writeln!(text, "{head}{cell}");
        }
        Some(columns) if columns < used + READABLE => {
            let _ = write!(text, "{}\n{own}", head.trim_end());
            wrap(cell, columns, own, text);
        }
        Some(columns) => {
            text.push_str(head);
            wrap(cell, columns, &" ".repeat(used), text);
        }
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
        let _ = writeln!(out, "{lead}{}", harmless(&shown::unnamed(line)));
    }
}

/// As [`complain`], for a text that has its own form.
pub(super) fn say(text: &str) {
    let mut out = io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(out, "{}", harmless(&shown::unnamed(line)));
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

/// How long a run has after a signal to end in order and to report what it has found.
const GRACE: Duration = Duration::from_millis(600);
/// How often it is looked whether a signal came.
const LOOK: Duration = Duration::from_millis(50);

/// A file is being replaced, which takes a moment and leaves a temporary file behind if it does not end.
static WRITING: Mutex<()> = Mutex::new(());

/// The first Ctrl-C (or SIGTERM) sets `stop`, so that a run ends with what it has found; one that finds it set ends
/// the program. So does a watchdog, [`GRACE`] after the first: the run may be in the middle of one huge file, or wait
/// for a disk or a network.
pub(super) fn end_early(stop: &Arc<AtomicBool>) -> io::Result<()> {
    let came = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // They are called in this order, so the first signal finds the flag as it was.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(stop))?;
        flag::register(signal, Arc::clone(stop))?;
        flag::register(signal, Arc::clone(&came))?;
    }
    thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
        while !came.load(Ordering::Relaxed) {
            thread::sleep(LOOK);
        }
        thread::sleep(GRACE);
        // Nobody may be reading standard error, so nobody waits for this.
        thread::spawn(|| complain("interrupted before the findings could be reported"));
        thread::sleep(LOOK);
        let _in_order = WRITING.lock();
        low_level::exit(i32::from(FAILED));
    })?;
    Ok(())
}

/// Does something that a signal must not end in its middle. It must be short.
pub(super) fn whole<T>(work: impl FnOnce() -> T) -> T {
    let _writing = WRITING.lock();
    work()
}

/// Runs `work` and says how far it is if it takes long and somebody looks on.
pub(super) fn patiently<T>(files: usize, done: &AtomicUsize, work: impl FnOnce() -> T) -> T {
    patient(done, |done| format!("checked {done} of {files} files …"), work)
}

/// The same for a search of a history, whose end nobody knows.
pub(super) fn patiently_past<T>(watch: &Watch, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let say = |done| far(done, start.elapsed(), watch.found.load(Ordering::Relaxed));
    patient(&watch.done, say, work)
}

fn far(done: usize, time: Duration, found: usize) -> String {
    let rate = done as u64 / time.as_secs().max(1);
    let found = match found {
        0 => "nothing found yet".to_owned(),
        1 => "1 possible secret".to_owned(),
        n => format!("{n} possible secrets"),
    };
    format!("searched {done} objects, {rate} a second; {found} …")
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
                // What was said before may have been longer.
                let _ = write!(io::stderr(), "\r{}\x1b[K", say(done.load(Ordering::Relaxed)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cell_of_a_row_is_broken_at_the_width() {
        let broken = |columns| {
            let mut text = String::new();
            row("  an-id  note  ", "A sentence of eight words that goes on and on", columns, &mut text);
            text
        };
        assert_eq!(broken(None), "  an-id  note  A sentence of eight words that goes on and on\n");
        assert_eq!(
            broken(Some(50)),
            "  an-id  note  A sentence of eight words that goes\n               on and on\n"
        );
        assert_eq!(
            broken(Some(40)),
            "  an-id  note\n      A sentence of eight words that\n      goes on and on\n"
        );
    }

    #[test]
    fn a_long_search_says_how_far_it_is() {
        let far = |done, seconds, found| far(done, Duration::from_secs(seconds), found);
        assert_eq!(far(0, 0, 0), "searched 0 objects, 0 a second; nothing found yet …");
        assert_eq!(far(9000, 3, 1), "searched 9000 objects, 3000 a second; 1 possible secret …");
    }
}
