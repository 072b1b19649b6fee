//! What would take privileges from a container, as edits of the file that it is written in.

use std::collections::HashSet;
use std::sync::Arc;

use super::Place;
use crate::text::Edit;

/// What can be done about one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hardening {
    pub service: String,
    /// Where the service is written.
    pub place: Place,
    /// The file that is edited, from the root of the run.
    pub file: Arc<str>,
    pub measures: Vec<Measure>,
    /// Why there are no edits; a clause.
    pub refused: Option<String>,
    /// The service that it extends.
    pub extends: Option<Place>,
}

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What is known says that the container runs on. Otherwise the edits write a comment for a person to decide.
    pub sure: bool,
    /// An imperative, or what is to be decided.
    pub what: String,
    /// Whence it is known: a repository on GitHub and a file in it.
    pub source: Option<&'static str>,
    /// All of it or none.
    pub rewrite: Rewrite,
}

/// Edits of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// Of what is written, a list that gets longer included.
    pub edits: Vec<Edit>,
    /// New lines at its end, after what [`Rewrite::edits`] write there.
    pub lines: Vec<Edit>,
}

impl Rewrite {
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.edits.extend(other.edits);
        self.lines.extend(other.lines);
        self
    }
}

impl Hardening {
    /// Every text that was taken from the repository, for whoever masks secrets.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let measures = self.measures.iter_mut().map(|measure| &mut measure.what);
        std::iter::once(&mut self.service).chain(&mut self.refused).chain(measures)
    }
}

/// What another service extends, in whatever file, is not edited: the other would change with it.
pub fn spare_extended(all: &mut [Hardening]) {
    let extended: HashSet<Place> = all.iter().filter_map(|one| one.extends.clone()).collect();
    for one in all.iter_mut().filter(|one| extended.contains(&one.place)) {
        one.measures.clear();
        one.refused = Some("another service extends it, and would change with it".to_owned());
    }
}
