//! What is decided before anything is scanned: where to look, what the configuration says, what is known already.
//!
//! `check` and `baseline` begin here. The files that a run depends on are read here, too, and in `lists`.

use std::collections::HashSet;
use std::env;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, Result, anyhow, bail};

use super::args::{Found, Look};
use super::display::Display;
use super::lists::{self, Reach};
use super::shellcheck::Chosen;
use super::{local, newer, past, term};
use crate::baseline::{Baseline, Known};
use crate::blob::{Candidate, Tree};
use crate::config::{self, Config, Date, Globs, UseShellCheck};
use crate::custom::Custom;
use crate::filter;
use crate::history::leaks::Law;
use crate::input::disk::{self, Disk};
use crate::input::staged::Staged;
use crate::input::stdin::{Stdin, UNNAMED};
use crate::input::{self, Listing, walk};
use crate::outcome::{Outcome, Told};
use crate::privilege;
use crate::rule::{Policy, Profile};
use crate::rules::RULES;
use crate::scan::{self, Watch};

/// A run that can begin.
pub(super) struct Run {
    pub(super) config: Config,
    pub(super) policy: Policy,
    pub(super) known: Known,
    reach: Reach,
    pub(super) today: Date,
    pub(super) tree: Box<dyn Tree>,
    pub(super) candidates: Vec<Candidate>,
    skipped: Vec<Told>,
    failed: Vec<Told>,
    /// Commits are searched instead of files.
    past: Option<past::Search>,
    /// Only what this commit has not is told.
    base: Option<newer::Base>,
    /// Comments in files silence nothing.
    deaf: bool,
    /// The top of the clone, if its own configuration is looked at, too.
    pub(super) clone: Option<PathBuf>,
    /// Findings stay apart: a list of known findings has each of them, and somebody may ask about one.
    pub(super) apart: bool,
    /// From the root of the run to the current folder's view of it.
    pub(super) display: Display,
    /// To the view from the top of the repository, which is what GitHub has.
    pub(super) from_top: Display,
    pub(super) watch: Watch,
    pub(super) shellcheck: Chosen,
}

/// Makes everything ready. A list of known findings that is to be made (`making`) need not be there.
pub(super) fn open(look: &Look, making: bool) -> Result<Run> {
    if let Some(threads) = look.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global();
        pool.context("cannot start that many threads")?;
    }
    let current = input::tidy(&env::current_dir().context("the current folder cannot be read")?);
    let mut watch = Watch::default();
    if !look.is_stdin() {
        // A wait for standard input is ended by what ends any program.
        term::end_early(&watch.stop)?;
    }
    let (root, tree, listing, config) = files(look, &current, &watch)?;
    let top = input::top_of(&root).unwrap_or(&root).to_owned();
    // Paths of commits are told as the commits have them.
    let seen_from = if look.is_past() { root.clone() } else { current.clone() };
    let display = Display { root: root.clone(), current: seen_from };
    let from_top = Display { root: root.clone(), current: top.clone() };
    let place = lists::Place {
        look,
        config: &config,
        root: &root,
        top: &top,
        tree: &*tree,
        display: &display,
        sealed: false,
    };
    let custom = place.gitleaks()?;
    let mut known = place.known(making)?;
    let mut policy = policy(&place, custom.seeing(known.hashes()));
    let given = if look.is_past() { Some(UseShellCheck::Off) } else { look.shellcheck };
    let shellcheck = Chosen::of(given, config.shellcheck, &top, &mut policy)?;
    watch.shellcheck = shellcheck.for_scan();
    if !policy.only.is_empty() && policy.only.iter().all(|id| policy.off.contains(id)) {
        bail!("--ignore leaves no rule of --rule to run");
    }
    if policy.off.len() >= RULES.len() && RULES.iter().all(|rule| policy.off.contains(&rule.id.get())) {
        bail!("--ignore leaves no rule to run");
    }
    if look.verbose {
        place.say(&policy, listing.candidates.len());
        term::complain(&format!("ShellCheck: {}", shellcheck.state()));
    }
    let reach = Reach::new(&place, listing.failed.is_empty(), excluded(look, &config)?);
    known.looked = reach.looked(&listing.candidates, &*tree, &known);
    let past = if look.is_past() {
        Some(past::Search::new(look, &current, excluded(look, &config)?)?)
    } else {
        None
    };
    let base = newer::base(look, &root, &policy.base, excluded(look, &config)?)?;
    let today = Date::of(SystemTime::now());
    let said = filter::expired(&config, today).into_iter().chain(filter::expired_entries(&known, today));
    let said = said.chain(lists::not_shipped(&config, &*tree));
    let all = known.looked.whole && !look.is_past();
    let said = said.chain(all.then(|| lists::unmatched(&config, &listing, &root)).into_iter().flatten());
    said.for_each(|warning| term::complain(&format!("warning: {warning}")));
    let is_clone = known.looked.whole && top == root && !making && local::is_wanted(look, &policy);
    let clone = is_clone.then_some(top);
    let Listing { candidates, skipped, failed } = listing;
    Ok(Run {
        config,
        policy,
        known,
        reach,
        today,
        tree,
        candidates,
        skipped,
        failed,
        past,
        base,
        deaf: look.no_inline_ignore,
        clone,
        apart: making,
        display,
        from_top,
        watch,
        shellcheck,
    })
}

