//! What a value looks like by itself: drawn by lot, chosen by a person, a word, or no password at all.

use super::random::{self, DRAWN};
use super::{decode, names, values};
use crate::rule::Confidence::{High, Low, Medium};
use crate::trust::{Sign, Trust};

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

impl Strength {
    /// As a sign of how sure it is. What is text in one place is a word in another.
    pub(super) fn sign(self) -> Sign {
        match self {
            Self::Drawn => Sign::Random,
            Self::Chosen => Sign::Chosen,
            Self::Word | Self::Text => Sign::Word,
        }
    }
}

/// What a value looks like, by itself.
pub(super) fn strength(value: &str) -> Strength {
    match without_escapes(value).or_else(|| without_percents(value)) {
        Some(plain) => strength_of(&plain),
        None => strength_of(value),
    }
}

/// What addresses write as `%2F`, as the character that it is.
pub(super) fn without_percents(value: &str) -> Option<String> {
    value
        .contains('%')
        .then(|| decode::percent(value.as_bytes()))
        .flatten()
        .and_then(|plain| String::from_utf8(plain).ok())
}

/// What JSON writes as `\u00e5`, as the letter that it is.
fn without_escapes(value: &str) -> Option<String> {
    let (mut plain, mut rest) = (String::new(), value);
    while let Some(at) = rest.find("\\u") {
        let letter = rest.get(at + 2..at + 6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let letter = char::from_u32(letter?)?;
        plain.push_str(&rest[..at]);
        plain.push(letter);
        rest = &rest[at + 6..];
    }
    (rest.len() < value.len()).then(|| plain + rest)
}

fn strength_of(value: &str) -> Strength {
    let bytes = value.as_bytes();
    let count = |wanted: fn(&u8) -> bool| bytes.iter().filter(|b| wanted(b)).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    let signs = bytes.len() - digits - letters;
    let is_other = is_address(value) || is_hash(value) || is_regex(value) || is_header(value);
    if !is_other && is_dense(bytes) {
        return Strength::Drawn;
    }
    if is_other || value.contains(char::is_whitespace) {
        return Strength::Text;
    }
    if counts(bytes) || letters == 0 && signs == 0 {
        return Strength::Word;
    }
    if bytes.len() >= 8 && is_drawn(bytes, digits, letters) {
        return Strength::Drawn;
    }
    if is_term(value) || is_constant(value) {
        return Strength::Text;
    }
    // The first character is often a mark of a language: `@rematch`, `*name`.
    let telling = bytes.iter().skip(1).filter(|b| b"!@#$%^&*?~+=".contains(b)).count();
    // Beyond ASCII only what has letters of both cases and digits is no word of some language.
    let mixed = digits > 0 && count(u8::is_ascii_lowercase) > 0 && count(u8::is_ascii_uppercase) > 0;
    let of_a_language = !(value.is_ascii() || mixed && value.len() >= 8);
    if of_a_language || letters == 0 && signs > 2 {
        return Strength::Text;
    }
    if letters >= 2 && (digits >= 1 || telling >= 1) && bytes.len() >= 6 && bytes.len() <= 64 {
        return Strength::Chosen;
    }
    Strength::Word
}

/// The longest run of letters and digits.
fn longest_piece(bytes: &[u8]) -> &[u8] {
    let pieces = bytes.split(|b| !b.is_ascii_alphanumeric());
    pieces.max_by_key(|piece| piece.len()).unwrap_or(bytes)
}

/// It is a pattern, a long piece of it counts, or the longest piece is a pattern, and most of it: `sk-12345678901234567890`.
fn counts(bytes: &[u8]) -> bool {
    let longest = longest_piece(bytes);
    random::is_pattern(bytes)
        || random::counts_somewhere(bytes)
        || longest.len() >= 12 && longest.len() * 2 > bytes.len() && random::is_pattern(longest)
}

/// Drawn by lot, as a whole or in its longest piece between signs.
fn is_drawn(bytes: &[u8], digits: usize, letters: usize) -> bool {
    let hex = bytes.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
    if hex {
        return bytes.len() >= 16 && digits >= 2 && letters >= 2 && random::entropy(bytes) > 2.6;
    }
    let longest = longest_piece(bytes);
    let core = if longest.len() * 2 >= bytes.len() { longest } else { bytes };
    // Letters alone are seldom drawn; a long name of few vowels looks it.
    let mixed = digits >= 1 || bytes.len() >= 20;
    mixed && random::score(core).max(random::score(bytes)) > DRAWN && random::entropy(bytes) > 2.5
}

/// Drawn by lot of all that is printed, blanks among it, as WordPress makes its keys and salts.
fn is_dense(bytes: &[u8]) -> bool {
    const SHORT: usize = 48;
    if bytes.len() < SHORT || !bytes.iter().all(|b| (b' '..=b'~').contains(b)) {
        return false;
    }
    let mut signs: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_punctuation).collect();
    let few = signs.len() * 6 < bytes.len();
    signs.sort_unstable();
    signs.dedup();
    let bare: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    !few && signs.len() >= 10 && random::score(&bare) > DRAWN && random::entropy(bytes) > 4.8
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
    let hextets =
        value.matches(':').count() >= 3 && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    value.contains("://")
        || hextets
        || value.starts_with('/') && value.matches('/').count() > 1 && !is_base64(value)
        || is_file_below(value)
        || value.starts_with("arn:")
        || value.starts_with("urn:")
        || value.starts_with("sha256:")
        || value.starts_with("--")
        || file
        || version
        || email
}

