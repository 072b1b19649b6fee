//! Passwords among the arguments of commands that take them: `mysql -pP`, `curl -fsu u:P`, `redis-cli -a P`,
//! `["sshpass", "-p", "P"]`.
//!
//! A command is read as arguments, in shell text or as a list of strings (a Dockerfile's exec form, JSON, YAML on one
//! line), so that what an option means does not depend on the blanks around it. It ends with its line. What the password
//! is worth is judged in `calls`.

use std::ops::Range;

use super::cursor::{BEFORE, Cursor};
use super::programs::Takes::{self, Behind, Either, First, Joined, Last, Pair, Pass};
use super::programs::{LOGIN, PROGRAMS, Program};

/// What leads here, in small letters: the names of programs, and the `login` of those that have one.
pub(super) fn anchors() -> impl Iterator<Item = &'static str> {
    let names = PROGRAMS.iter().filter(|program| program.found && program.verb.is_empty());
    names.map(|program| program.lead).chain(["login ", "login\""])
}

/// The user, if one stands before it, and the password in the command whose name has its anchor at `anchor`.
pub(super) fn password(text: &[u8], anchor: &Range<usize>) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let word = &text[anchor.clone()];
    let is_login = word.get(..LOGIN.len()).is_some_and(|start| start.eq_ignore_ascii_case(LOGIN.as_bytes()));
    let (takes, behind, quote) = if is_login {
        let (program, quote) = login(text, anchor.start)?;
        (program.takes, anchor.start + LOGIN.len(), (quote != b' ').then_some(quote))
    } else {
        let is_it = |program: &&Program| word.eq_ignore_ascii_case(program.lead.as_bytes());
        let program = PROGRAMS.iter().filter(|program| program.found).find(is_it)?;
        let before = anchor.start.checked_sub(1).map(|at| text[at]);
        if before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$')) {
            return None;
        }
        // `mysqldump`, `mongosh`, `ldapsearch`.
        let end = anchor.start + program.name.len();
        let rest = text[end..].iter().take(if program.starred { 16 } else { 0 });
        let behind = end + rest.take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        let open = text[..anchor.start].iter().rev().take(64).find(|b| !is_path(**b)).copied();
        let close = text.get(behind).copied().filter(|b| matches!(b, b'"' | b'\''));
        (program.takes, behind, close.filter(|_| open == close))
    };
    let arguments =
        Arguments { at: Cursor { text, at: behind }, list: quote.is_some(), end: behind + BEFORE };
    find(text, arguments, takes)
}

fn is_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.')
}

/// The program of a `login`, and what stands around that: a quote if it is an element of a list, else a blank.
fn login(text: &[u8], login: usize) -> Option<(&'static Program, u8)> {
    let before = &text[login.saturating_sub(24)..login];
    let quote = before.last().copied().filter(|b| matches!(b, b'"' | b'\''));
    let trimmed = match quote {
        Some(_) => before[..before.len() - 1].trim_ascii_end().strip_suffix(b",")?.trim_ascii_end(),
        None => before.strip_suffix(b" ")?.trim_ascii_end(),
    };
    let trimmed = trimmed.strip_suffix(b"registry").map_or(trimmed, <[u8]>::trim_ascii_end);
    let trimmed = trimmed.strip_suffix(b"auth").map_or(trimmed, <[u8]>::trim_ascii_end);
    let word = match quote {
        Some(quote) => trimmed.strip_suffix(&[quote])?,
        None => trimmed,
    };
    let mut programs = PROGRAMS.iter().filter(|program| program.found && program.verb == LOGIN);
    let program = programs.find(|program| word.ends_with(program.name.as_bytes()))?;
    Some((program, quote.unwrap_or(b' ')))
}

/// Where the cookies begin that curl sends: `-b session=…`. `--cookie` says by itself what it is.
pub(super) fn cookies(text: &[u8], anchor: &Range<usize>) -> Option<usize> {
    if !text[anchor.clone()].eq_ignore_ascii_case(b"curl") {
        return None;
    }
    let at = Cursor { text, at: anchor.end };
    let words = Arguments { at, list: false, end: anchor.end + BEFORE };
    let mut behind = words.skip_while(|word| &text[word.clone()] != b"-b").skip(1);
    behind.next().map(|word| word.start)
}

