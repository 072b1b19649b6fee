use super::pins::{NONE_IS_FREE, Pin};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Manager;

const PIN: Pin = Pin {
    managers: &[Manager::Npm, Manager::Yarn, Manager::Pnpm, Manager::Bun],
    is_loose: is_moving,
    flags: &[],
    settings: &[],
    is_free: NONE_IS_FREE,
    form: "name@version",
};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    PIN.report(file, out);
}

/// A tag, which moves from release to release: `latest`, `next`.
fn is_moving(version: &str) -> bool {
    !version.contains(|c: char| c.is_ascii_digit() || c == '$' || c == '`')
}
