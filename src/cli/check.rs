//! `hullguard check`: input, configuration, scan, filters, fixes, reports, exit code.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;
use std::{env, fs};

use anyhow::{Context as _, Result, anyhow, bail};

use super::args::{Check, Report};
use super::display::Display;
use super::{CLEAN, FAILED, FOUND, past, term};
use crate::blob::{Candidate, Tree};
use crate::config::{self, Config, Date, FailOn, Globs};
use crate::filter;
use crate::finding::Status;
use crate::fix;
use crate::input::disk::{self, Disk};
use crate::input::staged::Staged;
use crate::input::stdin::{Stdin, UNNAMED};
use crate::input::{self, Listing, walk};
use crate::outcome::{Outcome, Told};
use crate::report::{self, Format, Options, Web};
use crate::rule::{Policy, Profile, Severity};
use crate::scan::{self, Watch};
use crate::secrets::mask;
use crate::text::Source;

/// What is decided before anything is scanned.
pub(super) struct Run<'a> {
    args: &'a Check,
    config: Config,
    policy: Policy,
    today: Date,
    pub(super) candidates: Vec<Candidate>,
    /// What was left out, and what could not be looked at, before anything was read.
    skipped: Vec<Told>,
    failed: Vec<Told>,
    /// From the root of the run to the current folder's view of it.
    pub(super) display: Display,
    /// To the view from the top of the repository, which is what GitHub has.
    from_top: Display,
    watch: Watch,
}

pub(super) fn run(args: &Check) -> Result<u8> {
    args.validate()?;
    let (current, watch) = ready(args)?;
    if args.is_past() {
        return past(args, &current, watch).inspect_err(|error| report_error(args, error));
    }
    let graphs = args.format.iter().any(|report| report.format == Format::Summary);
    let (run, tree) = begin(args, current, watch, graphs)?;
    let mut outcome = run.patiently(&*tree);
    if args.fix || args.fix_unsafe || args.diff {
        outcome = run.fix(&*tree, outcome)?;
    }
    // From here on there is nothing to end early: a signal ends the program.
    run.watch.stop.store(true, Ordering::Relaxed);
    run.report(&run.with_told(outcome))
}

/// Threads and signals; the current folder, and the way to end the run early.
pub(super) fn ready(args: &Check) -> Result<(PathBuf, Watch)> {
    if let Some(threads) = args.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global();
        pool.context("cannot start that many threads")?;
    }
    let current = input::tidy(&env::current_dir().context("the current folder cannot be read")?);
    let watch = Watch::default();
    if !args.is_stdin() {
        // A wait for standard input is ended by what ends any program.
        term::end_early(&watch.stop)?;
    }
    Ok((current, watch))
}

/// Reads the configuration and lists what there is to look at. `graphs`: the stages of Dockerfiles are wanted, too.
pub(super) fn begin(
    args: &Check,
    current: PathBuf,
    watch: Watch,
    graphs: bool,
) -> Result<(Run<'_>, Box<dyn Tree>)> {
    let (root, tree, listing, config) =
        open(args, &current, &watch).inspect_err(|error| report_error(args, error))?;
    for warning in filter::expired(&config, today()) {
        term::complain(&format!("warning: {warning}"));
    }
    let policy = Policy { graphs, ..policy(args, &config) };
    let Listing { candidates, skipped, failed } = listing;
    let top = input::top_of(&root).unwrap_or(&current).to_owned();
    let from_top = Display { root: root.clone(), current: top };
    let display = Display { root, current };
    let today = today();
    let run = Run { args, config, policy, today, candidates, skipped, failed, display, from_top, watch };
    Ok((run, tree))
}

fn policy(args: &Check, config: &Config) -> Policy {
    Policy {
        profile: args.profile.or(config.profile).unwrap_or(Profile::Default),
        trusted_registries: config.trusted_registries.clone(),
        asked: config.asked(),
        only: args.rule.iter().flat_map(|found| &found.0).map(|rule| rule.id).collect(),
        graphs: false,
    }
}

/// A run over commits instead of files.
fn past(args: &Check, current: &Path, watch: Watch) -> Result<u8> {
    let repository = past::repository(args, current)?;
    let root = input::tidy(repository.workdir().unwrap_or_else(|| repository.path()));
    let config = configure(args, &root)?;
    let policy = policy(args, &config);
    let excluded = excluded(args, &config)?;
    let excluded = move |path: &str| input::excluded_with_folders(path, &excluded);
    let mut outcome = term::patiently_past(&watch.done, || {
        past::search(args, repository, Box::new(excluded), &policy, &watch)
    })?;
    // What texts say themselves was heard where they were read.
    filter::apply(&mut outcome, &config, &policy, today());
    watch.stop.store(true, Ordering::Relaxed);
    let display = || Display { root: root.clone(), current: root.clone() };
    let (display, from_top) = (display(), display());
    let run = Run {
        args,
        config,
        policy,
        today: today(),
        candidates: Vec::new(),
        skipped: Vec::new(),
        failed: Vec::new(),
        display,
        from_top,
        watch,
    };
    run.report(&outcome)
}

