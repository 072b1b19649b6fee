//! The command line: one file a subcommand.
//!
//! Only here are standard input and output, the environment and exit codes touched; all work is done below.

mod action;
mod args;
mod baseline;
mod check;
mod completions;
mod coverage;
mod display;
mod explain;
mod fixed;
mod graph;
mod had;
mod harden;
mod init;
mod list;
mod lists;
mod local;
mod meant;
mod moved;
mod newer;
mod open;
mod output;
mod past;
mod peers;
mod practices;
mod privileges;
mod pushed;
mod shellcheck;
mod term;
mod why;

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{CommandFactory as _, Parser as _};

use crate::outcome::Told;
use crate::report::human::count as plural;
use args::{Args, Command};

/// Nothing was found, something was, the tool could not do its work.
const CLEAN: u8 = 0;
const FOUND: u8 = 1;
const FAILED: u8 = 2;

/// Runs the program. Whatever happens in it, it ends with one of its own exit codes.
pub fn run() -> ExitCode {
    // A panic's message may hold what is being checked; where it happened is enough for a report.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        term::complain(&format!("internal error{place}; please report it"));
    }));
    let parsed = Args::try_parse();
    let no_command = match &parsed {
        Ok(args) => args.command.is_none(),
        Err(error) => error.use_stderr(),
    };
    if let Some(help) = no_command.then(meant::command).flatten() {
        term::complain(&format!("error: {help}"));
        return FAILED.into();
    }
    let args = match parsed {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            // What was typed may come from a script that takes it from others.
            match meant::argument(&error) {
                Some(help) => term::complain(&format!("error: {help}")),
                None => term::say(&error.render().to_string()),
            }
            return FAILED.into();
        }
        Err(error) => {
            // `--help` and `--version` are errors to clap, and go to standard output.
            let _ = error.print();
            return CLEAN.into();
        }
    };
    if let Some(help) = meant::late_command(&args) {
        term::complain(&format!("error: {help}"));
        return FAILED.into();
    }
    // The hook has said where; what cost one file its findings was caught before.
    let done = catch_unwind(AssertUnwindSafe(|| work(args))).unwrap_or(Ok(FAILED));
    match done {
        Ok(code) => code.into(),
        Err(error) if is_broken_pipe(&error) => CLEAN.into(),
        Err(error) => {
            term::complain(&format!("error: {error:#}"));
            FAILED.into()
        }
    }
}

fn work(args: Args) -> Result<u8> {
    match args.command {
        None => check::run(&args.check),
        Some(Command::Check(check)) => check::run(&check),
        Some(Command::Action) => action::run(),
        Some(Command::Baseline(args)) => baseline::run(&args),
        Some(Command::Explain(args)) => match (&args.finding, &args.id) {
            (Some(finding), _) => why::run(&args, finding),
            (None, Some(id)) => explain::run(id),
            (None, None) => anyhow::bail!("name a rule, or a finding with --finding"),
        },
        Some(Command::Graph(graph)) => graph::run(&graph),
        Some(Command::Harden(args)) => harden::run(&args),
        Some(Command::Init(args)) => init::run(&args),
        Some(Command::Practices(args)) => practices::run(&args),
        Some(Command::Privileges(args)) => privileges::run(&args),
        Some(Command::Rules(rules)) => list::run(&rules),
        Some(Command::Completions { shell }) => print(completions::script(shell).as_bytes()),
        Some(Command::Man { command, dir }) => man(command.as_deref(), dir.as_deref()),
    }
}

/// Says on standard error what was not looked at, and why.
fn tell_gaps<'t>(skipped: impl IntoIterator<Item = &'t Told>, failed: &[Told]) {
    let skipped = skipped.into_iter().map(|told| ("skipped", told));
    for (kind, told) in skipped.chain(failed.iter().map(|told| ("error", told))) {
        term::complain(&format!("{kind}: {}: {}", told.path, told.why));
    }
}

/// Whoever read our output has seen enough: `hullguard | head`.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The page of the program or of one of its commands; with a folder all pages as files.
fn man(command: Option<&str>, folder: Option<&Path>) -> Result<u8> {
    let mut whole = Args::command().disable_help_subcommand(true);
    whole.build();
    let page = |command: &clap::Command| -> Result<Vec<u8>> {
        let mut text = Vec::new();
        clap_mangen::Man::new(command.clone()).render(&mut text).context("cannot make the man page")?;
        Ok(text)
    };
    if let Some(folder) = folder {
        for command in std::iter::once(&whole).chain(whole.get_subcommands()) {
            let (name, text) = (command.get_display_name().unwrap_or("hullguard"), page(command)?);
            output::write(&folder.join(format!("{name}.1")), &|out| out.write_all(&text))?;
        }
        return Ok(CLEAN);
    }
    let command = match command {
        None => &whole,
        Some(name) => whole.find_subcommand(name).with_context(|| meant::no_command(name))?,
    };
    print(&page(command)?)
}

/// Writes to standard output.
fn print(text: &[u8]) -> Result<u8> {
    let mut out = io::stdout().lock();
    out.write_all(text).and_then(|()| out.flush()).context("cannot write to standard output")?;
    Ok(CLEAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn check_is_the_default() {
        let plain = Args::try_parse_from(["hullguard", "a", "--staged"]).unwrap();
        assert!(plain.command.is_none() && plain.check.look.staged);
        let named = Args::try_parse_from(["hullguard", "check", "a"]).unwrap();
        assert!(matches!(named.command, Some(Command::Check(check)) if check.look.paths.len() == 1));
        for wrong in [
            &["--staged", "--fix"][..],
            &["--fix", "--fix-unsafe"],
            &["--config", "x", "--no-config"],
            &["--format", "nonsense"],
            &["-", "--staged"],
            &["--stdin-path", "x"],
        ] {
            let check =
                Args::try_parse_from(["hullguard"].iter().chain(wrong)).map(|args| args.check.validate());
            assert!(!matches!(check, Ok(Ok(()))), "{wrong:?}");
        }
        let diff = Args::try_parse_from(["hullguard", "--staged", "--fix", "--diff"]).unwrap();
        assert!(diff.check.validate().is_ok());
    }
}
