//! What several rules ask of apt: its options, and what becomes of its package lists from layer to layer.

use super::update_without_install;
use crate::dockerfile::{Base, Dockerfile, Instruction, Kind, MountKind};
use crate::image;
use crate::rules::dockerfile::root;
use crate::rules::image::known;
use crate::shell::{self, Action, Call, Manager, PackageCall, PackageKind, Removal};
use crate::text::Span;

pub(super) const LISTS: &str = "/var/lib/apt/lists";

/// Images in which apt is configured to assume yes. Source: the Dockerfiles of CircleCI's images (`90circleci` in `apt.conf.d`).
const ASSUME_YES: [&str; 2] = ["cimg/", "circleci/"];

/// The file sets an option of apt permanently, in `apt.conf.d` or in a variable of options. Which calls that covers is
/// not known, so rules report none of them.
pub(super) fn is_configured(file: &Dockerfile, option: &str) -> bool {
    file.source.text().to_ascii_lowercase().contains(option)
}

/// The image that a RUN builds on is known to answer for apt.
pub(super) fn base_assumes_yes(file: &Dockerfile, run: &Instruction) -> bool {
    let base = run.stage.map(|stage| file.root_base(stage));
    matches!(base, Some(Base::Image(text))
        if image::parse(text).is_ok_and(|image| root::listed(&image.familiar_name(), &ASSUME_YES)))
}

/// apt-get or apt; aptitude has other ways.
pub(super) fn is_apt(call: &PackageCall) -> bool {
    matches!(call.manager, Manager::AptGet | Manager::Apt)
}

/// Options may hide in a variable: `apt-get install $APT_OPTIONS curl`.
pub(super) fn may_have_hidden_flags(call: &PackageCall) -> bool {
    call.packages.iter().filter(|package| package.kind == PackageKind::Variable).any(|package| {
        let name = package.text.to_ascii_uppercase();
        ["OPT", "FLAG", "ARG", "APT_"].iter().any(|part| name.contains(part))
    })
}

/// The lists lie in a cache or tmpfs mount, not in the layer.
pub(super) fn lists_are_mounted(run: &Instruction) -> bool {
    run.mounts().iter().any(|mount| {
        matches!(mount.kind(), Some(MountKind::Cache | MountKind::Tmpfs))
            && mount.target().is_some_and(|target| {
                let target = target.text.trim_end_matches('/');
                matches!(target, "/var/lib/apt" | "/var/lib/apt/lists" | "/var/lib" | "/var")
            })
    })
}

/// A removal deletes the lists, also if a variable of the file names them.
pub(super) fn clears_lists(file: &Dockerfile, run: &Instruction, removal: &Removal) -> bool {
    if !removal.expands {
        return removal.clears(LISTS);
    }
    match file.expand_in_script(&removal.path, run) {
        Some(text) => text.split_whitespace().any(|path| shell::clears(path, removal.recursive, LISTS)),
        // A variable of the script may hold the folder.
        None => removal.path.to_ascii_lowercase().contains("list"),
    }
}

/// `apt-get dist-clean` is `clean` and the lists.
pub(super) fn cleans_lists(call: &PackageCall) -> bool {
    call.subcommand.as_ref().is_some_and(|(name, _)| matches!(&**name, "dist-clean" | "distclean"))
}

/// A program or function whose name promises to clean up.
pub(super) fn may_clean(call: &Call) -> bool {
    call.name().is_some_and(|name| name.contains("clean") || name.contains("slim"))
}

/// Packages that apt itself stands on, so that they are always there, and found without lists.
const ESSENTIAL: [&str; 16] = [
    "adduser",
    "apt",
    "base-files",
    "bash",
    "coreutils",
    "dash",
    "debconf",
    "dpkg",
    "grep",
    "gzip",
    "libc6",
    "libgcc-s1",
    "libstdc++6",
    "perl-base",
    "sed",
    "tar",
];

/// What is known of the package lists where a RUN begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lists {
    Unknown,
    /// No layer has ever brought them.
    Never,
    /// An earlier RUN has left them: its index, and where it updates them.
    Left(usize, Span),
    /// An earlier RUN has deleted them.
    Removed(Span),
}

/// An install without an update before it in its RUN.
pub(super) struct Use<'f> {
    pub(super) call: &'f PackageCall,
    pub(super) lists: Lists,
}

