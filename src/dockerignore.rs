//! What is left out of a build context: `.dockerignore`, `<Dockerfile>.dockerignore`, `.containerignore`.
//!
//! The patterns are those of `moby/patternmatcher` on Linux, peculiarities included: a `**` need not be a whole part of a
//! path, `#` begins a comment only in the first column, and a pattern holds for all below what it fits. Where Go's regular
//! expressions would read a pattern otherwise than anybody meant it, the answer is "unknown".

use std::sync::Arc;

use crate::text::{self, Source, Span};

/// Steps that one path may cost: its characters, once for each character of the patterns and each folder above. People's
/// files stay far below it.
const MOST_STEPS: usize = 50_000_000;

/// A file of patterns.
#[derive(Debug)]
pub struct Ignore {
    pub source: Arc<Source>,
    /// In file order.
    pub patterns: Vec<Pattern>,
    /// The characters of all patterns.
    length: usize,
}

#[derive(Debug)]
pub struct Pattern {
    /// As written, without blanks around it.
    pub span: Span,
    /// It begins with `!`: what it fits is sent after all.
    pub is_exception: bool,
    /// Without `!`, cleaned as Go's `filepath.Clean` does.
    pub text: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// No character is special.
    Exact,
    /// `text**`
    Prefix,
    /// `**text`
    Suffix,
    Tokens(Vec<Token>),
    /// The build stops.
    Bad,
    /// Nobody writes it, and Go reads it in a way of its own.
    Odd,
}

#[derive(Debug)]
enum Token {
    Char(char),
    /// `?`
    One,
    /// `*`
    Star,
    /// `**` before something: nothing, or anything up to a `/`.
    Folders,
    /// `**` at the end.
    Rest,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Ignore {
    pub fn parse(source: &Arc<Source>) -> Self {
        let text = source.text();
        let mut patterns: Vec<Pattern> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let line = if start == 0 { line.trim_start_matches('\u{feff}') } else { line };
            let written = line.trim();
            if line.starts_with('#') || written.is_empty() {
                continue;
            }
            let before = at - line.len() + (line.len() - line.trim_start().len());
            patterns.push(pattern(written, Span::new(before, before + written.len())));
        }
        let length = patterns.iter().map(|pattern| pattern.text.len()).sum();
        Self { source: Arc::clone(source), patterns, length }
    }

    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.is_exception)
    }

    /// The pattern that leaves a path out, by itself or with a folder above; `Err` where that cannot be told.
    pub fn leaves_out(&self, path: &str) -> Result<Option<&Pattern>, Unknown> {
        let is_readable = |pattern: &Pattern| !matches!(pattern.kind, Kind::Bad | Kind::Odd);
        let steps = self.length.saturating_mul(path.len()).saturating_mul(upwards(path).count());
        if steps > MOST_STEPS || !self.patterns.iter().all(is_readable) {
            return Err(Unknown);
        }
        let mut by: Option<&Pattern> = None;
        for pattern in &self.patterns {
            if pattern.is_exception == by.is_some() && upwards(path).any(|path| pattern.fits(path)) {
                by = (!pattern.is_exception).then_some(pattern);
            }
        }
        Ok(by)
    }
}

/// It cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

/// A path, and the folders that it lies in.
fn upwards(path: &str) -> impl Iterator<Item = &str> {
    text::upwards(path).take_while(|path| !path.is_empty())
}

impl Pattern {
    /// Docker refuses it.
    pub fn is_bad(&self) -> bool {
        matches!(self.kind, Kind::Bad)
    }

    /// Whether it fits a path as it is.
    pub fn fits(&self, path: &str) -> bool {
        let text = self.text.as_str();
        match &self.kind {
            Kind::Exact => path == text,
            Kind::Prefix => path.starts_with(&text[..text.len() - 2]),
            Kind::Suffix => {
                let suffix = &text[2..];
                path.ends_with(suffix) || suffix.strip_prefix('/') == Some(path)
            }
            Kind::Tokens(tokens) => fits(tokens, path),
            Kind::Bad | Kind::Odd => false,
        }
    }
}

fn pattern(written: &str, span: Span) -> Pattern {
    let is_exception = written.starts_with('!');
    let text = if is_exception { written[1..].trim() } else { written };
    let is_empty = text.is_empty();
    let text = clean(text);
    // What begins at the top of the context says no more than what does not.
    let text = text.strip_prefix('/').filter(|rest| !rest.is_empty()).map_or(text.clone(), str::to_owned);
    let kind = if is_exception && is_empty { Kind::Bad } else { kind(&text) };
    Pattern { span, is_exception, text, kind }
}

