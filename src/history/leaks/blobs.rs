//! The texts of a range's blobs, read so that few bytes are held at once.
//!
//! What is small is read by libgit2, which keeps the bases of deltas; what is large is shown part by part, as in a whole
//! history.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use git2::{Odb, Oid, Repository};

use super::Leaks;
use crate::history::objects::Store;
use crate::history::opening::Believing;
use crate::history::{Folders, Kind, Object, Visit as _, WHOLE, search::Searching};
use crate::rule::Policy;
use crate::scan::Watch;
use crate::shown::secrets::Key;

/// So many texts are read before they are searched on all cores,
const MANY: usize = 64;
/// or so many bytes.
const BYTES: usize = 16 << 20;

/// What was read of a blob.
pub(super) enum Text {
    Whole(Vec<u8>),
    /// Too large to be held; what may be secrets in it.
    Large(HashSet<Key>),
}

/// Or why it cannot be.
pub(super) type Read = Result<Text, String>;

pub(super) struct Blobs<'a> {
    odb: Odb<'a>,
    folders: Vec<PathBuf>,
    /// For large blobs only.
    store: OnceCell<Store>,
    policy: &'a Policy,
    watch: &'a Watch,
}

impl<'a> Blobs<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        folders: &Folders,
        policy: &'a Policy,
        watch: &'a Watch,
    ) -> Result<Self, git2::Error> {
        let odb = repository.odb()?;
        Ok(Self { odb, folders: folders.of(repository), store: OnceCell::new(), policy, watch })
    }

    /// What large blobs are read from. What is wrong with it is told for the blob that is not there.
    pub(super) fn store(&self) -> &Store {
        self.store.get_or_init(|| Store::open(&self.folders, &mut Vec::new()))
    }

    /// The first of the blobs: so many as may be held at once, and one at least.
    pub(super) fn some(&self, blobs: impl Iterator<Item = Oid>) -> Vec<Read> {
        let _believing = Believing::new();
        let (mut texts, mut held) = (Vec::new(), 0);
        for blob in blobs.take(MANY) {
            let text = self.one(blob);
            if let Ok(Text::Whole(bytes)) = &text {
                held += bytes.len();
            }
            texts.push(text);
            if held >= BYTES || self.watch.is_stopped() {
                break;
            }
        }
        texts
    }

    fn one(&self, blob: Oid) -> Read {
        let text = |error: git2::Error| error.message().to_owned();
        let (size, _) = self.odb.read_header(blob).map_err(text)?;
        if size as u64 > WHOLE {
            return self.large(blob);
        }
        self.odb.read(blob).map(|object| Text::Whole(object.data().to_vec())).map_err(text)
    }

    fn large(&self, blob: Oid) -> Read {
        let leaks = Leaks {
            policy: self.policy,
            watch: self.watch,
            holders: Mutex::default(),
            failed: Mutex::default(),
            skipped: Mutex::default(),
            unpacked: AtomicUsize::new(0),
        };
        let search = Searching(&leaks);
        let object = Object { id: blob, kind: Kind::Blob, number: 0, root: 0 };
        let mut found = None;
        let shown = self.store().show(&blob, |_, bytes, at, own| {
            found = Some(search.piece(&object, bytes, at, own, found.take()));
        });
        shown?;
        search.done(&object, &found.unwrap_or_default());
        let failed = leaks.failed.into_inner().expect("nothing panics while it holds the lock");
        if let Some(told) = failed.into_iter().next() {
            return Err(told.why);
        }
        let holders = leaks.holders.into_inner().expect("nothing panics while it holds the lock");
        Ok(Text::Large(holders.into_keys().collect()))
    }
}
