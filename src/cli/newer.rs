//! `--new-from REV`: only the findings that a commit has not.
//!
//! The comparison is that of the action ([`had`](super::had)): findings are compared, not lines, and a renamed file is the
//! file that it was. Both sides are judged by the settings of now.

use std::cell::OnceCell;
use std::env;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use git2::{ErrorCode, Oid, Repository};

use super::args::{Hook, Look};
use super::had::{Had, Names};
use super::moved::Moved;
use super::term;
use crate::blob::{Candidate, Tree as _};
use crate::finding::{Finding, Status};
use crate::history;
use crate::history::opening::{self, At, Reads};
use crate::input::below::Below;
use crate::outcome::Outcome;
use crate::privilege::Privileges;
use crate::rule::{Family, Policy};
use crate::scan::{self, Watch};

/// A commit to compare with.
pub(super) struct Base {
    /// As it was asked for.
    name: String,
    repository: Repository,
    commit: Oid,
    tree: Below,
    excluded: Box<dyn Fn(&str) -> bool>,
    /// Looked at once, and only if something is found now.
    old: OnceCell<Old>,
}

/// What the commit has.
struct Old {
    findings: Vec<Finding>,
    renamed: Names,
}

/// The commit to compare with; `None` if all findings count, or there is no commit yet. `base` leads from the top of the
/// repository to the root of the run.
pub(super) fn base(
    look: &Look,
    root: &Path,
    base: &str,
    excluded: impl Fn(&str) -> bool + 'static,
) -> Result<Option<Base>> {
    let is_hook = look.hook == Some(Hook::PreCommit);
    if look.new_from.is_none() && !is_hook {
        return Ok(None);
    }
    let repository = opening::open(At::Environment(root), Reads::Objects)
        .map_err(|refused| anyhow!("--new-from needs a git repository: {refused}"))?;
    let name = match &look.new_from {
        Some(name) => name.clone(),
        None => match framework(&repository)? {
            Some(name) => name,
            None => return Ok(None),
        },
    };
    if matches!(name.as_str(), "HEAD" | "@") && is_unborn(&repository) {
        if look.verbose {
            term::complain("the repository has no commit yet, so every finding is new");
        }
        return Ok(None);
    }
    let commit = history::commit(&repository, &name).with_context(|| format!("--new-from {name}"))?;
    let tree = Below::open(&repository, commit, base)?;
    if look.verbose {
        term::complain(&format!("reports only what {name} ({commit}) does not have"));
    }
    Ok(Some(Base { name, repository, commit, tree, excluded: Box::new(excluded), old: OnceCell::new() }))
}

/// What a hook of the pre-commit framework compares with: the start of the range that it was given, or HEAD if something is
/// about to be committed. Otherwise (`pre-commit run --all-files`) there is no change, and all findings count.
fn framework(repository: &Repository) -> Result<Option<String>> {
    let given = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    if let (Some(from), Some(_)) = (given("PRE_COMMIT_FROM_REF"), given("PRE_COMMIT_TO_REF")) {
        return Ok(Some(from));
    }
    if is_unborn(repository) {
        return Ok(None);
    }
    let head = repository.head().and_then(|head| head.peel_to_tree()).context("cannot read HEAD")?;
    let diff = repository.diff_tree_to_index(Some(&head), None, None);
    let is_same = diff.context("cannot compare the index with HEAD")?.deltas().next().is_none();
    Ok((!is_same).then(|| "HEAD".to_owned()))
}

fn is_unborn(repository: &Repository) -> bool {
    let head = repository.head();
    head.is_err_and(|error| matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound))
}

impl Base {
    /// Takes out the open findings that the commit has, and counts them. `mark` says which findings count, by the settings of
    /// the run.
    pub(super) fn keep_new(
        &self,
        outcome: &mut Outcome,
        candidates: &[Candidate],
        policy: &Policy,
        watch: &Watch,
        mark: &dyn Fn(&mut Outcome),
    ) -> Result<()> {
        let is_open = |finding: &Finding| finding.status == Status::Open;
        if !outcome.findings.iter().any(is_open) {
            return Ok(());
        }
        if self.old.get().is_none() {
            let looked = self.look(outcome, candidates, policy, watch, mark)?;
            self.old.get_or_init(|| looked);
        }
        let Some(old) = self.old.get() else { return Ok(()) };
        let had = Had::of(old.findings.iter(), &outcome.findings, &old.renamed);
        let before = outcome.findings.len();
        outcome.findings.retain(|finding| !is_open(finding) || !had.has(finding, &old.renamed));
        outcome.unshown.old = before - outcome.findings.len();
        outcome.interrupted |= watch.is_stopped();
        Ok(())
    }

