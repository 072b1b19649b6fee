use std::collections::HashMap;

use crate::dockerfile::{Assignment, Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Env(pairs) = &instruction.kind else { continue };
        let mut first: HashMap<&str, &Assignment> = HashMap::new();
        // A word without `=` sets nothing, and stops the build.
        for pair in pairs.iter().filter(|pair| pair.value.is_some()) {
            if let Some(before) = first.insert(&pair.key.text, pair) {
                let message = format!("`{}` is set twice in this `ENV`; keep the last one", pair.key.text);
                out.at(file.source, before.span, message).see(file.source, pair.span, "this one counts");
            }
        }
    }
}
