use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for script in file.all().flat_map(Instruction::scripts) {
        for piped in &script.facts().piped_scripts {
            out.at(
                file.source,
                piped.span,
                format!(
                    "`{}` runs what the server sends, unseen; save it, check it, then run it",
                    piped.interpreter
                ),
            );
        }
    }
}
