//! Arguments of programs that hold a credential though no name says so: `mysql -pVALUE`, `curl -u user:VALUE`,
//! `echo VALUE | docker login --password-stdin`.
//!
//! Words are read as a shell, an exec form or a list of YAML has them; only lines that name such a program are.

use std::ops::Range;

use super::values::{hides, is_flag};
use crate::lengths::Lengths;
use crate::secrets::programs::{PROGRAMS, Program, Takes, is_verb};
use crate::text;

/// Words that say that a password comes on standard input.
const READERS: [&str; 5] = ["--password-stdin", "chpasswd", "--stdin", "--passphrase-fd", "--with-token"];

/// The lengths of [`READERS`] and of the programs' names; of those that others begin with all.
static LENGTHS: Lengths = {
    let (mut lengths, mut at) = (Lengths::of(&[&READERS]), 0);
    while at < PROGRAMS.len() {
        lengths = if PROGRAMS[at].starred {
            lengths.with_longer(PROGRAMS[at].name)
        } else {
            lengths.with(PROGRAMS[at].name)
        };
        at += 1;
    }
    lengths
};

/// Where the next word begins that names such a program, or says that it reads a password.
fn named(text: &str, from: usize) -> Option<usize> {
    const IN_WORDS: [bool; 256] = {
        let (mut set, mut byte) = ([false; 256], 0);
        while byte < 256 {
            set[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'-' | b'.');
            byte += 1;
        }
        set
    };
    let is_word = |b: &u8| IN_WORDS[usize::from(*b)];
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += bytes[at..].iter().position(is_word)?;
        let end = bytes[at..].iter().position(|b| !is_word(b)).map_or(bytes.len(), |length| at + length);
        let word = &text[at..end];
        if LENGTHS.may_have(word)
            && (READERS.contains(&word) || PROGRAMS.iter().any(|program| program.is_called(word)))
        {
            return Some(at);
        }
        at = end;
    }
}

/// Scripts within scripts are followed so deep.
const DEEP: usize = 3;

/// Adds the arguments, in any order. Linear in the text's length.
pub(super) fn read(text: &str, out: &mut Vec<Range<usize>>) {
    let mut done = 0;
    while let Some(found) = named(text, done) {
        let start = text[done..found].rfind('\n').map_or(done, |at| done + at + 1);
        done = Line::new(text, start..text.len(), out).read(DEEP).max(found + 1);
    }
}

/// One logical line: with what is continued, and in YAML with the items of its list.
struct Line<'t, 'o> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    end: usize,
    /// Where the line ends that `at` is in; looked for once a line, for one may be a whole file.
    newline: usize,
    /// The line is an item of a list, so the next item is the next word.
    item: bool,
    command: Command<'t>,
    /// What is written into the command.
    input: Vec<Range<usize>>,
    out: &'o mut Vec<Range<usize>>,
}

#[derive(Default)]
struct Command<'t> {
    /// What it may be, from the table; each once.
    programs: Vec<&'static Program>,
    /// The words that say what a program shall do; each once.
    verbs: Vec<&'t str>,
    words: usize,
    /// The value of this flag comes next.
    next: Option<Takes>,
    last: Range<usize>,
    /// It prints its arguments.
    prints: bool,
    arguments: Vec<Range<usize>>,
    /// It reads a password.
    reads: bool,
}

impl Command<'_> {
    /// Whether it was told to do that, or to do anything.
    fn does(&self, verb: &str) -> bool {
        verb.is_empty() || self.verbs.contains(&verb)
    }
}

impl<'t, 'o> Line<'t, 'o> {
    fn new(text: &'t str, range: Range<usize>, out: &'o mut Vec<Range<usize>>) -> Self {
        let item = text[range.clone()].trim_start_matches([' ', '\t']).starts_with("- ");
        let (at, end) = (range.start, range.end);
        Self {
            text,
            bytes: text.as_bytes(),
            at,
            end,
            newline: newline(text, at, end),
            item,
            command: Command::default(),
            input: Vec::new(),
            out,
        }
    }

