use super::{build_tools, listing};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // A base that is a toolchain itself is `sdk-image-final`'s.
    if file.stages.len() != 1
        || build_tools::toolchain(file, 0).is_some()
        || !build_tools::is_application(cx, file, 0)
    {
        return;
    }
    let left = build_tools::left_in(file, 0);
    let Some(first) = left.first().filter(|_| !build_tools::compiles_at_run(file)) else { return };
    let (names, verb) = listing::list(left.iter().map(|package| &*package.name), "ships", "ship");
    out.at(
        file.source,
        first.span,
        format!("{names} {verb} with the application; build in a separate stage and copy the result"),
    );
}
