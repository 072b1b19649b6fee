use super::lockfile_not_enforced::installs_all;
use super::naming::named;
use crate::dockerfile::{Base, Dockerfile, Instruction, Kind, MountKind};
use crate::finding::Findings;
use crate::project::{Files, Sent};
use crate::rule::Context;
use crate::rules::dockerfile::contexts;
use crate::shell::{Action, Manager, PackageCall};
use crate::text::{Span, last_part};

/// Files that describe the dependencies of a project.
struct Manifest {
    managers: &'static [Manager],
    /// If a context has several, one may need what is in the folder of another.
    file: &'static str,
    /// Files that show that an installation needs more than the manifest.
    others: &'static [&'static str],
    /// What is copied first.
    first: &'static str,
    installs: fn(&PackageCall) -> bool,
}

const MANIFESTS: [Manifest; 5] = [
    Manifest {
        managers: &[Manager::Npm, Manager::Yarn, Manager::Pnpm, Manager::Bun],
        file: "package.json",
        others: &["pnpm-workspace.yaml"],
        first: "`package.json` and its lock file",
        installs: |call| call.action == Action::LockedInstall || installs_all(call),
    },
    Manifest {
        managers: &[Manager::Bundler],
        file: "Gemfile",
        others: &[".gemspec"],
        first: "`Gemfile` and `Gemfile.lock`",
        installs: |call| call.action == Action::LockedInstall,
    },
    Manifest {
        managers: &[Manager::Composer],
        file: "composer.json",
        others: &[],
        first: "`composer.json` and `composer.lock`",
        // Otherwise its scripts may need the sources.
        installs: |call| {
            call.action.installs() && call.packages.is_empty() && call.has_flag('\0', "no-scripts")
        },
    },
    Manifest {
        managers: &[Manager::Pip, Manager::UvPip],
        file: "requirements.txt",
        others: &["setup.py", "pyproject.toml"],
        first: "the file with the requirements",
        installs: |call| {
            call.action == Action::Install
                && call.packages.is_empty()
                && call.has_flag('r', "requirement")
                && !call.has_flag('e', "editable")
        },
    },
    Manifest {
        managers: &[Manager::Go],
        file: "go.mod",
        others: &["go.work"],
        first: "`go.mod` and `go.sum`",
        installs: |call| call.action == Action::Download,
    },
];

/// What a stage has of the manifests, as far as it has come.
#[derive(Clone, Copy, Default)]
struct Stand {
    /// Where all files are copied.
    all: Option<Span>,
    /// For each manifest: it was there, or used, before all files.
    before: [bool; MANIFESTS.len()],
}

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    let mut at_end: Vec<Stand> = Vec::with_capacity(file.stages.len());
    for stage in &file.stages {
        let mut stand = match &stage.base {
            Base::Stage(base) => at_end[*base],
            _ => Stand::default(),
        };
        for instruction in file.stage_instructions(stage.index) {
            match &instruction.kind {
                Kind::Copy(_) | Kind::Add(_) => stand.copied(file, instruction),
                Kind::Run(_) => stand.ran(file, instruction, &contexts, out),
                _ => {}
            }
        }
        at_end.push(stand);
    }
}

impl Stand {
    fn copied(&mut self, file: &Dockerfile, instruction: &Instruction) {
        let Some((_, transfer)) = contexts::local(instruction) else {
            // What other stages pass may be dependencies.
            self.before = [true; MANIFESTS.len()];
            return;
        };
        for word in &transfer.sources {
            let expanded = file.expand(word, instruction);
            match expanded.text().and_then(contexts::path) {
                Some(path) if path == "." => self.all = self.all.or(Some(word.span)),
                Some(path) if self.all.is_none() => {
                    for (before, manifest) in self.before.iter_mut().zip(&MANIFESTS) {
                        *before |= manifest.is_in(&path);
                    }
                }
                _ => {}
            }
        }
    }

    fn ran(&mut self, file: &Dockerfile, run: &Instruction, contexts: &[&Sent], out: &mut Findings) {
        let is_cached = run.mounts().iter().any(|mount| mount.kind() != Some(MountKind::Secret));
        for (manifest, before) in MANIFESTS.iter().zip(&mut self.before) {
            let of_this = |call: &&PackageCall| {
                let is_offline = ["offline", "prefer-offline"].iter().any(|flag| call.has_flag('\0', flag));
                manifest.managers.contains(&call.manager)
                    && (manifest.installs)(call)
                    && !call.conditional
                    && !is_offline
            };
            let calls = run.scripts().iter().flat_map(|script| &script.facts().packages);
            let Some(call) = calls.into_iter().find(of_this) else { continue };
            if let Some(all) = self.all.filter(|_| !*before && !is_cached && manifest.is_enough(contexts)) {
                let (what, span) = named(file, call);
                let message = format!(
                    "`{what}` runs again after each change of any file; copy {} first, and all files after it",
                    manifest.first
                );
                out.at(file.source, span, message).see(file.source, all, "all files are copied here");
            }
            *before = true;
        }
    }
}

impl Manifest {
    /// A path names the manifest or a lock file, a pattern fits it, or a folder may hold it.
    fn is_in(&self, path: &str) -> bool {
        let name = last_part(path);
        let start = name.split(['*', '.', '-']).next().unwrap_or_default();
        name.contains("lock")
            || name.contains('*') && self.file.starts_with(start)
            || self.file.split('.').next() == Some(start)
            || !name.contains('.')
    }

    /// As far as the files of the contexts say, the manifest and its lock file are all that an installation needs. It
    /// needs more in a workspace, for example.
    fn is_enough(&self, contexts: &[&Sent]) -> bool {
        let enough = |files: &Files| {
            let paths = || files.below("").filter(|path| !path.contains("node_modules/"));
            let is_other = |path: &str| self.others.iter().any(|other| path.ends_with(other));
            paths().filter(|path| last_part(path) == self.file).count() == 1 && !paths().any(is_other)
        };
        !contexts.is_empty() && contexts.iter().all(|sent| sent.files.as_ref().is_some_and(enough))
    }
}
