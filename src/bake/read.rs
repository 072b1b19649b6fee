//! What stands in bake files: blocks of targets and variables with their attributes, from HCL or JSON.
//!
//! The reader goes forward only, in loops: no text nests it. What a value comes to is [`super`]'s.

use std::collections::{BTreeMap, HashMap};

/// Attributes as they stand, by name.
pub(super) type Attributes = HashMap<String, Value>;

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Between quotes, with its references.
    Text(String),
    Variable(String),
    List(Vec<Value>),
    /// The keys of a mapping.
    Keys(Vec<String>),
    Other,
}

#[derive(Default)]
pub(super) struct Blocks {
    pub(super) targets: BTreeMap<String, Attributes>,
    pub(super) variables: HashMap<String, Value>,
}

impl Blocks {
    /// Adds what a file says; of what was said before, the file's word counts. An error says why it is no bake file.
    pub(super) fn read(&mut self, path: &str, text: &str) -> Result<(), String> {
        if path.rsplit('.').next() == Some("json") { json(text, self) } else { hcl(text, self) }
    }
}

fn json(text: &str, all: &mut Blocks) -> Result<(), String> {
    let root: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("line {} is not valid JSON", error.line()))?;
    let blocks = |key: &str| root.get(key).and_then(|value| value.as_object()).into_iter().flatten();
    for (name, block) in blocks("target") {
        let attributes = block.as_object().into_iter().flatten();
        let attributes = attributes.map(|(key, value)| (key.clone(), of_json(value)));
        all.targets.entry(name.clone()).or_default().extend(attributes);
    }
    for (name, block) in blocks("variable") {
        if let Some(default) = block.get("default") {
            all.variables.insert(name.clone(), of_json(default));
        }
    }
    Ok(())
}

fn of_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(of_json).collect()),
        serde_json::Value::Object(map) => Value::Keys(map.keys().cloned().collect()),
        _ => Value::Other,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    /// Without its quotes.
    Text(&'t str),
    Sign(u8),
    /// The end of a line that is no part of brackets is the end of an attribute.
    Line,
}

fn hcl(text: &str, all: &mut Blocks) -> Result<(), String> {
    let tokens = tokens(text);
    let mut at = 0;
    while at < tokens.len() {
        let (Token::Word(kind), Some(Token::Text(name)), Some(Token::Sign(b'{'))) =
            (tokens[at], tokens.get(at + 1), tokens.get(at + 2))
        else {
            at = past(&tokens, at);
            continue;
        };
        at += 3;
        while at < tokens.len() && tokens[at] != Token::Sign(b'}') {
            let (Token::Word(key), Some(Token::Sign(b'='))) = (tokens[at], tokens.get(at + 1)) else {
                at = past(&tokens, at);
                continue;
            };
            let end = end_of(&tokens, at + 2);
            let value = value(&tokens[at + 2..end]);
            match kind {
                "target" => {
                    all.targets.entry((*name).to_owned()).or_default().insert(key.to_owned(), value);
                }
                "variable" if key == "default" => {
                    all.variables.insert((*name).to_owned(), value);
                }
                _ => {}
            }
            at = end;
        }
        if kind == "target" {
            all.targets.entry((*name).to_owned()).or_default();
        }
        at += 1;
    }
    if is_closed(&tokens) { Ok(()) } else { Err("a bracket or quote is not closed".to_owned()) }
}

/// Whether all brackets close what was opened; a quote that does not end takes the rest of the text.
fn is_closed(tokens: &[Token]) -> bool {
    let mut open = Vec::new();
    for token in tokens {
        match token {
            Token::Sign(b'{') => open.push(b'}'),
            Token::Sign(b'[') => open.push(b']'),
            Token::Sign(b'(') => open.push(b')'),
            Token::Sign(sign @ (b'}' | b']' | b')')) if open.pop() != Some(*sign) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

/// Past a token, and if it opens something past what closes that.
fn past(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Sign(b'{' | b'[' | b'(') => depth += 1,
            Token::Sign(b'}' | b']' | b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// Where the value that begins here ends: with its line, or before what closes the block.
fn end_of(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token {
            Token::Sign(b'{' | b'[' | b'(') => depth += 1,
            Token::Sign(b'}' | b']' | b')') if depth == 0 => return index,
            Token::Sign(b'}' | b']' | b')') => depth -= 1,
            Token::Line if depth == 0 => return index,
            _ => {}
        }
    }
    tokens.len()
}

/// The value that some tokens are. What is in a list is single; deeper lists are not looked into.
fn value(tokens: &[Token]) -> Value {
    match tokens {
        [Token::Sign(b'['), items @ .., Token::Sign(b']')] => {
            let parts = items.split(|token| matches!(token, Token::Sign(b',') | Token::Line));
            Value::List(parts.filter(|part| !part.is_empty()).map(single).collect())
        }
        [Token::Sign(b'{'), entries @ .., Token::Sign(b'}')] => {
            let key = |pair: &[Token]| match pair {
                [Token::Word(key) | Token::Text(key), Token::Sign(b'=' | b':')] => Some((*key).to_owned()),
                _ => None,
            };
            Value::Keys(entries.windows(2).filter_map(key).collect())
        }
        _ => single(tokens),
    }
}

fn single(tokens: &[Token]) -> Value {
    match tokens {
        [Token::Text(text)] => Value::Text((*text).to_owned()),
        [Token::Word(name)] => Value::Variable((*name).to_owned()),
        _ => Value::Other,
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let line_end = || memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        match &bytes[at..] {
            [b'\n', ..] => {
                out.push(Token::Line);
                at += 1;
            }
            [b'#', ..] | [b'/', b'/', ..] => at = line_end(),
            [b'/', b'*', rest @ ..] => {
                at = memchr::memmem::find(rest, b"*/").map_or(bytes.len(), |end| at + end + 4);
            }
            [b'<', b'<', ..] => {
                // A here-document is no path, but it may look like blocks.
                let start = line_end();
                let word = text[at + 2..start].trim_start_matches('-').trim();
                let mut lines = text[start..].split_inclusive('\n');
                let length: usize =
                    lines.by_ref().skip(1).take_while(|line| line.trim() != word).map(str::len).sum();
                out.push(Token::Sign(b'<'));
                let body = (start + 1 + length).min(bytes.len());
                at = memchr::memchr(b'\n', &bytes[body..]).map_or(bytes.len(), |end| body + end);
            }
            [b'"', ..] => {
                let end = quoted(bytes, at + 1);
                out.push(Token::Text(&text[at + 1..end]));
                at = end + 1;
            }
            [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' => {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
                let length = bytes[at..].iter().take_while(is_part).count();
                out.push(Token::Word(&text[at..at + length]));
                at += length;
            }
            [byte, ..] => {
                if byte.is_ascii_punctuation() {
                    out.push(Token::Sign(*byte));
                }
                at += 1;
            }
            [] => break,
        }
    }
    out
}

/// Where a quoted text that begins here ends. Within `${…}` quotes are others.
fn quoted(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0usize);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'\\', _, ..] => at += 2,
            [b'$' | b'%', b'{', ..] => {
                depth += 1;
                at += 2;
            }
            [b'}', ..] if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            [b'"', ..] if depth == 0 => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}
