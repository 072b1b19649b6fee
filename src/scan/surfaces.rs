//! Containers of other surfaces than Compose files, each file by itself: `surface` finds them, the rules on containers and
//! images judge them.

use std::collections::HashSet;
use std::sync::Arc;

use super::chosen::Chosen;
use super::{Watch, check, load};
use crate::blob::{Candidate, Tree};
use crate::container::Lifetime;
use crate::daemon::Engine;
use crate::finding::Draft;
use crate::gap::Gap;
use crate::outcome::{Outcome, Pragma};
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
    let forms: Vec<(&Candidate, Form)> =
        forms.filter_map(|candidate| Some((candidate, Form::of(&candidate.path)?))).collect();
    let checked = super::each(forms, |(candidate, form)| {
        let one = || file(&candidate.path, form, tree, engine, rules);
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
                paths.push(Arc::clone(&candidate.path));
            }
            Ok(None) => {}
            Err(gap) => outcome.skip(&candidate.path, gap),
        }
    }
    paths
}

/// Checks one file; `None` if it has no containers. What cannot be read is told by the search for secrets.
fn file(
    path: &Arc<str>,
    form: Form,
    tree: &dyn Tree,
    engine: &Arc<Engine>,
    rules: &Chosen,
) -> Result<Option<Checked>, Gap> {
    let policy = rules.policy;
    let Ok(bytes) = tree.read(path) else { return Ok(None) };
    let source = load::source(path, bytes);
    let found = form.read(&source)?;
    if found.is_empty() {
        return Ok(None);
    }
    let extents: Vec<_> = found.iter().map(|found| found.extent).collect();
    let containers: Vec<_> = found.into_iter().map(|Found { spec, .. }| spec).collect();
    let sources = [source];
    let around = Around::of(&containers, std::iter::empty(), Vec::new());
    let engine = Arc::clone(engine);
    let project = Project { files: &sources, containers, around, engine, ..Project::default() };
    let cx = Context { policy, project: &project, sent: None };
    let mut drafts: Vec<Draft> = Vec::new();
    for (spec, mut found) in project.containers.iter().zip(check::containers(&cx, rules)) {
        if form == Form::Markdown || spec.lifetime.is_short() {
            soften(&cx, &mut found, spec.lifetime != Lifetime::Job);
        }
        drafts.append(&mut found);
    }
    let mut hidden = Marks::new();
    marks::project(&project, &mut hidden);
    let mut veils = Veils::new(hidden, tree.origin(), policy);
    let privileges = check::privileges(&cx, |_| true, &mut veils);
    let pragmas = veils.pragmas(pragma::surface(&sources[0], &extents), &sources[0]);
    Ok(Some(Checked { finished: veils.finish(drafts), pragmas, privileges }))
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
