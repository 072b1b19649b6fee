//! Which parts of a text must be searched when only some of it is new.
//!
//! What is new is widened to whole lines, and whoever searches tells how far these reach: which hits may have come with
//! them or gone, and where to look for those. All other hits stand in the base just the same.

use std::ops::Range;

/// So much of a line counts, on either side of what is new.
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

/// The windows for the ranges that are new, which are in order; `reach` tells of whole lines how far they reach.
pub fn windows(text: &[u8], added: &[Range<u32>], reach: impl Fn(Range<usize>) -> Window) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    let mut new = added.iter().map(|added| added.start as usize..added.end as usize).peekable();
    while let Some(first) = new.next() {
        let mut whole = lines(text, first);
        while let Some(more) = new.next_if(|next| next.start <= whole.end) {
            if more.end > whole.end {
                whole.end = lines(text, more).end;
            }
        }
        let mut window = reach(whole);
        while let Some(last) = windows.pop_if(|last| last.own.end >= window.own.start) {
            window.own = last.own.start.min(window.own.start)..last.own.end.max(window.own.end);
            window.look = last.look.start.min(window.look.start)..last.look.end.max(window.look.end);
        }
        windows.push(window);
    }
    windows
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

    fn lines_and(text: &[u8], more: usize) -> impl Fn(Range<usize>) -> Window {
        let end = text.len();
        move |own| {
            let look = own.start.saturating_sub(more)..(own.end + more).min(end);
            Window { own, look }
        }
    }

    #[test]
    fn windows_are_whole_lines_and_what_they_reach() {
        let text = b"aaaa\nbbbb\ncccc\ndddd\neeee\nffff\n";
        let one = windows(text, std::slice::from_ref(&(12..13)), lines_and(text, 1));
        assert_eq!(one, [Window { own: 10..14, look: 9..15 }]);
        let joined = windows(text, &[12..13, 14..16, 17..17, 26..27], lines_and(text, 1));
        assert_eq!(joined, [Window { own: 10..19, look: 9..20 }, Window { own: 25..29, look: 24..30 }]);
        assert_eq!(windows(text, &[], lines_and(text, 1)), []);
    }

    #[test]
    fn windows_that_reach_back_are_joined() {
        let text = b"aaaa\nbbbb\ncccc\ndddd\n";
        let back = |own: Range<usize>| Window { own: 0..own.end, look: 0..own.end };
        assert_eq!(windows(text, &[0..1, 6..7, 16..17], back), [Window { own: 0..19, look: 0..19 }]);
    }

    #[test]
    fn endless_lines_are_cut() {
        let text = vec![b'a'; 100_000];
        let one = windows(&text, std::slice::from_ref(&(50_000..50_001)), lines_and(&text, 0));
        assert_eq!(one[0].own, 50_000 - LINE..50_001 + LINE);
    }
}
