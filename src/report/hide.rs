//! Takes out of an outcome the secrets that stand in names: of files, branches, people, stages, in reasons and sentences.
//!
//! Excerpts were masked when they were made, with all that is known of their file. Here is hidden what looks like a token
//! wherever it stands, and what the run found to be a secret in another file. What only a name before it makes a secret is
//! hidden in names alone: sentences speak of passwords.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::finding::{Excerpt, Finding, Past, Place, Status};
use crate::graph::{Outside, StageGraph, Target};
use crate::outcome::{Outcome, Told};
use crate::shown::{Veil, masked, unnamed};
use crate::text::Span;

/// Hides them for good: paths lead nowhere any more where one was hidden.
pub fn hide(outcome: &mut Outcome) {
    Hider::of(outcome).hide(outcome);
}

/// What must not be shown in names and sentences of a run.
pub struct Hider {
    /// What was found.
    found: Veil,
    /// Each path is looked at once, however many findings it has.
    paths: HashMap<Arc<str>, Arc<str>>,
}

impl Hider {
    pub fn of(outcome: &Outcome) -> Self {
        let found = outcome.findings.iter().flat_map(|finding| &finding.values.everywhere);
        Self { found: Veil::over(found.map(|value| &**value)), paths: HashMap::new() }
    }

    pub fn hide(&mut self, outcome: &mut Outcome) {
        for finding in &mut outcome.findings {
            self.finding(finding);
        }
        for pragma in &mut outcome.pragmas {
            self.place(&mut pragma.place);
            self.text(&mut pragma.reason);
            pragma.unknown.iter_mut().chain(&mut pragma.mistyped).for_each(|code| self.text(code));
        }
        for Told { path, why, .. } in outcome.skipped.iter_mut().chain(&mut outcome.failed) {
            self.path(path);
            self.text(why);
        }
        for unused in &mut outcome.unused {
            self.path(&mut unused.path);
            self.path(&mut unused.rule);
        }
        for graph in &mut outcome.graphs {
            self.path(&mut graph.path);
            self.graph(graph);
        }
        for map in &mut outcome.networks {
            map.paths_mut().for_each(|path| self.path(path));
            map.texts_mut().for_each(|text| self.text(text));
        }
        for hardening in &mut outcome.hardenings {
            self.path(&mut hardening.place.path);
            hardening.texts_mut().for_each(|text| self.text(text));
        }
        for privileges in &mut outcome.privileges {
            privileges.paths_mut().for_each(|path| self.path(path));
            privileges.texts_mut().for_each(|text| self.text(text));
        }
        for change in &mut outcome.changes {
            change.paths_mut().for_each(|path| self.path(path));
            change.texts_mut().for_each(|text| self.text(text));
        }
        outcome.error.iter_mut().for_each(|error| self.text(error));
    }

    /// The name of a file, a ref or a person.
    pub fn name<'t>(&self, name: &'t str) -> Cow<'t, str> {
        match masked(name) {
            Cow::Borrowed(name) => self.found.clean(name),
            Cow::Owned(shown) => self.found.clean(&shown).into_owned().into(),
        }
    }

    fn finding(&mut self, finding: &mut Finding) {
        self.place(&mut finding.place);
        self.text(&mut finding.message);
        for related in &mut finding.related {
            self.place(&mut related.place);
            self.text(&mut related.message);
        }
        if let Some(fix) = &mut finding.fix {
            self.text(&mut fix.title);
        }
        if let Status::Suppressed { at, why, .. } = &mut finding.status {
            self.named(at);
            self.text(why);
        }
        if let Some(past) = finding.secret.as_mut().and_then(|secret| secret.past.as_mut()) {
            self.past(past);
        }
    }

    fn past(&self, past: &mut Past) {
        if let Some(commit) = &mut past.commit {
            let commit = Arc::make_mut(commit);
            self.named(&mut commit.author);
            self.named(&mut commit.email);
        }
        if let Some(now) = &mut past.now {
            now.refs.iter_mut().chain(&mut now.head_path).for_each(|name| self.named(name));
        }
    }

    fn graph(&self, graph: &mut StageGraph) {
        graph.stages.iter_mut().filter_map(|stage| stage.name.as_mut()).for_each(|name| self.named(name));
        for outside in &mut graph.outside {
            match outside {
                Outside::Image(name)
                | Outside::Unknown(name)
                | Outside::Remote(name)
                | Outside::Elsewhere(name) => self.text(name),
                Outside::Scratch | Outside::NoStage(_) => {}
            }
        }
        // What is copied may be written out in the file: a here-document.
        graph.flows.iter_mut().for_each(|flow| self.named(&mut flow.what));
        for builder in &mut graph.builders {
            self.named(&mut builder.name);
            if let Target::Unknown(name) = &mut builder.target {
                self.text(name);
            }
        }
    }

    fn text(&self, text: &mut String) {
        if let Cow::Owned(shown) = unnamed(text) {
            *text = shown;
        }
        if let Cow::Owned(shown) = self.found.clean(text) {
            *text = shown;
        }
    }

    fn named(&self, name: &mut String) {
        if let Cow::Owned(shown) = self.name(name) {
            *name = shown;
        }
    }

    fn place(&mut self, place: &mut Place) {
        self.path(&mut place.path);
        self.excerpt(&mut place.excerpt);
    }

    fn path(&mut self, path: &mut Arc<str>) {
        let shown = match self.paths.get(path) {
            Some(known) => Arc::clone(known),
            None => match self.name(path) {
                Cow::Borrowed(_) => Arc::clone(path),
                Cow::Owned(shown) => shown.into(),
            },
        };
        self.paths.insert(Arc::clone(path), Arc::clone(&shown));
        *path = shown;
    }

    fn excerpt(&self, excerpt: &mut Excerpt) {
        let Cow::Owned(shown) = self.found.clean(&excerpt.text) else { return };
        let Span { start, end } = excerpt.mark;
        let (before, rest) = excerpt.text.split_at(start as usize);
        let (marked, after) = rest.split_at((end - start) as usize);
        let [before, marked, after] = [before, marked, after].map(|part| self.found.clean(part));
        let whole = format!("{before}{marked}{after}") == shown;
        // A value that goes over an edge of the mark is marked with all around it.
        excerpt.mark = if whole {
            Span::new(before.len(), before.len() + marked.len())
        } else {
            Span::new(0, shown.len())
        };
        excerpt.text = shown.into();
    }
}
