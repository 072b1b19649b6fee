//! Credentials among a container's pairs of name and value: which values are written out, and where.

use std::collections::HashSet;
use std::ops::Range;

use crate::container::{ContainerSpec, Pair, Text};
use crate::secrets::values::{self, Value};
use crate::secrets::{self, names};

/// All environment variables of a container, those of its hooks included.
pub fn environment(spec: &ContainerSpec) -> impl Iterator<Item = &Pair> {
    spec.environment.iter().chain(spec.hooks.iter().flat_map(|hook| &hook.environment))
}

/// Whether a value is written out and opens something, under a name that says so.
pub fn is_literal(name: &str, value: &str) -> bool {
    names::is_credential(name) && opens(name, value)
}

/// Whether a value, whatever its name, is no switch, no reference, no placeholder and not just its own name, which is
/// to be filled in. In other letters the name is a password that people chose: `DB_PASSWORD: db_password`.
fn opens(name: &str, value: &str) -> bool {
    // Compose makes one dollar of two, so what looks like a reference behind it is text.
    let text = if value.contains("$$") { &*value.replace("$$", "S") } else { value };
    values::judge(text) == Value::Literal
        && name != value
        && !has_variable(value)
        && !is_named_alike(name, value)
        // A variable of CapRover, which fills in a template.
        && !value.contains("$$cap_")
}

/// A key or token, which somebody else makes up, is called so instead: `MINIO_ACCESS_KEY: oss_access_key`.
fn is_named_alike(name: &str, value: &str) -> bool {
    let is_plain = value.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
    is_plain && names::end_in_one_key(name, value)
}

/// Compose puts a variable's value somewhere into the text.
fn has_variable(value: &str) -> bool {
    let unescaped = value.replace("$$", "");
    unescaped.split('$').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// The value is the name of one of the container's secrets: the program reads the file of that name.
pub fn is_name_of_grant(spec: &ContainerSpec, value: &Text) -> bool {
    value.value().is_some_and(|value| {
        spec.secrets.iter().any(|grant| {
            grant.source.is(value) || grant.target.as_ref().is_some_and(|target| target.is(value))
        })
    })
}

/// The value is of a strength that no one chooses for a throw-away database: a token, or long and mixed. Words that
/// people choose have few digits; `/` and `+` are Base64's.
pub fn is_strong(value: &str) -> bool {
    let count = |wanted: fn(&u8) -> bool| value.bytes().filter(wanted).count();
    let distinct: HashSet<u8> = value.bytes().collect();
    secrets::holds_token(value)
        || (value.len() >= 20
            && distinct.len() >= 10
            && !value.contains([' ', '<'])
            && !value.contains("://")
            && count(u8::is_ascii_digit) >= 3
            && count(u8::is_ascii_alphabetic) >= 6)
}

/// A `${NAME:-text}` in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback<'t> {
    pub name: &'t str,
    /// The text behind the operator, in bytes of the whole text.
    pub range: Range<usize>,
    /// The variable is the whole text, so that the text's name is the variable's, too.
    pub whole: bool,
}

/// The literal texts that variables in `raw` fall back to, or are replaced by (`:+`); nested ones too.
pub fn fallbacks(raw: &str) -> Vec<Fallback<'_>> {
    let mut found = Vec::new();
    collect(raw, 0..raw.len(), true, 0, &mut found);
    found
}

