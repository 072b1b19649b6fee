//! Variables with known values: what `.env` files say.
//!
//! The grammar is compose-go's `dotenv`. Reading the file is the caller's business.

use std::sync::Arc;

use crate::text::{Source, Span};

/// Variables with known values; of a name that stands twice, the last counts.
#[derive(Clone, Debug)]
pub struct Env {
    pub source: Arc<Source>,
    variables: Vec<Variable>,
}

#[derive(Clone, Debug)]
struct Variable {
    name: Box<str>,
    value: Box<str>,
    /// The name.
    at: Span,
}

impl Env {
    fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().rev().find(|variable| &*variable.name == name)
    }
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variable(name).map(|variable| &*variable.value)
    }
    /// Where the name is written that its value belongs to.
    pub fn place(&self, name: &str) -> Option<Span> {
        self.variable(name).map(|variable| variable.at)
    }

    /// Reads a `.env` file. Lines that are none are passed over. Values that use variables which are not known are left
    /// out: they are unknown then.
    pub fn parse(source: &Arc<Source>) -> Self {
        let mut env = Self { source: Arc::clone(source), variables: Vec::new() };
        let text = source.text();
        let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return env;
            }
            let line = rest.lines().next().unwrap_or("");
            let after_line = &rest[line.len()..];
            if line.starts_with('#') {
                rest = after_line;
                continue;
            }
            let line = line.strip_prefix("export ").unwrap_or(line);
            let Some(at) = line.find(['=', ':']) else {
                rest = after_line;
                continue;
            };
            let name = line[..at].trim();
            let from = rest.find(line).unwrap_or(0) + at + 1;
            let valid =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-[]".contains(&b));
            let (value, end) = env.value(rest, from);
            if let (true, Some(value)) = (valid, value) {
                let start = name.as_ptr() as usize - text.as_ptr() as usize;
                let at = Span::new(start, start + name.len());
                env.variables.push(Variable { name: name.into(), value: value.into(), at });
            }
            rest = &rest[end..];
        }
    }

    /// The value that begins at `from`, and where it ends.
    fn value(&self, text: &str, from: usize) -> (Option<String>, usize) {
        let start = from + (text[from..].len() - text[from..].trim_start_matches([' ', '\t']).len());
        let quote = text[start..].chars().next().filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quote
            && let Some(len) = closing_quote(&text[start + 1..], quote)
        {
            let inner = &text[start + 1..start + 1 + len];
            let end = text[start + len + 2..].find('\n').map_or(text.len(), |at| start + len + 2 + at);
            let value = if quote == '\'' { Some(inner.to_owned()) } else { self.expand(&unescape(inner)) };
            return (value, end);
        }
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = &text[start..end];
        let comment = line.match_indices('#').find(|&(at, _)| at == 0 || line[..at].ends_with([' ', '\t']));
        let value = line[..comment.map_or(line.len(), |(at, _)| at)].trim();
        (self.expand(value), end)
    }

    fn expand(&self, value: &str) -> Option<String> {
        use crate::container::Known;
        let lookup = |name: &str| self.get(name).map(Box::from);
        match super::interpolate::interpolate(value, &lookup) {
            Known::AsWritten => Some(value.to_owned()),
            Known::Written(value) | Known::Default(value) => Some(value.into()),
            Known::Unknown => None,
        }
    }
}

fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at)
    })
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some('$') => out.push_str("$$"),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dotenv() {
        let text = "# c\nA=1\nexport B = two words # c\nC='it $A # x'\nD=\"q\\n$A\"\nE=a#b\nF=\nG=$NOPE\nH: y\nbad line\n\
                    I=\"multi\nline\"\nA=2\n";
        let source = Arc::new(Source::new(".env", text.into()));
        let env = Env::parse(&source);
        let get = |name| env.get(name);
        assert_eq!(get("A"), Some("2"));
        assert_eq!(get("B"), Some("two words"));
        assert_eq!(get("C"), Some("it $A # x"));
        assert_eq!(get("D"), Some("q\n1"));
        assert_eq!(get("E"), Some("a#b"));
        assert_eq!(get("F"), Some(""));
        assert_eq!(get("G"), None);
        assert_eq!(get("H"), Some("y"));
        assert_eq!(get("I"), Some("multi\nline"));
        let line = |name| env.place(name).map(|at| (source.slice(at), source.line_of(at.start as usize)));
        assert_eq!(line("B"), Some(("B", 3)));
        assert_eq!(line("A"), Some(("A", 13)));
        assert_eq!(line("G"), None);
    }
}
