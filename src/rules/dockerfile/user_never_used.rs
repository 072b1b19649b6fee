use std::collections::HashMap;

use super::starts;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let words = words(file);
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let all: Vec<_> =
            file.ancestry(stage.index).flat_map(|stage| file.stage_instructions(stage)).collect();
        let has_user = all.iter().any(|one| matches!(one.kind, Kind::User(_)));
        // A script may change to it.
        let is_hidden = starts::script(file, stage.index) && file.starts.text.is_empty();
        if has_user || is_hidden || starts::of(file, stage.index).next().is_none() {
            continue;
        }
        let scripts = all.iter().filter(|one| matches!(one.kind, Kind::Run(_))).flat_map(|run| run.scripts());
        let created = scripts.flat_map(|script| &script.facts().new_users);
        for user in created {
            let name = &*user.name;
            if name.len() < 3 || name.contains('$') {
                continue;
            }
            // Once, where it is made.
            if words.get(name) == Some(&1) {
                let message = format!(
                    "the user `{name}` is created and never used, so the container runs as root; add `USER {name}`"
                );
                out.at(file.source, user.name_span, message);
            }
        }
    }
}

/// How often each word stands in the file and in the scripts that containers start with.
fn words<'f>(file: &'f Dockerfile) -> HashMap<&'f str, usize> {
    let mut counts = HashMap::new();
    for text in [file.source.text(), &file.starts.text] {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')) {
            *counts.entry(word).or_default() += 1;
        }
    }
    counts
}
