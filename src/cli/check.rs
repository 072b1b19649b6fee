//! `hullguard check`: scan, fixes, reports, exit code.

use std::env;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result};

use super::args::{Check, Report};
use super::open::{self, Run};
use super::{CLEAN, FAILED, FOUND, fixed, lists, output, peers, plural, term};
use crate::finding::{Finding, Safety, Status};
use crate::fix::{self, Fixed, Seen};
use crate::input;
use crate::outcome::Outcome;
use crate::report::{self, Detail, Format, Hider, Options, Web};
use crate::rule::{Family, Rule, Severity};
use crate::rules;
use crate::shown;

struct Checking<'a> {
    args: &'a Check,
    run: &'a Run,
}

pub(super) fn run(args: &Check) -> Result<u8> {
    args.validate()?;
    // Before anything can be reported, an error included.
    output::check(args, None)?;
    let mut run = open::open(&args.look, false).inspect_err(|error| report_error(args, error))?;
    output::check(args, Some(&run.config))?;
    run.policy.graphs = args.format.iter().any(|report| report.format == Format::Summary);
    run.policy.line_hashes = args.format.iter().any(|report| report.format == Format::Sarif);
    run.policy.privileges = args.look.new_from.is_some();
    let mut outcome;
    if args.fix || args.fix_unsafe || args.diff {
        let seen = Seen::new(&*run.tree);
        outcome = run.patiently(&seen);
        outcome = Checking { args, run: &run }.fix(&seen, outcome)?;
    } else {
        outcome = run.scan_patiently();
    }
    // From here on there is nothing to end early: a signal ends the program.
    run.watch.stop.store(true, Ordering::Relaxed);
    run.complete(&mut outcome);
    lists::tell_unused(&outcome, &run.known, &run.config);
    Checking { args, run: &run }.report(outcome)
}

impl Checking<'_> {
    /// Fixes what can be fixed and writes it, or shows the difference.
    fn fix(&self, tree: &Seen, first: Outcome) -> Result<Outcome> {
        let unsafe_too = self.args.fix_unsafe;
        let fixed = fix::until_stable(tree, first.clone(), unsafe_too, &mut |tree| self.run.scan(tree));
        if self.run.watch.is_stopped() {
            term::complain("interrupted; nothing was fixed");
            return Ok(Outcome { interrupted: true, ..first });
        }
        let hider = Hider::of(&first);
        for told in &fixed.left_alone {
            let path = self.run.display.path(&told.path);
            term::complain(&format!("warning: {}: {}", hider.name(&path), told.why));
        }
        if self.args.diff {
            fixed::show(&fixed::diffs(self.run, &fixed, &first))?;
            term::complain(&would_be_fixed(&fixed, unsafe_too));
            let failed = first.failed.iter().cloned().chain(fixed.changed).collect();
            return Ok(Outcome { failed, ..first }); // nothing was written, so all of it still holds
        }
        let mut failed = fixed.changed.clone();
        let written = fixed::write(self.run, &self.args.look.paths, &fixed, &mut failed);
        let files = plural(written, "file");
        if self.run.watch.is_stopped() {
            term::complain(&format!("interrupted; {files} of {} were fixed", fixed.files.len()));
            return Ok(Outcome { interrupted: true, ..first });
        }
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
        let least = self.args.fail_on.or(self.run.config.fail_on).unwrap_or_default();
        let open = outcome.findings.iter().filter(|finding| finding.status == Status::Open);
        let failing = open.map(|finding| finding.severity).filter(|&severity| least.fails(severity)).max();
        if let Some(seen) = self.args.min_severity {
            outcome.hide_below(seen);
        }
        let for_people = |report: &Report| report.file.is_none() && report.format == Format::Human;
        // The human report says it itself.
        let untold = outcome.failed.iter().filter(|_| !wanted.iter().any(for_people));
        let untold: Vec<String> = untold
            .map(|told| format!("error: {}: {}", self.run.display.path(&told.path), told.why))
            .collect();
        // Who reads these has the repository, and not the folder that this ran in.
        let for_github = |report: &&Report| {
            matches!(
                report.format,
                Format::Sarif | Format::Github | Format::Summary | Format::Gitlab | Format::Sonarqube
            )
        };
        let shown = wanted.iter().filter(|report| !(nothing && for_people(report)));
        let (theirs, ours): (Vec<_>, Vec<_>) = shown.partition(for_github);
        let views = [(&self.run.from_top, &theirs), (&self.run.display, &ours)];
        let mut views = views.into_iter().filter(|(_, reports)| !reports.is_empty()).peekable();
        let mut unwritten = None;
        while let Some((display, reports)) = views.next() {
            // A second view of everything needs a copy; the last takes what is there.
            let mut copy = views.peek().map(|_| outcome.clone());
            let seen = copy.as_mut().unwrap_or(&mut outcome);
            display.show(seen);
            for report in reports {
                // One that cannot be written costs none of the others.
                if let Err(error) = write(self.args, report, seen, least.severity()) {
                    unwritten.get_or_insert(error);
                }
            }
        }
        for told in untold {
            term::complain(&told);
        }
        self.say_untold(&outcome, failing, wanted.iter().any(for_people));
        self.say_empty(&outcome, nothing);
        let look = &self.args.look;
        let is_first =
            self.run.config.name.is_empty() && !look.no_config && !look.is_past() && !look.is_stdin();
        if is_first && wanted.iter().any(for_people) {
            // Whoever has a configuration has decided.
            if let Some(note) = peers::mention(&self.run.from_top.current) {
                term::complain(&note);
            }
        }
        let expects = || look.verbose || peers::has_hadolint(&self.run.from_top.current);
        if let Some(note) = self.run.shellcheck.note(&outcome, &self.run.policy, expects) {
            term::complain(&note);
        }
        if let Some(error) = unwritten {
            return Err(error);
        }
        if outcome.is_incomplete() {
            return Ok(FAILED);
        }
        Ok(if failing.is_some() { FOUND } else { CLEAN })
    }

    /// Says where there was nothing to check, or nothing to lint: no findings are then no news.
    fn say_empty(&self, outcome: &Outcome, nothing: bool) {
        let look = &self.args.look;
        if nothing && look.staged {
            term::complain(
                "no new or changed file is staged, so nothing was checked; stage files with `git add`",
            );
        } else if nothing {
            term::complain(
                "warning: nothing was checked: there is no Dockerfile, Compose file or other file here",
            );
        } else if outcome.checked == 0 && self.looks_for_documents(outcome) {
            term::complain("note: nothing was linted: there is no Dockerfile or Compose file here");
        }
        let is_listed = !nothing && !look.staged && !look.is_stdin() && !look.is_past();
        for path in look.paths.iter().filter(|path| is_listed && self.is_empty(path, outcome)) {
            term::complain(&format!("warning: nothing was checked in {}: it has no files", path.display()));
        }
    }

    /// Somebody wants documents to be linted, and not only what changed, and nothing says why one was not.
    fn looks_for_documents(&self, outcome: &Outcome) -> bool {
        let (look, policy) = (&self.args.look, &self.run.policy);
        let is_all = !look.staged && !look.is_stdin() && !look.is_past() && look.new_from.is_none();
        let lints = |rule: &Rule| rule.family != Family::Secrets && policy.shows(rule);
        is_all
            && !outcome.is_incomplete()
            && rules::RULES.iter().any(lints)
            && outcome.skipped.iter().all(|told| told.reason.is_counted())
    }

    /// A folder that somebody named has no file that is checked, nor one that is known not to be.
    fn is_empty(&self, path: &Path, outcome: &Outcome) -> bool {
        let display = &self.run.display;
        let folder = input::tidy(&display.current.join(path));
        let Some(below) = input::below(&display.root, &folder) else { return false };
        let holds = |file: &str| {
            below.is_empty() || file.strip_prefix(&*below).is_some_and(|rest| rest.starts_with('/'))
        };
        let told = outcome.skipped.iter().chain(&outcome.failed).map(|told| &told.path);
        let mut files = self.run.candidates.iter().map(|file| &file.path).chain(told);
        folder.is_dir() && !files.any(|file| **file == *below || holds(file))
    }

    /// What the reports have no room for. `human`: the human report says most of it.
    fn say_untold(&self, outcome: &Outcome, failing: Option<Severity>, human: bool) {
        let hidden = outcome.unshown.warnings + outcome.unshown.notes;
        let least = self.args.min_severity.map_or("", Severity::name);
        if hidden > 0 && !human {
            let hidden = plural(hidden, "finding");
            term::complain(&format!("not in the report: {hidden} below --min-severity {least}"));
        }
        if let Some(severity) = failing.filter(|&severity| self.args.min_severity > Some(severity)) {
            let name = severity.name();
            term::complain(&format!(
                "the run fails because of hidden findings of severity {name}; --fail-on {least} fails only on what is \
                 shown"
            ));
        }
        if self.args.look.verbose && !human {
            for told in &outcome.skipped {
                term::complain(&format!("skipped: {}: {}", self.run.display.path(&told.path), told.why));
            }
        }
    }
}

