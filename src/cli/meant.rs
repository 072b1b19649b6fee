//! What somebody probably meant who typed a command, an option or a value that is not there: a slip, or what other tools
//! call it.

use std::env;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;

use super::args::Args;
use crate::config::suggest;

/// Commands of other tools, and what does the same here.
const COMMANDS: &[(&str, &str)] = &[
    ("lint", "hullguard check"),
    ("scan", "hullguard check"),
    ("analyze", "hullguard check"),
    ("config", "hullguard check"),
    ("fs", "hullguard check"),
    ("filesystem", "hullguard check --rule secrets"),
    ("dir", "hullguard check --rule secrets"),
    ("directory", "hullguard check --rule secrets"),
    ("detect", "hullguard check --history"),
    ("git", "hullguard check --history"),
    ("protect", "hullguard check --staged --rule secrets"),
    ("stdin", "hullguard check -"),
    ("fix", "hullguard check --fix"),
    ("format", "hullguard check --fix"),
    ("list", "hullguard rules"),
    ("history", "hullguard check --history"),
    ("staged", "hullguard check --staged"),
    ("secrets", "hullguard check --rule secrets"),
    ("diff", "hullguard check --diff"),
    ("update", "hullguard baseline --update"),
    ("version", "hullguard --version"),
    ("image", "hullguard check (it reads files, not images)"),
];

/// Options of other tools, and what does the same here.
const OPTIONS: &[(&str, &str)] = &[
    ("--failure-threshold", "use `--fail-on`"),
    ("--no-fail", "use `--fail-on never`"),
    ("--exit-zero", "use `--fail-on never`"),
    ("--exit-code", "use `--fail-on`"),
    ("--soft-fail", "use `--fail-on never`"),
    ("--severity", "use `--min-severity`"),
    ("--skip-check", "use `--ignore`"),
    ("--skip", "use `--ignore`"),
    ("--disable", "use `--ignore`"),
    ("--disable-rule", "use `--ignore`"),
    ("--exclude-rule", "use `--ignore`"),
    ("--check", "use `--rule`"),
    ("--enable", "use `--rule`"),
    ("--enable-rule", "use `--rule`"),
    ("--select", "use `--rule`"),
    ("--skip-dirs", "use `--exclude`"),
    ("--skip-files", "use `--exclude`"),
    ("--skip-path", "use `--exclude`"),
    ("--ignore-path", "use `--exclude`"),
    ("--output", "use `--format FORMAT=FILE`"),
    ("--output-file", "use `--format FORMAT=FILE`"),
    ("--report-path", "use `--format FORMAT=FILE`"),
    ("--report-format", "use `--format`"),
    ("--json", "use `--format json`"),
    ("--sarif", "use `--format sarif`"),
    ("--no-color", "use `--color never`"),
    ("--no-colour", "use `--color never`"),
    ("--colour", "use `--color`"),
    ("--source", "name the path: `hullguard check PATH`"),
    ("--path", "name the path: `hullguard check PATH`"),
    ("--file", "name the path: `hullguard check PATH`"),
    ("--no-git", "use `hullguard check --rule secrets PATH`"),
    ("--log-opts", "use `--commits`"),
    ("--since-commit", "use `--new-from`"),
    ("--new-from-rev", "use `--new-from`"),
    ("--baseline-path", "use `--baseline`"),
    ("--show-ignored", "use `--show-suppressed`"),
    ("--trusted-registry", "use `trusted-registries` in hullguard.yaml"),
    ("--strict", "use `--profile strict`"),
    ("--pedantic", "use `--profile strict`"),
    ("--dry-run", "use `--diff`"),
    ("--fix-all", "use `--fix-unsafe`"),
    ("--unsafe-fixes", "use `--fix-unsafe`"),
    ("--write", "use `--fix`"),
    ("-f", "use `--format`"),
    ("-o", "use `--format FORMAT=FILE`"),
    ("-r", "use `--format FORMAT=FILE`"),
    ("-t", "use `--fail-on`"),
    ("-c", "use `--config`"),
    ("-b", "use `--baseline`"),
    ("-n", "to see fixes without writing them, use `--diff`; for a format, use `--format`"),
    ("--redact", "secrets are never shown, so leave it out"),
];

/// Other words for severities.
const SEVERITIES: &[(&str, &str)] = &[
    ("info", "note"),
    ("information", "note"),
    ("informational", "note"),
    ("notice", "note"),
    ("style", "note"),
    ("hint", "note"),
    ("low", "note"),
    ("minor", "note"),
    ("warn", "warning"),
    ("medium", "warning"),
    ("moderate", "warning"),
    ("major", "warning"),
    ("err", "error"),
    ("high", "error"),
    ("critical", "error"),
    ("blocker", "error"),
    ("fatal", "error"),
    ("none", "never"),
    ("off", "never"),
];

/// Other words for formats.
const FORMATS: &[(&str, &str)] = &[
    ("text", "human"),
    ("tty", "human"),
    ("pretty", "human"),
    ("table", "human"),
    ("gnu", "compact"),
    ("gcc", "compact"),
    ("unix", "compact"),
    ("oneline", "compact"),
    ("emacs", "compact"),
    ("md", "markdown"),
    ("codeclimate", "gitlab"),
    ("gitlab_codeclimate", "gitlab"),
    ("gitlab-codeclimate", "gitlab"),
    ("codequality", "gitlab"),
    ("sonar", "sonarqube"),
    ("ndjson", "jsonl"),
    ("actions", "github"),
    ("github-actions", "github"),
];

