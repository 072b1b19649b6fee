//! Lists of known findings and gitleaks' configuration: where they lie, and what is said of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use super::args::Look;
use super::display::Display;
use super::term;
use crate::baseline::{self, FOREIGN, Known, List, Looked, NAME};
use crate::blob::{Candidate, Origin, Tree};
use crate::config::{Config, Globs, Pattern, gitleaks};
use crate::custom::Custom;
use crate::gap::{Gap, Reason};
use crate::input::{self, Listing, disk};
use crate::outcome::{Outcome, Unused};
use crate::report::Hider;
use crate::rule::{Family, Policy};
use crate::rules::RULES;

/// The configuration of gitleaks and of what was made of it, by name in the top folder.
pub(super) const GITLEAKS: [&str; 2] = [".gitleaks.toml", ".betterleaks.toml"];
/// How many things of one kind are told.
const TOLD: usize = 10;

/// Where a run looks.
pub(super) struct Place<'a> {
    pub(super) look: &'a Look,
    pub(super) config: &'a Config,
    pub(super) root: &'a Path,
    /// Of the repository; the root where there is none.
    pub(super) top: &'a Path,
    pub(super) tree: &'a dyn Tree,
    pub(super) display: &'a Display,
    /// Only the tree counts: what lies on disk may be what a pull request put there.
    pub(super) sealed: bool,
}

impl Place<'_> {
    /// From the top to the root, empty or ending with `/`.
    pub(super) fn base(&self) -> String {
        match input::below(self.top, self.root) {
            Some(base) if !base.is_empty() => format!("{base}/"),
            _ => String::new(),
        }
    }

    fn exists(&self, file: &Path) -> bool {
        input::below(self.root, file).is_some_and(|name| self.tree.exists(&name))
            || !self.sealed && file.is_file()
    }

    /// What the tree has counts: a commit is judged by what it holds. What git does not know is read from disk.
    fn read(&self, file: &Path) -> Result<Vec<u8>> {
        let bytes = match input::below(self.root, file).filter(|name| self.tree.exists(name)) {
            Some(name) if self.tree.origin() != Origin::WorkTree => self.tree.read(&name),
            None if self.sealed => Err(Gap::new(Reason::NotFound, "it is not in that commit")),
            _ => disk::read_own(self.top, file),
        };
        bytes.map_err(|why| anyhow!("cannot read {}: {why}", self.display.file(file)))
    }

    /// The lists that hold: those that were named, or those with the usual names.
    fn files(&self) -> Vec<PathBuf> {
        if self.look.no_baseline {
            return Vec::new();
        }
        if !self.look.baseline.is_empty() {
            let absolute = |path: &PathBuf| input::tidy(&self.display.current.join(path));
            return self.look.baseline.iter().map(absolute).collect();
        }
        if !self.config.baselines.is_empty() {
            return self.config.baselines.clone();
        }
        self.usual().filter(|file| self.exists(file)).collect()
    }

    fn usual(&self) -> impl Iterator<Item = PathBuf> {
        [NAME].into_iter().chain(FOREIGN).map(|name| self.top.join(name))
    }

    /// The lists. They are searched for secrets like any file: hashes are none.
    pub(super) fn known(&self, making: bool) -> Result<Known> {
        let mut known = Known::default();
        for file in self.files() {
            if making && !self.exists(&file) {
                continue;
            }
            let name = self.display.file(&file);
            match baseline::read(&name, &self.read(&file)?).map_err(|why| anyhow!(why))? {
                List::Own(list) => known.own.push(list),
                List::Foreign(list) => {
                    let no = |line: &u32| format!("{name}:{line}: this is no fingerprint (file:rule:line)");
                    warn(&list.unread.iter().map(no).collect::<Vec<_>>());
                    known.foreign.push(list);
                }
            }
        }
        Ok(known)
    }

    /// gitleaks' configuration that holds, if there is one.
    fn gitleaks_file(&self) -> Option<PathBuf> {
        let named = self.look.gitleaks_config.as_ref().map(|path| self.display.current.join(path));
        let usual = || {
            let files = GITLEAKS.map(|name| self.top.join(name));
            files.into_iter().find(|file| !self.look.no_config && self.exists(file))
        };
        let file = named.or_else(|| self.config.gitleaks.clone()).or_else(usual);
        file.map(|file| input::tidy(&file))
    }

    /// Says on what a run depends: `--verbose`.
    pub(super) fn say(&self, policy: &Policy, files: usize) {
        let or_none = |files: &[String]| if files.is_empty() { "none".to_owned() } else { files.join(", ") };
        let name = |file: &PathBuf| self.display.file(file);
        let config = if self.config.name.is_empty() { "none" } else { &self.config.name };
        let lists: Vec<String> = self.files().iter().map(name).collect();
        let gitleaks: Vec<String> = self.gitleaks_file().iter().map(name).collect();
        let runs = |secrets: bool| {
            let rules = RULES.iter().filter(|rule| (rule.family == Family::Secrets) == secrets);
            rules.filter(|rule| policy.shows(rule)).count()
        };
        term::complain(&format!("folder: {}", self.root.display()));
        term::complain(&format!("files to look at: {files}"));
        term::complain(&format!("configuration: {config}"));
        term::complain(&format!("known findings: {}", or_none(&lists)));
        term::complain(&format!("gitleaks configuration: {}", or_none(&gitleaks)));
        term::complain(&format!(
            "profile: {}; runs {} rules and looks for {} kinds of secrets",
            policy.profile.name(),
            runs(false),
            runs(true)
        ));
    }

    /// What `.gitleaks.toml` says; what of it does not hold is told.
    pub(super) fn gitleaks(&self) -> Result<Custom> {
        let Some(file) = self.gitleaks_file() else { return Ok(Custom::default()) };
        let other = |path: &str| {
            let other = input::tidy(&self.top.join(path));
            if !other.starts_with(self.top) {
                return Err("it lies outside of the repository".to_owned());
            }
            self.read(&other).map_err(|error| error.to_string())
        };
        let read = gitleaks::read(&self.display.file(&file), &self.read(&file)?, &other);
        let read = read.map_err(|why| anyhow!(why))?;
        warn(&read.notes);
        Ok(read.custom)
    }
}

