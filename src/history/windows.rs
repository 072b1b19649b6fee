//! Which parts of a text must be searched when only some of it is new.
//!
//! It rests on a promise of whoever searches. A hit is at most `margin` bytes long, and whether it is one depends on
//! nothing but itself, the rest of its lines (at most [`LINE`] bytes of them on either side) and `margin` bytes beyond
//! these. Then a hit that touches no window's `own` stands in the base just the same, and one that does is found by
//! searching `look`.

use std::ops::Range;

/// So much of a line counts, on either side of a hit.
pub const LINE: usize = 4 << 10;

/// A part of a text to search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Hits that touch this range are new, or may be. No two windows' touch each other.
    pub own: Range<usize>,
    /// What must be looked at for them.
    pub look: Range<usize>,
}

impl Window {
    /// All of a text.
    pub fn whole(text: &[u8]) -> Self {
        Self { own: 0..text.len(), look: 0..text.len() }
    }

    /// Does a hit belong to this window?
    pub fn owns(&self, span: &Range<usize>) -> bool {
        span.start <= self.own.end && self.own.start <= span.end
    }
}

/// The windows for the ranges that are new, which are in order.
pub fn windows(text: &[u8], added: &[Range<u32>], margin: usize) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for added in added {
        let own = lines(text, wider(text, &(added.start as usize..added.end as usize), margin));
        match windows.last_mut().filter(|last| last.own.end + margin >= own.start) {
            Some(last) => last.own.end = last.own.end.max(own.end),
            None => windows.push(Window { look: 0..0, own }),
        }
    }
    for window in &mut windows {
        window.look = wider(text, &lines(text, wider(text, &window.own, margin)), margin);
    }
    windows
}

fn wider(text: &[u8], range: &Range<usize>, margin: usize) -> Range<usize> {
    range.start.saturating_sub(margin)..(range.end + margin).min(text.len())
}

/// The range with the rest of its first and last line.
fn lines(text: &[u8], range: Range<usize>) -> Range<usize> {
    let from = range.start.saturating_sub(LINE);
    let to = (range.end + LINE).min(text.len());
    let start = memchr::memrchr(b'\n', &text[from..range.start]);
    let end = memchr::memchr(b'\n', &text[range.end..to]);
    start.map_or(from, |i| from + i + 1)..end.map_or(to, |i| range.end + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_whole_lines_and_a_margin() {
        let text = b"aaaa\nbbbb\ncccc\ndddd\neeee\nffff\n";
        let one = windows(text, std::slice::from_ref(&(12..13)), 1);
        assert_eq!(one, [Window { own: 10..14, look: 4..20 }]);
        let joined = windows(text, &[12..13, 17..17], 1);
        assert_eq!(joined, [Window { own: 10..19, look: 4..25 }]);
        assert_eq!(windows(text, &[], 64), []);
        assert_eq!(windows(text, &[0..0, 30..30], 64), [Window::whole(text)]);
    }

    #[test]
    fn endless_lines_are_cut() {
        let text = vec![b'a'; 100_000];
        let one = windows(&text, std::slice::from_ref(&(50_000..50_001)), 10);
        assert_eq!(one[0].own, 50_000 - 10 - LINE..50_001 + 10 + LINE);
        assert_eq!(one[0].look, 50_000 - 30 - 2 * LINE..50_001 + 30 + 2 * LINE);
    }
}
