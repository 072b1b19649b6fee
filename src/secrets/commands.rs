//! Passwords among the arguments of commands that take them: `mysql -pP`, `curl -fsu u:P`, `redis-cli -a P`,
//! `["sshpass", "-p", "P"]`.
//!
//! A command is read as arguments, in shell text or as a list of strings (a Dockerfile's exec form, JSON, YAML on one
//! line), so that what an option means does not depend on the blanks around it. It ends with its line. What the password
//! is worth is judged in `calls`.

use std::ops::Range;

use super::cursor::{BEFORE, Cursor};

/// How an option holds its password.
#[derive(Clone, Copy)]
enum Takes {
    /// In the same argument only: `-pP`; `-p P` asks for one and names a database.
    Joined(u8),
    /// In the same argument or the next: `-pP`, `-p P`. As the last letter of a bundle, too: `-xp P`.
    Short(u8),
    /// `--password P`, `--password=P`, `-password P`.
    Long(&'static str),
    /// As [`Takes::Short`], with a user before it: `-u u:P`.
    ShortPair(u8, u8),
    /// As [`Takes::Long`], with a user before it.
    LongPair(&'static str),
    /// Behind a word and a user: `add_user u P`.
    Behind(&'static str),
}

use Takes::{Behind, Joined, Long, LongPair, Short, ShortPair};

/// Programs by how their names begin, and what they take.
const PROGRAMS: [(&str, &[Takes]); 15] = [
    ("mysql", &[Joined(b'p')]),
    ("mariadb", &[Joined(b'p')]),
    ("sshpass", &[Short(b'p')]),
    ("redis-cli", &[Short(b'a'), Long("--pass")]),
    ("redis-server", &[Long("--requirepass"), Long("--masterauth")]),
    ("valkey-cli", &[Short(b'a'), Long("--pass")]),
    ("valkey-server", &[Long("--requirepass"), Long("--masterauth")]),
    ("mongo", &[Short(b'p'), Long("--password")]),
    ("curl", &[ShortPair(b'u', b':'), ShortPair(b'U', b':'), LongPair("--user"), LongPair("--proxy-user")]),
    ("ldap", &[Short(b'w')]),
    ("sqlcmd", &[Short(b'P')]),
    ("cqlsh", &[Short(b'p'), Long("--password")]),
    ("smbclient", &[ShortPair(b'U', b'%')]),
    ("rabbitmqctl", &[Behind("add_user"), Behind("change_password")]),
    ("htpasswd", &[Behind("-b"), Behind("-cb"), Behind("-bc"), Behind("-nb"), Behind("-Bb"), Behind("-bB")]),
];
/// Programs whose `login` takes a password.
const LOGINS: [&str; 8] = ["docker", "podman", "buildah", "nerdctl", "helm", "skopeo", "oras", "crane"];
const LOGIN: &[Takes] = &[Short(b'p'), Long("--password")];

/// What leads here; in small letters.
pub(super) const ANCHORS: [&str; 17] = [
    "mysql",
    "mariadb",
    "sshpass",
    "redis-cli",
    "redis-server",
    "valkey-cli",
    "valkey-server",
    "mongo",
    "curl",
    "ldap",
    "sqlcmd",
    "cqlsh",
    "smbclient",
    "rabbitmqctl",
    "htpasswd",
    "login ",
    "login\"",
];

/// The user, if one stands before it, and the password in the command whose name has its anchor at `anchor`.
pub(super) fn password(text: &[u8], anchor: &Range<usize>) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let word = &text[anchor.clone()];
    let (takes, behind, quote) = if word.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"login")) {
        (
            LOGIN,
            anchor.start + 5,
            login_quote(text, anchor.start).map(|quote| (quote != b' ').then_some(quote))?,
        )
    } else {
        let (begins, takes) = PROGRAMS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()))?;
        let before = anchor.start.checked_sub(1).map(|at| text[at]);
        if before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$')) {
            return None;
        }
        // `mysqldump`, `mongosh`, `ldapsearch`.
        let rest = text[anchor.end..].iter().take(16);
        let name = rest.take_while(|b| b.is_ascii_alphabetic() || **b == b'-').count();
        let behind = anchor.start + begins.len() + name;
        let open = text[..anchor.start].iter().rev().take(64).find(|b| !is_path(**b)).copied();
        let close = text.get(behind).copied().filter(|b| matches!(b, b'"' | b'\''));
        (*takes, behind, close.filter(|_| open == close))
    };
    let arguments =
        Arguments { at: Cursor { text, at: behind }, list: quote.is_some(), end: behind + BEFORE };
    find(text, arguments, takes)
}

fn is_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.')
}

/// Whether a `login` is a command's, and then what stands around it: a quote if it is an element of a list, else a blank.
fn login_quote(text: &[u8], login: usize) -> Option<u8> {
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
    LOGINS.iter().any(|name| word.ends_with(name.as_bytes())).then_some(quote.unwrap_or(b' '))
}

fn find(text: &[u8], arguments: Arguments, takes: &[Takes]) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let words: Vec<Range<usize>> = arguments.collect();
    for (at, word) in words.iter().enumerate() {
        let shown = &text[word.clone()];
        let next = || words.get(at + 1).cloned();
        for take in takes {
            let found = match *take {
                Joined(letter) => short(shown, letter)
                    .filter(|&len| len < shown.len() && len == 2)
                    .map(|len| word.start + len..word.end),
                Short(letter) | ShortPair(letter, _) => match short(shown, letter) {
                    Some(len) if len < shown.len() => Some(word.start + len..word.end),
                    Some(_) => next(),
                    None => None,
                },
                Long(name) | LongPair(name) => match shown.strip_prefix(name.as_bytes()) {
                    Some(b"") => next(),
                    Some([b'=', _, ..]) => Some(word.start + name.len() + 1..word.end),
                    _ => None,
                },
                Behind(name) if shown == name.as_bytes() => {
                    let mut rest =
                        words[at + 1..].iter().filter(|word| !text[(*word).clone()].starts_with(b"-"));
                    // `htpasswd -b FILE USER PASSWORD`, `-nb USER PASSWORD`.
                    let file = usize::from(name.starts_with('-') && !name.contains('n'));
                    let user = rest.nth(file).cloned();
                    return user.zip(rest.next().cloned()).map(|(user, password)| (Some(user), password));
                }
                Behind(_) => None,
            };
            let Some(mut value) = found.filter(|value| !value.is_empty()) else { continue };
            if matches!(text[value.start], b'"' | b'\'') {
                value.start += 1; // `-p'P'`
            }
            let pair = match *take {
                ShortPair(_, sign) => Some(sign),
                LongPair(_) => Some(b':'),
                _ => None,
            };
            return match pair {
                Some(sign) => {
                    let colon = value.start + text[value.clone()].iter().position(|&b| b == sign)?;
                    (colon > value.start && colon + 1 < value.end)
                        .then(|| (Some(value.start..colon), colon + 1..value.end))
                }
                None => Some((None, value)),
            };
        }
    }
    None
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
        (length > 0 && !rest.starts_with(b"\\")).then_some(word)
    }
}
