//! Which values are secrets and which only stand for one: references, placeholders, switches.

/// What a value under a credential's name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, a switch, a number that is no password, a path, a reference to somewhere else.
    Harmless,
    /// `changeme`, `<your-token>`, `xxx`: it says itself that it is to be replaced.
    Placeholder,
    /// A literal that opens something.
    Literal,
}

/// Words that people put where a secret should come.
const STAND_INS: [&str; 42] = [
    "changeme",
    "changeit",
    "change-me",
    "change_me",
    "change",
    "replace",
    "replaceme",
    "replace_me",
    "replace-me",
    "placeholder",
    "dummy",
    "todo",
    "tbd",
    "fixme",
    "xxx",
    "example",
    "yourpassword",
    "your_password",
    "your-password",
    "insert",
    "redacted",
    "omitted",
    "secret-here",
    "password-here",
    "token-here",
    "fake",
    "sample",
    "none",
    "null",
    "nil",
    "undefined",
    "empty",
    "notset",
    "not-set",
    "unset",
    "invalid",
    "long-and-random",
    "do_not_use",
    "do-not-use",
    "donotuse",
    "not-a-real",
    "not_a_real",
];

/// Letters that a token drawn by lot does not hold and a made-up one often does; in small letters.
pub(super) const MADE_UP: [&str; 17] = [
    "example",
    "xxxxx",
    "placeholder",
    "changeme",
    "redacted",
    "yourtoken",
    "your_",
    "your-",
    "12345678",
    "abcdefgh",
    "dummy",
    "insert",
    "00000000",
    "sample",
    "replace",
    "fake",
    "deadbeef",
];

/// Judges a value with its quotes taken off.
pub fn judge(value: &str) -> Value {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let switch = matches!(lower.as_str(), "" | "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1");
    if switch || is_reference(value) || is_path(value) || is_kind_or_file(&lower) {
        return Value::Harmless;
    }
    // `$$NAME`: a dollar that a tool in between takes away.
    if value
        .strip_prefix("$$")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '{'))
    {
        return Value::Harmless;
    }
    let wrapped = |open: char, close: char| value.starts_with(open) && value.ends_with(close);
    let repeated = value.len() > 1 && value.bytes().all(|b| b == value.as_bytes()[0] && !b.is_ascii_digit());
    if lower == "secret"
        || wrapped('<', '>')
        || wrapped('[', ']')
        || wrapped('*', '*')
        || repeated
        || STAND_INS.iter().any(|word| lower.contains(word) && (word.len() > 6 || lower.starts_with(word)))
        || ["your", "fillin", "you-must", "put-your", "enter-your"]
            .iter()
            .any(|start| lower.starts_with(start))
        || value.ends_with("...")
        || value.ends_with('…')
        || lower.starts_with("my-super")
    {
        return Value::Placeholder;
    }
    Value::Literal
}

/// The value is looked up elsewhere: a variable, a template, a command.
pub fn is_reference(value: &str) -> bool {
    let unescaped = value.replace("$$", "");
    unescaped.starts_with('$')
        || opens_and_closes(&unescaped, "${", '}')
        || opens_and_closes(&unescaped, "$(", ')')
        || value.contains("{{")
        || value.contains("<%")
        || (value.starts_with('%') && value.ends_with('%') && value.len() > 2)
        || ["vault:", "op://", "ssm:", "secretsmanager:", "file:", "env:"]
            .iter()
            .any(|scheme| value.starts_with(scheme))
}

/// What begins like a reference may be a password with such signs in it, unless it ends like one, too.
fn opens_and_closes(value: &str, open: &str, close: char) -> bool {
    value.find(open).is_some_and(|at| value[at..].contains(close))
}

/// The value is a place in a file system, where a secret may lie.
fn is_path(value: &str) -> bool {
    let begins = value.starts_with('/')
        || value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with("~/");
    begins
        && !value.contains(char::is_whitespace)
        && value[1..].bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-~".contains(&b))
}

/// The value says of what kind a token is (`jwt`), or names a file that holds the secret (`broker_creds`, as Kafka's
/// images want it).
fn is_kind_or_file(value: &str) -> bool {
    matches!(value, "jwt" | "opaque")
        || ["_creds", "-creds", ".json", ".pem", ".key", ".jks", ".p12", ".txt"]
            .iter()
            .any(|end| value.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::{Value, judge};

    #[test]
    fn values_are_told_apart() {
        for value in [
            "",
            "true",
            "${DB_PASSWORD}",
            "$TOKEN",
            "/run/secrets/db",
            "{{ password }}",
            "%PASSWORD%",
            "jwt",
            "opaque",
        ]
        .into_iter()
        .chain(["broker_creds", "key.json"])
        {
            assert_eq!(judge(value), Value::Harmless, "{value}");
        }
        for value in [
            "changeme",
            "ChangeMe123",
            "<your-token>",
            "xxxxx",
            "your_api_key",
            "dummy",
            "*****",
            "secret",
            "9cba02...",
        ] {
            assert_eq!(judge(value), Value::Placeholder, "{value}");
        }
        for value in ["hunter2", "p$$word", "postgres", "s3cr3t!", "12345", "secret2", "r(m)9nLGnz$(_q3N4"] {
            assert_eq!(judge(value), Value::Literal, "{value}");
        }
    }
}
