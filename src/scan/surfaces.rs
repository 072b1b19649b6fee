//! Containers of other surfaces than Compose files, each file by itself: `surface` finds them, the rules on containers and
//! images judge them.

use std::sync::{Arc, OnceLock};

use super::run::Run;
use super::{check, load, repository};
use crate::container::Lifetime;
use crate::daemon;
use crate::finding::{Draft, Finding};
use crate::gap::Gap;
use crate::outcome::{Outcome, Pragma};
use crate::pipeline::{self, Pipeline, Repository};
use crate::pragma;
use crate::privilege::Privileges;
use crate::project::{Around, Project};
use crate::purpose::Purpose;
use crate::rule::{Context, Profile, Severity};
use crate::shown::finish::{Finished, Veils};
use crate::shown::{Marks, guarded, marks};
use crate::surface::{Form, Found};
use crate::text::Source;

/// A file with containers in it, done.
pub(super) struct Surface {
    finished: Finished,
    pragmas: Vec<Pragma>,
    privileges: Vec<Privileges>,
    is_pipeline: bool,
    engines: usize,
}

impl Surface {
    pub(super) fn findings(&mut self) -> &mut Vec<Finding> {
        &mut self.finished.findings
    }

    pub(super) fn add_to(self, outcome: &mut Outcome) {
        outcome.checked += 1;
        outcome.take(self.finished);
        outcome.pragmas.extend(self.pragmas);
        outcome.privileges.extend(self.privileges);
        outcome.engines += self.engines;
        outcome.pipelines += usize::from(self.is_pipeline);
    }
}

/// Whether a file may have containers, or say something of engines or images, by its path.
pub(super) fn is_wanted(path: &str) -> bool {
    let form = Form::of(path);
    form.is_some() || pipeline::may_be(path, form) || daemon::may_be(path)
}

/// Checks such files, and reads what pipelines ask of the repository when the first of them does.
pub(super) struct Surfaces<'r, 't> {
    run: &'r Run<'r, 't>,
    facts: OnceLock<Repository>,
}

impl<'r, 't> Surfaces<'r, 't> {
    pub(super) fn new(run: &'r Run<'r, 't>) -> Self {
        Self { run, facts: OnceLock::new() }
    }

    /// Checks one file; `None` if it has no containers and does nothing with images. The bytes stay, in UTF-8 if they were
    /// UTF-16.
    ///
    /// # Errors
    /// Why it could not be checked.
    pub(super) fn check(&self, path: &Arc<str>, bytes: &mut Vec<u8>) -> Result<Option<Surface>, Gap> {
        let source = load::source(path, std::mem::take(bytes));
        let checked = guarded(|| self.source(&source)).and_then(|checked| checked);
        *bytes = Arc::try_unwrap(source).map_or_else(|shared| shared.bytes().to_vec(), Source::into_bytes);
        checked
    }

    fn source(&self, source: &Arc<Source>) -> Result<Option<Surface>, Gap> {
        let Run { tree, rules, policy, candidates, .. } = *self.run;
        let form = Form::of(source.path());
        let found = form.map_or_else(|| Ok(Vec::new()), |form| form.read(source))?;
        let pipeline = pipeline::read(form, source).filter(|_| !rules.pipeline.is_empty());
        let engines = daemon::elsewhere(form, source);
        if found.is_empty() && pipeline.is_none() && engines.is_empty() {
            return Ok(None);
        }
        let mut extents: Vec<_> = found.iter().map(|found| found.extent).collect();
        extents.extend(pipeline.iter().flat_map(Pipeline::acts).map(|(.., act)| act.extent));
        extents.extend(engines.iter().map(|engine| engine.extent).filter(|extent| !extent.is_empty()));
        extents.sort_by_key(|extent| extent.start);
        let containers: Vec<_> = found.into_iter().map(|Found { spec, .. }| spec).collect();
        let around = Around::of(&containers, std::iter::empty(), Vec::new());
        let engine = Arc::clone(&self.run.engine);
        let sources = [Arc::clone(source)];
        let project = Project { files: &sources, containers, around, engine, ..Project::default() };
        let cx = Context { policy, project: &project, sent: None, is_spotless: false };
        let mut drafts: Vec<Draft> = Vec::new();
        for (spec, mut found) in project.containers.iter().zip(check::containers(&cx, rules)) {
            if form == Some(Form::Markdown) || spec.lifetime.is_short() {
                soften(&cx, &mut found, spec.lifetime != Lifetime::Job);
            }
            drafts.append(&mut found);
        }
        let is_pipeline = pipeline.is_some();
        if let Some(mut pipeline) = pipeline {
            if pipeline.asks_for_others() {
                pipeline.repository = self.facts.get_or_init(|| repository::facts(candidates, tree)).clone();
            }
            drafts.append(&mut check::pipeline(&cx, rules, &pipeline));
        }
        for engine in &engines {
            drafts.append(&mut check::engine(&cx, rules, engine));
        }
        let mut hidden = Marks::new();
        marks::project(&project, &mut hidden);
        let mut veils = Veils::new(hidden, tree.origin(), policy);
        let privileges = check::privileges(&cx, |_| true, &mut veils);
        let pragmas = veils.pragmas(pragma::surface(source, &extents), source);
        Ok(Some(Surface {
            finished: veils.finish(drafts),
            pragmas,
            privileges,
            is_pipeline,
            engines: engines.len(),
        }))
    }
}

/// A step less bad, unless the path of the file says so already. Outside of pipelines (`only_errors`) nobody wants to hear of
/// more than what is dangerous: people read it before it runs, or it ends at once.
fn soften(cx: &Context, drafts: &mut Vec<Draft>, only_errors: bool) {
    let severity = |draft: &Draft| draft.severity.unwrap_or(draft.rule.severity);
    if only_errors && cx.policy.profile == Profile::Default {
        drafts.retain(|draft| severity(draft) == Severity::Error);
    }
    for draft in drafts {
        let is_softened = draft.rule.softens && cx.purpose(draft.source.path()).is_internal();
        if !is_softened {
            draft.severity(severity(draft).softened(Purpose::Development));
        }
    }
}
