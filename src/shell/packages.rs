//! Calls of package managers as data: what is done to which packages, with which flags.
//!
//! The managers' command lines are described in `packages_table`; what a good call looks like is for rules.

use super::args::{self, Arg};
use super::packages_table::{PROGRAMS, Table, table_of};
use super::walk::Call;
use super::{Pipeline, Word, walk};
use crate::text::Span;

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
    /// It may not run: see [`walk::Place::conditional`].
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
    pub fn env(&self, name: &str) -> Option<&str> {
        self.environment.iter().rev().find(|(key, _)| &**key == name).map(|(_, value)| &**value)
    }
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
            Arg::Operand(word) => operands.push(word),
        }
    }
    let (subcommand, action, rest) = if manager == Manager::Pacman {
        pacman(&flags, &operands)
    } else {
        subcommand(manager, table, &operands)
    };
    let packages = if matches!(action, Action::Run | Action::Query | Action::Clean | Action::Update)
        && manager != Manager::Go
        || manager == Manager::Conda && action == Action::LockedInstall
    {
        Vec::new()
    } else {
        let end = after_dashes(manager, args);
        let named = rest.iter().filter(|word| end.is_none_or(|end| word.span.start < end.start));
        named.flat_map(|word| packages_of(manager, action, word, lookup)).collect()
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
    found.assume_yes = assume_yes(&found) || answered(call.pipeline, call.position);
    found.no_recommends = no_recommends(&found);
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

type Subcommand<'w> = (Option<(Box<str>, Span)>, Action, Vec<&'w Word>);

