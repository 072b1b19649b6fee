//! Texts in base64, hex and percent signs, and how base64 of a text with a token in it can be known.

use super::checksum;

/// What looks drawn by lot is a text in base64 or hex, so who guesses the text guesses the value.
pub(super) fn is_text(value: &[u8]) -> bool {
    text(value).is_some()
}

/// The text that a value is in base64 or hex.
pub(super) fn text(value: &[u8]) -> Option<String> {
    let text = [base64(value), hex(value)].into_iter().flatten().find(|text| is_printable(text))?;
    String::from_utf8(text).ok()
}

/// The text that a value in base64 stands for.
pub(super) fn plain(value: &[u8]) -> Option<String> {
    base64(value).filter(|text| is_printable(text)).and_then(|text| String::from_utf8(text).ok())
}

/// How base64 of structures begins: private keys, Docker's logins as people and tools indent them, addresses.
pub(super) const STRUCTURES: [&str; 13] = [
    "LS0tLS1CRUdJTi",
    "eyJhdXRocyI6",
    "ewogICJhdXRocy",
    "ewoJImF1dGhzI",
    "ewogICAgImF1dGhzI",
    "cG9zdGdyZX",
    "bXlzcWw6Ly",
    "bW9uZ29kY",
    "cmVkaXM6Ly",
    "cmVkaXNzOi8v",
    "YW1xcDovL",
    "YW1xcHM6Ly",
    "aHR0cHM6Ly",
];

/// What tokens begin with that are looked for in base64 of any text.
const PREFIXES: [&str; 18] = [
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "sk-ant-",
    "sk-proj-",
    "npm_",
    "AKIA",
    "AIza",
    "dckr_pat_",
    "dop_v1_",
    "pypi-",
    "hvs.",
    "shpat_",
];
/// Words before secrets in files of settings, of which a Secret of Kubernetes holds whole ones.
const WORDS: [&str; 2] = ["password", "PASSWORD"];

/// What base64 of a text has where one of the prefixes or words stands in it, for each place that the prefix may have in a group of
/// three bytes.
pub(super) fn anchors() -> impl Iterator<Item = String> {
    PREFIXES.into_iter().chain(WORDS).flat_map(|prefix| (0..3).map(move |place| anchor(prefix, place)))
}

/// The characters that the prefix alone decides.
fn anchor(prefix: &str, place: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = std::iter::repeat_n(0, place).chain(prefix.bytes()).collect();
    let bit = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    let digit = |at: usize| (at..at + 6).fold(0, |digit, at| digit << 1 | bit(at));
    let first = (place * 8).next_multiple_of(6);
    (first..=bytes.len() * 8 - 6).step_by(6).map(|at| char::from(DIGITS[usize::from(digit(at))])).collect()
}

pub(super) fn base64(value: &[u8]) -> Option<Vec<u8>> {
    checksum::decode(value)
}

pub(super) fn hex(value: &[u8]) -> Option<Vec<u8>> {
    if value.len() % 2 == 1 || !value.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16).unwrap_or_default() as u8;
    Some(value.chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect())
}

pub(super) fn percent(value: &[u8]) -> Option<Vec<u8>> {
    if !value.contains(&b'%') {
        return None;
    }
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        match value[at..].first_chunk::<3>() {
            Some(&[b'%', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.extend(hex(&[high, low])?);
                at += 3;
            }
            _ => {
                out.push(value[at]);
                at += 1;
            }
        }
    }
    Some(out)
}

pub(super) fn is_printable(text: &[u8]) -> bool {
    text.len() >= 8 && text.iter().all(|b| (b' '..=b'~').contains(b) || b.is_ascii_whitespace())
}
