use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.instructions.iter().filter(|one| matches!(one.kind, Kind::Onbuild(_))) {
        let message = "`ONBUILD` runs in the builds of other images, whose Dockerfiles do not show it; \
                       write the instruction there, or use a build stage";
        out.at(file.source, instruction.keyword.span, message);
    }
}
