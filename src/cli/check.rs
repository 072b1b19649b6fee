//! `hullguard check`: scan, fixes, reports, exit code.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result, anyhow};

use super::args::{Check, Report};
use super::open::{self, Run};
use super::{CLEAN, FAILED, FOUND, lists, output, plural, term};
use crate::blob::Tree;
use crate::finding::Status;
use crate::fix;
use crate::gap::{Gap, Reason};
use crate::input::walk;
use crate::outcome::{Outcome, Told};
use crate::report::{self, Format, Options, Web};
use crate::secrets::mask;

struct Checking<'a> {
    args: &'a Check,
    run: &'a Run,
}

pub(super) fn run(args: &Check) -> Result<u8> {
    args.validate()?;
    let mut run = open::open(&args.look, false).inspect_err(|error| report_error(args, error))?;
    run.policy.graphs = args.format.iter().any(|report| report.format == Format::Summary);
    let mut outcome = run.scan_patiently();
    if args.fix || args.fix_unsafe || args.diff {
        outcome = Checking { args, run: &run }.fix(&*run.tree, outcome)?;
    }
    // From here on there is nothing to end early: a signal ends the program.
    run.watch.stop.store(true, Ordering::Relaxed);
    run.complete(&mut outcome);
    lists::tell_unused(&outcome, &run.known);
    Checking { args, run: &run }.report(outcome)
}

impl Checking<'_> {
    /// Fixes what can be fixed and writes it, or shows the difference.
    fn fix(&self, tree: &dyn Tree, first: Outcome) -> Result<Outcome> {
        let unsafe_too = self.args.fix_unsafe;
        let fixed = fix::until_stable(tree, first.clone(), unsafe_too, &mut |tree| self.run.scan(tree));
        if self.run.watch.is_stopped() {
            term::complain("interrupted, so nothing was fixed");
            return Ok(Outcome { interrupted: true, ..first });
        }
        for told in &fixed.left_alone {
            term::complain(&format!("warning: {}: {}", self.run.display.path(&told.path), told.why));
        }
        if self.args.diff {
            self.show(tree, &fixed.files)?;
            return Ok(first); // nothing was written, so all of it still holds
        }
        let folders =
            self.args.look.paths.iter().filter(|path| path.is_dir()).chain([&self.run.display.root]);
        let within: Vec<PathBuf> = folders.filter_map(|folder| folder.canonicalize().ok()).collect();
        let mut failed = Vec::new();
        for (path, bytes) in &fixed.files {
            if self.run.watch.is_stopped() {
                failed.push(Told::new(path.clone(), Gap::new(Reason::NotFixed, "the run was interrupted")));
                continue;
            }
            let write = || fix::write(&self.run.display.root.join(&**path), bytes, &within);
            if let Err(error) = term::whole(write) {
                let why = format!("the fixed file could not be written: {}", walk::reason(&error));
                failed.push(Told::new(path.clone(), Gap::new(Reason::NotFixed, why)));
            }
        }
        let files = plural(fixed.files.len() - failed.len(), "file");
        let mut outcome = fixed.outcome;
        if !failed.is_empty() {
            // What could not be written is still on disk, and so are its findings.
            outcome = self.run.scan(tree);
            term::complain(&format!("fixed {files}; {} could not be written", failed.len()));
            outcome.failed.extend(failed);
        } else if !fixed.files.is_empty() {
            term::complain(&format!("fixed {} in {files}", plural(fixed.count, "finding")));
        }
        Ok(outcome)
    }

    fn show(&self, tree: &dyn Tree, files: &BTreeMap<Arc<str>, Vec<u8>>) -> Result<()> {
        let mut out = io::stdout().lock();
        for (path, new) in files {
            let old = tree.read(path).map_err(|why| anyhow!("{path}: {why}"))?;
            let mut text = Vec::new();
            for line in fix::diff(&self.run.display.path(path), &old, new).split_inclusive(|&b| b == b'\n') {
                text.extend_from_slice(&for_eyes(line));
            }
            out.write_all(&text).context("cannot write to standard output")?;
        }
        out.flush().context("cannot write to standard output")
    }

    /// Writes all reports and tells what the run comes to.
    fn report(&self, mut outcome: Outcome) -> Result<u8> {
        let human = [Report { format: Format::Human, file: None }];
        // With --diff standard output is the diff and nothing else.
        let wanted: &[_] = match (self.args.format.as_slice(), self.args.diff) {
            ([], true) => &[],
            ([], false) => &human,
            (formats, _) => formats,
        };
        let nothing = !self.args.look.is_past()
            && self.run.candidates.is_empty()
            && outcome.skipped.is_empty()
            && !outcome.is_incomplete();
        let for_people = |report: &Report| report.file.is_none() && report.format == Format::Human;
        // The human report says it itself.
        let untold = outcome.failed.iter().filter(|_| !wanted.iter().any(for_people));
        let untold: Vec<String> = untold
            .map(|told| format!("error: {}: {}", self.run.display.path(&told.path), told.why))
            .collect();
        let for_github =
            |report: &&Report| matches!(report.format, Format::Sarif | Format::Github | Format::Summary);
        let shown = wanted.iter().filter(|report| !(nothing && for_people(report)));
        let (theirs, ours): (Vec<_>, Vec<_>) = shown.partition(for_github);
        let views = [(&self.run.from_top, &theirs), (&self.run.display, &ours)];
        let mut views = views.into_iter().filter(|(_, reports)| !reports.is_empty()).peekable();
        while let Some((display, reports)) = views.next() {
            // A second view of everything needs a copy; the last takes what is there.
            let mut copy = views.peek().map(|_| outcome.clone());
            let seen = copy.as_mut().unwrap_or(&mut outcome);
            display.show(seen);
            for report in reports {
                write(self.args, report, seen)?;
            }
        }
        for told in untold {
            term::complain(&told);
        }
        if nothing {
            let where_ = if self.args.look.staged { "among the staged files" } else { "here" };
            term::complain(&format!("no Dockerfile or Compose file {where_}, so nothing was checked"));
        }
        if outcome.is_incomplete() {
            return Ok(FAILED);
        }
        let least = self.args.fail_on.or(self.run.config.fail_on).unwrap_or_default();
        let open = outcome.findings.iter().filter(|finding| finding.status == Status::Open);
        Ok(if open.map(|finding| finding.severity).any(|severity| least.fails(severity)) {
            FOUND
        } else {
            CLEAN
        })
    }
}