fn subcommand<'w>(manager: Manager, table: &Table, operands: &[&'w Word]) -> Subcommand<'w> {
    let mut at = 0;
    // `yarn global add`, `uv tool install`, `dnf group install`, `apk cache clean`
    let prefix = operands.first().map_or("", |word| &*word.text);
    let two_words = matches!(
        (manager, prefix),
        (Manager::Yarn, "global" | "workspace") | (Manager::Uv, "tool") | (Manager::Apk, "cache")
    ) || manager.is_dnf() && matches!(prefix, "group" | "module" | "groups");
    if two_words && operands.len() > 1 {
        at = if prefix == "workspace" { 2 } else { 1 };
    }
    let Some(word) = operands.get(at) else {
        return (None, table.bare.unwrap_or(Action::Other), Vec::new());
    };
    let known = table.actions.iter().find(|(name, _)| *name == &*word.text);
    let mut action = known.map_or(Action::Other, |&(_, action)| action);
    if two_words && manager.is_dnf() && action == Action::Install {
        action = if prefix == "module" { Action::ModuleInstall } else { Action::GroupInstall };
    }
    if manager == Manager::Apk && prefix == "cache" {
        action = Action::Clean;
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

fn packages_of(
    manager: Manager,
    action: Action,
    word: &Word,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Vec<Package> {
    if let [parameter] = &*word.parameters
        && word.substitutions.is_empty()
        && matches!(&*word.text, text if text.starts_with('$') && parameter.span.cover(word.span) == word.span)
        && is_only(&word.text, &parameter.name)
        && let Some(value) = lookup(&parameter.name)
    {
        let parts = value.split_ascii_whitespace().filter(|part| !part.starts_with('-'));
        return parts.map(|part| package(manager, action, part, word.span, true)).collect();
    }
    let texts = if word.quoted || word.expands {
        vec![word.text.to_string()]
    } else {
        super::files::braces(&word.text)
    };
    texts.iter().map(|text| package(manager, action, text, word.span, false)).collect()
}

/// Whether a word is `$name`, `${name}` or `${name[@]}` and nothing else.
fn is_only(text: &str, name: &str) -> bool {
    let rest = &text[1..];
    let inner = rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(rest);
    inner == name || inner.strip_prefix(name).is_some_and(|index| matches!(index, "[@]" | "[*]"))
}

fn package(manager: Manager, action: Action, text: &str, span: Span, from_variable: bool) -> Package {
    let (name, version) = split_version(manager, text);
    let kind = if action == Action::GroupInstall || manager.is_dnf() && text.starts_with('@') {
        PackageKind::Group
    } else if is_url(manager, text) {
        PackageKind::Url
    } else if is_path(manager, text) {
        PackageKind::Path
    } else if name.contains('$') || name.contains('`') || name.is_empty() {
        PackageKind::Variable
    } else if name.contains(['*', '?']) {
        PackageKind::Glob
    } else {
        PackageKind::Named
    };
    let plain = matches!(kind, PackageKind::Named | PackageKind::Glob | PackageKind::Variable);
    let (name, version) = if plain { (name, version) } else { (text, None) };
    Package {
        text: text.into(),
        name: name.into(),
        version: version.map(Into::into),
        kind,
        span,
        from_variable,
    }
}

fn is_url(manager: Manager, text: &str) -> bool {
    let npm = matches!(manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun);
    text.contains("://")
        || text.contains(" @ ")
        || npm
            && ["github:", "gitlab:", "bitbucket:", "gist:", "git@"]
                .iter()
                .any(|start| text.starts_with(start))
        || npm
            && !text.starts_with(['@', '.', '/', '$'])
            && text.split('@').next().is_some_and(|name| name.contains('/'))
}

fn is_path(manager: Manager, text: &str) -> bool {
    const ENDINGS: &[&str] =
        &[".deb", ".rpm", ".apk", ".whl", ".tar.gz", ".tgz", ".zip", ".gem", ".pkg.tar.zst"];
    let go = manager == Manager::Go;
    text == "."
        || text == ".."
        || text.starts_with("./")
        || text.starts_with("../")
        || text.starts_with(['/', '~'])
        || text.starts_with(".[")
        || !go && ENDINGS.iter().any(|ending| text.ends_with(ending))
        || matches!(manager, Manager::Pip | Manager::UvPip | Manager::Uv)
            && text.split(['=', '<', '>', '~', '!']).next().is_some_and(|name| name.contains('/'))
        || manager.is_dnf() && text.contains('/')
        || manager.is_apt() && text.starts_with('$') && text.contains("/")
}

/// Splits off what pins the version. See each manager's manual for the form.
fn split_version(manager: Manager, text: &str) -> (&str, Option<&str>) {
    let cut = |at: Option<usize>, skip: usize| match at {
        Some(at) if at > 0 => (&text[..at], Some(&text[at + skip..])),
        _ => (text, None),
    };
    let outside = |chars: &[char]| find_outside(text, chars);
    match manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => match outside(&['=']) {
            Some(at) => cut(Some(at), 1),
            None => cut(outside(&['/']), 1),
        },
        Manager::Apk | Manager::Zypper => {
            let at = outside(&['=', '~', '<', '>']);
            cut(at, usize::from(at.is_some_and(|at| text[at..].starts_with('='))))
        }
        Manager::Dnf | Manager::Microdnf | Manager::Yum | Manager::Tdnf => cut(dnf_version(text), 1),
        Manager::Pacman => (text, None),
        Manager::Pip | Manager::UvPip | Manager::Uv | Manager::Pipx | Manager::Poetry => {
            match outside(&['=', '<', '>', '!', '~', ';']) {
                Some(at) if text[at..].starts_with("==") && !text[at..].starts_with("===") => {
                    cut(Some(at), 2)
                }
                Some(at) if text[at..].starts_with(';') => (&text[..at], None),
                Some(at) => cut(Some(at), 0),
                None if manager != Manager::Pip => cut(text.rfind('@'), 1),
                None => (text, None),
            }
        }
        Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun => {
            cut(text[1.min(text.len())..].find('@').map(|at| at + 1), 1)
        }
        Manager::Go | Manager::Cargo => cut(text.rfind('@'), 1),
        Manager::Gem | Manager::Bundler => cut(outside(&[':']), 1),
        Manager::Conda => {
            let start = text.find("::").map_or(0, |at| at + 2);
            let at = text[start..].find(['=', '<', '>', '!', '~']).map(|at| start + at);
            let skip = at.map_or(0, |at| {
                if text[at..].starts_with("==") { 2 } else { usize::from(text[at..].starts_with('=')) }
            });
            cut(at, skip)
        }
        Manager::Composer => cut(outside(&[':', '=']), 1),
    }
}

/// The first of the characters that does not stand inside `${…}`, `$(…)` or `[…]`.
fn find_outside(text: &str, chars: &[char]) -> Option<usize> {
    let mut open = 0_i32;
    for (at, char) in text.char_indices() {
        match char {
            '{' | '(' | '[' => open += 1,
            '}' | ')' | ']' => open -= 1,
            _ if open == 0 && chars.contains(&char) => return Some(at),
            _ => {}
        }
    }
    None
}

/// `name-1.2-3.el9`: the first dash from which on every dash is followed by a digit or a variable, so that
/// `java-11-openjdk` has no version and `java-11-openjdk-11.0.2` has one.
fn dnf_version(text: &str) -> Option<usize> {
    let mut found = None;
    for (at, _) in text.match_indices('-') {
        let versionlike = text[at + 1..].starts_with(|c: char| c.is_ascii_digit() || c == '$');
        found = if versionlike { found.or(Some(at)) } else { None };
    }
    found
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

fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "yes" | "true" | "on" | "with" | "enable")
}
fn is_false(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "0" | "no" | "false" | "off" | "without" | "disable")
}

