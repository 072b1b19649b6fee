use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

/// Source: `reservedStageNames` of moby/buildkit.
const RESERVED: [&str; 2] = ["context", "scratch"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in 0..file.stages.len() {
        let Some(name) = file.from_of(stage).and_then(|from| from.name.as_ref()) else { continue };
        if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(&name.text)) {
            let message = format!("`{}` is a name that Docker reserves; choose another name", name.text);
            out.at(file.source, name.span, message);
        }
    }
}
