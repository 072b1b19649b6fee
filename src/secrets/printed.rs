//! Where text stands in a binary file: what lies between, most of an image or a program, holds no secret and is stepped
//! over.

use std::ops::Range;

/// The parts of `range` that belong to stretches of at least so many printed bytes.
pub(super) fn stretches(
    text: &[u8],
    range: Range<usize>,
    least: usize,
) -> impl Iterator<Item = Range<usize>> + '_ {
    // A stretch may begin before the range and end behind it.
    let mut at = range.start.saturating_sub(least);
    let end = (range.end + least).min(text.len());
    std::iter::from_fn(move || {
        loop {
            // Every stretch that begins at `at` or behind it, and is long enough, has this byte or a later one.
            let probe = at + least.saturating_sub(1);
            if probe >= end {
                return None;
            }
            if !is_printed(text[probe]) {
                at = probe + 1;
                continue;
            }
            let start = probe - text[at..probe].iter().rev().take_while(|&&b| is_printed(b)).count();
            let stop = probe + text[probe..end].iter().take_while(|&&b| is_printed(b)).count();
            at = stop;
            let part = start.max(range.start)..stop.min(range.end);
            if stop - start >= least && !part.is_empty() {
                return Some(part);
            }
        }
    })
}

fn is_printed(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::stretches;

    #[test]
    fn text_between_other_bytes_is_found_and_short_text_is_not() {
        let parts = |text: &str, range, least| -> Vec<String> {
            let text = text.replace('_', "\0");
            let found = stretches(text.as_bytes(), range, least);
            found.map(|part| text[part].to_owned()).collect()
        };
        assert_eq!(parts("abcd_ef__ghijk_l", 0..16, 4), ["abcd", "ghijk"]);
        assert_eq!(parts("ab_abc_abcd", 0..11, 4), ["abcd"]);
        assert_eq!(parts("abcdefgh", 0..8, 4), ["abcdefgh"]);
        assert_eq!(parts("____", 0..4, 4), Vec::<String>::new());
        // Only a part of what is long enough is asked for.
        assert_eq!(parts("__abcdefgh__", 4..6, 6), ["cd"]);
        assert_eq!(parts("__abcdefgh__", 4..6, 9), Vec::<String>::new());
    }
}
