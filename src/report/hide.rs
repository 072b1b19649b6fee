//! Takes out of an outcome the secrets that stand in names: of files, branches, people, stages, in reasons and sentences.
//!
//! Excerpts were masked when they were made, with all that is known of their file. Here only what looks like a token
//! wherever it stands is hidden, and nothing that only a name before it makes a secret: sentences speak of passwords.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::finding::{Finding, Past, Place, Status};
use crate::graph::{Outside, StageGraph, Target};
use crate::outcome::{Outcome, Told};
use crate::shown::{masked, unnamed};

/// Hides them for good: paths lead nowhere any more where one was hidden.
pub fn hide(outcome: &mut Outcome) {
    let mut paths = Paths::default();
    for finding in &mut outcome.findings {
        self::finding(finding, &mut paths);
    }
    for pragma in &mut outcome.pragmas {
        paths.place(&mut pragma.place);
        text(&mut pragma.reason);
        pragma.unknown.iter_mut().for_each(text);
    }
    for Told { path, why, .. } in outcome.skipped.iter_mut().chain(&mut outcome.failed) {
        paths.hide(path);
        text(why);
    }
    for unused in &mut outcome.unused {
        paths.hide(&mut unused.path);
        paths.hide(&mut unused.rule);
    }
    for graph in &mut outcome.graphs {
        paths.hide(&mut graph.path);
        self::graph(graph);
    }
    for privileges in &mut outcome.privileges {
        privileges.paths_mut().for_each(|path| paths.hide(path));
        privileges.texts_mut().for_each(text);
    }
    for change in &mut outcome.changes {
        change.paths_mut().for_each(|path| paths.hide(path));
        change.texts_mut().for_each(text);
    }
    outcome.error.iter_mut().for_each(text);
}

fn finding(finding: &mut Finding, paths: &mut Paths) {
    paths.place(&mut finding.place);
    text(&mut finding.message);
    for related in &mut finding.related {
        paths.place(&mut related.place);
        text(&mut related.message);
    }
    if let Some(fix) = &mut finding.fix {
        text(&mut fix.title);
    }
    if let Status::Suppressed { why, .. } = &mut finding.status {
        text(why);
    }
    if let Some(past) = finding.secret.as_mut().and_then(|secret| secret.past.as_mut()) {
        self::past(past);
    }
}

fn past(past: &mut Past) {
    if let Some(commit) = &mut past.commit {
        let commit = Arc::make_mut(commit);
        text(&mut commit.author);
        text(&mut commit.email);
    }
    if let Some(now) = &mut past.now {
        now.refs.iter_mut().chain(&mut now.head_path).for_each(text);
    }
}

fn graph(graph: &mut StageGraph) {
    graph.stages.iter_mut().filter_map(|stage| stage.name.as_mut()).for_each(text);
    for outside in &mut graph.outside {
        match outside {
            Outside::Image(name)
            | Outside::Unknown(name)
            | Outside::Remote(name)
            | Outside::Elsewhere(name) => {
                text(name);
            }
            Outside::Scratch | Outside::NoStage(_) => {}
        }
    }
    // What is copied may be written out in the file: a here-document.
    for flow in &mut graph.flows {
        let shown = masked(&flow.what).into_owned();
        flow.what = shown;
    }
    for builder in &mut graph.builders {
        text(&mut builder.name);
        if let Target::Unknown(name) = &mut builder.target {
            text(name);
        }
    }
}

fn text(text: &mut String) {
    if let Cow::Owned(shown) = unnamed(text) {
        *text = shown;
    }
}

/// Each path is looked at once, however many findings it has.
#[derive(Default)]
struct Paths(HashMap<Arc<str>, Arc<str>>);

impl Paths {
    fn place(&mut self, place: &mut Place) {
        self.hide(&mut place.path);
    }
    fn hide(&mut self, path: &mut Arc<str>) {
        let shown = self.0.entry(Arc::clone(path)).or_insert_with(|| match unnamed(path) {
            Cow::Borrowed(_) => Arc::clone(path),
            Cow::Owned(shown) => shown.into(),
        });
        *path = Arc::clone(shown);
    }
}
