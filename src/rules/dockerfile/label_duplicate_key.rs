use std::collections::HashMap;

use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut keys: HashMap<(usize, &str), Span> = HashMap::new();
    for instruction in &file.instructions {
        let (Kind::Label(pairs), Some(stage)) = (&instruction.kind, instruction.stage) else { continue };
        for pair in pairs.iter().filter(|pair| !pair.key.has_variable()) {
            let key = pair.key.text.trim_matches(['"', '\'']);
            if let Some(first) = keys.insert((stage, key), pair.key.span) {
                out.at(
                    file.source,
                    first,
                    format!("label `{key}` is set again further down; remove one of the two"),
                )
                .see(file.source, pair.key.span, "this value counts");
            }
        }
    }
}
