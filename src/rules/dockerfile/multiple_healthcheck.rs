use super::overridden;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    overridden::report(
        file,
        "HEALTHCHECK",
        |instruction| matches!(instruction.kind, Kind::Healthcheck(_)),
        out,
    );
}
