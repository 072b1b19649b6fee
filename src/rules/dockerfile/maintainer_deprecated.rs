use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in &file.instructions {
        let Kind::Maintainer(name) = &instruction.kind else { continue };
        let finding = out.at(
            file.source,
            instruction.keyword.span,
            "`MAINTAINER` is deprecated; use `LABEL org.opencontainers.image.authors=…`",
        );
        let written = file.source.slice(name.span);
        if written.contains(['\n', '"', '\\', '$']) || written.is_empty() {
            continue;
        }
        finding.fix(
            Safety::Safe,
            "write a label instead",
            vec![
                Edit::replace(instruction.keyword.span, "LABEL"),
                Edit::replace(name.span, format!("org.opencontainers.image.authors=\"{written}\"")),
            ],
        );
    }
}
