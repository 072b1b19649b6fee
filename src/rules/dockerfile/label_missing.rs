use std::collections::HashSet;

use super::labels;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if cx.policy.labels.is_empty() {
        return;
    }
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let instructions = file.ancestry(stage.index).flat_map(|stage| file.stage_instructions(stage));
        let set: HashSet<&str> = instructions
            .filter_map(|instruction| match &instruction.kind {
                Kind::Label(pairs) => Some(pairs),
                _ => None,
            })
            .flatten()
            .map(|pair| pair.key.text.trim_matches(['"', '\'']))
            .collect();
        let Some(from) = file.from_of(stage.index) else { continue };
        // A variable may stand for any key.
        if set.iter().any(|key| key.contains('$')) {
            continue;
        }
        let mut missing = cx.policy.labels.iter().filter(|(key, _)| !set.contains(&**key)).peekable();
        if missing.peek().is_some() {
            let names = labels::list(missing.map(|(key, _)| &**key));
            out.at(file.source, from.image.span, format!("the image lacks the label {names}; add it"));
        }
    }
}
