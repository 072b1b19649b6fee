//! Bake files (`docker-bake.hcl`, `docker-bake.json`): which Dockerfiles Buildx builds, from which folder, to which stage.
//!
//! They are context and never linted, so a reader of the little that matters is enough: blocks of targets and variables,
//! and attributes that are texts, lists or mappings of texts. Whatever is computed otherwise is unknown, which is a
//! third answer. The reader goes forward only, in loops: no text nests it.

use std::collections::{BTreeMap, HashMap, HashSet};

/// How far `inherits` is followed.
const DEEPEST: usize = 16;
/// Targets of one file that are looked at.
const MOST: usize = 2000;

/// Files that Buildx finds by themselves, and what people call others: `app.docker-bake.hcl`.
pub fn is_bake(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.contains("docker-bake") && matches!(name.rsplit_once('.'), Some((_, "hcl" | "json")))
}

/// A text, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    Text(String),
    /// It is there, and its value is computed.
    Unknown,
}

impl Known {
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unknown => None,
        }
    }
}

/// What one target builds. What it leaves out is what Buildx takes then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Relative to the bake file's folder.
    pub context: Known,
    /// Relative to the context; `None` if it is written into the bake file.
    pub dockerfile: Option<Known>,
    /// The stage; `None` is the last one.
    pub stage: Option<Known>,
    /// The names of build arguments and of further contexts.
    pub args: Vec<String>,
    pub contexts: Vec<String>,
    /// It makes an image that goes somewhere: it has tags, or an output that is an image. Targets without are for tests.
    pub ships: bool,
}

/// The targets of a bake file, by name, and of the files that override it, in their order.
pub fn targets(files: &[(&str, &str)]) -> Vec<Target> {
    let mut all = Blocks::default();
    for (path, text) in files {
        if path.rsplit('.').next() == Some("json") { json(text, &mut all) } else { hcl(text, &mut all) }
    }
    let names = all.targets.keys().take(MOST);
    names.map(|name| target(&all.inherited(name), &all.variables)).collect()
}

/// Attributes as they stand, by name.
type Attributes = HashMap<String, Value>;

#[derive(Clone, Debug)]
enum Value {
    /// Between quotes, with its references.
    Text(String),
    Variable(String),
    List(Vec<Value>),
    /// The keys of a mapping.
    Keys(Vec<String>),
    Other,
}

#[derive(Default)]
struct Blocks {
    targets: BTreeMap<String, Attributes>,
    variables: HashMap<String, Value>,
}