/// What the configuration and the flags, which win, want of the rules.
pub(super) fn policy(place: &lists::Place, custom: Custom) -> Policy {
    let (look, config) = (place.look, place.config);
    Policy {
        profile: look.profile.or(config.profile).unwrap_or(Profile::Default),
        preview: look.preview || config.preview,
        trusted_registries: config.trusted_registries.clone(),
        labels: config.labels.clone(),
        strict_labels: config.strict_labels,
        asked: config.asked(),
        only: ids(&look.rule),
        off: ids(&look.ignore),
        base: place.base(),
        custom: Arc::new(custom),
        ships: config.ships.iter().map(|ship| (ship.dockerfile.clone(), ship.targets.clone())).collect(),
        doubtful: false,
        graphs: false,
        privileges: false,
        hardening: false,
        networks: false,
        line_hashes: true,
    }
}

/// Sorted.
fn ids(found: &[Found]) -> Vec<&'static str> {
    let mut ids: Vec<&str> = found.iter().flat_map(|found| &found.0).map(|rule| rule.id.get()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl Run {
    /// What is found in a tree, which may be another than the run's own, marked.
    pub(super) fn scan(&self, tree: &dyn Tree) -> Outcome {
        let Self { config, policy, known, today, deaf, .. } = self;
        let silence = |outcome: &mut Outcome| {
            if *deaf {
                outcome.pragmas.clear();
            }
            filter::in_place(outcome, config, policy, *today);
        };
        let listed = |outcome: &mut Outcome| filter::listed(outcome, policy, known);
        let law = Law {
            policy,
            silence: &silence,
            listed: &listed,
            by_path: filter::knows_paths(config, policy),
            deaf: self.deaf,
        };
        let mut outcome = match &self.past {
            Some(past) => past.run(law, &self.watch),
            None => scan::scan_change(&self.candidates, tree, policy, &self.watch, &silence),
        };
        if let Some(top) = &self.clone {
            local::add(&mut outcome, top, policy);
        }
        let mark = |outcome: &mut Outcome| {
            if self.deaf {
                outcome.pragmas.clear();
            }
            filter::apply(outcome, &self.config, &self.policy, &self.known, self.today);
        };
        mark(&mut outcome);
        if let Some(base) = &self.base
            && let Err(error) =
                base.keep_new(&mut outcome, &self.candidates, &self.policy, &self.watch, &mark)
        {
            // Whoever asked for news only must not take all for new, nor nothing.
            outcome.error = Some(format!("{error:#}"));
        }
        if let Some(base) = self.base.as_ref().filter(|_| self.policy.privileges) {
            let before = base.privileges(&self.candidates, &self.policy, &self.watch);
            outcome.changes = privilege::changes(&before, &outcome.privileges);
        }
        if !self.apart {
            filter::group(&mut outcome, &self.policy, &|_| true);
        }
        outcome
    }
    /// As [`Run::scan`] of the run's own tree, with a word if it takes long.
    pub(super) fn scan_patiently(&self) -> Outcome {
        self.patiently(&*self.tree)
    }
    pub(super) fn patiently(&self, tree: &dyn Tree) -> Outcome {
        let scan = || self.scan(tree);
        if self.past.is_some() {
            return term::patiently_past(&self.watch, scan);
        }
        let all = scan::searches(&self.policy);
        let files = self.candidates.iter().filter(|file| all || file.document).count();
        term::patiently(files, &self.watch.done, scan)
    }
    /// From here on this list of ours is what is known, besides those of other tools.
    pub(super) fn know(&mut self, list: Baseline) {
        self.known.own = vec![list];
        self.known.looked = self.reach.looked(&self.candidates, &*self.tree, &self.known);
    }
    /// Adds what the listing had to say.
    pub(super) fn complete(&mut self, outcome: &mut Outcome) {
        // What the listing could not take, the scan could not read as context either.
        let listed: HashSet<_> = self.skipped.iter().map(|told| &told.path).collect();
        outcome.skipped.retain(|told| !listed.contains(&told.path));
        outcome.skipped.append(&mut self.skipped);
        outcome.failed.append(&mut self.failed);
        for told in [&mut outcome.skipped, &mut outcome.failed] {
            told.sort();
            told.dedup();
        }
    }
}

type Files = (PathBuf, Box<dyn Tree>, Listing, Config);

/// The root of the run, what can be read below it, what to look at, and the configuration that holds there.
fn files(look: &Look, current: &Path, watch: &Watch) -> Result<Files> {
    let absolute = |path: &PathBuf| input::tidy(&current.join(path));
    if look.staged {
        let staged = Staged::open(current)?;
        let root = staged.top().to_owned();
        let config = configure_staged(look, &staged)?;
        let excluded = excluded(look, &config)?;
        let within = look.paths.iter().map(|path| {
            // git's top folder has no symbolic links in it; what was asked for may.
            let path = absolute(path);
            let real = path.canonicalize().unwrap_or(path);
            input::below(&root, &real)
                .with_context(|| format!("{} lies outside of {}", real.display(), root.display()))
        });
        let listing = staged.list(&within.collect::<Result<Vec<_>>>()?, &excluded)?;
        return Ok((root, Box::new(staged), listing, config));
    }
    if look.is_past() {
        let repository = past::Asked::of(look, current)?.repository;
        let root = input::tidy(repository.workdir().unwrap_or_else(|| repository.path()));
        let config = configure(look, &root)?;
        return Ok((root.clone(), Box::new(Disk::new(root)), Listing::default(), config));
    }
    if look.is_stdin() {
        let path = absolute(&look.stdin_path.clone().unwrap_or_else(|| UNNAMED.into()));
        let root = input::root_of(current, std::slice::from_ref(&path));
        let config = configure(look, &root)?;
        let name = input::below(&root, &path).context("--stdin-path is not valid UTF-8")?;
        let mut bytes = Vec::new();
        let limited = io::stdin().lock().take(input::LARGEST + 1).read_to_end(&mut bytes);
        limited.context("cannot read standard input")?;
        if bytes.len() as u64 > input::LARGEST {
            bail!("standard input is larger than 16 MiB");
        }
        let stdin = Stdin::new(&name, bytes, Disk::new(root.clone()));
        let excluded = excluded(look, &config)?;
        let listing = if excluded(&name) { Listing::default() } else { stdin.list() };
        return Ok((root, Box::new(stdin), listing, config));
    }
    let asked: Vec<PathBuf> = look.paths.iter().map(absolute).collect();
    let root = input::root_of(current, &asked);
    let config = configure(look, &root)?;
    let excluded = excluded(look, &config)?;
    let starts = if asked.is_empty() { vec![root.clone()] } else { asked };
    let threads = look.threads.map_or(0, std::num::NonZeroUsize::get);
    let listing = walk::walk(&root, &starts, &excluded, threads, &|| watch.is_stopped());
    Ok((root.clone(), Box::new(Disk::asked(root, &starts)), listing, config))
}

fn configure(look: &Look, root: &Path) -> Result<Config> {
    if look.no_config {
        return Ok(Config::default());
    }
    let found = || config::find(root).map_err(|why| anyhow!(why));
    let Some(file) = look.config.clone().map_or_else(found, |file| Ok(Some(file)))? else {
        return Ok(Config::default());
    };
    read_config(&file, root, &disk::read_own)
}

/// As [`configure`], but what git has in its index counts: the commit is judged by what it holds. A configuration that
/// git does not know is taken from disk.
fn configure_staged(look: &Look, staged: &Staged) -> Result<Config> {
    let root = staged.top();
    let name = match &look.config {
        Some(file) => {
            let file = input::tidy(&env::current_dir().unwrap_or_default().join(file));
            input::below(root, &file.canonicalize().unwrap_or(file)).filter(|name| staged.exists(name))
        }
        None => config::only(|name| staged.exists(name)).map_err(|why| anyhow!(why))?.map(str::to_owned),
    };
    let Some(name) = name.filter(|_| !look.no_config) else { return configure(look, root) };
    let read = |home: &Path, file: &Path| match input::below(root, file).filter(|name| staged.exists(name)) {
        Some(name) => staged.read(&name),
        None => disk::read_own(home, file),
    };
    read_config(&root.join(name), root, &read)
}

/// Reads a configuration, and the files that it extends.
pub(super) fn read_config(file: &Path, root: &Path, read: &config::Open) -> Result<Config> {
    let top = input::top_of(root).unwrap_or(root);
    let absolute = input::tidy(&env::current_dir().unwrap_or_default().join(file));
    let bytes = read(top, &absolute)
        .map_err(|why| anyhow!("cannot read the configuration {}: {why}", file.display()))?;
    config::read(&absolute, bytes, &config::Around { root, top, read }).map_err(|mistakes| anyhow!(mistakes))
}

/// What neither the configuration nor the flags want to be looked at.
fn excluded(look: &Look, config: &Config) -> Result<impl Fn(&str) -> bool + Sync + use<>> {
    let flags = Globs::new(look.exclude.iter().map(String::as_str), "")
        .map_err(|(index, why)| anyhow!("--exclude {}: {why}", look.exclude[index]))?;
    let config = config.exclude.clone();
    Ok(move |path: &str| flags.matches(path) || config.matches(path))
}
