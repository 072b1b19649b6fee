//! Containers of other surfaces than Compose files, each file by itself: `surface` finds them, the rules on containers and
//! images judge them.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use super::chosen::Chosen;
use super::{Watch, check, load, repository};
use crate::blob::{Candidate, Tree};
use crate::container::Lifetime;
use crate::daemon::{self, Engine};
use crate::finding::Draft;
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

/// A file with containers in it, done.
struct Checked {
    finished: Finished,
    pragmas: Vec<Pragma>,
    privileges: Vec<Privileges>,
    is_pipeline: bool,
    engines: usize,
}

/// Checks the candidates that are no documents yet and may have containers; their paths, if they have.
pub(super) fn check(
    candidates: &[Candidate],
    documents: &HashSet<&Arc<str>>,
    tree: &dyn Tree,
    engine: &Arc<Engine>,
    rules: &Chosen,
    watch: &Watch,
    outcome: &mut Outcome,
) -> Vec<Arc<str>> {
    let forms = candidates.iter().filter(|candidate| !documents.contains(&candidate.path));
    let forms: Vec<(&Candidate, Option<Form>)> = forms
        .map(|candidate| (candidate, Form::of(&candidate.path)))
        .filter(|(candidate, form)| is_wanted(&candidate.path, *form))
        .collect();
    let facts = OnceLock::new();
    let facts = || facts.get_or_init(|| repository::facts(candidates, tree)).clone();
    let checked = super::each(forms, |(candidate, form)| {
        let one = || file(&candidate.path, form, tree, engine, rules, &facts);
        let result = if watch.is_stopped() { Ok(None) } else { guarded(one).and_then(|result| result) };
        (candidate, result)
    });
    let mut paths = Vec::new();
    for (candidate, result) in checked {
        match result {
            Ok(Some(checked)) => {
                outcome.checked += 1;
                outcome.take(checked.finished);
                outcome.pragmas.extend(checked.pragmas);
                outcome.privileges.extend(checked.privileges);
                outcome.engines += checked.engines;
                outcome.pipelines += usize::from(checked.is_pipeline);
                paths.push(Arc::clone(&candidate.path));
            }
            Ok(None) => {}
            Err(gap) => outcome.skip(&candidate.path, gap),
        }
    }
    paths
}

/// Whether a file may have containers, or say something of engines or images, by its path.
pub(super) fn is_wanted(path: &str, form: Option<Form>) -> bool {
    form.is_some() || pipeline::may_be(path, form) || daemon::may_be(path)
}

/// Checks one file; `None` if it has no containers and does nothing with images. What cannot be read is told by the search
/// for secrets.
fn file(
    path: &Arc<str>,
    form: Option<Form>,
    tree: &dyn Tree,
    engine: &Arc<Engine>,
    rules: &Chosen,
    facts: &(dyn Fn() -> Repository + Sync),
) -> Result<Option<Checked>, Gap> {
    let policy = rules.policy;
    let Ok(bytes) = tree.read(path) else { return Ok(None) };
    let source = load::source(path, bytes);
    let found = form.map_or_else(|| Ok(Vec::new()), |form| form.read(&source))?;
    let sources = [source];
    let pipeline = pipeline::read(form, &sources[0]).filter(|_| !rules.pipeline.is_empty());
    let engines = daemon::elsewhere(form, &sources[0]);
    if found.is_empty() && pipeline.is_none() && engines.is_empty() {
        return Ok(None);
    }
    let mut extents: Vec<_> = found.iter().map(|found| found.extent).collect();
    extents.extend(pipeline.iter().flat_map(Pipeline::acts).map(|(.., act)| act.extent));
    extents.extend(engines.iter().map(|engine| engine.extent).filter(|extent| !extent.is_empty()));
    extents.sort_by_key(|extent| extent.start);
    let containers: Vec<_> = found.into_iter().map(|Found { spec, .. }| spec).collect();
    let around = Around::of(&containers, std::iter::empty(), Vec::new());
    let engine = Arc::clone(engine);
    let project = Project { files: &sources, containers, around, engine, ..Project::default() };
    let cx = Context { policy, project: &project, sent: None };
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
            pipeline.repository = facts();
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
    let pragmas = veils.pragmas(pragma::surface(&sources[0], &extents), &sources[0]);
    Ok(Some(Checked {
        finished: veils.finish(drafts),
        pragmas,
        privileges,
        is_pipeline,
        engines: engines.len(),
    }))
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