    /// What the containers of the commit may do, of the files that are looked at now. A renamed file is a new one.
    pub(super) fn privileges(
        &self,
        candidates: &[Candidate],
        policy: &Policy,
        watch: &Watch,
    ) -> Vec<Privileges> {
        let is_there = |file: &&Candidate| {
            scan::may_be_checked(file) && self.tree.exists(&file.path) && !(self.excluded)(&file.path)
        };
        let files: Vec<Candidate> = candidates.iter().filter(is_there).cloned().collect();
        let watch = Watch { stop: Arc::clone(&watch.stop), ..Watch::default() };
        scan::scan(&files, &self.tree, policy, &watch).privileges
    }

    /// Checks what of the commit may have what was found now: all documents that are looked at, for one may be the reason for
    /// a finding in another; files with secrets; and under their old names what was renamed or, for secrets, changed.
    fn look(
        &self,
        now: &Outcome,
        candidates: &[Candidate],
        policy: &Policy,
        watch: &Watch,
        mark: &dyn Fn(&mut Outcome),
    ) -> Result<Old> {
        let secrets: Vec<&str> = now
            .findings
            .iter()
            .filter(|finding| finding.rule.family == Family::Secrets)
            .map(|finding| &*finding.place.path)
            .collect();
        let is_there = |path: &str| self.tree.exists(path);
        let is_moved = |finding: &Finding| !is_there(&finding.place.path);
        let moved = if !secrets.is_empty() || now.findings.iter().any(is_moved) {
            self.moved()?
        } else {
            Moved::default()
        };
        let of_secrets = |path: &str| secrets.binary_search(&path).is_ok();
        let mut paths: Vec<Candidate> = Vec::new();
        for candidate in candidates {
            let path = &*candidate.path;
            if scan::may_be_checked(candidate) && is_there(path) || of_secrets(path) {
                paths.push(candidate.clone());
            }
            if let Some(old) = moved.renamed.get(path) {
                paths.push(Candidate { path: old.as_str().into(), ..candidate.clone() });
            }
        }
        if !secrets.is_empty() {
            paths.extend(self.tree.list(moved.old.iter().map(String::as_str)).candidates);
        }
        paths.retain(|file| is_there(&file.path) && !(self.excluded)(&file.path));
        paths.sort_by(|a, b| a.path.cmp(&b.path).then(b.explicit.cmp(&a.explicit)));
        paths.dedup_by(|a, b| a.path == b.path);

        let policy = Policy { graphs: false, privileges: false, ..policy.clone() };
        // How far this is says nothing about how far the run is.
        let watch =
            Watch { stop: Arc::clone(&watch.stop), shellcheck: watch.shellcheck.clone(), ..Watch::default() };
        let mut outcome = scan::scan(&paths, &self.tree, &policy, &watch);
        mark(&mut outcome);
        if !outcome.failed.is_empty() {
            let (files, name) = (super::plural(outcome.failed.len(), "file"), &self.name);
            term::complain(&format!(
                "warning: {files} of {name} could not be checked; what they had counts as new"
            ));
        }
        outcome.findings.retain(|finding| finding.status == Status::Open);
        Ok(Old { findings: outcome.findings, renamed: moved.renamed })
    }

    /// What git's index changed since the commit, with paths as the run has them. A file that was renamed and is not in the
    /// index counts as new.
    fn moved(&self) -> Result<Moved> {
        let cut = "git cannot compare the index with the commit";
        let tree = self.repository.find_commit(self.commit).and_then(|commit| commit.tree()).context(cut)?;
        let mut diff = self.repository.diff_tree_to_index(Some(&tree), None, None).context(cut)?;
        let Moved { new, old, renamed } = Moved::of(&mut diff).context(cut)?;
        let seen = |path: String| self.tree.seen(&path);
        Ok(Moved {
            new: new.into_iter().map(seen).collect(),
            old: old.into_iter().map(seen).collect(),
            renamed: renamed.into_iter().map(|(now, before)| (seen(now), seen(before))).collect(),
        })
    }
}