impl Run<'_> {
    /// Scans, and says how far it is if that takes long.
    pub(super) fn patiently(&self, tree: &dyn Tree) -> Outcome {
        term::patiently(self.candidates.len(), &self.watch.done, || self.scan(tree))
    }

    /// The outcome with what was told before anything was read.
    pub(super) fn with_told(&self, mut outcome: Outcome) -> Outcome {
        outcome.skipped.extend_from_slice(&self.skipped);
        outcome.failed.extend_from_slice(&self.failed);
        for told in [&mut outcome.skipped, &mut outcome.failed] {
            told.sort();
            told.dedup();
        }
        outcome
    }

    fn scan(&self, tree: &dyn Tree) -> Outcome {
        let mut outcome = scan::scan(&self.candidates, tree, &self.policy, &self.watch);
        filter::apply(&mut outcome, &self.config, &self.policy, self.today);
        outcome
    }

    /// Fixes what can be fixed and writes it, or shows the difference.
    fn fix(&self, tree: &dyn Tree, first: Outcome) -> Result<Outcome> {
        let unsafe_too = self.args.fix_unsafe;
        let fixed = fix::until_stable(tree, first.clone(), unsafe_too, &mut |tree| self.scan(tree));
        if self.watch.is_stopped() {
            term::complain("interrupted, so nothing was fixed");
            return Ok(Outcome { interrupted: true, ..first });
        }
        for told in &fixed.left_alone {
            term::complain(&format!("warning: {}: {}", self.display.path(&told.path), told.why));
        }
        if self.args.diff {
            self.show(tree, &fixed.files)?;
            return Ok(first); // nothing was written, so all of it still holds
        }
        let folders = self.args.paths.iter().filter(|path| path.is_dir()).chain([&self.display.root]);
        let within: Vec<PathBuf> = folders.filter_map(|folder| folder.canonicalize().ok()).collect();
        let mut failed = Vec::new();
        for (path, bytes) in &fixed.files {
            if let Err(error) = fix::write(&self.display.root.join(&**path), bytes, &within) {
                let why = format!("the fixed file could not be written: {}", walk::reason(&error));
                failed.push(Told { path: path.clone(), why });
            }
        }
        let files = plural(fixed.files.len() - failed.len(), "file");
        let mut outcome = fixed.outcome;
        if !failed.is_empty() {
            // What could not be written is still on disk, and so are its findings.
            outcome = self.scan(tree);
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
            for line in fix::diff(&self.display.path(path), &old, new).split_inclusive(|&b| b == b'\n') {
                text.extend_from_slice(&for_eyes(line));
            }
            out.write_all(&text).context("cannot write to standard output")?;
        }
        out.flush().context("cannot write to standard output")
    }

    /// Writes all reports and tells what the run comes to.
    fn report(&self, outcome: &Outcome) -> Result<u8> {
        let human = [Report { format: Format::Human, file: None }];
        // With --diff standard output is the diff and nothing else.
        let wanted: &[_] = match (self.args.format.as_slice(), self.args.diff) {
            ([], true) => &[],
            ([], false) => &human,
            (formats, _) => formats,
        };
        let nothing = !self.args.is_past()
            && self.candidates.is_empty()
            && outcome.skipped.is_empty()
            && !outcome.is_incomplete();
        let for_people = |report: &Report| report.file.is_none() && report.format == Format::Human;
        for report in wanted.iter().filter(|report| !(nothing && for_people(report))) {
            let for_github = matches!(report.format, Format::Sarif | Format::Github | Format::Summary);
            let display = if for_github { &self.from_top } else { &self.display };
            write(self.args, report, &display.of(outcome))?;
        }
        // The human report says it itself.
        for told in outcome.failed.iter().filter(|_| !wanted.iter().any(for_people)) {
            term::complain(&format!("error: {}: {}", self.display.path(&told.path), told.why));
        }
        if nothing {
            let where_ = if self.args.staged { "among the staged files" } else { "here" };
            term::complain(&format!("no Dockerfile or Compose file {where_}, so nothing was checked"));
        }
        if outcome.is_incomplete() {
            return Ok(FAILED);
        }
        let least = self.args.fail_on.or(self.config.fail_on).unwrap_or(FailOn::At(Severity::Warning));
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
    let outcome = Outcome { error: Some(format!("{error:#}")), ..Outcome::default() };
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
        let written = fs::File::create(file).and_then(|mut out| write(&mut out));
        return written.with_context(|| format!("cannot write {}", file.display()));
    }
    match write(&mut io::stdout().lock()) {
        // Whoever reads has seen enough; what was found still decides the exit code.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot write to standard output"),
    }
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

