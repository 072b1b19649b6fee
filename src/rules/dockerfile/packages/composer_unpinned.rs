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
    is_free: is_argument_or_has_one,
    form: "vendor/name:version",
};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    PIN.report(file, out);
}

/// `create-project` takes one package, then a folder and a version; `require` takes versions after their packages.
fn is_argument_or_has_one(call: &PackageCall, package: &Package) -> bool {
    let creates = call.subcommand.as_ref().is_some_and(|(name, _)| &**name == "create-project");
    let names_all = call.packages.len() > 2;
    let next = call.packages.partition_point(|other| other.span.start <= package.span.start);
    let has_version = !creates && call.packages.get(next).is_some_and(|next| !next.name.contains('/'));
    let is_argument = creates && (names_all || call.packages.first() != Some(package));
    is_argument || has_version || !package.name.contains('/')
}