/// Other words for profiles.
const PROFILES: &[(&str, &str)] =
    &[("all", "strict"), ("pedantic", "strict"), ("recommended", "default"), ("normal", "default")];

pub(super) fn severity(word: &str, known: &[&'static str]) -> String {
    value("severity", word, known, SEVERITIES)
}

pub(super) fn format(word: &str, known: &[&'static str]) -> String {
    value("format", word, known, FORMATS)
}

pub(super) fn profile(word: &str, known: &[&'static str]) -> String {
    value("profile", word, known, PROFILES)
}

/// A sentence about a value that is not there.
fn value(what: &str, word: &str, known: &[&'static str], others: &[(&str, &'static str)]) -> String {
    let other = others.iter().find(|(other, _)| other.eq_ignore_ascii_case(word)).map(|&(_, ours)| ours);
    let meant = other.filter(|ours| known.contains(ours)).or_else(|| suggest(word, known.iter().copied()));
    match meant {
        Some(meant) => format!("no {what} `{word}`; did you mean `{meant}`?"),
        None => format!("no {what} `{word}`; use one of {}", known.join(", ")),
    }
}

/// What is wrong with the first argument, if it is no command, no option and no file. Everything that is not a command is
/// a path, so this is asked before the arguments are read.
pub(super) fn command() -> Option<String> {
    let word = env::args_os().nth(1)?.into_string().ok()?;
    let is_word = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if !is_word || Path::new(&word).symlink_metadata().is_ok() {
        return None;
    }
    if let Some((_, ours)) = COMMANDS.iter().find(|(other, _)| *other == word) {
        return Some(format!("there is no command `{word}`, and no such file; use `{ours}`"));
    }
    let known = Args::command();
    let names: Vec<&str> = known.get_subcommands().map(Command::get_name).chain(["help"]).collect();
    if names.contains(&word.as_str()) {
        return None;
    }
    let meant = suggest(&word, names)?;
    Some(format!("there is no command `{word}`, and no such file; did you mean `hullguard {meant}`?"))
}

/// What is wrong with a command that follows an option: it was taken for a path.
pub(super) fn late_command(args: &Args) -> Option<String> {
    let first = args.check.look.paths.first().filter(|_| args.command.is_none())?;
    // Asked first: nearly always it is a path, and all commands and options are made to ask for one.
    if first.symlink_metadata().is_ok() {
        return None;
    }
    let word = first.to_str().filter(|word| !word.is_empty())?;
    let is_command = Args::command().get_subcommands().any(|command| command.get_name() == word);
    is_command.then(|| format!("write the command before its options, as in `hullguard {word} [OPTIONS]`"))
}

/// A better sentence than clap's on an option, a command or a value that is not there.
pub(super) fn argument(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::UnknownArgument => option(text(ContextKind::InvalidArg)?),
        // `hullguard help chekc`
        ErrorKind::InvalidSubcommand => Some(no_command(text(ContextKind::InvalidSubcommand)?)),
        ErrorKind::TooManyValues => {
            let name = text(ContextKind::InvalidArg)?.split([' ', '=']).next()?;
            let help = if name == "--fix" { "; to apply all fixes, use `--fix-unsafe`" } else { "" };
            Some(format!("`{name}` takes no value{help}"))
        }
        ErrorKind::MissingRequiredArgument if env::args().nth(1).as_deref() == Some("completions") => {
            let shells = Shell::value_variants().iter().map(ToString::to_string).collect::<Vec<_>>();
            Some(format!("name a shell, as in `hullguard completions bash`; there are {}", shells.join(", ")))
        }
        _ => None,
    }
}

/// A sentence about a command whose page or help is wanted, and which is not there.
pub(super) fn no_command(word: &str) -> String {
    let known = Args::command();
    let names: Vec<&str> = known.get_subcommands().map(Command::get_name).collect();
    match suggest(word, names.iter().copied()) {
        Some(meant) => format!("there is no command `{word}`; did you mean `{meant}`?"),
        None => format!("there is no command `{word}`; there are {}", names.join(", ")),
    }
}

/// A sentence about an option that is not there.
fn option(wrong: &str) -> Option<String> {
    let wrong = wrong.split('=').next().unwrap_or(wrong);
    if !wrong.starts_with('-') {
        return None;
    }
    if let Some((_, ours)) = OPTIONS.iter().find(|(other, _)| *other == wrong) {
        return Some(format!("there is no option `{wrong}`; {ours}"));
    }
    let mut args = Args::command();
    args.build();
    // The options of the command that was named, or of `check`.
    let first = env::args().nth(1).unwrap_or_default();
    let command = args.find_subcommand(&first).or_else(|| args.find_subcommand("check"))?;
    let names: Vec<String> = command
        .get_arguments()
        .flat_map(|arg| arg.get_long().into_iter().chain(arg.get_visible_aliases().into_iter().flatten()))
        .map(|name| format!("--{name}"))
        .collect();
    let help = format!("`hullguard {} --help` lists them", command.get_name());
    let near = wrong.strip_prefix("--").and_then(|_| suggest(wrong, names.iter().map(String::as_str)));
    Some(match near {
        Some(meant) => format!("there is no option `{wrong}`; did you mean `{meant}`?"),
        None => format!("there is no option `{wrong}`; {help}"),
    })
}
