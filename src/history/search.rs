//! A search for short hits as a visitor: of a delta only the windows around what is new are searched, and the other
//! hits come from its base.

use std::ops::Range;
use std::sync::Arc;

use super::Kind;
use super::walk::{Delta, Object, Visit};
use super::windows::{Window, windows};

/// Something found in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<T> {
    /// Bytes of the object.
    pub span: Range<u32>,
    pub what: T,
}

/// What finds hits.
pub trait Search: Sync {
    type What: Clone + Send + Sync;

    /// What tells how far whole lines of a text that are new reach (`windows`).
    fn reach<'t>(&'t self, text: &'t [u8]) -> impl Fn(Range<usize>) -> Window + 't;
    /// Adds the hits in the windows, by their places in `text`, in any order. Those that touch a window's `own` are
    /// needed; whatever else is found is left out.
    fn search(&self, object: &Object, text: &[u8], windows: &[Window], hits: &mut Vec<Hit<Self::What>>);
    /// An object with all its hits in order. Called once for every object that has any.
    fn found(&self, object: &Object, hits: &[Hit<Self::What>]);
    /// Called once for every object.
    fn seen(&self);
}

/// Makes a visitor of a search.
pub(crate) struct Searching<'a, S>(pub(crate) &'a S);

/// Most objects have none.
type Hits<T> = Option<Arc<[Hit<T>]>>;

fn keep<T>(mut hits: Vec<Hit<T>>) -> Hits<T> {
    hits.sort_by_key(|hit| (hit.span.start, hit.span.end));
    (!hits.is_empty()).then(|| hits.into())
}

impl<S: Search> Visit for Searching<'_, S> {
    type Found = Hits<S::What>;

    fn wants(&self, kind: Kind) -> bool {
        kind != Kind::Tree
    }

    fn whole(&self, object: &Object, bytes: &[u8]) -> Self::Found {
        let mut hits = Vec::new();
        self.0.search(object, bytes, &[Window::whole(bytes)], &mut hits);
        keep(hits)
    }

    fn delta(&self, object: &Object, bytes: &[u8], from: &Delta<'_, Self::Found>) -> Self::Found {
        let windows = windows(bytes, &from.changes.added, self.0.reach(bytes));
        let owned = |span: &Range<u32>| {
            let span = span.start as usize..span.end as usize;
            let after = windows.partition_point(|window| window.own.end < span.start);
            windows.get(after).is_some_and(|window| window.owns(&span))
        };
        let mut hits = Vec::new();
        if !windows.is_empty() {
            self.0.search(object, bytes, &windows, &mut hits);
            hits.retain(|hit| owned(&hit.span));
        }
        if windows.is_empty() && from.changes.runs.len() == 1 && bytes.len() == from.bytes.len() {
            return from.found.clone();
        }
        for hit in from.found.iter().flat_map(|hits| hits.iter()) {
            for start in from.changes.places(&hit.span) {
                let span = start..start + (hit.span.end - hit.span.start);
                if !owned(&span) {
                    hits.push(Hit { span, what: hit.what.clone() });
                }
            }
        }
        keep(hits)
    }

    fn piece(
        &self,
        object: &Object,
        bytes: &[u8],
        at: u64,
        own: Range<usize>,
        found: Option<Self::Found>,
    ) -> Self::Found {
        let mut all: Vec<_> = found.flatten().iter().flat_map(|hits| hits.iter().cloned()).collect();
        let mut hits = Vec::new();
        let window = Window { own: own.clone(), look: 0..bytes.len() };
        self.0.search(object, bytes, &[window], &mut hits);
        for Hit { span, what } in hits {
            // Spans are 32-bit numbers; what lies beyond 4 GiB is told as found at the end.
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            if own.contains(&(span.start as usize)) {
                all.push(Hit { span: at.saturating_add(span.start)..at.saturating_add(span.end), what });
            }
        }
        keep(all)
    }

    fn done(&self, object: &Object, found: &Self::Found) {
        self.0.seen();
        if let Some(hits) = found {
            self.0.found(object, hits);
        }
    }
}
