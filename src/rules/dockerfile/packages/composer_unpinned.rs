use super::pins::{ALL_FIX, Pin};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Manager, Package, PackageCall};

const PIN: Pin = Pin {
    managers: &[Manager::Composer],
    is_loose: ALL_FIX,
    flags: &[],
    settings: &[],
    is_free: is_argument,
    form: "vendor/name:version",
};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    PIN.report(file, out);
}

/// `create-project` takes one package, then a folder and a version.
fn is_argument(call: &PackageCall, package: &Package) -> bool {
    let creates = call.subcommand.as_ref().is_some_and(|(name, _)| &**name == "create-project");
    let names_all = call.packages.len() > 2;
    creates && (names_all || call.packages.first() != Some(package)) || !package.name.contains('/')
}
