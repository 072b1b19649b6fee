//! Secrets that are whole lines: the body of a private key, a here-document that goes to where a secret is kept.

use std::ops::Range;

use crate::secrets::names;

/// The longest private key; bytes. One without an end is hidden as far as it looks like one.
const KEY: usize = 64 << 10;
const BEGIN: &str = "-----BEGIN ";

/// Adds the bodies of private keys. The first line says only what it is, and stays.
pub(super) fn keys(text: &str, out: &mut Vec<Range<usize>>) {
    let ends: Vec<usize> = text.match_indices("-----END ").map(|(at, _)| at).collect();
    let mut done = 0;
    for (at, _) in text.match_indices(BEGIN) {
        let label = &text[at + BEGIN.len()..];
        let Some(length) = label.bytes().take(48).position(|b| b == b'-') else { continue };
        if at < done || !label[..length].contains("PRIVATE KEY") {
            continue;
        }
        let start = at + BEGIN.len() + length;
        let start = start + text[start..].bytes().take_while(|&b| b == b'-').count();
        let end = ends.get(ends.partition_point(|&end| end < start)).copied();
        let end = end.filter(|end| end - start <= KEY).unwrap_or_else(|| start + body(&text[start..]));
        out.push(start..end);
        done = end;
    }
}

/// How much of a text looks like a key's: base64, headers, and what texts put around their lines.
fn body(text: &str) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let inner = line.trim_matches(|c: char| c.is_whitespace() || "\"',+|#*\\".contains(c));
        let looks = |b: u8| b.is_ascii_alphanumeric() || b"+/=\\\"', ".contains(&b);
        let header = inner.starts_with("Proc-Type:")
            || inner.starts_with("DEK-Info:")
            || inner.starts_with("Comment:");
        if end > KEY || !(header || inner.bytes().all(looks)) || !header && inner.contains(' ') {
            break;
        }
        end += line.len();
    }
    end.min(text.len()) - text[..end].len().saturating_sub(text[..end].trim_end().len())
}

/// Adds the bodies of here-documents on whose first line a secret is spoken of: `cat <<E > ~/.pgpass`.
pub(super) fn heredocs(text: &str, out: &mut Vec<Range<usize>>) {
    if !text.contains("<<") {
        return;
    }
    let mut lines = text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    while let Some((_, line)) = lines.next() {
        let markers = markers(line);
        if markers.is_empty() {
            continue;
        }
        let hidden = keeps_secrets(line);
        for marker in markers {
            for (start, body) in lines.by_ref() {
                let content = body.trim();
                if content == marker {
                    break;
                }
                if hidden && !content.is_empty() {
                    let from = start + body.len() - body.trim_start().len();
                    out.push(from..from + content.len());
                }
            }
        }
    }
}

/// The words that end the here-documents that begin on a line.
fn markers(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("<<") {
        let behind = &rest[at + 2..];
        rest = behind.trim_start_matches('<');
        if rest.len() < behind.len() {
            continue; // `<<<` is a string
        }
        let word =
            rest.trim_start_matches(['-', '~']).trim_start_matches(' ').trim_start_matches(['"', '\'', '\\']);
        let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(word.len());
        let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if is_word {
            found.push(&word[..end]);
        }
        rest = &word[end..];
    }
    found
}

/// A file of credentials, or a program that reads one, is named on the line.
fn keeps_secrets(line: &str) -> bool {
    let words = line.split(|c: char| c.is_whitespace() || "=,/\"'>|;()".contains(c));
    words.filter(|word| !word.is_empty() && !line_is_mount(line, word)).any(|word| {
        names::speaks_of_credential(word)
            || ["netrc", "pgpass", "chpasswd", "id_rsa", "id_ed25519", "id_ecdsa"]
                .iter()
                .any(|known| word.contains(known))
    })
}

/// `--mount=type=secret` gives a script its secrets; it is not where one is written.
fn line_is_mount(line: &str, word: &str) -> bool {
    word == "secret" && line.contains("type=secret")
}
