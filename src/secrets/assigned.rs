//! Values under names of credentials: is this literal a secret in use?
//!
//! The name, the way the value is tied to it, the value itself and the file's kind are weighed against each other.
//! Where names and values stand is found by `syntax`; the shapes of known tokens are `patterns`' business.

use super::about::{About, Kind};
use super::random::{self, DRAWN};
use super::syntax::{Assignment, Form};
use super::{names, values};
use crate::rule::Confidence::{self, High, Low, Medium};

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// Drawn by lot.
    Drawn,
    /// As people choose passwords: letters with digits or signs among them.
    Chosen,
    /// A plain word or number.
    Word,
    /// Prose, code, a path, an address: something else.
    Text,
}

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Password,
    /// A token, a secret, a key to an interface.
    Secret,
    /// `key`, `auth`, `salt`: secret perhaps.
    Perhaps,
}

/// What a name announces, if it announces a credential at all.
pub(super) fn name(text: &str) -> Option<Name> {
    if names::is_credential(text) {
        let password = names::words(text).iter().any(|word| {
            matches!(
                word.as_str(),
                "password"
                    | "passwd"
                    | "passwort"
                    | "pword"
                    | "passphrase"
                    | "pass"
                    | "pwd"
                    | "psw"
                    | "dbpass"
            )
        });
        return Some(if password { Name::Password } else { Name::Secret });
    }
    names::may_be_credential(text).then_some(Name::Perhaps)
}

/// How sure it is that an assignment writes out a secret; `None` if it is none.
pub(super) fn judge(text: &[u8], found: &Assignment, about: About) -> Option<Confidence> {
    let value = std::str::from_utf8(&text[found.value.clone()]).ok()?;
    let written = std::str::from_utf8(&text[found.name.clone()]).ok()?;
    let shown = value.trim();
    if shown.len() < 4 {
        return None;
    }
    // The cheap questions first: most names are no credentials', and most values plain words.
    let name = name(last_part(written, found.form))?;
    if name == Name::Perhaps && shown.len() < 16 {
        return None;
    }
    let strength = strength(shown);
    if strength == Strength::Text
        || name == Name::Perhaps && strength != Strength::Drawn
        || values::judge(shown) != values::Value::Literal
        || repeats_name(written, shown)
    {
        return None;
    }
    if !found.quoted && !stands_bare(shown, found, strength, about.kind) {
        return None;
    }
    let long = shown.len() >= 16;
    let mut confidence = match (name, strength) {
        (Name::Password | Name::Secret, Strength::Drawn) if long => High,
        (Name::Password | Name::Secret, Strength::Drawn) => Medium,
        (Name::Password, Strength::Chosen) => Medium,
        (Name::Secret, Strength::Chosen) if shown.len() >= 8 => Medium,
        (Name::Password, Strength::Word) if is_set(shown, found, about.kind) => Medium,
        (Name::Password | Name::Secret, _) => Low,
        (Name::Perhaps, Strength::Drawn) if shown.len() >= 24 && !is_hex(shown) => Medium,
        (Name::Perhaps, Strength::Drawn) if long => Low,
        (Name::Perhaps, _) => return None,
    };
    if is_uuid(shown) {
        confidence = confidence.lower();
    }
    if found.form == Form::Passed && strength != Strength::Drawn || found.partial {
        confidence = confidence.lower();
    }
    let thought_up = about.staged && strength != Strength::Drawn;
    Some(if thought_up { Low } else { about.weigh(confidence) })
}

/// Of `config.setPassword(` the last part counts; of `spring.datasource.password=` all of it.
fn last_part(name: &str, form: Form) -> &str {
    match form {
        Form::Passed => name.rsplit('.').next().unwrap_or(name),
        Form::Assigned | Form::Spaced => name,
    }
}

/// A value without quotes is a literal only where the language has such: not in code, and not if it looks like code.
fn stands_bare(value: &str, found: &Assignment, strength: Strength, kind: Kind) -> bool {
    let code = value.contains(['(', '[', '{', '}', '|', '<', '>'])
        || value.contains("->")
        || value.contains("::")
        || (value.contains('.')
            && value.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic())));
    match kind {
        Kind::Config => strength == Strength::Drawn || !code,
        // In a connection string or an address inside a literal.
        Kind::Code => strength == Strength::Drawn && !code && found.form == Form::Assigned && !found.leads,
        Kind::Docs | Kind::Made | Kind::Unknown => !code && (strength != Strength::Word || found.leads),
    }
}

/// The value is its name, or a name's usual words around it: `password`, `db-password`, `mySecretToken`.
fn repeats_name(name: &str, value: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let (name, value) = (plain(name), plain(value));
    value.is_empty() || name.contains(&value) || (value.contains(&name) && value.len() < name.len() + 4)
}