fn collect<'t>(raw: &'t str, within: Range<usize>, whole: bool, depth: usize, found: &mut Vec<Fallback<'t>>) {
    // Deeper nesting is nobody's; the limit keeps a hostile file from taking the stack.
    if depth > 8 {
        return;
    }
    let bytes = raw.as_bytes();
    let mut at = within.start;
    while let Some(dollar) = memchr::memchr(b'$', &bytes[at..within.end])
        && at + dollar + 1 < within.end
    {
        at += dollar;
        if bytes[at + 1] != b'{' {
            // `$$` is a dollar.
            at += 2;
            continue;
        }
        let Some(end) = closing(bytes, at + 2, within.end) else { return };
        let inside = at + 2..end;
        let name_end = raw[inside.clone()]
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .map_or(inside.end, |length| inside.start + length);
        let operator = [":-", "-", ":+", "+"]
            .iter()
            .find_map(|operator| raw[name_end..inside.end].starts_with(*operator).then_some(operator.len()));
        if let Some(length) = operator {
            let range = name_end + length..inside.end;
            let alone = whole && at == within.start && end + 1 == within.end;
            if raw[range.clone()].contains("${") {
                collect(raw, range, alone, depth + 1, found);
            } else {
                found.push(Fallback { name: &raw[inside.start..name_end], range, whole: alone });
            }
        }
        at = end + 1;
    }
}

/// The `}` that closes a `${` whose inside begins at `from`.
fn closing(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    let mut depth = 1;
    let mut at = from;
    while at < end {
        match bytes[at] {
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The fallbacks of a value that are credentials, by the variable's name or by that of the whole.
pub fn secret_fallbacks<'t>(name: &'t str, value: &'t Text) -> impl Iterator<Item = Fallback<'t>> {
    fallbacks(&value.raw).into_iter().filter(move |fallback| {
        // `MINIO_ROOT_USER: ${ACCESS_KEY:-minio}`: the outer name knows better what the value is.
        let credential = match fallback.whole {
            true if names::is_about(name) => false,
            true => names::is_credential(name) || names::is_credential(fallback.name),
            false => names::is_credential(fallback.name),
        };
        credential && opens(fallback.name, &value.raw[fallback.range.clone()])
    })
}

// hullguard: ignore-file=assigned-password the tests' samples
#[cfg(test)]
mod tests {
    use super::{fallbacks, is_literal, is_strong};

    fn literals(raw: &str) -> Vec<(&str, &str, bool)> {
        fallbacks(raw).into_iter().map(|f| (f.name, &raw[f.range.clone()], f.whole)).collect()
    }

    #[test]
    fn fallbacks_are_found() {
        assert_eq!(literals("${A:-x}"), [("A", "x", true)]);
        assert_eq!(literals("${A-x}${B:+y}"), [("A", "x", false), ("B", "y", false)]);
        assert_eq!(literals("${A:-${B:-pw}}"), [("B", "pw", true)]);
        assert_eq!(literals("pg://u:${P:-pw}@h"), [("P", "pw", false)]);
        for raw in ["$A", "${A}", "${A:?say it}", "$${A:-x}", "${A", "$", "${", "é${A:?é}é"] {
            assert_eq!(literals(raw), [], "{raw}");
        }
    }

    #[test]
    fn a_nest_of_braces_is_given_up() {
        assert_eq!(fallbacks(&"${A:-".repeat(10_000)), []);
    }

    #[test]
    fn own_names_and_weak_words_are_told_apart() {
        assert!(is_literal("DB_PASSWORD", "hunter2"));
        assert!(is_literal("DB_PASSWORD", "db-password"));
        assert!(is_literal("H_TOKEN_SECRET", "h_token_secret"));
        assert!(!is_literal("DB_PASSWORD", "DB_PASSWORD"));
        assert!(is_literal("DB_PASSWORD", "$$ecretRef"));
        assert!(is_literal("DB_PASSWORD", "$${ecret"));
        assert!(!is_literal("DB_PASSWORD", "$$$NAME"));
        assert!(!is_literal("DB_USER", "hunter2"));
        assert!(!is_literal("DB_PASSWORD", "pre-$SUFFIX"));
        assert!(is_literal("DB_PASSWORD", "pa$$word"));
        assert!(!is_strong("postgres"));
        assert!(!is_strong(&"00".repeat(16)));
        assert!(!is_strong("a-long-development-password1"));
        assert!(is_strong("aB3/dE6+gH9/jK2/mN5+pQ8="));
        assert!(is_strong("a1b2c3d4e5f6a7b8c9d0e1f2"));
    }
}
