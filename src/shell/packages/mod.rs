//! Calls of package managers as data: what is done to which packages, with which flags.
//!
//! The managers' command lines are described in `table`, their arguments' forms in `words`; what a good call looks like is for rules.

mod prompts;
mod table;
mod words;

use super::Word;
use super::args::{self, Arg};
use super::walk::Call;
use crate::text::Span;
use table::{PROGRAMS, Table, table_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manager {
    AptGet,
    Apt,
    Aptitude,
    Apk,
    Dnf,
    Microdnf,
    Yum,
    Tdnf,
    Zypper,
    Pacman,
    /// `pip`, `pip3`, `pip3.12`, `python -m pip`
    Pip,
    /// `uv pip`
    UvPip,
    /// `uv tool install`, `uv add`, `uv sync`
    Uv,
    Pipx,
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Gem,
    Bundler,
    Go,
    Cargo,
    /// conda, mamba, micromamba
    Conda,
    Poetry,
    Composer,
}

impl Manager {
    /// apt-get, apt or aptitude.
    pub fn is_apt(self) -> bool {
        matches!(self, Self::AptGet | Self::Apt | Self::Aptitude)
    }
    /// dnf, microdnf, yum or tdnf.
    pub fn is_dnf(self) -> bool {
        matches!(self, Self::Dnf | Self::Microdnf | Self::Yum | Self::Tdnf)
    }
    /// Installs packages of the image's distribution.
    pub fn is_system(self) -> bool {
        self.is_apt() || self.is_dnf() || matches!(self, Self::Apk | Self::Zypper | Self::Pacman)
    }
}

/// What a subcommand does, named alike for all managers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Also the install of all that a manifest names, when no package is given: `npm install`.
    Install,
    /// From a lock file or manifest only: `npm ci`, `uv sync`, `bundle install`, `conda env create`.
    LockedInstall,
    Reinstall,
    LocalInstall,
    GroupInstall,
    ModuleInstall,
    BuildDep,
    /// Refreshes the index: `apt-get update`, `apk update`, `dnf makecache`.
    Update,
    /// Upgrades installed packages: `apt-get upgrade`, `yum update`; all of them if none is named.
    Upgrade,
    DistUpgrade,
    Remove,
    Autoremove,
    Clean,
    Download,
    Run,
    Query,
    /// A subcommand that the table does not know, or none.
    Other,
}

impl Action {
    /// Brings packages into the image, by name or from a file.
    pub fn installs(self) -> bool {
        matches!(
            self,
            Self::Install
                | Self::LockedInstall
                | Self::Reinstall
                | Self::LocalInstall
                | Self::GroupInstall
                | Self::ModuleInstall
                | Self::BuildDep
        )
    }
}

/// What a package argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackageKind {
    /// A name in a repository.
    Named,
    /// A file or a folder: `./x.deb`, `.`, `x.whl`
    Path,
    /// `https://…`, `git+https://…`, `github:a/b`
    Url,
    /// `@development`, or an argument of `groupinstall`.
    Group,
    /// A name with `*` or `?` in it.
    Glob,
    /// The name itself comes from an expansion.
    Variable,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// As written, quotes removed: `gcc=1.2`
    pub text: Box<str>,
    /// `gcc`
    pub name: Box<str>,
    /// With its operator where there is a choice (`>=2`, `~3.1`), else bare (`1.2`). It may be a variable.
    pub version: Option<Box<str>>,
    pub kind: PackageKind,
    /// The word that holds it; for a package that a variable of this script names, the use of the variable.
    pub span: Span,
    /// The name was found in a variable set earlier in the script.
    pub from_variable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Without dashes.
    pub name: Box<str>,
    pub short: bool,
    pub value: Option<Box<str>>,
    pub span: Span,
}

/// One call of a package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked by its own rule")]
pub struct PackageCall {
    pub manager: Manager,
    pub action: Action,
    /// From the manager's name to the last argument.
    pub span: Span,
    /// The manager's name: `apt-get`, `python3 -m pip`.
    pub program: Span,
    /// The word that says what to do, as written.
    pub subcommand: Option<(Box<str>, Span)>,
    pub packages: Vec<Package>,
    pub flags: Vec<Flag>,
    /// It will not ask: a flag says so, `yes |` stands before it, or the manager never asks.
    pub assume_yes: bool,
    /// Recommended packages are left out: apt, aptitude, zypper.
    pub no_recommends: bool,
    /// More packages come from standard input (`xargs`).
    pub from_input: bool,
    /// It may not run: see [`super::walk::Place::conditional`].
    pub conditional: bool,
    /// `NAME=value` in front of it.
    pub environment: Vec<(Box<str>, Box<str>)>,
}

