//! The value that a name gets, in whatever language: YAML, JSON, TOML, INI, env and properties files, shell,
//! Dockerfiles, XML, and the literals of programming languages. One line is looked at, and at most the next two, so
//! that a text can be scanned in pieces.
//!
//! It finds where the value stands. Whether it is a secret is judged in `assigned`.

use std::ops::Range;

use super::reach::GAP;

/// How far a name or a value is followed; nobody writes longer ones by hand.
const LONGEST: usize = 1024;

/// How a value is tied to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `name = value`, `name: value`, `"name": "value"`, `<name>value</name>`, `--name=value`.
    Assigned,
    /// `name("value")`, `("name", "value")`, `env.name || "value"`: seldom by chance, but not an assignment.
    Passed,
    /// `--name value`, `ENV name value`, netrc's `password value`.
    Spaced,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: Range<usize>,
    /// Without its quotes.
    pub(super) value: Range<usize>,
    pub(super) quoted: bool,
    pub(super) form: Form,
    /// The name begins its line, but for blanks, a dash and `export`.
    pub(super) leads: bool,
    /// The value is a piece of something longer, put together by code.
    pub(super) partial: bool,
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// The whole name that a word at `word` is part of: dots and dashes included, but not at its ends.
pub(super) fn name_around(text: &[u8], word: Range<usize>) -> Range<usize> {
    let left = text[..word.start].iter().rev().take(128).take_while(|&&b| is_name(b)).count();
    let right = text[word.end..].iter().take(128).take_while(|&&b| is_name(b)).count();
    let (mut start, mut end) = (word.start - left, word.end + right);
    while start < word.start && matches!(text[start], b'-' | b'.') {
        start += 1;
    }
    while end > word.end && matches!(text[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // `\nPASSWORD=` in a string: the `n` is none of the name's.
    let escaped = start > 0 && text[start - 1] == b'\\' && start < word.start;
    if escaped && matches!(text[start], b'n' | b't' | b'r') {
        start += 1;
    }
    start..end
}

/// The value that the name at `name` gets.
pub(super) fn assignment(text: &[u8], name: Range<usize>) -> Option<Assignment> {
    let line_start = text[..name.start].iter().rev().take(LONGEST).position(|&b| b == b'\n');
    let line_start = name.start - line_start.unwrap_or(name.start.min(LONGEST));
    let before = &text[line_start..name.start];
    let lead = before.trim_ascii_start();
    let leads = matches!(lead, b"" | b"- " | b"export " | b"-e " | b"- \"" | b"\"" | b"'");
    let cursor = Cursor { text, at: name.end };
    let found = |value: Value, form: Form| {
        Some(Assignment {
            name: name.clone(),
            value: value.range,
            quoted: value.quoted,
            partial: value.partial,
            form,
            leads,
        })
    };
    let whole_line = leads && !lead.ends_with(b"\"") && !lead.ends_with(b"'");

    if before.ends_with(b"<") {
        let value = cursor.behind(b'>')?.until(|b| matches!(b, b'<' | b'\n'), true);
        return found(value.filter(|v| text.get(v.range.end) == Some(&b'<'))?, Form::Assigned);
    }
    let quote = before.last().copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'));
    let mut cursor = cursor;
    let mut named = false;
    if let Some(quote) = quote {
        let closed = cursor.skip_escape().skip_one(quote);
        named = closed.is_some();
        cursor = closed.unwrap_or(cursor);
    }
    let bracketed = cursor.skip_one(b']');
    cursor = bracketed.unwrap_or(cursor).blanks();
    match cursor.peek()? {
        b'=' | b':' | b'?' | b'+' | b'|' | b'-' => {
            if before.ends_with(b"${") {
                // `${NAME:-default}`: what follows `?` is a message, and `+` an alternative.
                let behind = cursor.skip_one(b':').unwrap_or(cursor);
                let behind = behind.skip_one(b'-').or_else(|| behind.skip_one(b'='))?;
                return found(behind.until(|b| b == b'}' || b.is_ascii_whitespace(), false)?, Form::Assigned);
            }
            let (behind, operator) = cursor.operator()?;
            let behind = behind.blanks();
            match operator {
                Operator::Or => found(behind.quoted()?, Form::Passed),
                Operator::Assign => {
                    let behind = if cursor.peek() == Some(b':') { behind.past_type() } else { behind };
                    let value = behind.second_argument().or_else(|| behind.value(whole_line))?;
                    found(value, Form::Assigned)
                }
            }
        }
        b',' if named => {
            let behind = cursor.next().blanks_and_lines();
            if let Some(value) = behind.pair_value() {
                return found(value, Form::Assigned);
            }
            found(behind.quoted()?, Form::Passed)
        }
        b'(' if !named => found(cursor.next().blanks().quoted()?, Form::Passed),
        b'\n' | b'\r' if names_a_pair(before) => {
            found(cursor.blanks_and_lines().pair_value()?, Form::Assigned)
        }
        b'>' | b'v' if named && names_a_pair(before) => {
            // `<add key="password" value="…"/>`
            found(cursor.pair_value()?, Form::Assigned)
        }
        _ if cursor.at > name.end && (before.ends_with(b"-") || takes_words(before)) => {
            found(cursor.value(false)?, Form::Spaced)
        }
        _ => None,
    }
}

/// Whether a line that [`opens`] may end like that.
pub(super) fn may_open(last: u8) -> bool {
    is_name(last) || matches!(last, b',' | b'"' | b'\'' | b'`' | b']')
}

/// Whether a value may follow on the next line: the line ends with `"name",` or `name: NAME`. Whatever [`assignment`]
/// follows over the end of a line must be here.
pub(super) fn opens(line: &[u8]) -> bool {
    fn without<'l>(line: &'l [u8], ends: &[u8]) -> &'l [u8] {
        line.split_last().filter(|(last, _)| ends.contains(last)).map_or(line, |(_, rest)| rest)
    }
    let listed = line.strip_suffix(b",").map(<[u8]>::trim_ascii_end);
    let line = without(listed.unwrap_or(line), b"]");
    let bare = without(line, b"\"'`");
    if listed.is_some() {
        return bare.len() < line.len();
    }
    let name = bare.iter().rev().take_while(|&&b| is_name(b)).count();
    name > 0 && names_a_pair(&bare[..bare.len() - name])
}