fn assume_yes(call: &PackageCall) -> bool {
    match call.manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => {
            let quiet = call.flags.iter().filter(|flag| matches!(&*flag.name, "q" | "quiet"));
            let level: u32 = quiet
                .map(|flag| flag.value.as_deref().and_then(|value| value.parse().ok()).unwrap_or(1))
                .sum();
            level >= 2
                || call.has_flag('y', "yes")
                || call.has_flag('\0', "assume-yes")
                || call.apt_option("APT::Get::Assume-Yes").is_some_and(is_true)
                || call
                    .apt_option("quiet")
                    .and_then(|value| value.parse().ok())
                    .is_some_and(|level: u32| level >= 2)
        }
        Manager::Dnf | Manager::Microdnf | Manager::Yum | Manager::Tdnf => {
            let mut settings = call.flags.iter().filter(|flag| &*flag.name == "setopt");
            call.has_flag('y', "assumeyes")
                || call.has_flag('\0', "assume-yes")
                || settings.any(|flag| {
                    let setting = flag.value.as_deref().and_then(|value| value.split_once('='));
                    setting.is_some_and(|(key, value)| key == "assumeyes" && is_true(value))
                })
        }
        Manager::Zypper => {
            call.has_flag('n', "non-interactive")
                || call.has_flag('y', "no-confirm")
                || call.has_flag('\0', "non-interactive-include-reboot-patches")
        }
        Manager::Pacman => call.has_flag('\0', "noconfirm"),
        Manager::Conda => {
            call.has_flag('y', "yes") || call.has_flag('q', "quiet") && call.has_flag('\0', "json")
        }
        Manager::Pip | Manager::UvPip if call.action == Action::Remove => {
            call.manager == Manager::UvPip || call.has_flag('y', "yes")
        }
        _ => true,
    }
}

/// `yes | apt-get install …`, `echo y | …`
fn answered(pipeline: &Pipeline, position: usize) -> bool {
    let before = position.checked_sub(1).map(|at| &pipeline.commands[at]);
    before.is_some_and(|command| {
        walk::calls_in(command, pipeline, position - 1).iter().any(|call| {
            let says = |text: &str| matches!(text.trim().trim_end_matches("\\n"), "y" | "Y" | "yes");
            match call.name() {
                Some("yes") => true,
                Some("echo" | "printf") => call.args().iter().any(|word| says(&word.text)),
                _ => false,
            }
        })
    })
}

fn no_recommends(call: &PackageCall) -> bool {
    match call.manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => {
            call.has_flag('\0', "no-install-recommends")
                || call.manager == Manager::Aptitude && call.has_flag('R', "without-recommends")
                || call.apt_option("APT::Install-Recommends").is_some_and(is_false)
        }
        Manager::Zypper => call.has_flag('\0', "no-recommends"),
        _ => false,
    }
}
