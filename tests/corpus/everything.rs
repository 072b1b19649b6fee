//! The whole program over the whole corpus: no panic, every place inside its file, the same findings whatever the
//! order of files, and counts per rule kept in a snapshot so that a change in noise is seen in review.
//! `BLESS=1` writes the snapshot anew.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::{env, fs};

use hullguard::filter;
use hullguard::finding::Finding;
use hullguard::rule::{Policy, Profile};
use hullguard::scan::{self, Watch};

use crate::tree::Memory;

/// The whole corpus in memory, if it is here.
pub(crate) fn corpus() -> Option<Memory> {
    let mut tree = Memory::default();
    for kind in ["compose", "dockerfiles"] {
        let folder = super::folder(kind)?;
        for path in super::files(&folder) {
            let name =
                path.strip_prefix(&folder).expect("it was found there").to_string_lossy().replace('\\', "/");
            tree.files.insert(format!("{kind}/{name}"), fs::read(&path).expect("a file of the corpus"));
        }
    }
    Some(tree)
}

pub(crate) fn check(tree: &Memory, profile: Profile) -> Vec<Finding> {
    let policy = Policy { profile, ..Policy::default() };
    let mut outcome = scan::scan(&tree.candidates(), tree, &policy, &Watch::default());
    filter::gather(&mut outcome, &policy);
    filter::group(&mut outcome, &policy, &|_| true);
    outcome.findings
}

#[test]
fn the_corpus_is_survived_and_its_noise_is_known() {
    let Some(tree) = corpus() else { return };
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (column, profile) in [Profile::Default, Profile::Strict].into_iter().enumerate() {
        for finding in check(&tree, profile) {
            counts.entry(finding.rule.id.get()).or_default()[column] += 1;
            assert_ne!(finding.rule.id, "rule-panicked", "{}: {}", finding.place.path, finding.message);
            let text = &tree.files[&*finding.place.path];
            for place in std::iter::once(&finding.place).chain(finding.related.iter().map(|r| &r.place)) {
                let text = if place.path == finding.place.path { text } else { &tree.files[&*place.path] };
                let range = place.span.range();
                assert!(range.end <= text.len(), "{}: {}", place.path, finding.rule.id);
                let on_border = |at: usize| text.get(at).is_none_or(|&byte| byte & 0xC0 != 0x80);
                assert!(
                    on_border(range.start) && on_border(range.end),
                    "{}: {}",
                    place.path,
                    finding.rule.id
                );
            }
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                assert!(edit.span.range().end <= text.len(), "{}: {}", finding.place.path, finding.rule.id);
            }
        }
    }
    let mut table = String::from("rule | default | strict\n");
    for (rule, [default, strict]) in &counts {
        let _ = writeln!(table, "{rule} | {default} | {strict}");
    }
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/counts.txt");
    if env::var_os("BLESS").is_some() {
        fs::write(kept, &table).expect("the snapshot can be written");
    }
    let before = fs::read_to_string(kept).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(table, before, "the noise has changed; read it, then BLESS=1 cargo test corpus");
}

#[test]
fn fingerprints_are_unique_and_do_not_move_with_the_lines_above() {
    let Some(mut tree) = corpus() else { return };
    // A parser directive must stay the first line, a byte order mark the first character.
    tree.files.retain(|path, bytes| {
        path.starts_with("dockerfiles/")
            && !bytes.starts_with(b"#")
            && !bytes.starts_with("\u{feff}".as_bytes())
    });
    let mut moved = Memory::default();
    for (path, bytes) in &tree.files {
        moved.files.insert(path.clone(), [b"\n\n\n", &**bytes].concat());
    }
    let mut before = check(&tree, Profile::Strict);
    // One secret has one fingerprint wherever it stands.
    before.retain(|finding| finding.secret.is_none());
    let distinct: HashSet<u128> = before.iter().map(|finding| finding.fingerprint).collect();
    assert_eq!(distinct.len(), before.len(), "two findings share a fingerprint");
    let after: HashSet<u128> =
        check(&moved, Profile::Strict).iter().map(|finding| finding.fingerprint).collect();
    let lost = before.iter().filter(|finding| !after.contains(&finding.fingerprint));
    let lost: Vec<String> =
        lost.map(|f| format!("{}:{} {}", f.place.path, f.place.start.line, f.rule.id)).collect();
    assert!(
        lost.is_empty(),
        "{} fingerprints moved, the first of them:\n{}",
        lost.len(),
        lost[..lost.len().min(9)].join("\n")
    );
}