/// The text before a name that is itself a value: `- name: `, `"key": "`, `key="`.
fn names_a_pair(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    let Some(before) = before.strip_suffix(b":").or(before.strip_suffix(b"=")) else { return false };
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    ["name", "key", "variable"].iter().any(|word| {
        before.len() >= word.len()
            && before[before.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
    })
}

/// The line is of a kind that puts a value behind a name with a blank between.
fn takes_words(before: &[u8]) -> bool {
    let mut words = before.split(|&b| blank(b)).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    [&b"ENV"[..], b"env", b"setenv", b"login", b"machine", b"default"].contains(&first)
        || (first == b"set" && words.next().is_none())
}

struct Value {
    range: Range<usize>,
    quoted: bool,
    partial: bool,
}

enum Operator {
    Assign,
    /// `||`, `??`, `?:`: what comes behind is a default.
    Or,
}

/// A place in a text that moves forward.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(self) -> &'t [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        &rest[..rest.len().min(LONGEST)]
    }
    fn peek(self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
    fn next(self) -> Self {
        self.skip(1)
    }
    fn skip(self, count: usize) -> Self {
        Self { at: self.at + count, ..self }
    }
    fn skip_one(self, byte: u8) -> Option<Self> {
        (self.peek() == Some(byte)).then(|| self.next())
    }
    fn skip_escape(self) -> Self {
        self.skip_one(b'\\').unwrap_or(self)
    }
    fn blanks(self) -> Self {
        self.skip(self.rest().iter().take_while(|&&b| blank(b)).count())
    }
    fn blanks_and_lines(self) -> Self {
        self.skip(self.rest().iter().take(GAP).take_while(|b| b.is_ascii_whitespace()).count())
    }

    /// Behind the next such byte on this line.
    fn behind(self, byte: u8) -> Option<Self> {
        let found = self.rest().iter().position(|&b| b == byte || b == b'\n')?;
        (self.rest()[found] == byte).then(|| self.skip(found + 1))
    }

    fn operator(self) -> Option<(Self, Operator)> {
        let rest = self.rest();
        for (sign, operator) in [
            (&b"||="[..], Operator::Assign),
            (b"??=", Operator::Assign),
            (b"||", Operator::Or),
            (b"??", Operator::Or),
            (b"?:", Operator::Or),
            (b"===", Operator::Assign),
            (b"==", Operator::Assign),
            (b"=>", Operator::Assign),
            (b":=", Operator::Assign),
            (b"?=", Operator::Assign),
            (b"+=", Operator::Assign),
            (b"::", Operator::Assign),
        ] {
            if rest.starts_with(sign) {
                // `Password::new` is a path, not an assignment.
                return (sign != b"::").then(|| (self.skip(sign.len()), operator));
            }
        }
        matches!(rest.first(), Some(b'=' | b':')).then(|| (self.next(), Operator::Assign))
    }

    /// Past a type between `:` and `=`: `password: &str = "…"`.
    fn past_type(self) -> Self {
        let rest = self.rest();
        let length = rest
            .iter()
            .take(64)
            .take_while(|&&b| {
                is_name(b) || matches!(b, b' ' | b'&' | b'\'' | b'<' | b'>' | b'[' | b']' | b'?')
            })
            .count();
        let is_type = rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'&')
            && rest[..length].ends_with(b" ")
            && rest.get(length) == Some(&b'=')
            && rest.get(length + 1) != Some(&b'=');
        if is_type { self.skip(length + 1).blanks() } else { self }
    }

    /// A literal in quotes, on one line; a letter or two may stand before it (`r"…"`, `b'…'`, `@"…"`).
    fn quoted(self) -> Option<Value> {
        let mut start = self;
        let prefix =
            self.rest().iter().take(2).take_while(|b| matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'@')).count();
        if matches!(self.rest().get(prefix), Some(b'"' | b'\'' | b'`')) {
            start = self.skip(prefix);
        }
        let escaped = start.peek() == Some(b'\\') && matches!(start.next().peek(), Some(b'"' | b'\''));
        let open = start.skip_escape();
        let quote = open.peek().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
        let triple = open.rest().starts_with(&[quote; 3]);
        let inside = open.skip(if triple { 3 } else { 1 });
        let rest = inside.rest();
        let mut length = 0;
        loop {
            match rest.get(length)? {
                b'\n' => return None,
                b'\\' if rest.get(length + 1) == Some(&b'\n') => return None,
                b'\\' if escaped && rest.get(length + 1) == Some(&quote) => break,
                b'\\' => length += 2,
                &b if b == quote => break,
                _ => length += 1,
            }
        }
        let range = inside.at..inside.at + length;
        let behind = inside.skip(length).skip_escape().next().blanks();
        let partial = matches!(behind.peek(), Some(b'+' | b'%')) || behind.rest().starts_with(b".format");
        Some(Value { range, quoted: true, partial })
    }

    /// Up to a byte that ends it; none if it is empty.
    fn until(self, ends: impl Fn(u8) -> bool, trim: bool) -> Option<Value> {
        let rest = self.rest();
        let length = rest.iter().position(|&b| ends(b)).unwrap_or(rest.len());
        let mut range = self.at..self.at + length;
        while trim && range.end > range.start && self.text[range.end - 1].is_ascii_whitespace() {
            range.end -= 1;
        }
        (!range.is_empty()).then_some(Value { range, quoted: false, partial: false })
    }

    /// A literal, quoted or not. With `whole_line` only blanks end it, else also what separates items.
    fn value(self, whole_line: bool) -> Option<Value> {
        if let Some(value) = self.quoted() {
            return Some(value);
        }
        let first = self.peek()?;
        // A YAML tag, anchor, alias, block, or the beginning of a list or object.
        // `[]:` begins a token of Unleash for all projects.
        let list = first == b'[' && !self.rest().starts_with(b"[]:");
        if list
            || matches!(first, b'"' | b'\'' | b'`' | b'{' | b'|' | b'>' | b'(' | b'#' | b'\\' | b'<')
            || (matches!(first, b'!' | b'&' | b'*')
                && self.next().peek().is_some_and(|b| b.is_ascii_alphabetic()))
        {
            return None;
        }
        if whole_line {
            let mut value = self.until(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''), false)?;
            if matches!(self.text[value.range.end - 1], b',' | b';') {
                value.range.end -= 1;
            }
            return (!value.range.is_empty()).then_some(value);
        }
        let separates = |b: u8| {
            b.is_ascii_whitespace()
                || matches!(b, b'"' | b'\'' | b'`' | b';' | b'&' | b',' | b'<' | b'>' | b'\\')
        };
        let mut value = self.until(separates, false)?;
        while value.range.end > value.range.start
            && matches!(self.text[value.range.end - 1], b')' | b'}' | b']')
        {
            value.range.end -= 1;
        }
        (!value.range.is_empty()).then_some(value)
    }

    /// The default in `getenv("NAME", "default")`.
    fn second_argument(self) -> Option<Value> {
        let call = self.until(|b| matches!(b, b'(' | b'\n' | b';'), false)?;
        let name = &self.text[call.range.clone()];
        let reads = |word: &[u8]| name.len() >= word.len() && name.ends_with(word);
        if ![&b"getenv"[..], b"env", b"get", b"config", b"Getenv", b"getProperty"].into_iter().any(reads) {
            return None;
        }
        let inside = Cursor { at: call.range.end, ..self }.skip_one(b'(')?.blanks();
        let first = inside.quoted()?;
        let behind = Cursor { at: first.range.end, ..self }.next().blanks();
        behind.skip_one(b',')?.blanks().quoted()
    }

    /// The value of a pair whose name stood before: `"value": "…"`, `value: …`, `value="…"`.
    fn pair_value(self) -> Option<Value> {
        let quote = self.peek().filter(|b| matches!(b, b'"' | b'\''));
        let mut cursor = if quote.is_some() { self.next() } else { self };
        cursor = [&b"value"[..], b"Value", b"defaultValue", b"content"]
            .iter()
            .find(|word| cursor.rest().starts_with(word))
            .map(|word| cursor.skip(word.len()))?;
        if let Some(quote) = quote {
            cursor = cursor.skip_one(quote)?;
        }
        let cursor = cursor.blanks();
        let cursor = cursor.skip_one(b':').or_else(|| cursor.skip_one(b'='))?;
        cursor.blanks().value(quote.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value after the first `NAME` of a text, with a mark for how it is tied.
    fn value(text: &str) -> Option<(String, Form)> {
        let at = text.to_ascii_lowercase().find("password").expect("the test has a password");
        let name = name_around(text.as_bytes(), at..at + 8);
        let found = assignment(text.as_bytes(), name)?;
        Some((text[found.value].to_owned(), found.form))
    }

    #[test]
    fn values_are_found_in_every_language() {
        for text in [
            "password: v4l",
            "  db-password: 'v4l' # comment",
            "DB_PASSWORD=v4l",
            "export DB_PASSWORD=\"v4l\"",
            "{\"password\": \"v4l\", \"x\": 1}",
            "{\\\"password\\\": \\\"v4l\\\"}",
            "password = \"v4l\"",
            "const password: &str = \"v4l\";",
            "'password' => 'v4l',",
            "password := `v4l`",
            "<password>v4l</password>",
            "<add key=\"password\" value=\"v4l\" />",
            "config[\"password\"] = \"v4l\"",
            "Server=x;Password=v4l;Database=y",
            "https://x/?password=v4l&x=1",
            "- name: DB_PASSWORD\n  value: v4l\n",
            "{\"name\": \"DB_PASSWORD\", \"value\": \"v4l\"}",
            "password = os.getenv(\"DB_PASSWORD\", \"v4l\")",
            "foo --password=v4l bar",
            "password = b'v4l'",
            "url: ${DB_PASSWORD:-v4l}",
        ] {
            assert_eq!(value(text), Some(("v4l".to_owned(), Form::Assigned)), "{text}");
        }
        for text in ["setPassword(\"v4l\")", "put(\"password\", \"v4l\")", "env.PASSWORD || 'v4l'"] {
            assert_eq!(value(text), Some(("v4l".to_owned(), Form::Passed)), "{text}");
        }
        for text in ["docker login --password v4l", "ENV DB_PASSWORD v4l", "login me password v4l"] {
            assert_eq!(value(text), Some(("v4l".to_owned(), Form::Spaced)), "{text}");
        }
    }

    #[test]
    fn no_value_is_made_up() {
        for text in [
            "the password is long",
            "password:",
            "password: |",
            "password: !vault |",
            "password != x",
            "${DB_PASSWORD:?say it}",
            "Password::new(x)",
            "password = {",
            "[\"password\", x]",
            "\"password\"",
            "password",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
