//! Which values are secrets and which only stand for one: references, placeholders, switches.

use super::names;

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

/// Words that people put where a secret should come. They count where a value begins with them, alone or among
/// [`FILLERS`], and where they are all of a run of letters.
static STAND_INS: Words<38> = with_letters([
    "changeme",
    "changeit",
    "changethis",
    "change",
    "replace",
    "replaceme",
    "placeholder",
    "dummy",
    "todo",
    "tbd",
    "fixme",
    "xxx",
    "example",
    "insert",
    "redacted",
    "omitted",
    "fake",
    "sample",
    "none",
    "null",
    "nil",
    "undefined",
    "empty",
    "notset",
    "unset",
    "invalid",
    "your",
    "fillin",
    "fill",
    "put",
    "enter",
    "donotuse",
    "youmust",
    "mysuper",
    "notareal",
    "longandrandom",
    "setme",
    "something",
]);
/// The same, with signs between their words.
static STAND_IN_PHRASES: Words<19> = with_letters([
    "change-me",
    "change_me",
    "replace_me",
    "replace-me",
    "secret-here",
    "password-here",
    "token-here",
    "not-set",
    "long-and-random",
    "do_not_use",
    "do-not-use",
    "not-a-real",
    "not_a_real",
    "you-must",
    "my-super",
    "set-a-",
    "set-secure-",
    "set-your-",
    "set_your_",
]);
/// Long words that stand in no password by chance.
static UNMISTAKABLE: Words<14> = with_letters([
    "xxxxxx",
    "changeme",
    "changethis",
    "placeholder",
    "example",
    "redacted",
    "undefined",
    "yourpassword",
    "your_token",
    "your-token",
    "your_key",
    "your-key",
    "your_api",
    "your-api",
]);
/// Words that stand beside a stand-in and say nothing more: `changemePassword`, `yourApiKey`, `fakesecret`.
static FILLERS: Words<65> = with_letters([
    "my",
    "your",
    "this",
    "the",
    "a",
    "an",
    "me",
    "it",
    "is",
    "in",
    "to",
    "for",
    "with",
    "by",
    "of",
    "please",
    "now",
    "here",
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "token",
    "secret",
    "secrets",
    "key",
    "keys",
    "value",
    "string",
    "text",
    "data",
    "user",
    "username",
    "name",
    "db",
    "database",
    "admin",
    "root",
    "app",
    "application",
    "api",
    "access",
    "auth",
    "private",
    "public",
    "client",
    "service",
    "account",
    "id",
    "jwt",
    "hash",
    "salt",
    "signing",
    "session",
    "production",
    "prod",
    "dev",
    "test",
    "real",
    "random",
    "something",
    "secure",
    "strong",
    "default",
]);

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