    /// Reads to the end of the line, and says where that is.
    fn read(mut self, deep: usize) -> usize {
        let mut comma = false;
        while self.at < self.end {
            let byte = self.bytes[self.at];
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b',' | b'[' => {
                    comma = true;
                    self.at += 1;
                    continue;
                }
                b'\\'
                    if self.text[self.at + 1..self.end]
                        .trim_start_matches([' ', '\t', '\r'])
                        .starts_with('\n') =>
                {
                    self.at = self.end.min(
                        self.at
                            + 1
                            + self.bytes[self.at + 1..].iter().take_while(|b| **b != b'\n').count()
                            + 1,
                    );
                }
                b'\n' if comma => self.at += 1,
                b'\n' => {
                    let next = self.text[self.at + 1..self.end].trim_start_matches([' ', '\t']);
                    if !(self.item && next.starts_with("- ")) {
                        break;
                    }
                    self.at = self.end - next.len() + 2;
                }
                b'|' if self.bytes.get(self.at + 1) != Some(&b'|') => {
                    let before = self.close();
                    self.input = if before.prints { before.arguments } else { Vec::new() };
                    self.at += 1;
                }
                b'|' | b'&' | b';' | b'(' | b')' | b'{' | b'}' | b'`' => {
                    self.close();
                    self.input.clear();
                    self.at += 1;
                }
                b'<' if self.bytes[self.at..self.end].starts_with(b"<<<") => {
                    self.at += 3;
                    self.at += self.bytes[self.at..self.end].iter().take_while(|b| **b == b' ').count();
                    let word = self.word();
                    self.input.push(word);
                }
                b'<' | b'>' | b']' => self.at += 1,
                _ => {
                    let word = self.word();
                    self.take(word, deep);
                }
            }
            comma &= byte == b'\n' || byte == b' ' || byte == b'\t' || byte == b'\r';
        }
        self.close();
        self.at
    }

    /// The word here, without the quotes around it.
    fn word(&mut self) -> Range<usize> {
        let start = self.at;
        if self.newline < start {
            self.newline = newline(self.text, start, self.end);
        }
        let line = &self.bytes[start..self.newline];
        if let Some(quote) = line.first().copied().filter(|b| matches!(b, b'"' | b'\''))
            && let Some(close) = memchr::memchr(quote, &line[1..])
        {
            self.at = start + close + 2;
            return start + 1..start + close + 1;
        }
        let mut length = 0;
        while let Some(&b) = line.get(length) {
            match b {
                b' ' | b'\t' | b'\r' | b';' | b'|' | b'&' | b'(' | b')' | b'<' | b'>' if length > 0 => break,
                b'"' | b'\'' => {
                    // A part of the word in quotes; one without an end is a quote.
                    let close = memchr::memchr(b, &line[length + 1..]);
                    length += close.map_or(1, |close| close + 2);
                }
                _ => length += 1,
            }
        }
        // Behind `<<<` there may be nothing.
        self.at = (start + length.max(1)).min(self.end);
        start..start + self.text[start..self.at].trim_end_matches([',', ']']).len()
    }

    fn take(&mut self, range: Range<usize>, deep: usize) {
        let word = &self.text[range.clone()];
        let command = &mut self.command;
        if word.contains(' ') && deep > 0 && named(word, 0).is_some() {
            let mut inner = range.clone();
            while !inner.is_empty() {
                inner.start =
                    Line::new(self.text, inner.clone(), self.out).read(deep - 1).max(inner.start) + 1;
                inner.start = inner.start.min(inner.end);
            }
        }
        let base = text::last_part(word);
        for program in &PROGRAMS {
            let known = || command.programs.iter().any(|known| std::ptr::eq(*known, program));
            if program.is_called(base) && !known() {
                command.programs.push(program);
            }
        }
        if is_verb(word) && !command.verbs.contains(&word) {
            command.verbs.push(word);
        }
        if matches!(base, "echo" | "printf") {
            command.prints = true;
            command.arguments.clear();
            command.words += 1;
            return;
        }
        command.reads |= READERS.contains(&base);
        command.last = range.clone();
        if let Some(takes) = command.next.take().filter(|_| !is_flag(word)) {
            hide(self.text, range.clone(), takes, self.out);
        } else if word.starts_with('-') {
            for program in &command.programs {
                if !command.does(program.verb) {
                    continue;
                }
                for takes in program.takes {
                    let Some(flag) = takes.option() else { continue };
                    let Some(rest) = word.strip_prefix(flag) else { continue };
                    if rest.is_empty() && !matches!(takes, Takes::Joined(_)) {
                        command.next = Some(*takes);
                    } else if !rest.is_empty() && (!flag.starts_with("--") || rest.starts_with('=')) {
                        let start = range.start + flag.len();
                        let start = start + usize::from(flag.starts_with("--"));
                        hide(self.text, start..range.end, *takes, self.out);
                    }
                }
            }
        } else if command.words > 0 {
            command.arguments.push(range);
        }
        command.words += 1;
    }

    /// The command ends here.
    fn close(&mut self) -> Command<'t> {
        let command = std::mem::take(&mut self.command);
        let is_last = |takes: &Takes| match takes {
            Takes::Last => true,
            Takes::Behind(word) => command.verbs.contains(word),
            _ => false,
        };
        let last = command
            .programs
            .iter()
            .any(|program| command.does(program.verb) && program.takes.iter().any(is_last));
        if last && command.words > 3 {
            hide(self.text, command.last.clone(), Takes::Last, self.out);
        }
        if command.reads {
            for input in std::mem::take(&mut self.input) {
                hide(self.text, input, Takes::Last, self.out);
            }
        }
        command
    }
}

fn newline(text: &str, at: usize, end: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..end]).map_or(end, |length| at + length)
}

/// Adds a value, without quotes and what it does not take to hide.
fn hide(text: &str, range: Range<usize>, takes: Takes, out: &mut Vec<Range<usize>>) {
    let mut word = &text[range.clone()];
    let mut start = range.start;
    match takes {
        Takes::Pair(_, sign) => match word.find(char::from(sign)) {
            Some(at) => start += at + 1,
            None => return,
        },
        Takes::Pass(_) => match word.strip_prefix("pass:") {
            Some(_) => start += "pass:".len(),
            None => return,
        },
        Takes::Joined(_) | Takes::Either(_) | Takes::Behind(_) | Takes::First | Takes::Last => {}
    }
    word = &text[start..range.end];
    let inner = word.trim_start_matches(['"', '\'', '=']);
    start += word.len() - inner.len();
    let inner = inner.trim_end_matches(['"', '\'']);
    if !inner.is_empty() && hides(inner) {
        out.push(start..start + inner.len());
    }
}