/// Go's `filepath.Clean`.
pub fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn kind(text: &str) -> Kind {
    let mut tokens = Vec::new();
    let mut kind = None;
    let mut chars = text.chars().peekable();
    let mut is_first = true;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_some() {
                    tokens.push(Token::Folders);
                    kind = Some(Kind::Tokens(Vec::new()));
                } else if kind.is_none() {
                    kind = Some(Kind::Prefix);
                } else {
                    tokens.push(Token::Rest);
                    kind = Some(Kind::Tokens(Vec::new()));
                }
                if is_first {
                    kind = Some(Kind::Suffix);
                }
            }
            '*' | '?' | '[' | ']' | '\\' => {
                let token = match c {
                    '*' => Token::Star,
                    '?' => Token::One,
                    '[' => match class(&mut chars) {
                        Ok(token) => token,
                        Err(kind) => return kind,
                    },
                    ']' => Token::Char(']'),
                    _ => match chars.next() {
                        // To a regular expression `\d` is a digit.
                        Some(c) if c.is_ascii_alphanumeric() => return Kind::Odd,
                        Some(c) => Token::Char(c),
                        None => return Kind::Bad,
                    },
                };
                tokens.push(token);
                kind = Some(Kind::Tokens(Vec::new()));
            }
            c => tokens.push(Token::Char(c)),
        }
        is_first = false;
    }
    match kind {
        None => Kind::Exact,
        Some(Kind::Tokens(_)) => Kind::Tokens(tokens),
        Some(other) => other,
    }
}

/// What stands between `[` and `]`.
fn class(chars: &mut std::iter::Peekable<std::str::Chars>) -> Result<Token, Kind> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let Some(low) = chars.next() else { return Err(Kind::Bad) };
        match low {
            ']' if ranges.is_empty() => return Err(Kind::Bad),
            ']' => return Ok(Token::Class { negated, ranges }),
            '-' => return Err(Kind::Bad),
            '\\' | '[' | '*' | '?' | '&' | '~' | ':' => return Err(Kind::Odd),
            _ => {}
        }
        let mut high = low;
        if chars.next_if_eq(&'-').is_some() {
            high = match chars.next() {
                Some(c) if c.is_ascii_alphanumeric() => c,
                Some(']') | None => return Err(Kind::Bad),
                Some(_) => return Err(Kind::Odd),
            };
        }
        if high < low {
            return Err(Kind::Odd);
        }
        ranges.push((low, high));
    }
}

/// Walks the path once for each token, with a mark at every place that is reached.
fn fits(tokens: &[Token], path: &str) -> bool {
    let text: Vec<char> = path.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for token in tokens {
        match token {
            Token::Star => {
                for at in 0..text.len() {
                    reached[at + 1] |= reached[at] && text[at] != '/';
                }
            }
            Token::Folders => {
                let first = reached.iter().position(|&is| is).unwrap_or(reached.len());
                for at in first..text.len() {
                    reached[at + 1] |= text[at] == '/';
                }
            }
            Token::Rest => {
                let first = reached.iter().position(|&is| is).unwrap_or(reached.len());
                reached[first..].fill(true);
            }
            single => {
                for at in (0..text.len()).rev() {
                    reached[at + 1] = reached[at] && takes(single, text[at]);
                }
                reached[0] = false;
            }
        }
    }
    reached[text.len()]
}