impl Blocks {
    /// The attributes of a target with those that it inherits, of which the later win.
    fn inherited(&self, name: &str) -> Attributes {
        let mut order: Vec<&str> = Vec::new();
        let mut known: HashSet<&str> = HashSet::new();
        let mut todo = vec![(name, 0)];
        while let Some((name, depth)) = todo.pop() {
            let Some((name, attributes)) = self.targets.get_key_value(name) else { continue };
            if depth > DEEPEST || !known.insert(name) {
                continue;
            }
            order.push(name);
            if let Some(Value::List(parents)) = attributes.get("inherits") {
                let named = parents.iter().filter_map(|parent| match parent {
                    Value::Text(text) => Some((text.as_str(), depth + 1)),
                    _ => None,
                });
                todo.extend(named);
            }
        }
        let mut all = Attributes::new();
        for name in order.into_iter().rev() {
            all.extend(self.targets[name].iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        all
    }
}

fn target(attributes: &Attributes, variables: &HashMap<String, Value>) -> Target {
    let known = |key: &str| attributes.get(key).map(|value| text(value, variables));
    let inline = attributes.contains_key("dockerfile-inline");
    let keys = |key: &str| match attributes.get(key) {
        Some(Value::Keys(keys)) => keys.clone(),
        _ => Vec::new(),
    };
    let or = |value: Option<Known>, default: &str| value.unwrap_or_else(|| Known::Text(default.to_owned()));
    Target {
        context: or(known("context"), "."),
        dockerfile: (!inline).then(|| or(known("dockerfile"), "Dockerfile")),
        stage: known("target"),
        args: keys("args"),
        contexts: keys("contexts"),
        ships: ships(attributes, variables),
    }
}

fn ships(attributes: &Attributes, variables: &HashMap<String, Value>) -> bool {
    let is_image = |value: &Value| match text(value, variables) {
        Known::Text(text) => {
            let kind = text.split(',').find_map(|part| part.trim().strip_prefix("type="));
            kind.is_some_and(|kind| matches!(kind, "image" | "registry" | "docker" | "oci"))
        }
        Known::Unknown => false,
    };
    let output = attributes.get("output").or(attributes.get("outputs"));
    match (output, attributes.get("tags")) {
        (Some(Value::List(outputs)), _) if !outputs.is_empty() => outputs.iter().any(is_image),
        (_, Some(Value::List(tags))) => !tags.is_empty(),
        (_, tags) => tags.is_some(),
    }
}

/// What a value comes to: references to variables with a default are followed, once.
fn text(value: &Value, variables: &HashMap<String, Value>) -> Known {
    let variable = |name: &str| match variables.get(name) {
        Some(Value::Text(text)) if !text.contains("${") => Some(text.as_str()),
        _ => None,
    };
    match value {
        Value::Variable(name) => variable(name).map_or(Known::Unknown, |text| Known::Text(text.to_owned())),
        Value::Text(text) => {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some((before, after)) = rest.split_once("${") {
                let inside =
                    after.split_once('}').and_then(|(name, rest)| Some((variable(name.trim())?, rest)));
                let Some((value, after)) = inside.filter(|_| !before.ends_with('$')) else {
                    return Known::Unknown;
                };
                out.push_str(before);
                out.push_str(value);
                rest = after;
            }
            out.push_str(rest);
            // Other escapes than that of a quote stand in no path.
            Known::Text(out.replace("\\\"", "\""))
        }
        Value::List(_) | Value::Keys(_) | Value::Other => Known::Unknown,
    }
}

fn json(text: &str, all: &mut Blocks) {
    let Ok(root) = serde_json::from_str::<serde_json::Value>(text) else { return };
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

fn hcl(text: &str, all: &mut Blocks) {
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

/// The value that some tokens are.
fn value(tokens: &[Token]) -> Value {
    match tokens {
        [Token::Text(text)] => Value::Text((*text).to_owned()),
        [Token::Word(name)] => Value::Variable((*name).to_owned()),
        [Token::Sign(b'['), items @ .., Token::Sign(b']')] => {
            let parts = items.split(|token| matches!(token, Token::Sign(b',') | Token::Line));
            let one = |part: &[Token]| match part {
                [Token::Text(text)] => Value::Text((*text).to_owned()),
                [Token::Word(name)] => Value::Variable((*name).to_owned()),
                _ => Value::Other,
            };
            Value::List(parts.filter(|part| !part.is_empty()).map(one).collect())
        }
        [Token::Sign(b'{'), entries @ .., Token::Sign(b'}')] => {
            let key = |pair: &[Token]| match pair {
                [Token::Word(key) | Token::Text(key), Token::Sign(b'=' | b':')] => Some((*key).to_owned()),
                _ => None,
            };
            Value::Keys(entries.windows(2).filter_map(key).collect())
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<(String, String, String, bool)> {
        let show = |known: &Known| known.value().unwrap_or("?").to_owned();
        targets(&[(path, text)])
            .iter()
            .map(|target| {
                let file = target.dockerfile.as_ref().map_or("-".to_owned(), show);
                (
                    show(&target.context),
                    file,
                    target.stage.as_ref().map_or("-".to_owned(), show),
                    target.ships,
                )
            })
            .collect()
    }

    fn row(context: &str, file: &str, stage: &str, ships: bool) -> (String, String, String, bool) {
        (context.to_owned(), file.to_owned(), stage.to_owned(), ships)
    }

    #[test]
    fn targets_are_read_from_hcl() {
        let text = r#"
            # target "not" { context = "this" }
            variable "FOLDER" { default = "services" }
            variable "TAG" {}
            group "default" { targets = ["api", "web"] }
            function "tag" { params = [x]
              result = ["a/${x}"] }
            target "base" {
              context = "./${FOLDER}/api" // here
              args = { VERSION = "1", "OTHER" = null }
            }
            target "api" {
              inherits = ["base"]
              dockerfile = "docker/api.Dockerfile"
              target = "run"
              tags = tag("api")
              contexts = { lib = "target:lib" }
            }
            target "lint" { context = "." 
              target = "lint"
              output = ["type=cacheonly"] tags = ["x"]
            }
            target "web" {
              context = TAG != "" ? "a" : "b"
              dockerfile-inline = <<EOF
FROM a
target "hidden" { context = "x" }
EOF
              tags = ["acme/web:${TAG}",
                      "acme/web"]
            }
        "#;
        assert_eq!(
            told("docker-bake.hcl", text),
            [
                row("./services/api", "docker/api.Dockerfile", "run", true),
                row("./services/api", "Dockerfile", "-", false),
                row(".", "Dockerfile", "lint", false),
                row("?", "-", "-", true),
            ]
        );
        let api = &targets(&[("docker-bake.hcl", text)])[0];
        assert_eq!((api.args.join(" "), api.contexts.join(" ")), ("VERSION OTHER".into(), "lib".into()));
    }

    #[test]
    fn targets_are_read_from_json_and_overridden() {
        let main = r#"{"target": {"a": {"context": "x", "tags": ["t"]}, "b": {"dockerfile": "B"}}}"#;
        assert_eq!(
            told("docker-bake.json", main),
            [row("x", "Dockerfile", "-", true), row(".", "B", "-", false)]
        );
        let both =
            [("docker-bake.json", main), ("docker-bake.override.hcl", "target \"a\" { context = \"y\" }")];
        assert_eq!(targets(&both)[0].context, Known::Text("y".to_owned()));
    }

    #[test]
    fn no_text_stops_the_reader() {
        let deep = format!("target \"a\" {{ context = {}", "[({".repeat(100_000));
        let circle = "target \"a\" { inherits = [\"b\"] }\ntarget \"b\" { inherits = [\"a\"] }";
        for text in [
            "",
            "target",
            "target \"a\"",
            "target \"a\" {",
            "\"",
            "<<",
            "<<A\n",
            "}",
            &deep,
            circle,
            "${",
            "/*",
        ] {
            let _ = targets(&[("docker-bake.hcl", text), ("docker-bake.json", text)]);
        }
    }
}