/// What a run reaches, to tell what is gone from what was not looked at.
pub(super) struct Reach {
    root: PathBuf,
    base: String,
    asked: Vec<PathBuf>,
    excluded: Box<dyn Fn(&str) -> bool>,
    /// Every file of the repository, but for what is excluded for all.
    whole: bool,
    /// No files of the tree, but standard input or commits.
    no_files: bool,
}

impl Reach {
    pub(super) fn new(place: &Place, complete: bool, excluded: impl Fn(&str) -> bool + 'static) -> Self {
        let Place { look, root, display, .. } = place;
        let asked = look.paths.iter().map(|path| input::tidy(&display.current.join(path))).collect();
        let part = look.staged || look.is_stdin() || !look.exclude.is_empty() || !place.base().is_empty();
        let mut reach = Self {
            root: root.to_path_buf(),
            base: place.base(),
            asked,
            excluded: Box::new(excluded),
            whole: false,
            no_files: look.is_stdin() || look.is_past(),
        };
        reach.whole = complete && !part && reach.is_asked(root);
        reach
    }
    fn is_asked(&self, path: &Path) -> bool {
        self.asked.is_empty() || self.asked.iter().any(|start| path.starts_with(start))
    }
    /// What is looked at, as far as it matters to these lists.
    pub(super) fn looked(&self, candidates: &[Candidate], tree: &dyn Tree, known: &Known) -> Looked {
        let is_gone = |path: &&&str| {
            path.strip_prefix(&self.base).is_some_and(|here| {
                !self.no_files
                    && !tree.exists(here)
                    && !(self.excluded)(here)
                    && self.is_asked(&self.root.join(here))
            })
        };
        Looked {
            whole: self.whole,
            past: tree.is_tracked(NAME).is_some(),
            files: candidates.iter().map(|file| format!("{}{}", self.base, file.path)).collect(),
            gone: known.paths().iter().filter(is_gone).map(|path| (*path).to_owned()).collect(),
        }
    }
}

