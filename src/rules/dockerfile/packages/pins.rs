//! Packages that a call installs in whatever version there is on the day of the build.

use super::apt;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rules::dockerfile::listing;
use crate::shell::{self, Action, Manager, Package, PackageCall, PackageKind};
use crate::text::last_part;

/// What a rule on one manager says of its packages.
pub(super) struct Pin {
    pub(super) managers: &'static [Manager],
    /// A version that fixes nothing; none at all does not, either.
    pub(super) is_loose: fn(&str) -> bool,
    /// Flags that name the version, or a file that does.
    pub(super) flags: &'static [&'static str],
    /// What stands in a file whose repositories or constraints fix all versions.
    pub(super) settings: &'static [&'static str],
    /// Packages of a call that need none.
    pub(super) is_free: fn(&PackageCall, &Package) -> bool,
    /// How to write a version: `name=version`.
    pub(super) form: &'static str,
}

pub(super) const ALL_FIX: fn(&str) -> bool = |_| false;
pub(super) const NONE_IS_FREE: fn(&PackageCall, &Package) -> bool = |_, _| false;

/// So many bytes of variables' values are read in one file.
const VALUES: usize = 1 << 20;

impl Pin {
    /// Reports every call that installs packages by name alone.
    pub(super) fn report(&self, file: &Dockerfile, out: &mut Findings) {
        let mut configured = None;
        let mut left = VALUES;
        for run in file.runs() {
            for call in run.package_calls().filter(|call| self.concerns(call)) {
                let given = given(file, run, call, &mut left);
                let all = call.packages.iter().chain(&given);
                let loose: Vec<&Package> = all.filter(|package| self.is_loose_in(call, package)).collect();
                let Some(first) = loose.first() else { continue };
                let is_configured = || self.settings.iter().any(|setting| apt::is_configured(file, setting));
                if *configured.get_or_insert_with(is_configured) {
                    return;
                }
                let (names, verb) = listing::list(loose.iter().map(|package| shown(package)), "has", "have");
                out.at(
                    file.source,
                    first.span,
                    format!(
                        "{names} {verb} no fixed version, so the image changes from build to build; write `{}`",
                        self.form
                    ),
                );
            }
        }
    }

    fn concerns(&self, call: &PackageCall) -> bool {
        self.managers.contains(&call.manager)
            && matches!(call.action, Action::Install | Action::Reinstall)
            && !call.flags.iter().any(|flag| self.flags.contains(&&*flag.name))
    }

    fn is_loose_in(&self, call: &PackageCall, package: &Package) -> bool {
        match package.kind {
            PackageKind::Named | PackageKind::Glob => {
                package.version.as_deref().is_none_or(self.is_loose) && !(self.is_free)(call, package)
            }
            PackageKind::Url => is_branch(&package.text),
            _ => false,
        }
    }
}

/// The packages that variables of the file name: `apt-get install $PACKAGES`, with ENV or ARG.
fn given(file: &Dockerfile, run: &Instruction, call: &PackageCall, left: &mut usize) -> Vec<Package> {
    let variables = call.packages.iter().filter(|package| package.kind == PackageKind::Variable);
    let mut found = Vec::new();
    for package in variables {
        let Some(value) = file.expand_in_script(&package.text, run) else { continue };
        match left.checked_sub(value.len()) {
            Some(rest) => *left = rest,
            None => break,
        }
        found.extend(shell::packages_in(call, &value, package.span));
    }
    found
}

/// `git+https://host/a/b` without a commit or tag behind it, from where pip takes what the branch has.
fn is_branch(address: &str) -> bool {
    let path = address.strip_prefix("git+").and_then(|rest| rest.split_once("://")).map(|(_, rest)| rest);
    // Before the first slash are the host and perhaps a user.
    let path = path.and_then(|rest| rest.split_once('/')).map(|(_, path)| path);
    path.is_some_and(|path| !path.contains(['@', '$']))
}

/// The name, for an address its last part.
fn shown(package: &Package) -> &str {
    match package.kind {
        PackageKind::Url => last_part(&package.text),
        _ => &package.text,
    }
}
