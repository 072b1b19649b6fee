//! Searching what deltas add gives what searching everything gives.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Mutex;

use super::*;

/// Finds `KEY=` with digits behind it, even in the next lines, if `no` does not stand in its lines, nor `off` within twelve bytes of them:
/// it uses all that a search is promised.
struct Toy {
    margin: usize,
    found: Mutex<BTreeMap<Oid, Vec<Hit<()>>>>,
    seen: Mutex<(usize, usize)>,
}

impl Toy {
    fn new() -> Self {
        Self { margin: 12, found: Mutex::default(), seen: Mutex::default() }
    }

    fn find(&self, text: &[u8], look: &Range<usize>) -> Vec<Range<u32>> {
        let has = |range: Range<usize>, word: &[u8]| text[range].windows(word.len()).any(|w| w == word);
        let mut spans = Vec::new();
        for at in look.clone() {
            if text[at] != b'K' || !text[at..look.end].starts_with(b"KEY=") {
                continue;
            }
            // A newline may stand between the digits, so that a hit can go over the end of what is new.
            let rest = &text[at + 4..look.end.min(at + 12)];
            let rest = rest.split(|byte| !byte.is_ascii_digit() && *byte != b'\n').next().unwrap_or_default();
            let digits = rest.iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
            let end = at + 4 + digits;
            let line = text[look.start..at]
                .iter()
                .rposition(|&b| b == b'\n')
                .map_or(look.start, |i| look.start + i + 1)
                ..text[end..look.end].iter().position(|&b| b == b'\n').map_or(look.end, |i| end + i);
            let line = line.start.max(at.saturating_sub(LINE))..line.end.min(end + LINE);
            let near = line.start.saturating_sub(self.margin).max(look.start)
                ..(line.end + self.margin).min(look.end);
            if digits > 0 && !has(line, b"no") && !has(near, b"off") {
                spans.push(at as u32..end as u32);
            }
        }
        spans
    }
}

impl Search for Toy {
    fn seen(&self) {}
    type What = ();

    fn reach<'t>(&'t self, text: &'t [u8]) -> impl Fn(Range<usize>) -> Window + 't {
        let wider = |range: Range<usize>| {
            let range = range.start.saturating_sub(self.margin)..(range.end + self.margin).min(text.len());
            let from = range.start.saturating_sub(LINE);
            let to = (range.end + LINE).min(text.len());
            let start = text[from..range.start].iter().rposition(|&b| b == b'\n');
            let end = text[range.end..to].iter().position(|&b| b == b'\n');
            start.map_or(from, |i| from + i + 1)..end.map_or(to, |i| range.end + i)
        };
        move |lines| {
            let own = wider(lines);
            let look = wider(own.clone());
            let look = look.start.saturating_sub(self.margin)..(look.end + self.margin).min(text.len());
            Window { own, look }
        }
    }
    fn search(&self, _: &Object, text: &[u8], windows: &[Window], hits: &mut Vec<Hit<()>>) {
        let mut seen = self.seen.lock().unwrap();
        for window in windows {
            seen.0 += window.look.len();
            seen.1 += usize::from(window.look.len() != text.len());
            let found = self.find(text, &window.look).into_iter();
            let owned = found.filter(|span| window.owns(&(span.start as usize..span.end as usize)));
            hits.extend(owned.map(|span| Hit { span, what: () }));
        }
        hits.sort_by_key(|hit| hit.span.start);
        hits.dedup();
    }
    fn found(&self, object: &Object, hits: &[Hit<()>]) {
        let twice = self.found.lock().unwrap().insert(object.id, hits.to_vec());
        assert!(twice.is_none(), "{} was told twice", object.id);
    }
}

