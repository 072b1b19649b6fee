use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut before: Option<usize> = None;
    for (at, instruction) in file.instructions.iter().enumerate().rev() {
        let Kind::Maintainer(name) = &instruction.kind else { continue };
        // Of several in a stage the last one counts, so only that one becomes a label.
        let is_last =
            before.replace(at).is_none_or(|next| file.instructions[next].stage != instruction.stage);
        let finding = out.at(
            file.source,
            instruction.keyword.span,
            "`MAINTAINER` is deprecated; use `LABEL org.opencontainers.image.authors=…`",
        );
        let written = file.source.slice(name.span);
        let bare = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(written);
        if bare.contains(['\n', '"', '\\', '$'])
            || bare.is_empty()
            || !is_last
            || has_authors(file, instruction)
        {
            continue;
        }
        finding.fix(
            Safety::Safe,
            "replace it with a label",
            vec![
                Edit::replace(instruction.keyword.span, "LABEL"),
                Edit::replace(name.span, format!("org.opencontainers.image.authors=\"{bare}\"")),
            ],
        );
    }
}

/// The stage has the label already, perhaps with somebody else in it.
fn has_authors(file: &Dockerfile, instruction: &Instruction) -> bool {
    let labels = file.instructions.iter().filter(|other| other.stage == instruction.stage);
    labels.into_iter().any(|other| {
        matches!(other.kind, Kind::Label(_))
            && file.source.slice(other.span).contains("org.opencontainers.image.authors")
    })
}
