use std::collections::HashMap;

use super::paths::{self, is_below};
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script, Word};
use crate::text::{Span, last_part};

/// So many copies of a stage are compared.
const MOST: usize = 1_000;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // What the stages have copied so far: where to, and the place of the destination.
    let mut copied: HashMap<usize, Vec<(String, Span)>> = HashMap::new();
    for instruction in file.instructions.iter().filter(|instruction| in_image(file, instruction)) {
        let Some(stage) = instruction.stage else { continue };
        match &instruction.kind {
            Kind::Copy(transfer) | Kind::Add(transfer) => {
                let expanded = file.expand(&transfer.destination, instruction);
                let Some(text) = expanded.text() else { continue };
                let known = copied.entry(stage).or_default();
                let is_owned = instruction.flag("chown").is_some();
                if !is_owned && known.len() < MOST && transfer.sources.iter().any(|word| is_large(&word.text))
                {
                    known.push((paths::resolve(file, instruction, text), transfer.destination.span));
                }
            }
            Kind::Run(_) => {
                for call in instruction.scripts().iter().flat_map(Script::calls) {
                    let Some((flag, paths)) = changed(file, instruction, &call) else { continue };
                    let known = copied.get(&stage).map_or(&[][..], Vec::as_slice);
                    let hit = |(target, _): &&(String, Span)| {
                        target != "/" && paths.iter().any(|path| is_below(target, path) && path != "/")
                    };
                    let Some((_, place)) = known.iter().rev().find(hit) else { continue };
                    let message = format!(
                        "this stores all copied files a second time, because it changes them in a new layer; use `{flag}` of \
                         `COPY`"
                    );
                    out.at(file.source, call.span(), message).see(
                        file.source,
                        *place,
                        "the files are copied here",
                    );
                }
            }
            _ => {}
        }
    }
}

/// A folder, or an archive that is unpacked. Single files are mostly scripts, which take no space.
fn is_large(source: &str) -> bool {
    let name = last_part(source.trim_end_matches('/'));
    if source.starts_with("<<") {
        return false;
    }
    source.ends_with('/')
        || matches!(name, "." | "*")
        || !name.contains('.')
        || name.contains(".tar")
        || name.contains(".tgz")
}

/// The flag of COPY that does the same, and the paths that a call changes with all below them.
fn changed(file: &Dockerfile, run: &Instruction, call: &Call) -> Option<(&'static str, Vec<String>)> {
    let flag = match call.name()? {
        "chown" | "chgrp" => "--chown",
        "chmod" => "--chmod",
        _ => return None,
    };
    let is_recursive = call.has_flag('R', "recursive");
    let paths = call.operands().into_iter().skip(1).filter(|word| !word.text.contains(['*', '?']));
    let paths: Vec<String> = paths.map(|word| paths::resolve(file, run, &word.text)).collect();
    // `--chmod` sets one mode for all files, which is hardly meant by `g+w`; and nobody should copy with 777.
    let is_plain = |mode: &Word| !mode.text.contains(['+', '-', '=']) && !mode.text.ends_with("77");
    let first = call.operands().first().is_some_and(|mode| flag == "--chown" || is_plain(mode));
    // With `--from` it changes only what belongs to somebody.
    (is_recursive && first && !call.has_flag('\0', "from") && !paths.is_empty()).then_some((flag, paths))
}
