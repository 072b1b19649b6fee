use super::capabilities::{self, Reach};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let then = |name: &str| format!("; check that it needs `{name}`");
    capabilities::report(cx, spec, out, Reach::Own, then, |_| None);
}
