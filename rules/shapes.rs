//! Reads the shape of a token as a page writes it and gives it as Rust text for `src/shape.rs`. The notation is told in
//! `rules/README.md`.

use std::fmt::Write as _;

const CLASSES: [(&str, &str); 18] = [
    ("digit", "0-9"),
    ("lower", "a-z"),
    ("upper", "A-Z"),
    ("alpha", "A-Za-z"),
    ("alnum", "A-Za-z0-9"),
    ("lowernum", "a-z0-9"),
    ("uppernum", "A-Z0-9"),
    ("base36", "a-z0-9"),
    ("hex", "0-9a-f"),
    ("HEX", "0-9A-F"),
    ("xhex", "0-9A-Fa-f"),
    ("word", "A-Za-z0-9_"),
    ("url", "A-Za-z0-9_-"),
    ("base64", "A-Za-z0-9+/"),
    ("base32", "A-Z2-7"),
    ("base32l", "a-z2-7"),
    ("base58", "1-9A-HJ-NP-Za-km-z"),
    ("any", "!-~"),
];
/// What `n+` stops at.
const NO_END: u16 = 4096;

/// `&[&[Node::…]]` for a shape.
pub(crate) fn compile(shape: &str) -> Result<String, String> {
    let mut rest = shape;
    let compiled = alternatives(&mut rest)?;
    if rest.is_empty() { Ok(compiled) } else { Err(format!("`{rest}`: a `)` closes nothing")) }
}

/// Up to a `)` or the end.
fn alternatives(rest: &mut &str) -> Result<String, String> {
    let mut out = String::from("&[&[");
    let mut text = String::new();
    let flush = |text: &mut String, out: &mut String| {
        if !text.is_empty() {
            let _ = write!(out, "Node::Text({text:?}),");
            text.clear();
        }
    };
    while let Some(c) = rest.chars().next().filter(|&c| c != ')') {
        *rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let taken = rest.chars().next().ok_or("a `\\` at the end")?;
                *rest = &rest[taken.len_utf8()..];
                text.push(taken);
            }
            '|' => {
                flush(&mut text, &mut out);
                out.push_str("],&[");
            }
            '{' => {
                flush(&mut text, &mut out);
                let (name, behind) = if rest.starts_with('[') {
                    let end = rest.find("]:").ok_or("close a set with `]:`")?;
                    (&rest[1..end], &rest[end + 2..])
                } else {
                    let (name, behind) = rest.split_once(':').ok_or("write a run as {class:count}")?;
                    let class = CLASSES.iter().find(|(class, _)| *class == name);
                    (class.ok_or(format!("`{name}` is no class"))?.1, behind)
                };
                let (count, behind) = behind.split_once('}').ok_or("close a run with `}`")?;
                let (least, most) = counts(count)?;
                let [low, high] = set(name)?;
                let _ = write!(out, "Node::Run(Set([{low:#x},{high:#x}]),{least},{most}),");
                *rest = behind;
            }
            '(' => {
                flush(&mut text, &mut out);
                let inside = alternatives(rest)?;
                *rest = rest.strip_prefix(')').ok_or("a `(` is never closed")?;
                let mut times = (1, 1);
                if let Some(behind) = rest.strip_prefix('?') {
                    (times, *rest) = ((0, 1), behind);
                } else if let Some(behind) = rest.strip_prefix('{')
                    && behind.starts_with(|c: char| c.is_ascii_digit())
                {
                    let (count, behind) = behind.split_once('}').ok_or("close a count with `}`")?;
                    (times, *rest) = (counts(count)?, behind);
                }
                let _ = write!(out, "Node::Group({inside},{},{}),", times.0, times.1);
            }
            other => text.push(other),
        }
    }
    flush(&mut text, &mut out);
    out.push_str("]]");
    Ok(out)
}

/// `n`, `n-m` or `n+`.
fn counts(text: &str) -> Result<(u16, u16), String> {
    let number = |text: &str| text.parse::<u16>().map_err(|_| format!("`{text}` is no count"));
    let (least, most) = match (text.strip_suffix('+'), text.split_once('-')) {
        (Some(least), _) => (number(least)?, NO_END),
        (None, Some((least, most))) => (number(least)?, number(most)?),
        (None, None) => (number(text)?, number(text)?),
    };
    if least > most { Err(format!("`{text}` counts backwards")) } else { Ok((least, most)) }
}

/// The bits of a set: ranges `a-z` and single characters, a `-` at the end is itself.
fn set(text: &str) -> Result<[u64; 2], String> {
    let bytes = text.as_bytes();
    let mut bits = [0u64; 2];
    let mut at = 0;
    while at < bytes.len() {
        let range = bytes.get(at + 1) == Some(&b'-') && at + 2 < bytes.len();
        let last = if range { bytes[at + 2] } else { bytes[at] };
        if last > 127 || bytes[at] > last {
            return Err(format!("`{text}` is no set of ASCII characters"));
        }
        for byte in bytes[at]..=last {
            bits[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        at += if range { 3 } else { 1 };
    }
    Ok(bits)
}
