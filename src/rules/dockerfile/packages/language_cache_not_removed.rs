use super::caches::{self, Left};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::rules::dockerfile::build_tools;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for cache in [&caches::UV, &caches::GEM, &caches::COMPOSER, &caches::GO, &caches::CARGO] {
        for Left { run, calls } in cache.left(file) {
            // A toolchain that ships is the larger fault, and reported as that.
            if run.stage.is_none_or(|stage| build_tools::toolchain(file, stage).is_none()) {
                cache.report_one(file, run, &calls, out);
            }
        }
    }
}
