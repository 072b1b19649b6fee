use super::pins::{NONE_IS_FREE, Pin};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Manager;

const PIN: Pin = Pin {
    managers: &[Manager::Pip, Manager::UvPip, Manager::Uv, Manager::Pipx, Manager::Poetry],
    is_loose: |version| version == "latest",
    flags: &["c", "constraint", "constraints", "spec", "no-index"],
    settings: &["pip_constraint", "uv_constraint"],
    is_free: NONE_IS_FREE,
    form: "name==version",
};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    PIN.report(file, out);
}