/// Whoever waits for a document gets one, also of a run that came to nothing. Standard error has it for people.
fn report_error(args: &Check, error: &anyhow::Error) {
    let mut outcome = Outcome { error: Some(format!("{error:#}")), ..Outcome::default() };
    report::hide(&mut outcome);
    for report in &args.format {
        if report.file.is_some() || report.format != Format::Human {
            // The first error is the one to tell.
            let _ = write(args, report, &outcome);
        }
    }
}

fn write(args: &Check, report: &Report, outcome: &Outcome) -> Result<()> {
    let colour = report.file.is_none() && term::colour(args.color);
    let options =
        Options { colour, show_suppressed: args.show_suppressed, web: web(), limit: args.summary_limit };
    let write = |out: &mut dyn io::Write| {
        let mut out = BufWriter::new(out);
        report::write(report.format, outcome, &options, &mut out)?;
        out.flush()
    };
    if let Some(file) = &report.file {
        return output::write(file, &write);
    }
    match write(&mut io::stdout().lock()) {
        // Whoever reads has seen enough; what was found still decides the exit code.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot write to standard output"),
    }
}

/// Where a run in GitHub Actions has its files from.
fn web() -> Option<Web> {
    let [server, repository, commit] =
        ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"].map(|name| env::var(name).ok());
    Web::new(&server?, &repository?, &commit?)
}

/// A line of a diff with no secret in it, its first character in place. Whoever obeys bytes gets them harmless; a pipe
/// gets the file's own, so that a diff without secrets can be applied.
fn for_eyes(line: &[u8]) -> Cow<'_, [u8]> {
    let text = String::from_utf8_lossy(line);
    let (sign, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    let shown = mask::masked(rest);
    if term::obeys() {
        let shown = shown.trim_end_matches('\n');
        return Cow::Owned(format!("{sign}{}\n", term::harmless(shown)).into_bytes());
    }
    match shown {
        Cow::Borrowed(_) => Cow::Borrowed(line),
        Cow::Owned(shown) => Cow::Owned(format!("{sign}{shown}").into_bytes()),
    }
}
