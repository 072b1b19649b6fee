use std::collections::HashMap;

use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut seen = HashMap::new();
    for stage in 0..file.stages.len() {
        let Some(name) = file.from_of(stage).and_then(|from| from.name.as_ref()) else { continue };
        // Names are found in any case, so they clash in any case.
        if let Some(first) = seen.insert(name.text.to_ascii_lowercase(), name.span) {
            out.at(
                file.source,
                name.span,
                format!("another stage is already called `{}`; choose another name", name.text),
            )
            .see(file.source, first, "the other stage with this name");
        }
    }
}
