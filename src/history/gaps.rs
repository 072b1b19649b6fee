//! What a scan did not see, and why: a history with gaps must never pass for a clean one.

use std::path::Path;
use std::sync::Mutex;

use super::objects::pack::Pack;
use crate::gap::{Gap, Reason};
use crate::outcome::Told;

/// So many are named, the others counted.
const NAMED: usize = 50;

const FETCH: &str = "`git fetch --refetch --no-filter`";

#[derive(Default)]
pub(crate) struct Gaps {
    told: Mutex<(Vec<Told>, usize)>,
}

impl Gaps {
    pub(crate) fn tell(&self, path: &str, reason: Reason, why: impl Into<String>) {
        let mut told = self.told.lock().expect("nothing panics while it holds the list");
        if told.0.len() < NAMED {
            told.0.push(Told::new(path, Gap::new(reason, why)));
        } else {
            told.1 += 1;
        }
    }

    pub(crate) fn add(&self, path: &Path, gap: Gap) {
        self.tell(&path.to_string_lossy(), gap.reason, gap.why);
    }

    /// An entry of a pack that could not be read.
    pub(crate) fn entry(&self, pack: &Pack, row: u32, why: &str) {
        let id = pack.index.name(row as usize);
        let at = pack.index.offset(row as usize);
        self.tell(&pack.label(), Reason::Damaged, format!("object {id} at byte {at}: {why}"));
    }

    /// Objects that trees name and nobody has fetched.
    pub(crate) fn missing(&self, count: usize) {
        self.tell(
            "git objects",
            Reason::MissingObject,
            match count {
                1 => format!("1 file or folder of the history is missing; get it with {FETCH}"),
                _ => format!("{count} files and folders of the history are missing; get them with {FETCH}"),
            },
        );
    }

    /// The history goes on where it is not here.
    pub(crate) fn shallow(&self, count: usize) {
        self.tell(
            "shallow",
            Reason::MissingObject,
            format!("the history is cut off at {}; get the rest with `git fetch --unshallow`", plural(count)),
        );
    }

    pub(crate) fn into_told(self, mut before: Vec<Told>) -> Vec<Told> {
        let (mut told, more) = self.told.into_inner().expect("nothing panics while it holds the list");
        told.sort();
        told.dedup();
        before.append(&mut told);
        if more > 0 {
            before.push(Told::new(
                "git objects",
                Gap::new(Reason::Damaged, format!("{more} more objects could not be read")),
            ));
        }
        before
    }
}

fn plural(commits: usize) -> String {
    if commits == 1 { "1 commit".to_owned() } else { format!("{commits} commits") }
}