/// What no path holds, and base64 does, in a value that looks randomly generated.
fn is_base64(value: &str) -> bool {
    value.contains(['+', '=']) && random::score(value.as_bytes()) > DRAWN
}

/// A file in a folder, whatever they are called: `uploads/2024/0cc1.png`.
fn is_file_below(value: &str) -> bool {
    value.rsplit_once('/').and_then(|(_, file)| file.rsplit_once('.')).is_some_and(|(stem, ending)| {
        !stem.is_empty()
            && (2..=4).contains(&ending.len())
            && ending.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && ending.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

/// The name of a constant, which announces a credential instead of being one: `LWM2M_SERVER_SECRET_KEY`.
fn is_constant(value: &str) -> bool {
    value.contains('_')
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && names::is_credential(value)
}

/// The name of a header of HTTP: `X-Acme-Sealed-Key`.
fn is_header(value: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let parts = || value.split('-');
    value.starts_with("X-") && parts().count() > 2 && parts().all(|part| is_part(part) && part.len() <= 16)
}

fn is_regex(value: &str) -> bool {
    ["(?:", "[0-9", "[a-z", "[A-Z", "\\d", "\\w", "\\s"].iter().any(|sign| value.contains(sign))
}

/// A password's hash, with the word that says how it was made: `md5$salt$…`, `{SSHA}…`.
fn is_hash(value: &str) -> bool {
    const WAYS: [&str; 8] = ["md5$", "sha1$", "sha256$", "pbkdf2", "scrypt:", "$argon2", "{sha", "{ssha"];
    let begins = |way: &&str| value.get(..way.len()).is_some_and(|start| start.eq_ignore_ascii_case(way));
    WAYS.iter().any(begins) || ["$apr1$", "$5$", "$6$"].iter().any(|mark| value.contains(mark))
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

/// How sure a password is one in use, where the structure says that it is a password.
pub(super) fn sure(structure: Sign, strength: Strength) -> Trust {
    let confidence = match strength {
        Strength::Drawn => High,
        Strength::Chosen => Medium,
        Strength::Word | Strength::Text => Low,
    };
    Trust::of(&[structure, strength.sign()], confidence)
}

/// A password that stands for any, in small letters.
pub(super) fn is_sample(password: &str) -> bool {
    const SAMPLES: [&str; 12] = [
        "pass", "password", "passwd", "pwd", "pw", "secret", "token", "bar", "word", "mypass", "psw", "p4ss",
    ];
    SAMPLES.contains(&password)
}

/// It, or a long piece of it, counts or repeats; or it holds a word of made-up ones, or is words.
pub(super) fn is_fake(variable: &[u8]) -> bool {
    let mut pieces = variable.split(|b| !b.is_ascii_alphanumeric()).filter(|piece| piece.len() >= 6);
    if random::is_pattern(variable) || pieces.any(random::is_pattern) {
        return true;
    }
    let lower = variable.to_ascii_lowercase();
    let holds = |word: &str| lower.windows(word.len()).any(|there| there == word.as_bytes());
    // A long token may hold any short word by chance; only long words are proof.
    values::MADE_UP.iter().any(|word| holds(word)) || !is_mixed(variable) && is_words(&lower)
}

/// Capital letters stand among small ones as in no words: more than one in three.
fn is_mixed(variable: &[u8]) -> bool {
    let letters = variable.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let capitals = variable.iter().filter(|b| b.is_ascii_uppercase()).count();
    capitals * 3 > letters && capitals < letters
}

/// Letters only, between dashes and underscores, and they read like words.
fn is_words(lower: &[u8]) -> bool {
    lower.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'))
        && lower.split(|b| !b.is_ascii_alphabetic()).all(random::reads)
}

/// Somebody thought the value up, or what it encodes.
pub(super) fn is_guessable(value: &str) -> bool {
    strength(value) != Strength::Drawn || decode::is_text(value.as_bytes())
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
            ("LWM2M_SERVER_SECRET_KEY", Strength::Text),
            ("md5$niTI8Z7A9XvV$641ae74c7472d5c907c66994b2289314", Strength::Text),
            (concat!("user:$apr1$", "FfVI2PRr$f9MW8rsr5RmmxbdV0Iipk1"), Strength::Text),
            ("(?:[!#A-Za-z0-9]+)", Strength::Text),
            ("@rematch", Strength::Word),
            ("sk-12345678901234567890", Strength::Word),
            ("uploads/2024/0cc175b9c0f1b6a8.png", Strength::Text),
            ("/etc/ssl/private", Strength::Text),
            ("\\u500b\\u4eba\\u30a2\\u30af\\u30bb\\u30b9", Strength::Text),
            ("\\u00e5tkomst-Tokens", Strength::Text),
            ("q7Zr9Lx2\\u0026Vb8KpM3t", Strength::Drawn),
            ("/Kd8s9+fJ2/sdf83KxQ7Zr9Lx2Vb8KpM=", Strength::Drawn),
        ] {
            assert_eq!(strength(value), expected, "{value}");
        }
        // A salt of WordPress, made here: a step through all that is printed but quotes and backslashes.
        let printed: Vec<char> = (' '..='~').filter(|c| !"'\"\\".contains(*c)).collect();
        let salt: String = (1..=64).map(|at: usize| printed[at * at * 37 % 89]).collect();
        assert_eq!(strength(&salt), Strength::Drawn, "{salt}");
        assert_eq!(
            strength("if (a[0] != b) { return x->y(z) + \"w\"; } else { c = d * e % f; }"),
            Strength::Text
        );
    }
}
