//! Stores that are damaged, spread over folders, or partly elsewhere.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use super::*;

/// Remembers which objects it saw, and how often.
#[derive(Default)]
struct Seen(Mutex<Vec<(Kind, Oid, usize)>>);

impl Visit for Seen {
    type Found = usize;

    fn wants(&self, _: Kind) -> bool {
        true
    }
    fn whole(&self, _: &Object, bytes: &[u8]) -> usize {
        bytes.len()
    }
    fn delta(&self, _: &Object, bytes: &[u8], from: &Delta<'_, usize>) -> usize {
        assert_eq!(*from.found, from.bytes.len());
        bytes.len()
    }
    fn piece(
        &self,
        _: &Object,
        _: &[u8],
        _: u64,
        own: std::ops::Range<usize>,
        found: Option<usize>,
    ) -> usize {
        found.unwrap_or(0) + own.len()
    }
    fn done(&self, object: &Object, found: &usize) {
        self.0.lock().unwrap().push((object.kind, object.id, *found));
    }
}

/// Every object with its type and size, as git tells it.
fn expected(folder: &Path) -> Vec<(Kind, Oid, usize)> {
    let list = git(folder, &["cat-file", "--batch-all-objects", "--batch-check"]);
    let mut all: Vec<_> = list
        .lines()
        .map(|line| {
            let parts: Vec<&str> = line.split(' ').collect();
            let kind = Kind::named(parts[1]).unwrap();
            (kind, Oid::from_str(parts[0]).unwrap(), parts[2].parse().unwrap())
        })
        .collect();
    all.sort();
    all
}

fn seen(history: &History) -> (Vec<(Kind, Oid, usize)>, Vec<Told>) {
    let seen = Seen::default();
    let told = history.scan(&seen);
    let mut all = seen.0.into_inner().unwrap();
    all.sort();
    (all, told)
}

fn some_history() -> tempfile::TempDir {
    let folder = start();
    let mut text = String::new();
    for i in 0..30 {
        writeln!(text, "line {i} of a text that goes on and on, {}", i * i).unwrap();
        commit(folder.path(), "dir/text", &text);
    }
    folder
}

fn packs(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(".git/objects/pack")).unwrap();
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|e| e == ending)).collect()
}

#[test]
fn every_object_is_seen_once_in_every_layout() {
    let folder = some_history();
    let folder = folder.path();
    assert_eq!(seen(&open(folder)), (expected(folder), vec![]), "loose");
    git(folder, &["repack", "-dfq"]);
    commit(folder, "dir/more", "x\n");
    git(folder, &["repack", "-dq"]);
    git(folder, &["tag", "-a", "-m", "tag", "v1"]);
    git(folder, &["multi-pack-index", "write"]);
    assert_eq!(seen(&open(folder)), (expected(folder), vec![]), "packs and loose");
    for config in ["pack.indexVersion=1", "repack.useDeltaBaseOffset=false", "repack.useDeltaBaseOffset=true"]
    {
        git(folder, &["-c", config, "repack", "-adfq"]);
        let history = open(folder);
        assert_eq!(seen(&history), (expected(folder), vec![]), "{config}");
        for (_, id, size) in expected(folder) {
            assert_eq!(history.read(&id).unwrap().len(), size);
        }
    }
}

#[test]
fn copies_in_several_packs_are_one() {
    let folder = some_history();
    let other = tempfile::tempdir().unwrap();
    git(folder.path(), &["repack", "-adfq"]);
    git(other.path(), &["clone", "-q", "--no-local", &folder.path().to_string_lossy(), "copy"]);
    let copy = other.path().join("copy");
    commit(&copy, "dir/more", "x\n");
    git(&copy, &["repack", "-adfq", "--depth=3"]);
    for ending in ["pack", "idx"] {
        for pack in packs(folder.path(), ending) {
            fs::copy(&pack, copy.join(".git/objects/pack").join(pack.file_name().unwrap())).unwrap();
        }
    }
    assert!(packs(&copy, "pack").len() == 2);
    assert_eq!(seen(&open(&copy)), (expected(&copy), vec![]));
}

#[test]
fn alternates_are_followed() {
    let folder = some_history();
    let other = tempfile::tempdir().unwrap();
    git(other.path(), &["clone", "-q", "--shared", &folder.path().to_string_lossy(), "copy"]);
    let copy = other.path().join("copy");
    commit(&copy, "b", "x\n");
    assert_eq!(seen(&open(&copy)), (expected(&copy), vec![]));
    // What a hook of a push that is not accepted yet is told.
    let folders = Folders {
        objects: Some(copy.join(".git/objects")),
        alternates: vec![folder.path().join(".git/objects"), other.path().join("gone")],
    };
    let history = History::open(Repository::open(folder.path()).unwrap(), &folders);
    let (all, told) = seen(&history);
    assert_eq!(all, expected(&copy));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].why, "this object folder is missing");
}