impl PackageCall {
    /// The last flag of one of two names; `'\0'` and `""` match nothing.
    pub fn flag(&self, short: char, long: &str) -> Option<&Flag> {
        self.flags.iter().rev().find(|flag| {
            if flag.short { flag.name.starts_with(short) } else { !long.is_empty() && &*flag.name == long }
        })
    }
    pub fn has_flag(&self, short: char, long: &str) -> bool {
        self.flag(short, long).is_some()
    }
    /// The value of apt's `-o key=value`, whatever the case of the key.
    pub fn apt_option(&self, key: &str) -> Option<&str> {
        let options = self.flags.iter().rev().filter(|flag| matches!(&*flag.name, "o" | "option"));
        options.filter_map(|flag| flag.value.as_deref()?.split_once('=')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case(key).then_some(value.trim().trim_matches(['"', '\'']))
        })
    }
    /// It refreshes the index itself, or first: `apt-get install --update curl`.
    pub fn updates(&self) -> bool {
        self.action == Action::Update
            || self.manager.is_apt() && (self.has_flag('\0', "update") || self.has_flag('U', ""))
    }
    pub fn env(&self, name: &str) -> Option<&str> {
        self.environment.iter().rev().find(|(key, _)| &**key == name).map(|(_, value)| &**value)
    }
}

/// The packages that a value names which a variable has from outside of the script, as a call would read them; the word
/// that uses the variable is their place.
pub fn packages_in(call: &PackageCall, value: &str, span: Span) -> Vec<Package> {
    words::packages_in(call.manager, call.action, value, span)
}

/// Reads a call of a package manager. `lookup` gives the text of variables that the script has set.
pub(super) fn read(call: &Call<'_>, lookup: &dyn Fn(&str) -> Option<String>) -> Option<PackageCall> {
    let (manager, skip) = manager_of(call)?;
    let table = table_of(manager);
    let args = &call.words[skip..];
    let split = args::split(args, table.grammar);
    let program = call.words[0].span.cover(call.words[skip - 1].span);
    let mut flags = Vec::new();
    let mut operands = Vec::new();
    for arg in &split {
        match *arg {
            Arg::Flag { name, short, value, span } => {
                flags.push(Flag { name: name.into(), short, value: value.map(Into::into), span });
            }
            // `cargo +nightly install`
            Arg::Operand(word) if manager == Manager::Cargo && word.text.starts_with('+') => {}
            // `npm --unsafe-perm true install`
            Arg::Operand(word) if is_node(manager) && matches!(&*word.text, "true" | "false") => {}
            Arg::Operand(word) => operands.push(word),
        }
    }
    let (subcommand, action, rest) = if manager == Manager::Pacman {
        pacman(&flags, &operands)
    } else {
        subcommand(manager, table, &operands)
    };
    let action = prompts::instead(manager, action, &flags);
    let packages = if matches!(action, Action::Run | Action::Query | Action::Clean | Action::Update)
        && manager != Manager::Go
        || manager == Manager::Conda && action == Action::LockedInstall
    {
        Vec::new()
    } else {
        let end = after_dashes(manager, args);
        let named = rest.iter().filter(|word| end.is_none_or(|end| word.span.start < end.start));
        named.flat_map(|word| words::packages_of(manager, action, word, lookup)).collect()
    };
    let environment = call
        .assignments
        .iter()
        .chain(call.wrappers)
        .filter_map(|word| word.text.split_once('='))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let mut found = PackageCall {
        manager,
        action,
        span: call.span(),
        program,
        subcommand,
        packages,
        flags,
        assume_yes: false,
        no_recommends: false,
        from_input: call.wrapped_by("xargs").is_some(),
        conditional: call.place.conditional,
        environment,
    };
    found.assume_yes = prompts::assume_yes(&found) || prompts::answered(call.pipeline, call.position);
    found.no_recommends = prompts::no_recommends(&found);
    if matches!(manager, Manager::Gem | Manager::Cargo) {
        common_version(&mut found);
    }
    Some(found)
}