/// `2 findings would be fixed in 1 file; 5 more with --fix-unsafe`.
fn would_be_fixed(fixed: &Fixed, unsafe_too: bool) -> String {
    let found = plural(fixed.count, "finding");
    let mut text = match fixed.files.len() {
        0 => "no finding would be fixed".to_owned(),
        files => format!("{found} would be fixed in {}", plural(files, "file")),
    };
    let is_unsafe = |finding: &&Finding| {
        finding.status == Status::Open && finding.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Unsafe)
    };
    let more = fixed.outcome.findings.iter().filter(is_unsafe).count();
    if more > 0 && !unsafe_too {
        let _ = write!(text, "; {more} more with --fix-unsafe");
    }
    text
}

/// Whoever waits for a document gets one, also of a run that came to nothing. Standard error has it for people.
fn report_error(args: &Check, error: &anyhow::Error) {
    let mut outcome = Outcome { error: Some(format!("{error:#}")), ..Outcome::default() };
    report::hide(&mut outcome);
    for report in &args.format {
        let may = report.file.as_deref().is_none_or(output::takes_errors);
        if may && (report.file.is_some() || report.format != Format::Human) {
            // The first error is the one to tell.
            let _ = write(args, report, &outcome, None);
        }
    }
}

fn write(args: &Check, report: &Report, outcome: &Outcome, failing: Option<Severity>) -> Result<()> {
    let colour = report.file.is_none() && term::colour(args.color);
    let is_short = report.file.is_none() && !args.full && io::stdout().is_terminal();
    let options = Options {
        colour,
        width: (report.file.is_none() && io::stdout().is_terminal()).then(term::width),
        show_suppressed: args.show_suppressed,
        web: web(),
        limit: args.summary_limit,
        detail: match args.quiet {
            true => Detail::Quiet,
            false if args.look.verbose => Detail::Verbose,
            false if is_short => Detail::Short,
            false => Detail::Full,
        },
        failing,
    };
    let write = |out: &mut dyn io::Write| {
        let mut out = BufWriter::new(out);
        let made = shown::guarded(|| report::write(report.format, outcome, &options, &mut out));
        made.map_err(|_| io::Error::other("an internal error; please report it"))??;
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
