//! Tokens of known providers, by prefix, alphabet and length.
//!
//! A small set for Dockerfiles and Compose files; the catalogue of all providers, with checksums, belongs to the
//! secret scanner proper.

use std::ops::Range;

/// The documented shape of a token.
struct Shape {
    provider: &'static str,
    prefix: &'static str,
    /// Characters after the prefix, at least and at most.
    length: (usize, usize),
    alphabet: fn(u8) -> bool,
}

fn alnum(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}
fn word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}
fn upper(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit()
}
fn hex(b: u8) -> bool {
    b.is_ascii_digit() || (b'a'..=b'f').contains(&b)
}
fn dotted(b: u8) -> bool {
    word(b) || b == b'.'
}

const SHAPES: [Shape; 24] = [
    Shape { provider: "GitHub", prefix: "ghp_", length: (36, 36), alphabet: alnum },
    Shape { provider: "GitHub", prefix: "gho_", length: (36, 36), alphabet: alnum },
    Shape { provider: "GitHub", prefix: "ghu_", length: (36, 36), alphabet: alnum },
    Shape { provider: "GitHub", prefix: "ghs_", length: (36, 800), alphabet: dotted },
    Shape { provider: "GitHub", prefix: "ghr_", length: (36, 76), alphabet: alnum },
    Shape { provider: "GitHub", prefix: "github_pat_", length: (82, 82), alphabet: word },
    Shape { provider: "GitLab", prefix: "glpat-", length: (20, 60), alphabet: dotted },
    Shape { provider: "GitLab", prefix: "gldt-", length: (20, 60), alphabet: dotted },
    Shape { provider: "AWS", prefix: "AKIA", length: (16, 16), alphabet: upper },
    Shape { provider: "AWS", prefix: "ASIA", length: (16, 16), alphabet: upper },
    Shape { provider: "Slack", prefix: "xoxb-", length: (20, 80), alphabet: word },
    Shape { provider: "Slack", prefix: "xoxp-", length: (20, 100), alphabet: word },
    Shape { provider: "Stripe", prefix: "sk_live_", length: (16, 120), alphabet: alnum },
    Shape { provider: "Stripe", prefix: "rk_live_", length: (16, 120), alphabet: alnum },
    Shape { provider: "Anthropic", prefix: "sk-ant-", length: (80, 120), alphabet: word },
    Shape { provider: "OpenAI", prefix: "sk-proj-", length: (40, 200), alphabet: word },
    Shape { provider: "Google", prefix: "AIza", length: (35, 35), alphabet: word },
    Shape { provider: "npm", prefix: "npm_", length: (36, 36), alphabet: alnum },
    Shape { provider: "PyPI", prefix: "pypi-AgE", length: (60, 400), alphabet: word },
    Shape { provider: "Docker Hub", prefix: "dckr_pat_", length: (27, 27), alphabet: word },
    Shape { provider: "Hugging Face", prefix: "hf_", length: (34, 40), alphabet: alnum },
    Shape { provider: "SendGrid", prefix: "SG.", length: (66, 66), alphabet: dotted },
    Shape { provider: "DigitalOcean", prefix: "dop_v1_", length: (64, 64), alphabet: hex },
    Shape { provider: "HashiCorp Vault", prefix: "hvs.", length: (24, 200), alphabet: word },
];

/// A token in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// In bytes of the text that was searched.
    pub range: Range<usize>,
    /// Whose token it is, or what it is.
    pub what: &'static str,
}

/// Every token in a text, in order; linear in its length.
pub fn find(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let starts = at == 0 || !word(bytes[at - 1]);
        match starts.then(|| token_at(text, at)).flatten() {
            Some(token) => {
                at = token.range.end;
                found.push(token);
            }
            None => at += 1,
        }
    }
    found
}

fn token_at(text: &str, at: usize) -> Option<Token> {
    let bytes = &text.as_bytes()[at..];
    if bytes.starts_with(b"-----BEGIN ") {
        let line = text[at..].lines().next().unwrap_or_default();
        let is_key = line.contains("PRIVATE KEY-----");
        return is_key.then(|| Token { range: at..at + line.trim_end().len(), what: "private key" });
    }
    SHAPES.iter().find_map(|shape| {
        let rest = bytes.strip_prefix(shape.prefix.as_bytes())?;
        let length = rest.iter().take_while(|&&b| (shape.alphabet)(b)).count();
        let varied = rest[..length].iter().any(|b| *b != rest[0]);
        let fits = (shape.length.0..=shape.length.1).contains(&length) && varied;
        fits.then(|| Token { range: at..at + shape.prefix.len() + length, what: shape.provider })
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn tokens_are_found_whole_and_near_misses_are_not() {
        let token = format!("{}_{}", "ghp", "aB3".repeat(12));
        let text = format!("ENV A={token} B=1");
        let found = find(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range.clone()], token);
        assert!(find(&text[..text.len() - 8]).is_empty(), "two characters short");
        assert!(find(&format!("x{token}")).is_empty(), "the middle of a word");
        assert!(find(&format!("{}_{}", "ghp", "x".repeat(36))).is_empty(), "a placeholder");
    }
}