/// Where a run in GitHub Actions has its files from.
fn web() -> Option<Web> {
    let [server, repository, commit] =
        ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"].map(|name| env::var(name).ok());
    Web::new(&server?, &repository?, &commit?)
}

fn today() -> Date {
    Date::of(SystemTime::now())
}

type Opened = (PathBuf, Box<dyn Tree>, Listing, Config);

/// The root of the run, what can be read below it, what to look at, and the configuration that holds there.
fn open(args: &Check, current: &Path, watch: &Watch) -> Result<Opened> {
    let absolute = |path: &PathBuf| input::tidy(&current.join(path));
    if args.staged {
        let staged = Staged::open(current)?;
        let root = staged.top().to_owned();
        let config = configure_staged(args, &staged)?;
        let excluded = excluded(args, &config)?;
        let within = args.paths.iter().map(|path| {
            // git's top folder has no symbolic links in it; what was asked for may.
            let path = absolute(path);
            let real = path.canonicalize().unwrap_or(path);
            input::below(&root, &real)
                .with_context(|| format!("{} lies outside of {}", real.display(), root.display()))
        });
        let listing = staged.list(&within.collect::<Result<Vec<_>>>()?, &excluded)?;
        return Ok((root, Box::new(staged), listing, config));
    }
    if args.is_stdin() {
        let path = absolute(&args.stdin_path.clone().unwrap_or_else(|| UNNAMED.into()));
        let root = input::root_of(current, std::slice::from_ref(&path));
        let config = configure(args, &root)?;
        let name = input::below(&root, &path).context("--stdin-path is not valid UTF-8")?;
        let mut bytes = Vec::new();
        let limited = io::stdin().lock().take(input::LARGEST + 1).read_to_end(&mut bytes);
        limited.context("cannot read standard input")?;
        if bytes.len() as u64 > input::LARGEST {
            bail!("standard input is larger than 16 MiB");
        }
        let stdin = Stdin::new(&name, bytes, Disk::new(root.clone()));
        let excluded = excluded(args, &config)?;
        let listing = if excluded(&name) { Listing::default() } else { stdin.list() };
        return Ok((root, Box::new(stdin), listing, config));
    }
    let asked: Vec<PathBuf> = args.paths.iter().map(absolute).collect();
    let root = input::root_of(current, &asked);
    let config = configure(args, &root)?;
    let excluded = excluded(args, &config)?;
    let starts = if asked.is_empty() { vec![root.clone()] } else { asked };
    let threads = args.threads.map_or(0, std::num::NonZeroUsize::get);
    let listing = walk::walk(&root, &starts, &excluded, threads, &|| watch.is_stopped());
    Ok((root.clone(), Box::new(Disk::new(root)), listing, config))
}

fn configure(args: &Check, root: &Path) -> Result<Config> {
    if args.no_config {
        return Ok(Config::default());
    }
    let Some(file) = args.config.clone().or_else(|| config::find(root)) else { return Ok(Config::default()) };
    read_config(&file, root, disk::read(&file))
}

/// As [`configure`], but what git has in its index counts: the commit is judged by what it holds. A configuration that
/// git does not know is taken from disk.
fn configure_staged(args: &Check, staged: &Staged) -> Result<Config> {
    let root = staged.top();
    let named = args.config.as_ref().map(|file| {
        let file = input::tidy(&env::current_dir().unwrap_or_default().join(file));
        input::below(root, &file.canonicalize().unwrap_or(file))
    });
    let names = match named {
        Some(name) => name.into_iter().collect(),
        None => config::NAMES.map(str::to_owned).to_vec(),
    };
    match names.iter().find(|name| staged.exists(name)) {
        Some(name) if !args.no_config => read_config(&root.join(name), root, staged.read(name)),
        _ => configure(args, root),
    }
}

fn read_config(file: &Path, root: &Path, bytes: Result<Vec<u8>, String>) -> Result<Config> {
    let bytes = bytes.map_err(|why| anyhow!("cannot read the configuration {}: {why}", file.display()))?;
    let absolute = input::tidy(&env::current_dir().unwrap_or_default().join(file));
    let name = input::below(root, &absolute).unwrap_or_else(|| file.to_string_lossy().into_owned());
    config::read(&Source::new(name, bytes), &config::base(&absolute, root))
        .map_err(|mistakes| anyhow!(mistakes))
}

/// What neither the configuration nor the flags want to be looked at.
fn excluded(args: &Check, config: &Config) -> Result<impl Fn(&str) -> bool + Sync + use<>> {
    let flags = Globs::new(args.exclude.iter().map(String::as_str), "")
        .map_err(|(index, why)| anyhow!("--exclude {}: {why}", args.exclude[index]))?;
    let config = config.exclude.clone();
    Ok(move |path: &str| flags.matches(path) || config.matches(path))
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
