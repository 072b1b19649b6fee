use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::dockerfile::{Base, Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // What is missing is one WORKDIR a stage.
    let mut told: HashMap<usize, usize> = HashMap::new();
    for instruction in &file.instructions {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { continue };
        let Some(stage) = instruction.stage.filter(|_| file.workdir_at(instruction).is_none()) else {
            continue;
        };
        // An empty image has one directory.
        if matches!(file.root_base(stage), Base::Scratch) {
            continue;
        }
        let word = &transfer.destination;
        let expanded = file.expand(word, instruction);
        let Some(path) = expanded.text().filter(|path| is_relative(path)) else { continue };
        match told.entry(stage) {
            Entry::Occupied(first) => {
                out.list[*first.get()].see(file.source, word.span, "and here");
            }
            Entry::Vacant(first) => {
                first.insert(out.list.len());
                let message = format!(
                    "`{path}` is relative to the working directory of the base image; set `WORKDIR` before, or write the \
                     whole path"
                );
                out.at(file.source, word.span, message);
            }
        }
    }
}

fn is_relative(path: &str) -> bool {
    let bytes = path.as_bytes();
    let has_drive = bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    !path.is_empty() && !path.starts_with(['/', '\\', '$', '%', '~']) && !has_drive
}