/// The manager and how many words name it.
fn manager_of(call: &Call<'_>) -> Option<(Manager, usize)> {
    let name = call.name()?;
    let word = |at: usize| call.words.get(at).map_or("", |word| &*word.text);
    if let Some(&(_, manager)) = PROGRAMS.iter().find(|(program, _)| *program == name) {
        return Some((manager, 1));
    }
    if is_versioned(name, "pip") {
        return Some((Manager::Pip, 1));
    }
    if name == "uv" {
        return Some(if word(1) == "pip" { (Manager::UvPip, 2) } else { (Manager::Uv, 1) });
    }
    if is_versioned(name, "python") || is_versioned(name, "pypy") {
        let at = (1..call.words.len())
            .take_while(|&at| word(at).starts_with('-'))
            .find(|&at| word(at).ends_with('m'))?;
        return match word(at + 1) {
            "pip" => Some((Manager::Pip, at + 2)),
            "pipx" => Some((Manager::Pipx, at + 2)),
            "uv" if word(at + 2) == "pip" => Some((Manager::UvPip, at + 3)),
            _ => None,
        };
    }
    None
}

/// `pip`, `pip3`, `pip3.12`
pub(super) fn is_versioned(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

fn is_node(manager: Manager) -> bool {
    matches!(manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun)
}

type Subcommand<'w> = (Option<(Box<str>, Span)>, Action, Vec<&'w Word>);

fn subcommand<'w>(manager: Manager, table: &Table, operands: &[&'w Word]) -> Subcommand<'w> {
    let mut at = 0;
    // `yarn global add`, `uv tool install`, `dnf group install`, `apk cache clean`, `conda env create`
    let prefix = operands.first().map_or("", |word| &*word.text);
    let two_words = matches!(
        (manager, prefix),
        (Manager::Yarn, "global" | "workspace")
            | (Manager::Uv, "tool")
            | (Manager::Go, "mod")
            | (Manager::Apk, "cache")
            | (Manager::Conda, "env")
            | (Manager::Composer, "global")
    ) || manager.is_dnf() && matches!(prefix, "group" | "module" | "groups");
    if two_words && operands.len() > 1 {
        at = if prefix == "workspace" { 2 } else { 1 };
    }
    let Some(word) = operands.get(at) else {
        return (None, table.bare.unwrap_or(Action::Other), Vec::new());
    };
    let known = table.actions.iter().find(|(_, names)| names.contains(&&*word.text));
    let mut action = known.map_or(Action::Other, |&(action, _)| action);
    if two_words && manager.is_dnf() && action == Action::Install {
        action = if prefix == "module" { Action::ModuleInstall } else { Action::GroupInstall };
    }
    if manager == Manager::Apk && prefix == "cache" {
        action = Action::Clean;
    }
    if manager == Manager::Conda && prefix == "env" && matches!(action, Action::Install | Action::Upgrade) {
        action = Action::LockedInstall;
    }
    let rest = if action == Action::Other { Vec::new() } else { operands[at + 1..].to_vec() };
    (Some((word.text.clone(), word.span)), action, rest)
}

/// pacman says what to do by a flag: `-Syu`, `-R`, `--sync --refresh`.
fn pacman<'w>(flags: &[Flag], operands: &[&'w Word]) -> Subcommand<'w> {
    let has = |short: &str, long: &str| {
        flags.iter().any(|flag| &*flag.name == if flag.short { short } else { long })
    };
    let action = if has("R", "remove") {
        Action::Remove
    } else if has("U", "upgrade") && !has("S", "sync") {
        Action::LocalInstall
    } else if !has("S", "sync") {
        Action::Other
    } else if has("c", "clean") {
        Action::Clean
    } else if !operands.is_empty() {
        Action::Install
    } else if has("u", "sysupgrade") {
        Action::Upgrade
    } else {
        Action::Update
    };
    let flag =
        flags.iter().find(|flag| matches!(&*flag.name, "S" | "R" | "U" | "sync" | "remove" | "upgrade"));
    (flag.map(|flag| (flag.name.clone(), flag.span)), action, operands.to_vec())
}

/// gem hands what follows `--` to the extension's build.
fn after_dashes(manager: Manager, args: &[Word]) -> Option<Span> {
    if manager != Manager::Gem {
        return None;
    }
    args.iter().find(|word| &*word.text == "--").map(|word| word.span)
}

/// gem's `-v` and cargo's `--version` pin every package of the call that is not pinned by itself.
fn common_version(call: &mut PackageCall) {
    let flag = match call.manager {
        Manager::Gem => call.flag('v', "version"),
        _ => call.flag('\0', "version").or_else(|| call.flag('\0', "vers")),
    };
    let Some(version) = flag.and_then(|flag| flag.value.clone()) else { return };
    for package in &mut call.packages {
        package.version.get_or_insert_with(|| version.clone());
    }
}
