//! All that rules ask about one script, collected in one walk.
//!
//! Facts are owned and carry places; what is good or bad about them is for rules.

use std::cell::Cell;
use std::collections::HashMap;

use super::downloads::{self, Download, PipedScript};
use super::files::{self, Folders, ModeChange, NewUser, Removal};
use super::packages::{self, Action, Package, PackageCall};
use super::walk::{self, Call, Event};
use super::{Script, Word};
use crate::text::Span;

/// Facts in order of execution. Compare `span`s to tell what comes before what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub packages: Vec<PackageCall>,
    pub downloads: Vec<Download>,
    /// Downloaded programs that are run as they come: `curl … | sh`.
    pub piped_scripts: Vec<PipedScript>,
    pub removals: Vec<Removal>,
    pub mode_changes: Vec<ModeChange>,
    pub new_users: Vec<NewUser>,
    pub verifications: Vec<Verification>,
    /// `sudo`, wherever it stands in front of a program.
    pub sudo: Vec<Span>,
    /// Variables that hold a file or folder of `mktemp`.
    pub temporary: Vec<Box<str>>,
    /// Pipelines whose earlier commands may fail unseen, because `set -o pipefail` is not in force. The SHELL
    /// instruction may still set it.
    pub pipes_without_pipefail: Vec<Span>,
    /// `apt-mark auto` and a purge of what is no longer needed after it: what was installed before goes, but for
    /// what `apt-mark manual` keeps.
    marks_auto: Option<Span>,
}

/// A check of a downloaded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    pub span: Span,
    /// A signature (gpg, cosign, minisign), else a checksum.
    pub signature: bool,
}

impl Facts {
    /// The first removal that empties a folder: `clears("/var/lib/apt/lists")`.
    pub fn clears(&self, folder: &str) -> Option<&Removal> {
        self.removals.iter().find(|removal| removal.clears(folder))
    }
    /// Calls of some managers that do something.
    pub fn calls(&self, action: Action) -> impl Iterator<Item = &PackageCall> {
        self.packages.iter().filter(move |call| call.action == action)
    }
    /// Packages of the distribution that the script installs and does not remove again, by name, by virtual group
    /// (`apk add -t .build-deps`), or by `apt-mark auto` and a purge.
    pub fn kept(&self) -> impl Iterator<Item = (&PackageCall, &Package)> {
        let installs = self.packages.iter().filter(|call| call.manager.is_system() && call.action.installs());
        let removed = Removed::of(&self.packages);
        installs.flat_map(move |call| {
            let group = call.flag('t', "virtual").filter(|_| call.manager == packages::Manager::Apk);
            let group = group.and_then(|flag| flag.value.as_deref());
            let marked =
                call.manager.is_apt() && self.marks_auto.is_some_and(|span| span.start > call.span.start);
            let gone = marked || group.is_some_and(|group| removed.name_after(group, call));
            let stays = |package: &&Package| !gone && !removed.after(package, call);
            let kept: Vec<&Package> = call.packages.iter().filter(stays).collect();
            kept.into_iter().map(move |package| (call, package))
        })
    }
}

/// Where packages are removed last, by name and, where a variable names them, as written.
struct Removed<'f> {
    names: HashMap<&'f str, u32>,
    variables: HashMap<&'f str, u32>,
}

impl<'f> Removed<'f> {
    fn of(calls: &'f [PackageCall]) -> Self {
        let mut removed = Self { names: HashMap::new(), variables: HashMap::new() };
        for call in calls.iter().filter(|call| call.action.removes()) {
            for gone in &call.packages {
                let note = |names: &mut HashMap<&'f str, u32>, name: &'f str| {
                    let last = names.entry(name).or_default();
                    *last = call.span.start.max(*last);
                };
                note(&mut removed.names, &gone.name);
                if gone.kind == packages::PackageKind::Variable {
                    note(&mut removed.variables, &gone.text);
                }
            }
        }
        removed
    }
    fn name_after(&self, name: &str, call: &PackageCall) -> bool {
        self.names.get(name).is_some_and(|&last| last > call.span.start)
    }
    /// The package is removed further on.
    fn after(&self, package: &Package, call: &PackageCall) -> bool {
        let variable = self.variables.get(&*package.text);
        self.name_after(&package.name, call) || variable.is_some_and(|&last| last > call.span.start)
    }
}

