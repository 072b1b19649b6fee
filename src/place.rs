//! Places that a report can show when the source is gone: positions, a masked excerpt, and stable fingerprints.
//!
//! Everything a finding says about its file passes through here once, so this is where secrets are masked and
//! control characters made visible. Finding the secrets is left to `scan`, drawing carets to `report`.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use crate::blob::Origin;
use crate::finding::{Excerpt, Place};
use crate::text::{Source, Span};

/// How many characters of a line an excerpt shows.
const SHOWN: usize = 200;
/// How many of them stand before the mark where a line is cut.
const BEFORE: usize = 60;
/// A longer line, in bytes, is known by its excerpt alone, so that a thousand findings in one huge line stay cheap.
const LONG_LINE: usize = 4096;
const MASK: &str = "***";

/// The place of `span`. `masks` are the spans of what must not be shown of `source`, ascending and apart.
pub fn place(source: &Source, span: Span, origin: &Origin, masks: &[Span]) -> Place {
    let start = source.position(span.start as usize);
    let end = if span.is_empty() { start } else { source.position(span.end as usize) };
    let line = source.line_span(start.line);
    Place {
        path: source.path().clone(),
        origin: origin.clone(),
        span,
        start,
        end,
        line_end: source.position(line.end as usize).column,
        excerpt: excerpt(source, span, masks),
        line_hash: None,
    }
}

/// The first line of `span`: what is shown of it, with secrets masked.
fn excerpt(source: &Source, span: Span, masks: &[Span]) -> Excerpt {
    let line = visible_line(source, span);
    let mark = line.start.max(span.start).min(line.end)..line.end.min(span.end.max(line.start));
    let mark = Span { start: mark.start, end: mark.end.max(mark.start) };
    let text = source.slice(line);
    let at = (mark.start - line.start) as usize;
    let fits = text.len() <= SHOWN || text.chars().nth(SHOWN).is_none();
    let window = if fits { line } else { window(text, at, line.start as usize) };
    let cut = (window.start > line.start, window.end < line.end);
    let (text, mark) = masked(source, window, mark, masks);
    Excerpt { text: text.into(), mark, cut }
}

/// [`SHOWN`] characters of a line around the byte `at`; `offset` is where the line begins in its source.
fn window(text: &str, at: usize, offset: usize) -> Span {
    let back =
        |from: usize, n: usize| text[..from].char_indices().rev().take(n).last().map_or(from, |(i, _)| i);
    let start = back(at, BEFORE);
    match text[start..].char_indices().nth(SHOWN) {
        Some((len, _)) => Span::new(offset + start, offset + start + len),
        // The line ends inside the window, so there is room for more of what stands before.
        None => Span::new(offset + back(text.len(), SHOWN), offset + text.len()),
    }
}

/// The first line of `span`, without a byte order mark.
fn visible_line(source: &Source, span: Span) -> Span {
    let mut line = source.line_span(source.line_of(span.start as usize));
    if line.start == 0 && source.slice(line).starts_with('\u{feff}') {
        line.start += '\u{feff}'.len_utf8() as u32;
    }
    line
}

/// The text under `window` with every masked piece as `***`, and where `mark` stands in it.
fn masked(source: &Source, window: Span, mark: Span, masks: &[Span]) -> (String, Span) {
    let mut masks = window.among(masks).iter().peekable();
    let mut out = String::with_capacity(window.len());
    // Where the mark's ends went. One that stood inside a secret goes to its own end of the `***`.
    let (mut start, mut end) = (None, None);
    let mut at = window.start;
    while at < window.end {
        let (from, before) = (at, out.len());
        // Masks that overlap or touch are one secret to the eye.
        while let Some(mask) = masks.next_if(|mask| mask.start <= at) {
            at = at.max(mask.end.min(window.end));
        }
        if at > from {
            out.push_str(MASK);
        } else {
            let c =
                source.text()[from as usize..].chars().next().expect("the window ends at a character's end");
            at += c.len_utf8() as u32;
            out.push(if c == '\t' { c } else { visible(c).unwrap_or(c) });
        }
        if start.is_none() && mark.start < at {
            start = Some(before);
        }
        if end.is_none() && mark.end <= at {
            end = Some(if mark.end == from { before } else { out.len() });
        }
    }
    let start = start.unwrap_or(out.len());
    let end = end.unwrap_or(out.len()).max(start);
    let mark = if mark.is_empty() { Span::at(start) } else { Span::new(start, end) };
    (out, mark)
}

