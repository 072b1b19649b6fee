use super::pins::Pin;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Manager, Package, PackageCall};

const PIN: Pin = Pin {
    managers: &[Manager::Go],
    is_loose: is_moving,
    flags: &[],
    settings: &[],
    is_free: is_fixed_elsewhere,
    form: "path@version",
};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    PIN.report(file, out);
}

/// A query that moves, or a branch: `latest`, `main`.
fn is_moving(version: &str) -> bool {
    let is_commit = version.len() >= 7 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    !is_commit && !version.contains(|c: char| c.is_ascii_digit() || c == '$' || c == '`')
}

/// Packages of the project, and of its modules: `go.mod` has their versions. `go get` of a name alone fetches the latest.
fn is_fixed_elsewhere(call: &PackageCall, package: &Package) -> bool {
    let is_remote =
        package.name.split('/').next().is_some_and(|host| host.contains('.') && !host.starts_with('.'));
    let gets = call.subcommand.as_ref().is_some_and(|(name, _)| &**name == "get");
    !is_remote || package.version.is_none() && !gets
}