/// Every install that takes the lists as it finds them, in the file's order.
pub(super) fn uses<'f>(file: &'f Dockerfile) -> Vec<Use<'f>> {
    let mut found = Vec::new();
    let mut at_end: Vec<Lists> = Vec::with_capacity(file.stages.len());
    for stage in &file.stages {
        let mut lists = match &stage.base {
            Base::Stage(base) => at_end[*base],
            Base::Image(text) if ships_no_lists(text) => Lists::Never,
            _ => Lists::Unknown,
        };
        for run in file.stage_instructions(stage.index) {
            if matches!(run.kind, Kind::Run(_)) && !lists_are_mounted(run) {
                let effect = effect(file, run);
                found.extend(effect.needs.map(|call| Use { call, lists }));
                lists = effect.leaves.unwrap_or(lists);
            }
        }
        at_end.push(lists);
    }
    found
}

/// Docker's official images delete the lists, as their rules want it.
fn ships_no_lists(text: &str) -> bool {
    image::parse(text).is_ok_and(|image| known::is_official(&image.familiar_name()))
}

struct Effect<'f> {
    needs: Option<&'f PackageCall>,
    /// `None` if the lists are as before.
    leaves: Option<Lists>,
}

fn effect<'f>(file: &Dockerfile, run: &'f Instruction) -> Effect<'f> {
    let mut effect = Effect { needs: None, leaves: None };
    for script in run.scripts() {
        let facts = script.facts();
        let calls = script.calls();
        let piped = facts.piped_scripts.iter().map(|piped| piped.span);
        // Calls that may update the lists although they do not name apt.
        let unseen: Option<Span> = calls
            .iter()
            .filter(|call| is_unseen(call))
            .map(Call::span)
            .chain(piped)
            .min_by_key(|span| span.start);
        let mut updated: Option<Span> = None;
        for call in facts.packages.iter().filter(|call| call.manager.is_apt()) {
            if call.updates() {
                updated = updated.or(Some(call.span));
            }
            let by_name = call.from_input
                || call.action == Action::BuildDep
                || call.packages.iter().any(|package| {
                    package.kind == PackageKind::Named && !ESSENTIAL.contains(&&*package.name)
                });
            let before = unseen.is_some_and(|span| span.start < call.span.start);
            if call.action.installs() && by_name && !call.conditional && updated.is_none() && !before {
                effect.needs = effect.needs.or(Some(call));
            }
        }
        let removed = facts.removals.iter().rev().find(|removal| clears_lists(file, run, removal));
        let cleaned = facts.packages.iter().find(|call| cleans_lists(call)).map(|call| call.span);
        if let Some(gone) = removed.map(|removal| removal.call).or(cleaned) {
            let last = updated.is_none_or(|span| span.start < gone.start);
            let certain = removed.is_none_or(|removal| !removal.conditional);
            effect.leaves = Some(if last && certain { Lists::Removed(gone) } else { Lists::Unknown });
        } else if unseen.is_some() || calls.iter().any(may_clean) {
            effect.leaves = Some(Lists::Unknown);
        } else if let Some(span) = updated {
            // An update alone is a finding of its own.
            let alone = update_without_install::lone_update(run).is_some();
            effect.leaves = Some(if alone { Lists::Unknown } else { Lists::Left(run.index, span) });
        }
    }
    effect
}

/// The call may run apt without naming it: a script, a program that sets up others.
pub(super) fn is_unseen(call: &Call) -> bool {
    const INSTALLERS: [&str; 22] = [
        ".",
        "add-apt-repository",
        "ansible-playbook",
        "apt-add-repository",
        "apt-fast",
        "apt-cyg",
        "bash",
        "chef-client",
        "clean-install",
        "dash",
        "eval",
        "install_packages",
        "make",
        "nala",
        "npx",
        "playwright",
        "puppet",
        "python",
        "python3",
        "rake",
        "sh",
        "source",
    ];
    let word = &call.words[0];
    let Some(name) = call.name() else { return true };
    word.text.contains('/') && !word.text.starts_with("/usr/bin/") && !word.text.starts_with("/bin/")
        || name.strip_suffix(".sh").is_some()
        || INSTALLERS.contains(&name)
}
