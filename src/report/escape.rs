//! Makes hostile text harmless to whoever reads a report: terminals, GitHub's runner, people's eyes.
//!
//! File names, messages and source lines come from pull requests. A terminal obeys ESC, the runner obeys `::` at the
//! start of a line and `##[` anywhere in it, and people believe what bidirectional controls show them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::place::{harmless_json, visible};

/// Text that stays on one line and does nothing there: control characters are shown, a tab is a blank.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c == '\t' { ' ' } else { visible(c).unwrap_or(c) }).collect())
}

/// [`plain`] text for the output of a run in GitHub Actions: it is no workflow command, wherever in a line it stands,
/// except that a line must not begin with it.
pub fn line(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    // The runner looks for `##[` anywhere in a line; a zero-width space keeps it from finding it.
    if text.contains("##[") { Cow::Owned(text.replace("##[", "#\u{200b}#[")) } else { text }
}

/// The same at the beginning of a line, where GitHub's runner looks for `::` behind blanks.
pub fn start(text: &str) -> Cow<'_, str> {
    let text = line(text);
    match text.trim_start().strip_prefix("::") {
        Some(rest) => Cow::Owned(format!(":\u{200b}:{rest}")),
        None => text,
    }
}

/// Text in XML, also between quotes. XML 1.0 has no way to write control characters, so they are shown as in [`line`].
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(c),
        }
    }
    out
}

/// A path as a relative URI reference.
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Text between the quotes of a label in Mermaid.
///
/// A plain name stays as it is. Any other is written in entity codes whole, all but its letters and digits: Mermaid
/// takes away a `;` behind `style…:…#`, so a colon must not stand before a code, and reads Markdown in labels.
pub fn mermaid(text: &str) -> String {
    let text = line(text);
    let is_plain = |c: char| c.is_alphanumeric() || " ./-@:,…".contains(c);
    if text.chars().all(is_plain) {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            // `$$` begins a formula, written in codes or not.
            let apart = if (before, c) == ('$', '$') { "#8203;" } else { "" };
            let _ = write!(out, "{apart}#{};", u32::from(c));
        }
        before = c;
    }
    out
}

/// Text between the quotes of a label in DOT, where `\N` and `&amp;` mean something.
pub fn dot(text: &str) -> String {
    line(text).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}

/// Writes a value as JSON that is [harmless](harmless_json), on one line.
pub fn json(out: &mut dyn Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    let mut json = Json { out, pieces: Vec::new() };
    serde_json::to_writer(&mut json, value)?;
    json.pass_on()
}

/// The same for people to read.
pub fn pretty_json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut json = Json { out, pieces: Vec::new() };
    serde_json::to_writer_pretty(&mut json, value)?;
    json.pass_on()
}

/// What `serde_json` writes, made harmless on its way, so that no report is held in memory.
///
/// `serde_json` writes a string in pieces that end only at a character which it escapes itself. Nothing that is
/// replaced here holds such a character, so some pieces can be looked at without the others.
struct Json<'w> {
    out: &'w mut dyn Write,
    /// Gathered, because most are a few bytes.
    pieces: Vec<u8>,
}

/// So many bytes are enough to look at.
const ENOUGH: usize = 1 << 13;

impl Write for Json<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.pieces.extend_from_slice(piece);
        if self.pieces.len() >= ENOUGH {
            self.pass_on()?;
        }
        Ok(piece.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.out.flush()
    }
}

impl Json<'_> {
    fn pass_on(&mut self) -> io::Result<()> {
        let text = std::str::from_utf8(&self.pieces).map_err(io::Error::other)?;
        self.out.write_all(harmless_json(text).as_bytes())?;
        self.pieces.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_and_commands_broken() {
        assert_eq!(plain("a\tb\r\n\u{1b}[0m\u{202e}é"), "a b␍␊␛[0m\u{fffd}é");
        assert!(matches!(line("plain # text"), Cow::Borrowed(_)));
        assert_eq!(line("x ##[error]y"), "x #\u{200b}#[error]y");
        assert!(!line("###[[##[").contains("##["));
    }

    #[test]
    fn json_stays_the_same_json() {
        let hostile = "##[error] \u{202e}\u{7f}\u{9b}\u{e0041} ä \u{1b}\\##[";
        let mut escaped = Vec::new();
        json(&mut escaped, hostile).unwrap();
        let escaped = String::from_utf8(escaped).unwrap();
        assert!(!escaped.contains("##[") && !escaped.contains(['\u{202e}', '\u{7f}', '\u{9b}', '\u{e0041}']));
        assert!(escaped.contains('ä'));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), hostile);
    }
}
