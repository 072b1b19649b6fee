use super::pins::{ALL_FIX, NONE_IS_FREE, Pin};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Manager;

const PIN: Pin = Pin {
    managers: &[Manager::Zypper],
    is_loose: ALL_FIX,
    flags: &["t", "type"],
    settings: &[],
    is_free: NONE_IS_FREE,
    form: "name=version",
};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    PIN.report(file, out);
}
