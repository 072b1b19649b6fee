use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let text = file.source.text();
    if text.is_ascii() {
        return;
    }
    let mut found = text.char_indices().filter_map(|(at, c)| Some((at, c, hidden(c, text, at)?)));
    let Some((at, c, what)) = found.next() else { return };
    let place = |at: usize, c: char| Span::new(at, at + c.len_utf8());
    let message = format!(
        "there is {what} (U+{:04X}) here, so the file does not say what it seems to say; delete it",
        c as u32
    );
    let finding = out.at(file.source, place(at, c), message);
    for (at, c, _) in found.take(20) {
        finding.see(file.source, place(at, c), "and here");
    }
}

/// What a character is that nobody sees, where it changes what is read.
fn hidden(c: char, text: &str, at: usize) -> Option<&'static str> {
    match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("a character that reverses the direction of the text")
        }
        '\u{200b}' | '\u{2060}' => Some("a space without width"),
        '\u{feff}' if at > 0 => Some("a space without width"),
        // Elsewhere it joins letters and symbols.
        '\u{200c}' | '\u{200d}' if text[..at].ends_with(|c: char| c.is_ascii()) => {
            Some("a character without width")
        }
        _ => None,
    }
}
