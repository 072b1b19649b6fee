//! The way of a file from the stage in which it lies into an image that people run: along `COPY --from`.

use std::collections::HashSet;

use super::paths::{self, is_below};
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, FromRef, Instruction, Kind, Transfer};

/// So many places are followed for one file.
const MOST: usize = 1_000;

/// A `COPY --from` that names a stage of the file.
struct Crossing<'f, 'a> {
    instruction: &'f Instruction<'a>,
    transfer: &'f Transfer<'a>,
    from: usize,
}

/// All crossings of a file.
pub(super) struct Flows<'f, 'a> {
    file: &'f Dockerfile<'a>,
    crossings: Vec<Crossing<'f, 'a>>,
}

impl<'f, 'a> Flows<'f, 'a> {
    pub(super) fn of(file: &'f Dockerfile<'a>) -> Self {
        let crossing = |instruction: &'f Instruction<'a>| {
            let Kind::Copy(transfer) = &instruction.kind else { return None };
            let from = instruction.flag("from")?.value.as_ref()?;
            match file.resolve_from(from, instruction) {
                FromRef::Stage(from) => Some(Crossing { instruction, transfer, from }),
                _ => None,
            }
        };
        Self { file, crossings: file.instructions.iter().filter_map(crossing).collect() }
    }

    /// The instructions that carry what lies at a path of a stage, one after the other, into an image that people run.
    /// The path is as [`paths::resolve`] has it.
    pub(super) fn to_image(&self, stage: usize, path: &str) -> Option<Vec<&'f Instruction<'a>>> {
        let mut open: Vec<(usize, String, Vec<&'f Instruction<'a>>)> =
            vec![(stage, path.to_owned(), Vec::new())];
        let mut seen: HashSet<(usize, String)> = HashSet::new();
        while let Some((stage, path, way)) = open.pop() {
            if seen.len() > MOST || !seen.insert((stage, path.clone())) {
                continue;
            }
            for crossing in &self.crossings {
                // A stage that is built on this one has what this one has.
                let has_it = self.file.ancestry(crossing.from).any(|ancestor| ancestor == stage);
                let Some(target) = has_it.then(|| self.target(crossing, &path)).flatten() else { continue };
                let mut way = way.clone();
                way.push(crossing.instruction);
                if in_image(self.file, crossing.instruction) {
                    return Some(way);
                }
                if let Some(next) = crossing.instruction.stage {
                    open.push((next, target, way));
                }
            }
        }
        None
    }

    /// Where a crossing puts what lies at a path; `None` if it does not take it.
    fn target(&self, crossing: &Crossing, path: &str) -> Option<String> {
        let (file, at) = (self.file, crossing.instruction);
        let destination = file.expand(&crossing.transfer.destination, at);
        let destination = paths::resolve(file, at, destination.text()?);
        crossing.transfer.sources.iter().find_map(|word| {
            let expanded = file.expand(word, at);
            let text = expanded.text()?;
            let (text, is_open) = text.strip_suffix("/*").map_or((text, false), |text| (text, true));
            if text.contains(['*', '?', '[']) {
                return None;
            }
            // In another stage a path begins at its top.
            let source = format!("/{}", text.trim_matches('/'));
            let inside = is_below(path, &source) && !(is_open && path == source);
            let rest = path.strip_prefix(source.trim_end_matches('/')).unwrap_or_default();
            inside.then(|| format!("{}{rest}", destination.trim_end_matches('/')))
        })
    }
}
