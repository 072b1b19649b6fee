use super::pins::{ALL_FIX, Pin};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Manager;

const PIN: Pin = Pin {
    managers: &[Manager::Dnf, Manager::Microdnf, Manager::Yum, Manager::Tdnf],
    is_loose: ALL_FIX,
    flags: &[],
    settings: &[],
    // `perl(JSON)`, `dnf-command(config-manager)`: what a package provides.
    is_free: |_, package| package.name.contains('('),
    form: "name-version",
};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    PIN.report(file, out);
}
