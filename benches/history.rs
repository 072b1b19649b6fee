//! Walks all objects of a repository with a visitor that does nothing, or that counts what would be searched, or asks
//! where every hundredth blob comes from, or what a range brought:
//! `cargo bench --bench history -- PATH [windows | trees | provenance | A..B]`.
//! How to compare it: `benches/README.md`.

#![expect(clippy::print_stdout, reason = "a bench says what it counted")]

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use hullguard::history::{
    Delta, Ends, Folders, History, Kind, Object, Range as Commits, Visit, Window, windows,
};
use hullguard::secrets;

#[derive(Default)]
struct Count {
    trees: bool,
    windows: bool,
    collect: bool,
    blobs: Mutex<Vec<git2::Oid>>,
    objects: AtomicU64,
    bytes: AtomicU64,
    look: AtomicU64,
}

impl Count {
    fn count(&self, bytes: usize, look: usize) {
        self.objects.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
        self.look.fetch_add(look as u64, Relaxed);
    }
}

/// What a search for secrets looks at.
fn reach(text: &[u8], lines: Range<usize>) -> Window {
    let secrets::Touched { own, look } = secrets::reach(text, lines);
    Window { own, look }
}

impl Visit for Count {
    type Found = ();

    fn wants(&self, kind: Kind) -> bool {
        (kind == Kind::Tree) == self.trees
    }
    fn whole(&self, _: &Object, bytes: &[u8]) {
        self.count(bytes.len(), bytes.len());
    }
    fn delta(&self, _: &Object, bytes: &[u8], from: &Delta<'_, ()>) {
        let look = if self.windows {
            windows(bytes, &from.changes.added, |lines| reach(bytes, lines))
        } else {
            Vec::new()
        };
        self.count(bytes.len(), look.iter().map(|window| window.look.len()).sum());
    }
    fn piece(&self, _: &Object, bytes: &[u8], _: u64, own: Range<usize>, _: Option<()>) {
        self.count(own.len(), bytes.len());
    }
    fn done(&self, object: &Object, (): &()) {
        if self.collect && object.kind == Kind::Blob {
            self.blobs.lock().expect("no visit panicked").push(object.id);
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let path = args.first().map_or(".", String::as_str);
    let has = |word: &str| args.iter().any(|arg| arg == word);
    let count = Count {
        trees: has("trees"),
        windows: has("windows"),
        collect: has("provenance"),
        ..Count::default()
    };
    let start = Instant::now();
    let repository = git2::Repository::open(path).expect("the path is a repository");
    let history = History::open(repository, &Folders::default());
    let opened = start.elapsed();
    if let Some(range) = args.iter().find(|arg| arg.contains("..")) {
        let ends = Ends::parse(history.repository(), &[range]).expect("the range is one of this repository");
        let range = Commits::read(history.repository(), &ends).expect("the range can be read");
        println!(
            "{} commits brought {} blobs in {:.0?}",
            range.commits.len(),
            range.brought.len(),
            start.elapsed()
        );
        return;
    }
    let gaps = history.scan(&count);
    if has("provenance") {
        let ids: Vec<Vec<_>> = count
            .blobs
            .into_inner()
            .expect("no visit panicked")
            .chunks(100)
            .map(|all| all[..1].to_vec())
            .collect();
        let start = Instant::now();
        let found = history.origins(ids.iter().flatten().copied()).0.of(&ids, &|_, _| true);
        let known = found.iter().filter(|found| found.first.is_some()).count();
        println!("{known} of {} blobs have a first commit; all in {:.0?}", found.len(), start.elapsed());
    }
    println!(
        "{} objects, {} MB, {} MB to search; opened in {opened:.0?}, all in {:.0?}",
        count.objects.into_inner(),
        count.bytes.into_inner() / 1_000_000,
        count.look.into_inner() / 1_000_000,
        start.elapsed()
    );
    for gap in gaps {
        println!("{}: {}", gap.path, gap.why);
    }
}
