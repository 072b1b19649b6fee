//! git's deltas: a text told as copies from its base and new bytes, and what of it is new.

use std::ops::Range;

use super::held;

/// What a delta did, in the places of its target.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Changes {
    /// What is no plain copy, in order: new bytes, and empty ranges where two copies meet that do not in the base.
    pub added: Vec<Range<u32>>,
    /// What was copied, by its place in the target; copies that go on in base and target are one.
    pub runs: Vec<Run>,
}

/// A range that base and target share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub base: u32,
    pub target: u32,
    pub len: u32,
}

impl Changes {
    /// Where in the target a range of the base stands whole, each place once.
    pub fn places(&self, range: &Range<u32>) -> impl Iterator<Item = u32> {
        self.runs.iter().filter_map(move |run| {
            let inside = run.base <= range.start && range.end <= run.base + run.len;
            inside.then(|| run.target + (range.start - run.base))
        })
    }

    fn clear(&mut self) {
        self.added.clear();
        self.runs.clear();
    }

    fn copy(&mut self, base: u32, target: u32, len: u32) {
        if let Some(last) = self.runs.last_mut().filter(|last| last.target + last.len == target) {
            if last.base + last.len == base {
                last.len += len;
                return;
            }
            self.added.push(target..target);
        } else if target == 0 && base != 0 {
            // The text begins elsewhere now, and a line may be cut.
            self.added.push(0..0);
        }
        self.runs.push(Run { base, target, len });
    }

    fn insert(&mut self, target: u32, len: u32) {
        match self.added.last_mut().filter(|last| last.end == target) {
            Some(last) => last.end += len,
            None => self.added.push(target..target + len),
        }
    }

    fn end(&mut self, base: u32, target: u32) {
        let copied = self.runs.last().filter(|last| last.target + last.len == target);
        if copied.is_some_and(|last| last.base + last.len != base) {
            self.added.push(target..target);
        }
    }
}

/// The sizes of base and target that a delta names, and what follows them.
pub(crate) fn sizes(delta: &[u8]) -> Result<(u64, u64, &[u8]), String> {
    let mut rest = delta;
    let base = size(&mut rest)?;
    let target = size(&mut rest)?;
    held(target)?;
    Ok((base, target, rest))
}

fn size(rest: &mut &[u8]) -> Result<u64, String> {
    let mut size = 0;
    for shift in (0..=56).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or("its delta is cut off")?;
        *rest = tail;
        size |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(size);
        }
    }
    Err("a size in its delta is not a number".to_owned())
}

/// Makes the target of a delta, which has `size` bytes; `rest` is what follows the delta's sizes.
pub(crate) fn apply(
    mut rest: &[u8],
    size: u64,
    base: &[u8],
    out: &mut Vec<u8>,
    changes: &mut Changes,
) -> Result<(), String> {
    let cut = || "its delta is cut off".to_owned();
    changes.clear();
    out.clear();
    out.reserve_exact(size as usize);
    while let Some((&op, tail)) = rest.split_first() {
        rest = tail;
        let target = out.len() as u32;
        if op & 0x80 != 0 {
            let mut number = |bits: u8, count: u32| {
                let mut value = 0usize;
                for i in 0..count {
                    if bits & 1 << i != 0 {
                        let (&byte, tail) = rest.split_first().ok_or_else(cut)?;
                        rest = tail;
                        value |= usize::from(byte) << (8 * i);
                    }
                }
                Ok::<_, String>(value)
            };
            let start = number(op, 4)?;
            let len = match number(op >> 4 & 7, 3)? {
                0 => 0x1_0000,
                len => len,
            };
            let bytes = base.get(start..start + len).ok_or("its delta copies what its base does not have")?;
            // Asked before it is copied: a small delta can promise very much.
            if out.len() as u64 + len as u64 > size {
                return Err("its delta is longer than its stated size".to_owned());
            }
            out.extend_from_slice(bytes);
            changes.copy(start as u32, target, len as u32);
        } else if op != 0 {
            let len = usize::from(op);
            let bytes = rest.get(..len).ok_or_else(cut)?;
            rest = &rest[len..];
            if out.len() as u64 + len as u64 > size {
                return Err("its delta is longer than its stated size".to_owned());
            }
            out.extend_from_slice(bytes);
            changes.insert(target, len as u32);
        } else {
            return Err("its delta contains an unknown operation".to_owned());
        }
    }
    if out.len() as u64 != size {
        return Err(cut());
    }
    changes.end(base.len() as u32, out.len() as u32);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(delta: &[u8], base: &[u8]) -> Result<(String, Changes), String> {
        let (size, target, rest) = sizes(delta)?;
        assert_eq!(size, base.len() as u64);
        let (mut out, mut changes) = (Vec::new(), Changes::default());
        apply(rest, target, base, &mut out, &mut changes)?;
        Ok((String::from_utf8(out).unwrap(), changes))
    }

    #[test]
    fn copies_inserts_and_tells_what_is_new() {
        // Copy 0..2, insert "XY" in two operations, copy 2..4 and 4..6, which go on, then 0..1.
        let delta = [6, 9, 0x90, 2, 1, b'X', 1, b'Y', 0x91, 2, 2, 0x91, 4, 2, 0x90, 1];
        let (text, changes) = run(&delta, b"abcdef").unwrap();
        assert_eq!(text, "abXYcdefa");
        assert_eq!(changes.added, [2..4, 8..8, 9..9]);
        assert_eq!(changes.runs.len(), 3);
        assert_eq!(changes.places(&(3..6)).collect::<Vec<_>>(), [5]);
        assert_eq!(changes.places(&(0..1)).collect::<Vec<_>>(), [0, 8]);
        assert_eq!(changes.places(&(1..3)).count(), 0);
    }

    #[test]
    fn a_new_beginning_is_a_change() {
        let (text, changes) = run(&[3, 2, 0x91, 1, 2], b"abc").unwrap();
        assert_eq!((text.as_str(), changes.added), ("bc", std::iter::once(0..0).collect()));
        let (text, changes) = run(&[3, 3, 0x90, 3], b"abc").unwrap();
        assert_eq!((text.as_str(), changes.added), ("abc", vec![]));
    }

    #[test]
    fn hostile_deltas_are_errors() {
        for delta in [
            &[3, 9, 0x91, 1, 9][..],
            &[3, 2, 0],
            &[3, 1, 0x90, 3],
            &[3, 9, 0x90, 3],
            &[3, 4, 4, b'a'],
            &[3, 0x80],
            &[3, 9, 0xff],
        ] {
            assert!(run(delta, b"abc").is_err(), "{delta:?}");
        }
    }
}