fn find(text: &[u8], arguments: Arguments, takes: &[Takes]) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let words: Vec<Range<usize>> = arguments.collect();
    for (at, word) in words.iter().enumerate() {
        let shown = &text[word.clone()];
        let next = || words.get(at + 1).cloned();
        for take in takes {
            let found = match *take {
                Joined(option) => behind(shown, option)
                    .filter(|&at| at == option.len() && at < shown.len())
                    .map(|at| word.start + at..word.end),
                Either(option) | Pair(option, _) => match behind(shown, option) {
                    Some(at) if at < shown.len() => Some(word.start + at..word.end),
                    Some(_) => next(),
                    None => None,
                },
                Behind(name) if shown == name.as_bytes() => {
                    let mut rest =
                        words[at + 1..].iter().filter(|word| !text[(*word).clone()].starts_with(b"-"));
                    // `htpasswd -b FILE USER PASSWORD`, `-nb USER PASSWORD`.
                    let file = usize::from(name.starts_with('-') && !name.contains('n'));
                    let user = rest.nth(file).cloned();
                    return user.zip(rest.next().cloned()).map(|(user, password)| (Some(user), password));
                }
                Behind(name) if name.ends_with(':') && shown.starts_with(name.as_bytes()) => {
                    let user = word.start + name.len()..word.end;
                    let password = next().filter(|next| text[next.start] != b'/');
                    return password.map(|password| (Some(user), password));
                }
                First if at == 0 => {
                    let mut plain = words.iter().filter(|word| text[word.start] != b'/').cloned();
                    let (user, password) = (plain.next()?, plain.next()?);
                    let alone = plain.next().is_none() && text[password.start] != b'*';
                    return alone.then_some((Some(user), password));
                }
                Behind(_) | Pass(_) | First | Last => None,
            };
            let Some(mut value) = found.filter(|value| !value.is_empty()) else { continue };
            if matches!(text[value.start], b'"' | b'\'') {
                value.start += 1; // `-p'P'`
            }
            return match *take {
                Pair(_, sign) => {
                    let colon = value.start + text[value.clone()].iter().position(|&b| b == sign)?;
                    (colon > value.start && colon + 1 < value.end)
                        .then(|| (Some(value.start..colon), colon + 1..value.end))
                }
                _ => Some((None, value)),
            };
        }
    }
    None
}

/// Where a value begins in a word that has this option: at the word's end if it is the next word.
fn behind(word: &[u8], option: &str) -> Option<usize> {
    if let [b'-', letter] = option.as_bytes() {
        return short(word, *letter);
    }
    match word.strip_prefix(option.as_bytes())? {
        [] => Some(option.len()),
        [_, ..] if option.ends_with(':') => Some(option.len()),
        [b'=', _, ..] => Some(option.len() + 1),
        _ => None,
    }
}

/// How many bytes of a bundle of short options end with that letter, if the letter is in it and only letters stand
/// before: 2 of `-pP`, 4 of `-fsu`.
fn short(word: &[u8], letter: u8) -> Option<usize> {
    let bundle = word.strip_prefix(b"-").filter(|rest| !rest.starts_with(b"-"))?;
    let at = bundle.iter().take(6).position(|&b| b == letter)?;
    // Behind the first letter of a bundle its value may begin; what has one is not a switch.
    let switches = bundle[..at].iter().all(u8::is_ascii_alphabetic);
    let alone = at == 0 || at + 1 == bundle.len();
    (switches && alone).then_some(at + 2)
}

/// The arguments of a command, without their quotes.
struct Arguments<'t> {
    at: Cursor<'t>,
    /// A list of strings, of which the first was read.
    list: bool,
    end: usize,
}

impl Iterator for Arguments<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.at.at >= self.end {
            return None;
        }
        let word = if self.list { self.element()? } else { self.word()? };
        Some(word)
    }
}

impl Arguments<'_> {
    /// The next string of a list, behind the end of the one before.
    fn element(&mut self) -> Option<Range<usize>> {
        let quote = self.at.peek().filter(|b| matches!(b, b'"' | b'\''))?;
        let open = self.at.next().blanks().skip_one(b',')?.blanks().skip_one(quote)?;
        let line = open.rest().split(|&b| b == b'\n').next()?;
        let mut length = 0;
        while *line.get(length)? != quote {
            length += if line[length] == b'\\' { 2 } else { 1 };
        }
        self.at = open.skip(length);
        Some(open.at..open.at + length)
    }

    /// The next word of shell text, on the same line and before another command begins.
    fn word(&mut self) -> Option<Range<usize>> {
        let start = self.at.blanks();
        if start.at == self.at.at {
            return None;
        }
        let rest = start.rest();
        let first = *rest.first()?;
        if matches!(first, b'"' | b'\'') {
            let line = rest[1..].split(|&b| b == b'\n').next()?;
            let length = line.iter().position(|&b| b == first)?;
            // `"$A"b` goes on behind its quotes; what is put together is not read.
            self.at = start.skip(length + 2);
            return Some(start.at + 1..start.at + 1 + length);
        }
        let mut length = 0;
        let mut quote = None;
        for &byte in rest {
            match (byte, quote) {
                (b'\n', _) => break,
                (b'"' | b'\'', None) => quote = Some(byte),
                (_, Some(open)) if byte == open => quote = None,
                (_, None)
                    if byte.is_ascii_whitespace()
                        || matches!(byte, b';' | b'|' | b'&' | b'`' | b')' | b'<' | b'>') =>
                {
                    break;
                }
                _ => {}
            }
            length += 1;
        }
        self.at = start.skip(length);
        let mut word = start.at..start.at + length;
        // `-p'P'`, `--password="P"`: the quotes are none of the value's.
        let shown = &rest[..length];
        if let Some(open) = shown.iter().position(|b| matches!(b, b'"' | b'\''))
            && shown.last() == Some(&shown[open])
            && open + 1 < length
            && open > 0
        {
            word.end -= 1;
            return (length > 0).then_some(word);
        }
        // A line that goes on ends the command here; `\\\\host` is a word.
        let goes_on = rest.starts_with(b"\\") && !rest.starts_with(b"\\\\");
        (length > 0 && !goes_on).then_some(word)
    }
}