#[test]
fn a_damaged_entry_is_named_and_the_rest_is_seen() {
    let folder = some_history();
    let folder = folder.path();
    git(folder, &["repack", "-adfq"]);
    let all = expected(folder);
    let pack = packs(folder, "pack").pop().unwrap();
    let list = git(folder, &["verify-pack", "-v", &pack.to_string_lossy()]);
    let whole = fs::read(&pack).unwrap();
    fs::remove_file(&pack).unwrap();
    let mut dice = Dice(7);
    let starts: Vec<usize> =
        list.lines().filter_map(|line| line.split_whitespace().nth(4)?.parse().ok()).collect();
    for _ in 0..200 {
        let mut bytes = whole.clone();
        let at = 12 + dice.roll(bytes.len() - 32);
        // A header has no checksum: a wrong type is believed, as git itself does until it compares the name.
        if starts.iter().any(|start| (*start..start + 4).contains(&at)) {
            continue;
        }
        bytes[at] ^= 1 << dice.roll(8);
        fs::write(&pack, &bytes).unwrap();
        let (found, told) = seen(&open(folder));
        let lost = all.iter().filter(|object| !found.contains(object)).count();
        assert!(lost == 0 || !told.is_empty(), "{lost} objects were lost without a word; byte {at}");
    }
    for len in [0, 5, 12, whole.len() / 2, whole.len() - 1] {
        fs::write(&pack, &whole[..len]).unwrap();
        let (_, told) = seen(&open(folder));
        assert!(!told.is_empty(), "cut at {len}");
    }
}

#[test]
fn a_damaged_loose_object_is_named() {
    let folder = some_history();
    let folder = folder.path();
    let all = expected(folder);
    let victim = all[0].1.to_string();
    let path = folder.join(".git/objects").join(&victim[..2]).join(&victim[2..]);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let (found, told) = seen(&open(folder));
    assert_eq!((found.len(), told.len()), (all.len() - 1, 1));
    assert!(told[0].path.contains(&victim));
}

#[test]
fn clones_that_lack_something_say_so() {
    let folder = some_history();
    git(folder.path(), &["config", "uploadpack.allowFilter", "true"]);
    let other = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(other.path(), &["clone", "-q", "--filter=blob:none", "--no-checkout", &url, "partial"]);
    let partial = open(&other.path().join("partial"));
    let (_, told) = partial.origins([]);
    assert_eq!(told.len(), 1);
    assert!(told[0].why.starts_with("30 files and folders of the history are missing"), "{}", told[0].why);
    git(other.path(), &["clone", "-q", "--depth=1", &url, "shallow"]);
    let (_, told) = seen(&open(&other.path().join("shallow")));
    assert_eq!(told.len(), 1);
    assert!(told[0].why.starts_with("the history is cut off at 1 commit;"), "{}", told[0].why);
}

#[test]
fn huge_blobs_are_seen_in_pieces() {
    let folder = start();
    let folder = folder.path();
    let mut dice = Dice(3);
    // Text that deflates, with a line here and there that tells its place.
    let mut text = Vec::with_capacity(20 << 20);
    while text.len() < 20 << 20 {
        text.extend_from_slice(format!("{:08x} {}\n", text.len(), "x".repeat(dice.roll(90))).as_bytes());
    }
    fs::write(folder.join("huge"), &text).unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "huge"]);
    assert_eq!(seen(&open(folder)), (expected(folder), vec![]));
    git(folder, &["repack", "-adfq"]);
    assert_eq!(seen(&open(folder)), (expected(folder), vec![]));
    // With a small change it becomes a delta tree, and is held whole.
    text[10 << 20] = b'y';
    fs::write(folder.join("huge"), &text).unwrap();
    git(folder, &["commit", "-q", "-a", "-m", "again"]);
    git(folder, &["repack", "-adfq"]);
    assert_eq!(seen(&open(folder)), (expected(folder), vec![]));
}

#[test]
fn formats_that_cannot_be_read_are_named() {
    for (option, word) in [("--object-format=sha256", "SHA-256"), ("--ref-format=reftable", "reftable")] {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("git").args(["init", "-q", option]).arg(folder.path()).status().unwrap();
        // An older git does not know the option.
        if made.success() {
            let error = Repository::open(folder.path()).err().unwrap();
            assert!(refused(&error).contains(word), "{error}");
        }
    }
}

/// Whoever goes over the budget waits, and is seen then.
#[test]
fn without_room_everything_is_seen_all_the_same() {
    let folder = some_history();
    let folder = folder.path();
    git(folder, &["repack", "-adfq", "--depth=50", "--window=50"]);
    for budget in [0, 300, 2000, 20_000] {
        let seen = Seen::default();
        let gaps = gaps::Gaps::default();
        walk::within(budget, &open(folder).store, &seen, &gaps);
        let mut all = seen.0.into_inner().unwrap();
        all.sort();
        assert_eq!((all, gaps.into_told(vec![])), (expected(folder), vec![]), "{budget} bytes");
    }
}