fn takes(token: &Token, c: char) -> bool {
    match token {
        Token::Char(own) => *own == c,
        Token::One => c != '/',
        Token::Class { negated, ranges } => {
            ranges.iter().any(|&(low, high)| (low..=high).contains(&c)) != *negated
        }
        Token::Star | Token::Folders | Token::Rest => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore(text: &str) -> Ignore {
        Ignore::parse(&Arc::new(Source::new(".dockerignore", text.as_bytes().to_vec())))
    }
    fn leaves_out(text: &str, path: &str) -> bool {
        ignore(text).leaves_out(path).expect("it can be told").is_some()
    }

    #[test]
    fn the_documented_examples_hold() {
        for (text, path, is_out) in [
            ("*/temp*", "somedir/temporary.txt", true),
            ("*/temp*", "temporary.txt", false),
            ("*/temp*", "a/b/temp", false),
            ("*/*/temp*", "somedir/subdir/temporary.txt", true),
            ("temp?", "tempa", true),
            ("temp?", "temp", false),
            ("**/*.go", "a/b/c.go", true),
            ("**/*.go", "c.go", true),
            ("*.md\n!README.md", "README.md", false),
            ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true),
            ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false),
            ("/foo/bar", "foo/bar", true),
            ("foo/", "foo/x", true),
            ("foo", "foo/x/y", true),
            ("foo", "a/foo", false),
            ("\u{feff}foo", "foo", true),
            ("# foo", "foo", false),
            (" # foo", "foo", false),
            ("./foo/../bar", "bar", true),
            ("foo\n!foo/x", "foo/x", false),
            ("foo\n!foo/x", "foo/y", true),
            (".", "foo", false),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
            ("**", "a/b", true),
            ("a**", "ab/c", true),
            ("a/**/b", "a/x/y/b", true),
            ("a/**/b", "a/b", true),
        ] {
            assert_eq!(leaves_out(text, path), is_out, "{text:?} {path}");
        }
        for bad in ["[a", "[]", "a\\", "!", "[-a]"] {
            assert!(ignore(bad).patterns[0].is_bad(), "{bad}");
        }
        assert_eq!(ignore(r"\d").leaves_out("1").err(), Some(Unknown));
    }

    /// As moby does it: a regular expression for every pattern.
    fn reference(patterns: &str, path: &str) -> bool {
        let mut matched = false;
        for line in patterns.lines().filter(|line| !line.is_empty()) {
            let (line, exception) = line.strip_prefix('!').map_or((line, false), |line| (line, true));
            let text = clean(line);
            let text = if text.len() > 1 { text.trim_start_matches('/') } else { &text };
            let fits = |path: &str| by_expression(text, path);
            let folders: Vec<&str> = path.split('/').collect();
            let any = (1..=folders.len()).any(|count| fits(&folders[..count].join("/")));
            if exception == matched && any {
                matched = !exception;
            }
        }
        matched
    }

    fn by_expression(text: &str, path: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        let (mut expression, mut kind, mut at) = (String::from("^"), "exact", 0);
        let mut turn = 0;
        while at < chars.len() {
            let c = chars[at];
            at += 1;
            if c == '*' && chars.get(at) == Some(&'*') {
                at += 1;
                if chars.get(at) == Some(&'/') {
                    at += 1;
                }
                if at < chars.len() {
                    expression.push_str("(.*/)?");
                    kind = "regexp";
                } else if kind == "exact" {
                    kind = "prefix";
                } else {
                    expression.push_str(".*");
                    kind = "regexp";
                }
                if turn == 0 {
                    kind = "suffix";
                }
            } else if c == '*' || c == '?' {
                expression.push_str(if c == '*' { "[^/]*" } else { "[^/]" });
                kind = "regexp";
            } else {
                expression.push_str(&regex::escape(&c.to_string()));
            }
            turn += 1;
        }
        match kind {
            "exact" => path == text,
            "prefix" => path.starts_with(&text[..text.len() - 2]),
            "suffix" => path.ends_with(&text[2..]) || text[2..].strip_prefix('/') == Some(path),
            _ => regex::Regex::new(&format!("{expression}$")).expect("it is escaped").is_match(path),
        }
    }

    #[test]
    fn a_plain_reference_says_the_same() {
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut next = |most: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 33) as usize % most
        };
        let parts = ["a", "b", "ab", "*", "**", "?", "/", "/", ".", "..", "a.b"];
        for _ in 0..4_000 {
            let mut text = String::new();
            for _ in 0..=next(3) {
                let mark = if next(3) == 0 { "!" } else { "" };
                let line: String = (0..=next(5)).map(|_| parts[next(parts.len())]).collect();
                text.extend([mark, &line, "\n"]);
            }
            // A dot alone stands for the context, which is no path in it.
            if text.lines().any(|line| clean(line.trim_start_matches('!')) == ".") {
                continue;
            }
            let folders: Vec<&str> = (0..=next(3)).map(|_| ["a", "b", "ab", "a.b", "ba"][next(5)]).collect();
            let path = folders.join("/");
            assert_eq!(leaves_out(&text, &path), reference(&text, &path), "{text:?} {path}");
        }
    }
}