impl Action {
    fn removes(self) -> bool {
        matches!(self, Self::Remove | Self::Autoremove)
    }
}

/// How many bytes of variables' values a script's package names may be read from: a long value that is used
/// again and again must not fill the memory.
const VARIABLE_BYTES: usize = 1 << 16;

/// Walks a script once.
pub(super) fn collect(script: &Script) -> Facts {
    let mut facts = Facts::default();
    let mut variables: HashMap<&str, &str> = HashMap::new();
    let mut marked = None;
    let budget = Cell::new(VARIABLE_BYTES);
    let mut folders = Folders::default();
    walk::visit(script, &mut |event| match event {
        Event::Variable(word) => {
            variables.extend(variable(word));
            if let Some((name, value)) = word.text.split_once('=')
                && value
                    .trim_start_matches('"')
                    .trim_start_matches(['$', '(', '`', ' '])
                    .starts_with("mktemp")
            {
                facts.temporary.push(name.into());
            }
        }
        Event::Pipe(pipe) => {
            if !pipe.place.pipefail {
                facts.pipes_without_pipefail.push(pipe.pipeline.span);
            }
            facts.piped_scripts.extend(downloads::piped(&pipe));
        }
        Event::Call(call) => {
            if matches!(call.name(), Some("export" | "local" | "declare" | "readonly" | "typeset")) {
                variables.extend(call.args().iter().filter_map(variable));
            }
            // What stands before a special built-in stays set in a POSIX shell: `deps='a b' set -x && …`
            if matches!(call.name(), Some("set" | ":" | "export" | "eval")) {
                variables.extend(call.assignments.iter().filter_map(variable));
            }
            let lookup = |name: &str| {
                let value = *variables.get(name)?;
                budget.set(budget.get().checked_sub(value.len())?);
                Some(value.trim_start_matches('(').trim_end_matches(')').replace(['"', '\''], ""))
            };
            if let Some(found) = packages::read(&call, &lookup) {
                if marked.is_some()
                    && (found.action == Action::Autoremove
                        || found.has_flag('\0', "auto-remove")
                        || found.has_flag('\0', "autoremove"))
                {
                    facts.marks_auto = marked;
                }
                facts.packages.push(found);
            } else if call.is("apt-mark") && call.subcommand() == Some("auto") {
                marked = Some(call.span());
            }
            other(&call, &folders, &mut facts);
            if call.changes_folder() {
                folders.enter(&call);
            }
        }
    });
    facts
}

fn other(call: &Call<'_>, folders: &Folders, facts: &mut Facts) {
    facts.downloads.extend(downloads::read(call));
    facts.piped_scripts.extend(downloads::substituted(call));
    facts.removals.extend(files::removals(call, folders));
    facts.mode_changes.extend(files::mode_change(call, folders));
    facts.new_users.extend(files::new_user(call));
    facts.verifications.extend(verification(call));
    let sudo = if call.is("sudo") { Some(call.name_span()) } else { call.wrapped_by("sudo") };
    facts.sudo.extend(sudo);
}

/// `NAME=value`, if no command makes the value.
fn variable(word: &Word) -> Option<(&str, &str)> {
    if !word.substitutions.is_empty() {
        return None;
    }
    word.text.split_once('=')
}

fn verification(call: &Call<'_>) -> Option<Verification> {
    let checks = || call.has_flag('c', "check");
    let signature = match call.name()? {
        "sha1sum" | "sha224sum" | "sha256sum" | "sha384sum" | "sha512sum" | "md5sum" | "b2sum" | "b3sum"
        | "shasum" | "cksum" | "sha256" | "sha512"
            if checks() =>
        {
            false
        }
        "gpg" | "gpg2" if call.has_flag('\0', "verify") => true,
        "gpgv" | "gpgv2" => true,
        "cosign" if call.subcommand().is_some_and(|word| word.starts_with("verify")) => true,
        "minisign" if call.has_flag('V', "") => true,
        "signify" if call.has_flag('V', "") => true,
        "slsa-verifier" => true,
        "rpm" if call.has_flag('K', "checksig") => true,
        "openssl" if call.args().iter().any(|word| &*word.text == "-verify") => true,
        _ => return None,
    };
    Some(Verification { span: call.span(), signature })
}
