//! A tree in memory for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use hullguard::blob::{Candidate, Origin, Tracked, Tree};
use hullguard::gap::{Gap, Reason};

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    pub(crate) fn add(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        self.files
            .keys()
            .map(|path| Candidate { path: Arc::from(path.as_str()), explicit: false, document: true })
            .collect()
    }
}

impl Tree for Memory {
    fn origin(&self) -> Origin {
        Origin::WorkTree
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        self.files.get(path).cloned().ok_or_else(|| Gap::new(Reason::NotFound, "no such file"))
    }
    fn exists(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        Some(self.files.contains_key(path))
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        let tracked = |(path, bytes): (&String, &Vec<u8>)| Tracked {
            path: path.as_str().into(),
            is_executable: false,
            size: u32::try_from(bytes.len()).ok(),
        };
        Some(self.files.iter().map(tracked).collect())
    }
}
