//! What stands before a place on its line, and whether it makes it a comment, which shows how something is used or what it
//! was.

/// What stands before `at` on its line, as far as it matters.
pub(super) fn lead(text: &[u8], at: usize) -> &[u8] {
    let before = &text[at.saturating_sub(256)..at];
    before.rsplit(|&b| b == b'\n').next().unwrap_or_default()
}

/// A line that is a comment.
pub(super) fn is_remark(text: &[u8], at: usize) -> bool {
    let line = lead(text, at).trim_ascii_start();
    [&b"//"[..], b"#", b"* ", b"--", b";"].iter().any(|mark| line.starts_with(mark))
}

/// In a comment of XML or HTML, which may have many lines.
pub(super) fn is_in_markup_comment(text: &[u8], at: usize) -> bool {
    const FAR: usize = 2048;
    let before = &text[at.saturating_sub(FAR)..at];
    memchr::memmem::rfind(before, b"<!--")
        .is_some_and(|open| memchr::memmem::find(&before[open..], b"-->").is_none())
}

/// The line up to here says that it shows something: `# Example: https://…`.
pub(super) fn is_said_to_be_a_sample(text: &[u8], at: usize) -> bool {
    let line = lead(text, at).to_ascii_lowercase();
    [&b"example"[..], b"sample", b"e.g."].iter().any(|word| memchr::memmem::find(&line, word).is_some())
}