/// A plain word as a password, where configuration sets one: not a label for people, not the name of a type.
fn is_set(value: &str, found: &Assignment, kind: Kind) -> bool {
    const TYPES: [&str; 22] = [
        "string", "text", "varchar", "required", "optional", "integer", "number", "object", "boolean",
        "hidden", "input", "field", "anything", "nullable", "unknown", "default", "always", "never", "plain",
        "admin", "enabled", "prompt",
    ];
    let label = value.starts_with(|c: char| c.is_ascii_uppercase())
        && value[1..].bytes().all(|b| b.is_ascii_lowercase());
    kind == Kind::Config
        && found.form == Form::Assigned
        && value.len() >= 5
        && !label
        && !random::is_pattern(value.as_bytes())
        && !TYPES.contains(&value.to_ascii_lowercase().as_str())
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36 && value.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

fn is_hex(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// What a value looks like, by itself.
pub(super) fn strength(value: &str) -> Strength {
    let bytes = value.as_bytes();
    let count = |wanted: fn(&u8) -> bool| bytes.iter().filter(|b| wanted(b)).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    let signs = bytes.len() - digits - letters;
    if value.contains(char::is_whitespace) || is_address(value) {
        return Strength::Text;
    }
    if random::is_pattern(bytes) || letters == 0 && signs == 0 {
        return Strength::Word;
    }
    if bytes.len() >= 8 && is_drawn(bytes, digits, letters) {
        return Strength::Drawn;
    }
    if is_term(value) {
        return Strength::Text;
    }
    let telling = bytes.iter().filter(|b| b"!@#$%^&*?~+=".contains(b)).count();
    if !value.is_ascii() || letters == 0 && signs > 2 {
        return Strength::Text;
    }
    if letters >= 2 && (digits >= 1 || telling >= 1) && bytes.len() >= 6 && bytes.len() <= 64 {
        return Strength::Chosen;
    }
    Strength::Word
}

/// Drawn by lot, as a whole or in its longest piece between signs.
fn is_drawn(bytes: &[u8], digits: usize, letters: usize) -> bool {
    let hex = bytes.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
    if hex {
        return bytes.len() >= 16 && digits >= 2 && letters >= 2 && random::entropy(bytes) > 2.6;
    }
    let pieces = bytes.split(|b| !b.is_ascii_alphanumeric());
    let longest = pieces.max_by_key(|piece| piece.len()).unwrap_or(bytes);
    let core = if longest.len() * 2 >= bytes.len() { longest } else { bytes };
    // Letters alone are seldom drawn; a long name of few vowels looks it.
    let mixed = digits >= 1 || bytes.len() >= 20;
    mixed && random::score(core).max(random::score(bytes)) > DRAWN && random::entropy(bytes) > 2.5
}

/// An address, a path, a file, a MIME type, a version, a date.
fn is_address(value: &str) -> bool {
    let file = value.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty()
            && matches!(
                ending,
                "pem"
                    | "key"
                    | "crt"
                    | "json"
                    | "yml"
                    | "yaml"
                    | "txt"
                    | "xml"
                    | "js"
                    | "ts"
                    | "py"
                    | "go"
                    | "sh"
                    | "env"
                    | "html"
                    | "php"
                    | "conf"
                    | "com"
                    | "org"
                    | "net"
                    | "io"
                    | "local"
                    | "java"
                    | "md"
                    | "rb"
                    | "jks"
                    | "p12"
                    | "pfx"
                    | "properties"
            )
    });
    let version = value.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-' || b == b':')
        && value.contains(['.', '-', ':']);
    let email = value.split_once('@').is_some_and(|(user, host)| {
        host.contains('.')
            && [user, host]
                .iter()
                .all(|part| part.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+".contains(&b)))
    });
    value.contains("://")
        || value.starts_with('/') && value.matches('/').count() > 1
        || value.starts_with("arn:")
        || value.starts_with("sha256:")
        || value.starts_with("--")
        || file
        || version
        || email
}

/// Words that have digits in them, and names made of words: `sha256`, `oauth2_client_id`, `AES-256-GCM`, `ecdsa-p256`.
fn is_term(value: &str) -> bool {
    const TERMS: [&str; 26] = [
        "sha1", "sha2", "sha256", "sha384", "sha512", "md5", "utf8", "base64", "base32", "oauth2", "oauth1",
        "hs256", "hs384", "hs512", "rs256", "rs384", "rs512", "es256", "es384", "ps256", "aes", "x509",
        "bcrypt", "argon2", "ed25519", "pkcs12",
    ];
    let lower = value.to_ascii_lowercase();
    let bare: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    if TERMS.contains(&bare.as_str()) || TERMS.iter().any(|term| term.len() > 3 && lower.starts_with(term)) {
        return true;
    }
    // Several words between `_`, `-`, `.`, `:` or `/`, with few digits.
    let words: Vec<&str> = lower.split(['_', '-', '.', ':', '/']).collect();
    let wordy = |word: &&str| {
        let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
        let digits = word.len() - letters.len();
        word.is_ascii()
            && (word.len() <= 2
                || digits <= 3 && digits * 2 <= word.len() && random::reads(letters.as_bytes()))
    };
    words.len() >= 2 && words.iter().all(wordy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_by_their_looks() {
        for (value, expected) in [
            ("q7Zr9Lx2Vb8KpM3t", Strength::Drawn),
            ("0cc175b9c0f1b6a831c399e269772661", Strength::Drawn),
            ("hunter2", Strength::Chosen),
            ("Summer2019!", Strength::Chosen),
            ("P@ssw0rd", Strength::Chosen),
            ("postgres", Strength::Word),
            ("123456", Strength::Word),
            ("Enter your password", Strength::Text),
            ("https://example.com/x1", Strength::Text),
            ("user_password_2", Strength::Text),
            ("sha256", Strength::Text),
            ("1.2.3", Strength::Text),
            ("server.key", Strength::Text),
            ("me@example.com", Strength::Text),
        ] {
            assert_eq!(strength(value), expected, "{value}");
        }
    }
}
