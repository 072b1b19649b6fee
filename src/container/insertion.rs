//! Where a new setting may be written.

use super::FileId;
use crate::text::{Edit, Source};

/// Where a new setting may be written into a container's mapping: on a line of its own after `offset`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Insertion {
    pub file: FileId,
    /// The end of the line that the new one follows.
    pub offset: u32,
    /// Spaces before the key.
    pub indent: u32,
}

impl Insertion {
    /// The edit that writes `lines` (`read_only: true`; further lines relative to the first's indentation).
    pub fn edit(&self, source: &Source, lines: &str) -> Edit {
        let mut insert = String::new();
        for line in lines.lines() {
            insert.push_str(source.newline());
            insert.extend(std::iter::repeat_n(' ', self.indent as usize));
            insert.push_str(line);
        }
        Edit::insert(self.offset as usize, insert)
    }
}
