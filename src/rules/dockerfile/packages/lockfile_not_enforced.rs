use super::caches::YARN_2;
use super::naming::named;
use crate::dockerfile::{Base, Dockerfile, Instruction, Kind, MountKind, Origin, Word};
use crate::finding::{Findings, Safety};
use crate::image;
use crate::project::Sent;
use crate::rule::Context;
use crate::rules::dockerfile::contexts;
use crate::shell::{Action, Manager, PackageCall, PackageKind, Script};
use crate::text::{Edit, Span, last_part};

/// The lock file of one manager, and how an installation keeps to it.
struct Lock {
    manager: Manager,
    files: &'static [&'static str],
    /// Flags by which an installation keeps to the file, or by which its author says that it need not.
    flags: &'static [&'static str],
    /// Variables that do the same.
    variables: &'static [&'static str],
    /// Words anywhere in the file that do the same.
    settings: &'static [&'static str],
    /// Calls that may change what the file says.
    is_loose: fn(&PackageCall) -> bool,
    remedy: Remedy,
}

enum Remedy {
    /// Another subcommand, in place of the one that is there.
    Subcommand(&'static str),
    /// A flag of the call.
    Flag(&'static str),
    /// A variable before the call.
    Variable(&'static str),
    /// Another command, which does not do all that the one does that is there.
    Command(&'static str),
}

const LOCKS: [Lock; 9] = [
    Lock {
        manager: Manager::Npm,
        files: &["package-lock.json", "npm-shrinkwrap.json"],
        flags: &["package-lock-only", "no-package-lock"],
        variables: &[],
        settings: &[],
        is_loose: installs_all,
        remedy: Remedy::Subcommand("ci"),
    },
    Lock {
        manager: Manager::Yarn,
        files: &["yarn.lock"],
        flags: &["frozen-lockfile", "immutable", "no-immutable", "pure-lockfile", "no-lockfile"],
        // Yarn 2 and later keep to the file where they take the machine for a CI's.
        variables: &["YARN_ENABLE_IMMUTABLE_INSTALLS", "CI"],
        settings: &[],
        is_loose: installs_all,
        remedy: Remedy::Flag("--frozen-lockfile"),
    },
    Lock {
        manager: Manager::Pnpm,
        files: &["pnpm-lock.yaml"],
        flags: &["frozen-lockfile", "no-frozen-lockfile", "offline", "lockfile-only", "no-lockfile"],
        variables: &["CI"],
        settings: &[],
        is_loose: installs_all,
        remedy: Remedy::Flag("--frozen-lockfile"),
    },
    Lock {
        manager: Manager::Bun,
        files: &["bun.lock", "bun.lockb"],
        flags: &["frozen-lockfile", "no-save", "lockfile-only"],
        variables: &["CI"],
        settings: &[],
        is_loose: installs_all,
        remedy: Remedy::Flag("--frozen-lockfile"),
    },
    Lock {
        manager: Manager::Bundler,
        files: &["Gemfile.lock", "gems.locked"],
        flags: &["deployment", "frozen", "local"],
        variables: &["BUNDLE_DEPLOYMENT", "BUNDLE_FROZEN"],
        settings: &["deployment", "frozen"],
        is_loose: |call| call.action == Action::LockedInstall,
        remedy: Remedy::Variable("BUNDLE_FROZEN=true"),
    },
    Lock {
        manager: Manager::Uv,
        files: &["uv.lock"],
        flags: &["frozen", "locked", "no-sync"],
        variables: &["UV_FROZEN", "UV_LOCKED"],
        settings: &[],
        is_loose: |call| call.action == Action::LockedInstall,
        remedy: Remedy::Flag("--locked"),
    },
    Lock {
        manager: Manager::Cargo,
        files: &["Cargo.lock"],
        flags: &["locked", "frozen", "offline"],
        variables: &["CARGO_NET_OFFLINE"],
        settings: &[],
        is_loose: builds_project,
        remedy: Remedy::Flag("--locked"),
    },
    Lock {
        manager: Manager::Go,
        files: &["go.sum"],
        flags: &[],
        variables: &[],
        settings: &[],
        is_loose: gets_all,
        remedy: Remedy::Command("go mod download"),
    },
    Lock {
        manager: Manager::Composer,
        files: &["composer.lock"],
        flags: &["lock"],
        variables: &[],
        settings: &[],
        is_loose: |call| call.action == Action::Upgrade && call.packages.is_empty(),
        remedy: Remedy::Command("composer install"),
    },
];

/// `npm install` without a package.
pub(super) fn installs_all(call: &PackageCall) -> bool {
    const ELSEWHERE: [&str; 9] = ["g", "global", "prefix", "C", "cwd", "dir", "version", "v", "help"];
    call.action == Action::Install
        && call.packages.is_empty()
        && !call.from_input
        && call.subcommand.as_ref().is_none_or(|(name, _)| &**name != "add")
        && !call.flags.iter().any(|flag| ELSEWHERE.contains(&&*flag.name))
}

/// `cargo build`, `cargo install --path .`
fn builds_project(call: &PackageCall) -> bool {
    match call.action {
        Action::Run => call.subcommand.as_ref().is_some_and(|(name, _)| matches!(&**name, "build" | "b")),
        Action::Install => call.has_flag('\0', "path"),
        _ => false,
    }
}

/// `go get`, `go get -d ./...`
fn gets_all(call: &PackageCall) -> bool {
    let gets = call.subcommand.as_ref().is_some_and(|(name, _)| &**name == "get");
    gets && call.packages.iter().all(|package| package.kind == PackageKind::Path)
}

fn is_yarn_2(file: &Dockerfile) -> bool {
    YARN_2.iter().any(|mark| file.source.text().contains(mark))
}

/// Node.js up to 8 comes with an npm that has no `ci`, or may.
fn lacks_ci(file: &Dockerfile, run: &Instruction) -> bool {
    let Some(Base::Image(text)) = run.stage.map(|stage| file.root_base(stage)) else { return false };
    let Ok(image) = image::parse(text) else { return false };
    let major = image.tag.and_then(|tag| tag.split(['.', '-']).next()?.parse::<u32>().ok());
    image.familiar_name().ends_with("node") && major.is_some_and(|major| major <= 8)
}

/// Where each lock file was copied, as far as a stage has come.
type Copied = [Option<Span>; LOCKS.len()];
/// An answer for each lock file, once it was asked for.
type Answers = [Option<bool>; LOCKS.len()];

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    let mut configured = Answers::default();
    let mut at_end: Vec<Copied> = Vec::with_capacity(file.stages.len());
    for stage in &file.stages {
        let mut copied = match &stage.base {
            Base::Stage(base) => at_end[*base],
            _ => Copied::default(),
        };
        // What came with others into the folder in force.
        let mut along = Copied::default();
        for instruction in file.stage_instructions(stage.index) {
            match &instruction.kind {
                Kind::Copy(transfer) | Kind::Add(transfer) => {
                    transfer.sources.iter().for_each(|word| note(&mut copied, &word.text, word.span));
                    if matches!(&*transfer.destination.text, "." | "./")
                        && contexts::local(instruction).is_some()
                    {
                        transfer.sources.iter().for_each(|word| note_along(&mut along, &contexts, word));
                    }
                }
                Kind::Workdir(_) => along = Copied::default(),
                Kind::Run(_) => check(file, instruction, (&mut copied, &along), &mut configured, out),
                _ => {}
            }
        }
        at_end.push(copied);
    }
}

/// Notes the lock files that git tracks and that come with a whole context, or with a pattern such as `package*.json`.
fn note_along(along: &mut Copied, contexts: &[&Sent], word: &Word) {
    let text = word.text.trim_start_matches("./");
    let Some((start, end)) = (if matches!(text, "" | ".") { "*" } else { text }).split_once('*') else {
        return;
    };
    if start.contains('/') || end.contains(['*', '/']) {
        return;
    }
    for (at, lock) in LOCKS.iter().enumerate() {
        let is_sent = |name: &&&str| {
            contexts.iter().any(|sent| {
                sent.files.as_ref().is_some_and(|files| files.get(name).is_some())
                    && sent.sends(name) == Some(true)
            })
        };
        let fits = |name: &&&str| name.starts_with(start) && name.ends_with(end);
        if lock.files.iter().filter(fits).any(|name| is_sent(&name)) {
            along[at] = Some(word.span);
        }
    }
}

/// Notes the lock file that a path names, if it does.
fn note(copied: &mut Copied, path: &str, span: Span) {
    if let Some(at) = lock_of(path) {
        copied[at] = Some(span);
    }
}

fn lock_of(path: &str) -> Option<usize> {
    let name = last_part(path);
    LOCKS.iter().position(|lock| lock.files.contains(&name))
}

fn check(
    file: &Dockerfile,
    run: &Instruction,
    (copied, along): (&mut Copied, &Copied),
    configured: &mut Answers,
    out: &mut Findings,
) {
    let (mut here, mut set) = (*copied, Answers::default());
    // In another folder the file is another one.
    if run.scripts().iter().flat_map(Script::calls).all(|call| !call.is("cd")) {
        for (here, along) in here.iter_mut().zip(along) {
            *here = here.or(*along);
        }
    }
    for mount in run.mounts().iter().filter(|mount| mount.kind() == Some(MountKind::Bind)) {
        if let Some(source) = mount.source() {
            note(&mut here, &source.text, source.span);
        }
    }
    for script in run.scripts() {
        let facts = script.facts();
        for removal in &facts.removals {
            if let Some(at) = lock_of(&removal.path) {
                (copied[at], here[at]) = (None, None);
            }
        }
        for call in facts.packages.iter().filter(|call| !call.conditional) {
            let Some(at) = LOCKS.iter().position(|lock| lock.manager == call.manager) else { continue };
            let lock = &LOCKS[at];
            if let Some(span) = here[at]
                && lock.is_ignored_by(call)
                && !*configured[at].get_or_insert_with(|| lock.is_configured(file))
                && !*set[at].get_or_insert_with(|| lock.is_set(file, run))
            {
                lock.report(file, call, span, out);
            }
        }
    }
}

impl Lock {
    fn is_ignored_by(&self, call: &PackageCall) -> bool {
        (self.is_loose)(call)
            && !call.flags.iter().any(|flag| self.flags.contains(&&*flag.name))
            && !self.variables.iter().any(|name| call.env(name).is_some())
    }

    fn is_configured(&self, file: &Dockerfile) -> bool {
        self.settings.iter().any(|setting| file.source.text().contains(setting))
    }

    /// A variable keeps all installations of a RUN to the file, or its npm could not.
    fn is_set(&self, file: &Dockerfile, run: &Instruction) -> bool {
        let text = file.source.slice(run.span);
        let set = |name: &&str| {
            matches!(file.lookup(name, run).origin, Origin::Env(_) | Origin::Arg(_))
                || text.contains(&format!("export {name}="))
        };
        self.variables.iter().any(set) || self.manager == Manager::Npm && lacks_ci(file, run)
    }

    fn report(&self, file: &Dockerfile, call: &PackageCall, copied: Span, out: &mut Findings) {
        let (what, span) = named(file, call);
        let (advice, edit) = match self.remedy {
            Remedy::Subcommand(name) => {
                let place = call.subcommand.as_ref().map(|&(_, span)| span);
                let manager = file.source.slice(call.program);
                (format!("use `{manager} {name}`"), place.map(|place| Edit::replace(place, name)))
            }
            Remedy::Flag(flag) => {
                let flag =
                    if self.manager == Manager::Yarn && is_yarn_2(file) { "--immutable" } else { flag };
                (format!("add `{flag}`"), Some(Edit::insert(span.end as usize, format!(" {flag}"))))
            }
            Remedy::Variable(variable) => {
                let edit = Edit::insert(call.program.start as usize, format!("{variable} "));
                (format!("run it with `{variable}`"), Some(edit))
            }
            Remedy::Command(command) => (format!("use `{command}`"), None),
        };
        let message = format!("`{what}` may install other versions than the lock file has; {advice}");
        let finding = out.at(file.source, span, message);
        finding.see(file.source, copied, "the lock file is copied here");
        if let Some(edit) = edit {
            finding.fix(Safety::Unsafe, advice, vec![edit]);
        }
    }
}
