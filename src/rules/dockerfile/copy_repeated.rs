use super::{contexts, paths};
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::project::{Files, Sent};
use crate::rule::Context;
use crate::text::last_part;

/// So many instructions, of so many sources each, are compared with the next one, so that no file takes long.
const MOST: usize = 8;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    for stage in &file.stages {
        // Since the last command that may read what was copied.
        let mut open: Vec<Copied> = Vec::new();
        for instruction in file.stage_instructions(stage.index) {
            if matches!(instruction.kind, Kind::Run(_)) {
                open.clear();
            }
            let Some(next) = copied(file, instruction) else { continue };
            open.retain(|first| {
                let is_repeated = first.is_repeated_by(&next, &contexts);
                if is_repeated {
                    let message = "a later `COPY` copies this again, and no `RUN` in between needs it; remove this instruction";
                    let found = out.at(file.source, first.instruction.keyword.span, message);
                    found.see(file.source, next.instruction.span, "the same files are copied here");
                }
                !is_repeated
            });
            if open.len() == MOST {
                open.remove(0);
            }
            open.push(next);
        }
    }
}

/// A COPY from the build context whose paths are all known.
struct Copied<'f, 'a> {
    instruction: &'f Instruction<'a>,
    /// As [`contexts::path`] has them.
    sources: Vec<String>,
    /// As [`paths::resolve`] has it.
    target: String,
    /// The sources are put below the target by their names, if they are files.
    is_folder: bool,
}

fn copied<'f, 'a>(file: &Dockerfile, instruction: &'f Instruction<'a>) -> Option<Copied<'f, 'a>> {
    let (instruction, transfer) = contexts::local(instruction)?;
    let is_plain = |name: &str| matches!(name, "chown" | "chmod" | "link");
    if !matches!(instruction.kind, Kind::Copy(_))
        || !instruction.flags.iter().all(|flag| is_plain(&flag.name.text))
        || transfer.sources.len() > MOST
    {
        return None;
    }
    let target = file.expand(&transfer.destination, instruction);
    let target = target.text()?;
    let path = |word| contexts::path(file.expand(word, instruction).text()?);
    Some(Copied {
        instruction,
        sources: transfer.sources.iter().map(path).collect::<Option<_>>()?,
        target: paths::resolve(file, instruction, target),
        is_folder: target.ends_with(['/', '.']) || transfer.sources.len() > 1,
    })
}

impl Copied<'_, '_> {
    /// All that it copies is copied again, to the same place.
    fn is_repeated_by(&self, next: &Self, contexts: &[&Sent]) -> bool {
        let is_same =
            self.sources == next.sources && (&self.target, self.is_folder) == (&next.target, next.is_folder);
        is_same
            || self.sources.iter().all(|source| {
                let goes_to = self.goes_to(source, contexts);
                goes_to.is_some_and(|path| next.sources.iter().any(|whole| next.puts(whole, source, &path)))
            })
    }

    /// Where a source goes; for a folder, where its files go. `None` if it may be one or the other, and that matters.
    fn goes_to(&self, source: &str, contexts: &[&Sent]) -> Option<String> {
        let name = last_part(source);
        let is_file = match known(source, contexts) {
            Some(is_file) => is_file,
            None if self.is_folder && name.trim_start_matches('.').contains('.') => true,
            None if !self.is_folder => return Some(self.target.clone()),
            None => return None,
        };
        let below = is_file && self.is_folder;
        Some(if below {
            format!("{}/{name}", self.target.trim_end_matches('/'))
        } else {
            self.target.clone()
        })
    }

    /// The source, which lies in the folder `whole`, comes to this path, too.
    fn puts(&self, whole: &str, source: &str, path: &str) -> bool {
        let rest = if whole == "." {
            Some(source)
        } else {
            source.strip_prefix(whole).and_then(|rest| rest.strip_prefix('/'))
        };
        let Some(rest) = rest.filter(|rest| *rest != ".") else { return false };
        !whole.contains(['*', '?', '[']) && format!("{}/{rest}", self.target.trim_end_matches('/')) == path
    }
}

/// Whether a path of the build contexts is a file or a folder, where the files are known.
fn known(path: &str, contexts: &[&Sent]) -> Option<bool> {
    let files: Vec<&Files> = contexts.iter().filter_map(|sent| sent.files.as_ref()).collect();
    if files.iter().any(|files| files.get(path).is_some()) {
        return Some(true);
    }
    let folder = format!("{path}/");
    files.iter().any(|files| files.below(&folder).next().is_some()).then_some(false)
}