/// Words with the letters that each is made of: in a text that lacks one of them the word need not be looked for.
type Words<const N: usize> = [(&'static str, u32); N];

const fn with_letters<const N: usize>(words: [&'static str; N]) -> Words<N> {
    let mut all = [("", 0); N];
    let mut at = 0;
    while at < N {
        all[at] = (words[at], letters(words[at]));
        at += 1;
    }
    all
}

/// A bit for each letter of a text.
const fn letters(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut letters = 0;
    let mut at = 0;
    while at < bytes.len() {
        letters |= 1 << (bytes[at] & 31);
        at += 1;
    }
    letters
}

/// The words that may stand in a text.
fn may_stand_in(words: &[(&'static str, u32)], text: &str) -> impl Iterator<Item = &'static str> {
    let missing = !letters(text);
    words.iter().filter(move |(_, letters)| letters & missing == 0).map(|(word, _)| *word)
}

/// The value is the name over again: `API_KEY=api-key`. Nothing is said by it, and nothing hidden.
pub fn repeats_name(name: &str, value: &str) -> bool {
    let letters = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    // `AWS_SECRET_ACCESS_KEY not set.`
    let sentence = value.split_once(' ').is_some_and(|(first, _)| first == name);
    sentence || letters(name) == letters(value)
}

/// Judges a value with its quotes taken off.
pub fn judge(value: &str) -> Value {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let switch = matches!(lower.as_str(), "" | "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1");
    let nothing =
        matches!(lower.trim_matches('*'), "none" | "null" | "nil" | "undefined" | "ignored" | "unused");
    // What a linter makes of a rule: `no-hardcoded-password: error`.
    let level = matches!(lower.as_str(), "error" | "warning" | "warn" | "note");
    let harmless = is_reference(value) || is_encrypted(value) || is_path(value) || is_kind_or_file(&lower);
    if switch || nothing || level || harmless {
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
    let one = value.len() > 1 && value.bytes().all(|b| b == value.as_bytes()[0]);
    // `0000` may open a lock; sixteen of one digit are a place to be filled in.
    let repeated = one && (!value.as_bytes()[0].is_ascii_digit() || value.len() >= 16);
    if lower == "secret"
        || wrapped('<', '>')
        || lower.starts_with("&lt;")
        || wrapped('[', ']')
        || wrapped('*', '*')
        || repeated
        || stands_in(&lower)
        || is_variable(value)
        || is_crossed_out(&lower)
        || value.ends_with("...")
        || value.ends_with('…')
        || value.contains("[...]")
        || is_yours(value)
    {
        return Value::Placeholder;
    }
    Value::Literal
}

/// A value, in small letters, says that another is to be put in its place: a run of letters in it is a stand-in, alone
/// or among words that say no more. `fakenham` is a town, `nilesh` a name, and a password may begin with either.
fn stands_in(lower: &str) -> bool {
    let holds = |words: &[(&'static str, u32)]| may_stand_in(words, lower).any(|word| lower.contains(word));
    let first = lower.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    holds(&STAND_IN_PHRASES)
        || holds(&UNMISTAKABLE)
        || may_stand_in(&STAND_INS, first).any(|word| {
            first.find(word).is_some_and(|start| {
                let behind = first[start + word.len()..].trim_start_matches('x');
                is_filler(&first[..start]) && is_filler(behind)
            })
        })
        || lower
            .split(|c: char| !c.is_ascii_alphabetic())
            .any(|run| run.len() > 6 && is_filler(run) && holds_one(run))
}

/// The name of a variable that holds one: `--password DB_PASSWORD`.
fn is_variable(value: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase());
    value.contains('_') && value.split('_').all(is_part) && names::is_credential(value)
}

/// `YourControlPassword`
fn is_yours(value: &str) -> bool {
    let rest = value.strip_prefix("Your").or(value.strip_prefix("your"));
    rest.is_some_and(|rest| matches!(rest.as_bytes(), [b'A'..=b'Z', b'a'..=b'z', ..]))
}

/// The prefix of a token, and crosses: `sk-xxx-xxx`.
fn is_crossed_out(lower: &str) -> bool {
    let (prefix, crosses) = lower.split_once(['-', '_']).unwrap_or_default();
    prefix.len() <= 4
        && crosses.split(['-', '_']).all(|part| part.len() >= 3 && part.bytes().all(|b| b == b'x'))
}

fn holds_one(run: &str) -> bool {
    may_stand_in(&STAND_INS, run).any(|word| word.len() > 3 && run.contains(word))
}

/// Nothing but [`FILLERS`] and stand-ins, one after the other.
fn is_filler(run: &str) -> bool {
    let mut reached = vec![false; run.len() + 1];
    reached[0] = true;
    let words: Vec<&str> = may_stand_in(&FILLERS, run).chain(may_stand_in(&STAND_INS, run)).collect();
    for at in 0..run.len() {
        if reached[at] {
            for word in words.iter().filter(|word| run[at..].starts_with(**word)) {
                reached[at + word.len()] = true;
            }
        }
    }
    reached[run.len()]
}

/// The value is looked up elsewhere: a variable, a template, a command.
pub fn is_reference(value: &str) -> bool {
    // Most values have none of the signs that a reference is written with.
    if !value.contains(['$', '#', '{', '<', '%', '`', ':', '@', '=']) {
        return false;
    }
    let unescaped = value.replace("$$", "");
    unescaped.starts_with('$')
        || opens_and_closes(&unescaped, "${", '}')
        || opens_and_closes(&unescaped, "$(", ')')
        || opens_and_closes(&unescaped, "#{", '}')
        || opens_and_closes(&unescaped, "%{", '}')
        || opens_and_closes(&unescaped, "%24(", ')')
        || is_named_in_braces(value)
        // Words of mail in another character set, and Razor's templates.
        || value.starts_with("=?") && value.ends_with("?=")
        || ["@Model", "@Html.", "@Url.", "@ViewBag", "@("].iter().any(|start| value.starts_with(start))
        || value.len() > 2 && value.starts_with('`') && value.ends_with('`')
        || value.contains("{{")
        || value.contains("<%")
        || (value.starts_with('%') && value.ends_with('%') && value.len() > 2)
        || (value.starts_with("@@") && value.ends_with("@@") && value.len() > 4)
        || ["vault:", "op://", "ref+", "ssm:", "secretsmanager:", "file:", "env:", "hash:/", "openpgp4fpr:"]
            .iter()
            .any(|scheme| value.starts_with(scheme))
}

/// What begins like a reference may be a password with such signs in it, unless it ends like one, too.
fn opens_and_closes(value: &str, open: &str, close: char) -> bool {
    value.find(open).is_some_and(|at| value[at..].contains(close))
}

/// Python's `{MQTT_PASSWORD}`.
fn is_named_in_braces(value: &str) -> bool {
    let name = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
    })
}

/// A tool has encrypted the value and says so: SOPS and eyaml (`ENC[…]`), Jasypt (`ENC(…)`), Spring (`{cipher}…`),
/// dotenvx (`encrypted:…`), Maven and Jenkins (base64 in braces).
fn is_encrypted(value: &str) -> bool {
    let inside = |open: &str, close: char| value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let is_base64 = |text: &str| {
        text.len() >= 16 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    };
    value.starts_with("ENC[AES256_GCM,")
        || value.starts_with("ENC[PKCS7,")
        || value.starts_with("{cipher}")
        || value.starts_with("encrypted:")
        || inside("ENC(", ')').is_some()
        || inside("{", '}').is_some_and(is_base64)
}

/// The value is a place in a file system, where a secret may lie.
fn is_path(value: &str) -> bool {
    let begins = value.starts_with('/')
        || value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with("~/");
    begins
        && !value.contains(char::is_whitespace)
        && value[1..].bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-~#".contains(&b))
}

/// The value says of what kind a token is (`jwt`), or names a file that holds the secret (`broker_creds`, as Kafka's
/// images want it).
fn is_kind_or_file(value: &str) -> bool {
    // A sign of a font, by its number: `\f21b`.
    let is_sign =
        |number: &str| (4..=5).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_hexdigit());
    if value.strip_prefix('\\').is_some_and(is_sign) {
        return true;
    }
    // What a workflow may do with its token (`id-token: write`), or with secrets (`secrets: inherit`), and what a browser
    // sends (`credentials: 'include'`), too.
    matches!(value, "jwt" | "bearer" | "opaque" | "read" | "write" | "inherit")
        || matches!(value, "include" | "same-origin" | "omit" | "1password")
        || is_cipher(value)
        || is_rule(value)
        // The type of a field, and of one that must be given, in GraphQL.
        || matches!(value, "string" | "object" | "boolean" | "string!" | "[string!]!" | "id!" | "int!")
        || matches!(value, "uuid" | "uuid4" | "guid")
        // A security advisory.
        || value.len() == 19 && value.starts_with("ghsa-")
        // The type of a column.
        || ["varchar(", "nvarchar(", "char(", "varbinary(", "binary(", "text not null"]
            .iter()
            .any(|kind| value.starts_with(kind))
        || ["_creds", "-creds", ".json", ".pem", ".key", ".jks", ".p12", ".rsa", ".txt"]
            .iter()
            .any(|end| value.ends_with(end))
}

/// What a value must be: Laravel's `required|captcha`, `password(5,10)` of Home Assistant's add-ons.
fn is_rule(value: &str) -> bool {
    let first = value.split('|').next().unwrap_or(value);
    let listed =
        first.len() < value.len() && matches!(first, "required" | "nullable" | "sometimes" | "string");
    let limits = value.strip_prefix("password(").and_then(|rest| rest.strip_suffix(')'));
    listed || limits.is_some_and(|limits| limits.bytes().all(|b| b.is_ascii_digit() || b == b','))
}

/// The name of a way to encrypt: `aes-256-cfb`.
fn is_cipher(value: &str) -> bool {
    let is_named = ["aes-", "camellia-", "chacha20-", "xchacha20-", "2022-blake3-"]
        .iter()
        .any(|cipher| value.starts_with(cipher));
    is_named
        && value.split('-').skip(1).all(|part| {
            let is_size = matches!(part, "128" | "192" | "256");
            is_size
                || matches!(
                    part,
                    "cfb"
                        | "ctr"
                        | "gcm"
                        | "cbc"
                        | "ofb"
                        | "ietf"
                        | "poly1305"
                        | "blake3"
                        | "aes"
                        | "chacha20"
                )
        })
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
            "VARCHAR(80)",
            "TEXT NOT NULL",
            "error",
            "Warning",
            "aes-256-cfb",
            "chacha20-ietf-poly1305",
            "\\f21b",
            "inherit",
            "same-origin",
            "required|captcha",
            "password(5,10)",
            "string",
            "ENC[AES256_GCM,data:q7Zr,iv:9Lx2,tag:Vb8K,type:str]",
            "{cipher}q7Zr9Lx2Vb8K",
            "{q7Zr9Lx2Vb8KpM3t=}",
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
            "!ChangeThisKey!",
            "put_your_key_here",
            "set-secure-rabbitmq-password",
            "something",
            "changeme2420",
            "fakeSecretToken1",
            "example-password-1",
            "0000000000000000000000000000000000000000",
            "MYSQL_ROOT_PASSWORD",
            "sk-xxx-xxx-xxx",
        ] {
            assert_eq!(judge(value), Value::Placeholder, "{value}");
        }
        for value in [
            "hunter2",
            "p$$word",
            "postgres",
            "DB_PASSWORD1",
            "_PASS_",
            "aes-2024!",
            "sk-xx-4q",
            "s3cr3t!",
            "12345",
            "secret2",
            "r(m)9nLGnz$(_q3N4",
        ]
        .into_iter()
        // Names, towns and words that begin like a stand-in.
        .chain(["Nilesh2024#Kq", "Todorov!1987x", "EmptyNest$12z", "Fakenham#2024", "Changsha#2019x"])
        .chain([
            "Yourick#2019",
            "Nonesuch!77",
            "Sampleton#31x",
            "Replacer9!k",
            "0000",
            "Nullarbor$88",
        ]) {
            assert_eq!(judge(value), Value::Literal, "{value}");
        }
    }
}