/// What to show instead of a character that a terminal would obey or that hides or reorders its neighbours.
pub fn visible(c: char) -> Option<char> {
    match c {
        Source::BAD_BYTE => Some(char::REPLACEMENT_CHARACTER),
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('\u{2421}'),
        // C1 controls; line and paragraph separators; bidirectional controls; invisible joiners, marks and tags.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some(char::REPLACEMENT_CHARACTER),
        _ => None,
    }
}

/// JSON that says the same and cannot be mistaken for a command, nor reorder what is around it on a screen.
///
/// Outside of strings JSON is ASCII and has no `#`, so whatever is replaced here is inside one.
pub fn harmless_json(text: &str) -> Cow<'_, str> {
    let may_hold = |byte| memchr::memchr(byte, text.as_bytes());
    let commands = may_hold(b'#').is_some_and(|at| text[at..].contains("##["));
    let shows = |c: char| c < '\x7f' || visible(c).is_none();
    if !commands && (text.is_ascii() && may_hold(b'\x7f').is_none() || text.chars().all(shows)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    for c in text.replace("##[", "##\\u005b").chars() {
        if c >= '\x7f' && visible(c).is_some() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The first line of `span` as [`fingerprint`] wants it: secrets masked.
pub fn masked_line(source: &Source, span: Span, masks: &[Span]) -> String {
    let line = visible_line(source, span);
    if line.len() > LONG_LINE {
        return excerpt(source, span, masks).text.into();
    }
    masked(source, line, Span::at(line.start as usize), masks).0
}

/// A number that stays the same while the file changes elsewhere: 128-bit FNV-1a over rule, path, line and ordinal,
/// a zero byte between them.
///
/// `line` comes from [`masked_line`], without surrounding blanks here: the masked text cannot be used to guess a short
/// password, and an indent does not make a finding new. `ordinal` counts the findings of one rule that would be equal
/// otherwise, from 0 at the top of the file.
pub fn fingerprint(rule_id: &str, path: &str, line: &str, ordinal: u32) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let ordinal = ordinal.to_le_bytes();
    let parts = [rule_id.as_bytes(), path.as_bytes(), line.trim().as_bytes(), &ordinal];
    let bytes = parts.into_iter().flat_map(|part| part.iter().chain(&[0]));
    bytes.fold(OFFSET, |hash, &byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

/// GitHub's `primaryLocationLineHash` of the lines asked for (1-based), as `github/codeql-action` computes it in
/// `src/fingerprints.ts`.
///
/// A hash covers the 100 UTF-16 units that follow the line's beginning, blanks left out, so it reaches into the next
/// lines; `:N` counts the equal hashes so far. GitHub ends a line at a lone `\r` too.
pub fn line_hashes(bytes: &[u8], lines: &[u32]) -> BTreeMap<u32, Box<str>> {
    let Some(&last) = lines.iter().max() else { return BTreeMap::new() };
    let mut asked = lines.to_vec();
    asked.sort_unstable();
    // Equal ones stand together then, in the order of their lines.
    let mut all = hashes_to(last, bytes);
    all.sort_unstable();
    let equal = all.chunk_by(|one, next| one.0 == next.0);
    let counted = equal.flat_map(|lines| lines.iter().zip(1..));
    let wanted = counted.filter(|((_, line), _)| asked.binary_search(line).is_ok());
    wanted.map(|(&(hash, line), count)| (line, format!("{hash:x}:{count}").into())).collect()
}

/// The hash and the number of each line, up to one of them.
fn hashes_to(last: u32, bytes: &[u8]) -> Vec<(u64, u32)> {
    // The end of the file counts as one character.
    if bytes.is_ascii() {
        return rolled(last, bytes.iter().map(|&byte| u16::from(byte)).chain([u16::MAX]));
    }
    rolled(last, String::from_utf8_lossy(bytes).encode_utf16().chain([u16::MAX]))
}

/// The same of UTF-16. The hash of a hundred units is the polynomial of all units to the last of these, without that of all
/// before the first.
fn rolled(last: u32, units: impl Iterator<Item = u16>) -> Vec<(u64, u32)> {
    const BLOCK: u64 = 100;
    const FACTOR: u64 = 37;
    /// What a polynomial weighs a block later.
    const LATER: u64 = FACTOR.wrapping_pow(BLOCK as u32);
    let mut hashes = Vec::new();
    // The lines whose hundred units are not there yet: where each ends, and the polynomial before it.
    let mut begun: VecDeque<(u64, u64)> = VecDeque::new();
    let (mut hash, mut count, mut next_end) = (0u64, 0, u64::MAX);
    let (mut line, mut at_start, mut after_cr) = (0, true, false);
    // Behind the end of the text there are zeros.
    let zeros = std::iter::repeat_n(0, BLOCK as usize).map(|zero| (zero, true));
    units.map(|unit| (unit, false)).chain(zeros).try_for_each(|(unit, is_behind)| {
        let skip = !is_behind && (matches!(unit, 0x20 | 0x09) || (after_cr && unit == 0x0a));
        after_cr = !skip && unit == 0x0d;
        if skip {
            return Some(());
        }
        let unit = if unit == 0x0d { 0x0a } else { unit };
        if at_start && line < last && !is_behind {
            line += 1;
            begun.push_back((count + BLOCK, hash));
            next_end = begun[0].0;
        }
        at_start = unit == 0x0a;
        hash = hash.wrapping_mul(FACTOR).wrapping_add(u64::from(unit));
        count += 1;
        if count == next_end
            && let Some((_, before)) = begun.pop_front()
        {
            hashes.push((hash.wrapping_sub(before.wrapping_mul(LATER)), hashes.len() as u32 + 1));
            next_end = begun.front().map_or(u64::MAX, |(end, _)| *end);
            return (line < last || !begun.is_empty()).then_some(());
        }
        Some(())
    });
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Position;

    fn shown(text: &str, mark: &str, secrets: &[&str]) -> (String, String, (bool, bool)) {
        let source = Source::new("f", text.as_bytes().to_vec());
        let span = |part: &str| {
            let at = text.find(part).expect("the text holds it");
            Span::new(at, at + part.len())
        };
        let masks = Span::merged(secrets.iter().map(|s| span(s)).collect());
        let excerpt = place(&source, span(mark), &Origin::WorkTree, &masks).excerpt;
        let marked = excerpt.text[excerpt.mark.range()].to_owned();
        (excerpt.text.into(), marked, excerpt.cut)
    }

    fn all_hashes(text: &[u8]) -> Vec<String> {
        let lines: Vec<u32> = (1..40).collect();
        line_hashes(text, &lines).into_values().map(String::from).collect()
    }

    #[test]
    fn positions_and_excerpt_of_one_line() {
        let source = Source::new("Dockerfile", b"FROM a\nRUN b \\\n  c\n".to_vec());
        let place = place(&source, Span::new(11, 18), &Origin::Index, &[]);
        assert_eq!(
            (place.start, place.end),
            (Position { line: 2, column: 5 }, Position { line: 3, column: 4 })
        );
        assert_eq!(place.line_end, 8);
        assert_eq!(&*place.excerpt.text, "RUN b \\");
        assert_eq!(place.excerpt.mark, Span::new(4, 7));
        assert_eq!(place.origin, Origin::Index);
    }

    #[test]
    fn places_at_the_edges_of_a_file() {
        for (text, at) in [("", 0), ("a\n", 2), ("a\n", 1), ("\u{feff}a", 0), ("\u{feff}a", 3), ("a\r\n", 2)]
        {
            let source = Source::new("f", text.as_bytes().to_vec());
            let place = place(&source, Span::at(at), &Origin::WorkTree, &[]);
            assert!(
                place.excerpt.mark.is_empty() && place.excerpt.mark.range().end <= place.excerpt.text.len()
            );
            assert!(!place.excerpt.text.contains('\u{feff}'), "{text:?}");
        }
    }

    #[test]
    fn secrets_are_masked_and_the_mark_follows() {
        assert_eq!(
            shown("ENV A=hush B=1", "hush", &["hush"]),
            ("ENV A=*** B=1".into(), "***".into(), (false, false))
        );
        assert_eq!(shown("ENV A=hush B=1", "B=1", &["hush"]).1, "B=1");
        assert_eq!(shown("ENV A=hush B=1", "A=hush B", &["hush"]).1, "A=*** B");
        assert_eq!(shown("ENV A=hush B=1", "us", &["hush"]).1, "***");
        assert_eq!(shown("ENV A=hush B=1", "B=1", &["hu", "us", "sh"]).0, "ENV A=*** B=1");
        assert_eq!(shown("ENV A=hush\nB", "ENV", &["hush\nB"]).0, "ENV A=***");
        assert_eq!(shown("ENV A=hush\nB=1", "B=1", &["hush\nB"]).0, "***=1");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let long = format!("{}MARK{}", "ä".repeat(500), "ö".repeat(500));
        let (text, marked, cut) = shown(&long, "MARK", &[]);
        assert_eq!((text.chars().count(), &*marked, cut), (200, "MARK", (true, true)));
        let (text, marked, cut) = shown(&format!("{}MARK", "ä".repeat(500)), "MARK", &[]);
        assert_eq!((text.chars().count(), &*marked, cut), (200, "MARK", (true, false)));
        let secret = "s".repeat(500);
        let (text, ..) = shown(&format!("A={secret} MARK"), "MARK", &[&secret]);
        assert_eq!(text, "*** MARK");
        let exact = format!("MARK{}", "x".repeat(196));
        assert_eq!(shown(&exact, "MARK", &[]).2, (false, false));
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(shown("a\u{1b}[31mb\u{202e}c\tX", "X", &[]).0, "a␛[31mb\u{fffd}c\tX");
        let source = Source::new("f", b"a\xffb".to_vec());
        assert_eq!(&*place(&source, Span::new(0, 1), &Origin::WorkTree, &[]).excerpt.text, "a\u{fffd}b");
    }

    #[test]
    fn a_fingerprint_depends_on_all_it_is_made_of_but_not_on_the_indent_or_the_secret() {
        let one = fingerprint("r", "p", "  line ", 0);
        assert_eq!(one, fingerprint("r", "p", "line", 0));
        let others =
            [("q", "p", "line", 0), ("r", "q", "line", 0), ("r", "p", "l", 0), ("r", "p", "line", 1)];
        for (rule, path, line, ordinal) in others {
            assert_ne!(one, fingerprint(rule, path, line, ordinal));
        }
        // FNV-1a of nothing but the separators and the ordinal, computed by hand elsewhere: the constants are right.
        let empty: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        let by_hand = (0..8).fold(empty, |h, _| h.wrapping_mul((1 << 88) + 0x13b));
        assert_eq!(fingerprint("", "", "", 0), by_hand);
        let line = |text: &str| {
            let source = Source::new("f", text.as_bytes().to_vec());
            masked_line(&source, Span::new(0, 3), &[Span::new(6, text.len())])
        };
        assert_eq!(line("ENV A=hush"), line("ENV A=another"));
    }

    #[test]
    fn line_hashes_are_githubs() {
        assert_eq!(all_hashes(b""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            all_hashes(b" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let lorem = all_hashes("Lorem ipsum dolor sit amet.\n".repeat(10).as_bytes());
        let equal: Vec<String> = (1..=6).map(|n| format!("a7f2ff13bc495cf2:{n}")).collect();
        assert_eq!(lorem[..6], equal);
        assert_eq!(lorem[6], "a7f2ff1481e87703:1");
        assert_eq!(all_hashes(b"a\r\nb\rc\n"), all_hashes(b"a\nb\nc\n"));
        assert_eq!(line_hashes(b"a\nb\n", &[2]).len(), 1);
        assert_eq!(line_hashes(b"a\nb\n", &[2])[&2], line_hashes(b"a\nb\n", &[1, 2, 3])[&2]);
    }
}