/// Searches a repository by deltas, and once more object by object through git itself.
fn compare(folder: &Path) -> (usize, usize, usize) {
    let history = History::open(Repository::open(folder).unwrap(), &Folders::default());
    let toy = Toy::new();
    assert_eq!(history.search(&toy), []);
    let mut whole = BTreeMap::new();
    let mut bytes = 0;
    let repository = Repository::open(folder).unwrap();
    let odb = repository.odb().unwrap();
    let mut all = Vec::new();
    odb.foreach(|id| {
        all.push(*id);
        true
    })
    .unwrap();
    for id in all {
        let object = odb.read(id).unwrap();
        if object.kind() == git2::ObjectType::Tree {
            continue;
        }
        bytes += object.len();
        let spans = toy.find(object.data(), &(0..object.len()));
        if !spans.is_empty() {
            whole.insert(id, spans.into_iter().map(|span| Hit { span, what: () }).collect::<Vec<_>>());
        }
    }
    let found = toy.found.lock().unwrap();
    for (id, hits) in &whole {
        assert_eq!(found.get(id), Some(hits), "{id} of {}", folder.display());
    }
    assert_eq!(found.len(), whole.len());
    let seen = toy.seen.lock().unwrap();
    (whole.len(), seen.1, bytes * 100 / seen.0.max(1))
}

/// One edit of a text: lines come, go, move, are doubled or change inside.
fn edit(text: &mut Vec<String>, dice: &mut Dice) {
    const WORDS: [&str; 14] = [
        "KEY=",
        "KEY=",
        "KEY=1",
        "KEY=22",
        "no",
        "off",
        "7",
        "KEY",
        "=",
        " ",
        "x",
        "lorem ipsum dolor",
        "0123456789",
        "of",
    ];
    let mut line = String::new();
    for _ in 0..dice.roll(6) {
        line.push_str(WORDS[dice.roll(WORDS.len())]);
    }
    let at = dice.roll(text.len().max(1)).min(text.len());
    match dice.roll(6) {
        0 if text.len() > 8 => drop(text.remove(at)),
        1 if !text.is_empty() => {
            let moved = text.remove(at);
            text.insert(dice.roll(text.len() + 1), moved);
        }
        2 if !text.is_empty() => text[at].push_str(&line),
        3 if !text.is_empty() => {
            let middle = dice.roll(text[at].len() + 1);
            text[at].insert_str(middle, &line);
        }
        4 if text.len() > 4 && text.len() < 200 => {
            let copy = text[at..(at + 4).min(text.len())].to_vec();
            text.splice(at..at, copy);
        }
        _ => text.insert(at, line),
    }
}

#[test]
fn deltas_give_what_whole_texts_give() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q"]);
    let repository = Repository::open(folder).unwrap();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut names = String::new();
    for file in 0..6 {
        let mut text: Vec<String> = Vec::new();
        for _ in 0..40 {
            edit(&mut text, &mut dice);
        }
        for _ in 0..150 {
            for _ in 0..=dice.roll(3) {
                edit(&mut text, &mut dice);
            }
            // One file has a single line that is longer than lines are looked at, one has no newline at its end.
            let text = match file {
                0 => text.join(&"-".repeat(150)),
                1 => text.join("\n"),
                _ => text.join("\n") + "\n",
            };
            let id = repository.blob(text.as_bytes()).unwrap();
            writeln!(names, "{id} file{file}").unwrap();
        }
    }
    assert!(compare(folder).0 > 300);
    // git packs what it is told by name, so no commits are needed.
    let pack = folder.join(".git/objects/pack/pack");
    let mut child = Command::new("git")
        .current_dir(folder)
        .args(["pack-objects", "-q", "--depth=50", "--window=50", "--no-reuse-delta"])
        .arg(&pack)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), names.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    git(folder, &["prune-packed"]);
    let (hits, windows, _) = compare(folder);
    assert!(hits > 300 && windows > 300, "{hits} objects with hits, {windows} windows");
}

#[test]
fn this_repository_gives_the_same_both_ways() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A published package has no history, and a checkout in CI only the end of it.
    if Repository::open(own).map_or(true, |repository| repository.is_shallow()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["clone", "-q", "--bare", "--no-local", &own.to_string_lossy(), "copy"]);
    let copy = folder.path().join("copy");
    git(&copy, &["repack", "-adfq", "--depth=50", "--window=50"]);
    compare(&copy);
}
