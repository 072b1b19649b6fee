//! Which lines of a text are new, told by its bytes.
//!
//! git is not asked: whoever proposes a change says in `.gitattributes`, or with a single NUL, which files git takes for
//! binary, and of those it shows no lines. Texts are split as the rules see them, so that the numbers agree.

use std::collections::HashSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::secrets::as_utf8;

/// Where the product of the numbers of lines is larger, all lines between the first and the last that differ are new.
const MOST: usize = 16_000_000;

/// The numbers, from 1, of lines of `new` that `old` has not in their place.
pub(super) fn added(old: Vec<u8>, new: Vec<u8>) -> HashSet<u32> {
    let (old, new) = (as_utf8(old), as_utf8(new));
    let (old, new): (Vec<&[u8]>, Vec<&[u8]>) =
        (old.split(|&b| b == b'\n').collect(), new.split(|&b| b == b'\n').collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, rest) = (&old[before..], &new[before..]);
    let after = old.iter().rev().zip(rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, rest) = (&old[..old.len() - after], &rest[..rest.len() - after]);
    let number = |at: usize| (before + at + 1) as u32;
    if old.is_empty() || old.len().saturating_mul(rest.len()) > MOST {
        return (0..rest.len()).map(number).collect();
    }
    let ops = capture_diff_slices(Algorithm::Myers, old, rest);
    let added = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    added.flat_map(DiffOp::new_range).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(old: &[u8], new: &[u8]) -> Vec<u32> {
        let mut lines: Vec<u32> = added(old.to_vec(), new.to_vec()).into_iter().collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn new_lines_have_their_numbers() {
        assert_eq!(sorted(b"a\nb\nc\n", b"a\nx\nb\nc\ny\n"), [2, 5]);
        assert_eq!(sorted(b"", b"a\nb"), [1, 2]);
        assert_eq!(sorted(b"a\nb\n", b"a\nb\n"), Vec::<u32>::new());
        assert_eq!(sorted(b"a\nb\nc\n", b"a\nc\n"), Vec::<u32>::new());
        assert_eq!(sorted(b"a\r\nb\r\n", b"a\nb\r\n"), [1]);
    }

    #[test]
    fn what_git_calls_binary_has_lines_too() {
        assert_eq!(sorted(b"a\n\0\n", b"a\n\0\nx\n\0"), [3, 4]);
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let old = "first line\nsecond line\nthird\n";
        assert_eq!(sorted(&wide(old), &wide("first line\nnew\nsecond line\nthird\n")), [2]);
        assert_eq!(sorted(old.as_bytes(), &wide("first line\nsecond line\nthird\nnew")), [4]);
    }

    #[test]
    fn huge_texts_are_new_from_the_first_difference_to_the_last() {
        let lines = |start: u32| -> Vec<u8> {
            (start..start + 9_000).flat_map(|n| format!("{n}\n").into_bytes()).collect()
        };
        let new = [b"same\n".to_vec(), lines(9_000), b"end\n".to_vec()].concat();
        let old = [b"same\n".to_vec(), lines(0), b"end\n".to_vec()].concat();
        assert_eq!(sorted(&old, &new), (2..=9_001).collect::<Vec<_>>());
    }
}