fn warn(notes: &[String]) {
    notes.iter().take(TOLD).for_each(|note| term::complain(&format!("warning: {note}")));
    if notes.len() > TOLD {
        term::complain(&format!("warning: and {} more like this", notes.len() - TOLD));
    }
}

/// A sentence for each Dockerfile that `ships` names and that is not there.
pub(super) fn not_shipped(config: &Config, tree: &dyn Tree) -> Vec<String> {
    let gone = config.ships.iter().filter(|ship| !tree.exists(&ship.dockerfile));
    gone.map(|ship| {
        format!("{}:{}: `ships` names {}, which does not exist", ship.file, ship.line, ship.dockerfile)
    })
    .collect()
}

/// A sentence for each pattern of the configuration that matches none of all files of a repository.
pub(super) fn unmatched(config: &Config, listing: &Listing, root: &Path) -> Vec<String> {
    let excluded: Vec<&str> = {
        let out = listing.skipped.iter().filter(|told| told.reason == Reason::Excluded);
        out.map(|told| &*told.path).collect()
    };
    let is_unmatched = |pattern: &&Pattern| {
        let Ok(globs) = Globs::new([pattern.text.as_str()], "") else { return false };
        // What git ignores may be there on another machine.
        let is_there = || root.join(pattern.text.trim_matches('/')).symlink_metadata().is_ok();
        let matched = if pattern.excludes {
            excluded.iter().any(|path| globs.matches(path))
        } else {
            listing.candidates.iter().any(|file| globs.matches(&file.path))
        };
        !matched && !is_there()
    };
    let unmatched = config.patterns.iter().filter(is_unmatched);
    unmatched
        .take(TOLD)
        .map(|Pattern { text, excludes, file, line }| {
            let key = if *excludes { "exclude" } else { "paths" };
            format!("{file}:{line}: `{key}` has `{text}`, which matches no file; delete it")
        })
        .collect()
}

/// Says which lists hold entries that match nothing any more.
pub(super) fn tell_unused(outcome: &Outcome, known: &Known, config: &Config) {
    let mut lists: BTreeMap<&str, Vec<&Unused>> = BTreeMap::new();
    let mut notes = Vec::new();
    for unused in &outcome.unused {
        match config.ignores.get(unused.entry).filter(|ignore| ignore.file == unused.list) {
            Some(ignore) if unused.fingerprint.is_none() => {
                let at = if unused.path.is_empty() { String::new() } else { format!(" in {}", unused.path) };
                notes.push(format!(
                    "{}: the ignore of {}{at} matches nothing; delete it",
                    ignore.place(),
                    ignore.what()
                ));
            }
            _ => lists.entry(&unused.list).or_default().push(unused),
        }
    }
    warn(&notes);
    let hider = Hider::of(outcome);
    for (list, unused) in lists {
        let ours = known.own.iter().any(|own| own.name == list);
        let one = |unused: &&Unused| match (&*unused.rule, ours) {
            (rule, true) => format!("`{rule}` in {}", hider.name(&unused.path)),
            _ => hider.name(&unused.path).into_owned(),
        };
        let mut some: Vec<String> = unused.iter().take(3).map(one).collect();
        if unused.len() > some.len() {
            some.push("…".to_owned());
        }
        let (entries, some) = (plural_entries(unused.len()), some.join(", "));
        let help = if ours { "; `hullguard baseline --update` removes old entries" } else { "" };
        term::complain(&format!("warning: {list}: {entries} no finding any more ({some}){help}"));
    }
}

fn plural_entries(count: usize) -> String {
    if count == 1 { "1 entry matches".to_owned() } else { format!("{count} entries match") }
}
