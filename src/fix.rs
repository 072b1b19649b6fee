//! Applies the edits that findings offer, to bytes; writing them to disk is [`write`]'s.
//!
//! A finding's edits are applied together or not at all. Those that touch bytes of another's wait for the next pass:
//! [`until_stable`] applies, scans again and goes on until nothing changes. What broke the law of fixes is taken back:
//! the file reads as well as before, the finding is gone, and no other has come.

mod harden;
mod seen;
mod write;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

pub use harden::harden;
pub use seen::{CHANGED, Seen};
pub use write::{Place, write};

use crate::blob::{Miss, Origin, Tracked, Tree};
use crate::finding::{Finding, Fix, Safety, Status};
use crate::gap::{Gap, Reason};
use crate::outcome::{Outcome, Told};
use crate::place::visible;
use crate::text::Edit;

/// More passes than any chain of fixes needs, even one rule at a time.
const PASSES: usize = 60;

/// The rule that tells what cannot be read.
const SYNTAX: &str = "syntax-error";

/// What fixing came to.
#[derive(Debug)]
pub struct Fixed {
    /// The files that changed, as they should be.
    pub files: BTreeMap<Arc<str>, Vec<u8>>,
    /// As they were when they were checked.
    pub before: BTreeMap<Arc<str>, Vec<u8>>,
    /// What is left to say about the fixed files.
    pub outcome: Outcome,
    /// How many findings were fixed.
    pub count: usize,
    /// Files whose fixes were taken back.
    pub left_alone: Vec<Told>,
    /// Files that are not what was checked.
    pub changed: Vec<Told>,
}

/// A tree with some files changed.
pub struct Overlay<'t> {
    below: &'t dyn Tree,
    files: &'t BTreeMap<Arc<str>, Vec<u8>>,
}

impl Tree for Overlay<'_> {
    fn origin(&self) -> Origin {
        self.below.origin()
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        self.files.get(path).map_or_else(|| self.below.read(path), |bytes| Ok(bytes.clone()))
    }
    fn exists(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.below.exists(path)
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        self.below.is_tracked(path)
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        self.below.tracked()
    }
    fn has(&self, path: &str) -> bool {
        self.below.has(path)
    }
    fn around(&self, folders: &[&str], miss: Miss) -> Vec<Arc<str>> {
        self.below.around(folders, miss)
    }
    fn gone(&self, each: &mut dyn FnMut(&Arc<str>, Vec<u8>)) {
        self.below.gone(each);
    }
}

/// Fixes what can be fixed. `first` is the filtered outcome of `tree`; `scan` makes another of a changed tree.
pub fn until_stable(
    tree: &Seen,
    first: Outcome,
    unsafe_too: bool,
    scan: &mut dyn FnMut(&dyn Tree) -> Outcome,
) -> Fixed {
    let mut fixed = Fixed {
        files: BTreeMap::new(),
        before: BTreeMap::new(),
        outcome: first,
        count: 0,
        left_alone: Vec::new(),
        changed: Vec::new(),
    };
    let mut law = Law::default();
    for _ in 0..PASSES {
        let before = State::of(&fixed.outcome, unsafe_too);
        let mut tried = Vec::new();
        let wanted = fixed.outcome.findings.iter().filter(|finding| law.allows(finding, unsafe_too));
        for (path, Plan { edits, count, rules }) in plan(wanted, &law.careful) {
            let old = match fixed.files.get(&path) {
                Some(bytes) => bytes.clone(),
                None => match tree.as_checked(&path) {
                    Ok(bytes) => bytes,
                    Err(gap) => {
                        law.gone.insert(path.clone());
                        fixed.changed.push(Told::new(path, gap));
                        continue;
                    }
                },
            };
            let Some(new) = splice(&old, &edits).filter(|new| *new != old) else { continue };
            fixed.before.entry(path.clone()).or_insert_with(|| old.clone());
            tried.push((path.clone(), fixed.files.insert(path, new), count, rules));
            fixed.count += count;
        }
        if tried.is_empty() {
            break;
        }
        fixed.outcome = scan(&Overlay { below: tree, files: &fixed.files });
        let after = State::of(&fixed.outcome, unsafe_too);
        let mut undone = false;
        for (path, old, count, rules) in tried {
            if !law.is_broken(&path, &rules, &before, &after) {
                continue;
            }
            match old {
                Some(old) => fixed.files.insert(path.clone(), old),
                None => fixed.files.remove(&path),
            };
            fixed.count -= count;
            undone = true;
        }
        if undone {
            fixed.outcome = scan(&Overlay { below: tree, files: &fixed.files });
        }
    }
    fixed.left_alone = law.left_alone();
    let before = &fixed.before;
    fixed.files.retain(|path, bytes| before.get(path).is_some_and(|old| old != bytes));
    fixed
}

/// What counts of an outcome when two are compared.
struct State {
    /// How much of each file cannot be read.
    errors: HashMap<Arc<str>, usize>,
    /// Open findings of each file by rule, and the edits that they offer.
    findings: HashMap<Arc<str>, BTreeMap<&'static str, (usize, usize)>>,
}

impl State {
    fn of(outcome: &Outcome, unsafe_too: bool) -> Self {
        let mut state = Self { errors: HashMap::new(), findings: HashMap::new() };
        let broken = outcome.findings.iter().filter(|finding| finding.rule.id == SYNTAX);
        let lost = outcome.failed.iter().chain(&outcome.skipped).map(|told| &told.path);
        for path in broken.map(|finding| &finding.place.path).chain(lost) {
            *state.errors.entry(path.clone()).or_default() += 1;
        }
        for finding in outcome.findings.iter().filter(|finding| finding.status == Status::Open) {
            let rules = state.findings.entry(finding.place.path.clone()).or_default();
            let (count, edits) = rules.entry(finding.rule.id.get()).or_default();
            *count += 1;
            *edits += offered(finding, unsafe_too).map_or(0, |fix| fix.edits.len());
        }
        state
    }
}

/// The fix that may be applied.
fn offered(finding: &Finding, unsafe_too: bool) -> Option<&Fix> {
    finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe || unsafe_too)
}

/// What was learnt of fixes that did not do what they promise.
#[derive(Default)]
struct Law {
    /// Rules whose fixes are not applied to a file.
    frozen: BTreeSet<(Arc<str>, &'static str)>,
    /// Files in which one rule's fixes are applied at a time, to see whose do harm.
    careful: BTreeSet<Arc<str>>,
    /// Files that are not what was checked.
    gone: BTreeSet<Arc<str>>,
}

impl Law {
    fn allows(&self, finding: &Finding, unsafe_too: bool) -> bool {
        offered(finding, unsafe_too).is_some()
            && !self.gone.contains(&finding.place.path)
            && !self.frozen.contains(&(finding.place.path.clone(), finding.rule.id.get()))
    }

    /// Whether the edits of these rules, so many each, left their findings, brought others, or broke the file.
    fn is_broken(
        &mut self,
        path: &Arc<str>,
        rules: &BTreeMap<&'static str, usize>,
        before: &State,
        after: &State,
    ) -> bool {
        let none = BTreeMap::new();
        let (old, new) =
            (before.findings.get(path).unwrap_or(&none), after.findings.get(path).unwrap_or(&none));
        let of =
            |state: &BTreeMap<&'static str, (usize, usize)>, id| state.get(id).copied().unwrap_or_default();
        // An edit that is offered again did not help.
        let stayed = rules.iter().filter(|&(id, applied)| of(new, id).1 + applied > of(old, id).1);
        let culprits: Vec<&'static str> = stayed.map(|(id, _)| *id).collect();
        let errors = |state: &State| state.errors.get(path).copied().unwrap_or_default();
        let came = new.iter().any(|(id, &(count, _))| count > of(old, id).0);
        if culprits.is_empty() && !came && errors(after) <= errors(before) {
            return false;
        }
        match rules.keys().next() {
            Some(only) if culprits.is_empty() && rules.len() == 1 => {
                self.frozen.insert((path.clone(), only));
            }
            _ if culprits.is_empty() => {
                self.careful.insert(path.clone());
            }
            _ => self.frozen.extend(culprits.into_iter().map(|id| (path.clone(), id))),
        }
        true
    }

    fn left_alone(self) -> Vec<Told> {
        let told = |(path, id)| {
            let why =
                format!("the fix of `{id}` would not have the intended effect here, so it was not applied");
            Told::new(path, Gap::new(Reason::NotFixed, why))
        };
        self.frozen.into_iter().map(told).collect()
    }
}

/// The edits of one pass over a file, in order and apart from each other.
#[derive(Default)]
struct Plan {
    edits: Vec<Edit>,
    /// How many findings they fix.
    count: usize,
    /// Whose they are, and how many.
    rules: BTreeMap<&'static str, usize>,
}

/// For each file the edits of one pass; of one rule only in the files that need care.
fn plan<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    careful: &BTreeSet<Arc<str>>,
) -> BTreeMap<Arc<str>, Plan> {
    let mut files: BTreeMap<Arc<str>, Plan> = BTreeMap::new();
    for finding in findings {
        let fix = finding.fix.as_ref().filter(|fix| !fix.edits.is_empty());
        let Some(fix) = fix.filter(|_| finding.status == Status::Open) else { continue };
        let path = &finding.place.path;
        let plan = files.entry(path.clone()).or_default();
        if careful.contains(path) && plan.rules.keys().any(|id| *id != finding.rule.id) {
            continue;
        }
        let apart = |new: &Edit| plan.edits.iter().all(|old| !collide(old, new));
        let among = fix.edits.iter().enumerate().any(|(i, a)| fix.edits[..i].iter().any(|b| collide(a, b)));
        if !among && fix.edits.iter().all(apart) {
            plan.edits.extend(fix.edits.iter().cloned());
            plan.count += 1;
            *plan.rules.entry(finding.rule.id.get()).or_default() += fix.edits.len();
        }
    }
    for plan in files.values_mut() {
        plan.edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    }
    files
}

/// Whether the result would depend on which comes first.
fn collide(a: &Edit, b: &Edit) -> bool {
    a.span.overlaps(b.span)
}

/// The bytes of a file after one pass over findings in it, whatever the safety of their fixes.
pub fn apply(bytes: &[u8], findings: &[&Finding]) -> Vec<u8> {
    let plan = plan(findings.iter().copied(), &BTreeSet::new()).into_values().next();
    plan.and_then(|plan| splice(bytes, &plan.edits)).unwrap_or_else(|| bytes.to_vec())
}

/// The bytes after edits that are in order and apart; `None` if one lies outside of them.
fn splice(bytes: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let mut new = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits {
        new.extend_from_slice(bytes.get(at..edit.span.start as usize)?);
        new.extend_from_slice(edit.insert.as_bytes());
        at = edit.span.end as usize;
    }
    new.extend_from_slice(bytes.get(at..)?);
    Some(new)
}

/// A text, and its lines as they may be shown: as many as there are.
pub type Side<'t> = (&'t [u8], &'t [Cow<'t, [u8]>]);

/// A unified diff as `git apply` reads it, of the old and the new lines of a file as they may be shown.
pub fn diff(path: &str, (old, old_shown): Side, (new, new_shown): Side) -> Vec<u8> {
    // Between lines that a file has once, thousands of changes take no longer than their number. Where there are no such
    // lines they take its square; then a coarser diff has to do.
    let mut settings = similar::TextDiff::configure();
    settings.algorithm(similar::Algorithm::Patience);
    // Lines end where those shown do: at a line feed, and not at a lone carriage return.
    let old: Vec<&[u8]> = old.split_inclusive(|&b| b == b'\n').collect();
    let new: Vec<&[u8]> = new.split_inclusive(|&b| b == b'\n').collect();
    let diff = settings.timeout(std::time::Duration::from_secs(2)).diff_slices(&old, &new);
    let mut text = Vec::new();
    let header = |side: &str| name(&format!("{side}/{path}"));
    for hunk in diff.unified_diff().iter_hunks() {
        if text.is_empty() {
            text.extend(format!("--- {}\n+++ {}\n", header("a"), header("b")).into_bytes());
        }
        text.extend(format!("{}\n", hunk.header()).into_bytes());
        for change in hunk.iter_changes() {
            let (sign, line) = match (change.tag(), change.old_index(), change.new_index()) {
                (similar::ChangeTag::Delete, Some(at), _) => (b'-', &old_shown[at]),
                (similar::ChangeTag::Insert, _, Some(at)) => (b'+', &new_shown[at]),
                (_, Some(at), _) => (b' ', &old_shown[at]),
                (_, None, _) => continue, // nothing stands nowhere
            };
            text.push(sign);
            text.extend_from_slice(line);
            if !line.ends_with(b"\n") {
                text.extend_from_slice(b"\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

/// A file's name as git writes it into a diff: one that could be mistaken for anything else stands in quotes, its bytes
/// in escapes.
fn name(path: &str) -> String {
    let odd = |c: char| c == '"' || c == '\\' || visible(c).is_some();
    if !path.contains(odd) {
        return path.to_owned();
    }
    let mut out = String::from("\"");
    for c in path.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if odd(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::One;
    use crate::finding::{Fix, Values};
    use crate::place;
    use crate::rules;
    use crate::text::{Source, Span};

    /// Finds every `x`, and offers to put `with` in its place and in that of the byte before.
    fn scan(tree: &dyn Tree, with: &str, safety: Safety) -> Outcome {
        let source = Source::new("f", tree.read("f").unwrap());
        let rule = rules::find("maintainer-deprecated").unwrap();
        let findings = source.text().match_indices('x').map(|(at, _)| {
            let span = Span::new(at.saturating_sub(1), at + 1);
            let before = source.text()[..at].chars().last().unwrap_or('-');
            let insert = format!("{before}{with}");
            Finding {
                rule,
                severity: rule.severity,
                place: place::place(&source, span, &Origin::WorkTree, &[]),
                message: String::new(),
                related: Vec::new(),
                fix: Some(Fix {
                    title: String::new(),
                    edits: vec![Edit::replace(span, insert)],
                    safety,
                    secret: false,
                }),
                status: Status::Open,
                fingerprint: 0,
                secret: None,
                values: Values::default(),
                container: None,
            }
        });
        Outcome { findings: findings.collect(), ..Outcome::default() }
    }

    #[test]
    fn overlapping_fixes_take_another_pass() {
        let tree = Seen::new(&One("a xx b xx\r\n"));
        let first = scan(&tree, "y", Safety::Safe);
        let fixed = until_stable(&tree, first, false, &mut |tree| scan(tree, "y", Safety::Safe));
        assert_eq!(fixed.files["f"], b"a yy b yy\r\n");
        assert_eq!(fixed.count, 4);
        assert!(fixed.outcome.findings.is_empty());
    }

    #[test]
    fn unsafe_fixes_need_to_be_asked_for_and_endless_ones_end() {
        let tree = Seen::new(&One("a x"));
        let first = scan(&tree, "y", Safety::Unsafe);
        let fixed = until_stable(&tree, first, false, &mut |tree| scan(tree, "y", Safety::Unsafe));
        assert!(fixed.files.is_empty() && fixed.count == 0);
        let first = scan(&tree, "xz", Safety::Safe);
        let fixed = until_stable(&tree, first, false, &mut |tree| scan(tree, "xz", Safety::Safe));
        assert_eq!((fixed.count, fixed.left_alone.len()), (0, 1), "what is offered again did not help");
    }

    #[test]
    fn files_that_would_not_read_are_left_alone() {
        let tree = Seen::new(&One("a x"));
        let first = scan(&tree, "y", Safety::Safe);
        let fixed = until_stable(&tree, first, false, &mut |tree| {
            let mut outcome = scan(tree, "y", Safety::Safe);
            if tree.read("f").unwrap() == b"a y" {
                outcome.skipped.push(Told::new("f", Gap::new(Reason::Template, "")));
            }
            outcome
        });
        assert!(fixed.files.is_empty());
        assert_eq!((fixed.count, fixed.left_alone.len(), fixed.outcome.findings.len()), (0, 1, 1));
    }

    #[test]
    fn diffs_and_edits() {
        let edits = [Edit::insert(0, "> "), Edit::delete(Span::new(2, 3))];
        assert_eq!(splice(b"abc\n", &edits).unwrap(), b"> ab\n");
        assert_eq!(splice(b"a", &edits), None);
        let lines = |text: &'static str| {
            text.split_inclusive('\n').map(|line| Cow::Borrowed(line.as_bytes())).collect::<Vec<_>>()
        };
        let (old, new) = (lines("a\nb\n"), lines("a\nc"));
        let text = |path: &str| String::from_utf8(diff(path, (b"a\nb\n", &old), (b"a\nc", &new))).unwrap();
        let rest = "@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n";
        assert_eq!(text("d/f"), format!("--- a/d/f\n+++ b/d/f\n{rest}"));
        let hostile = text("d\n::error::\u{1b}\u{202e}\"f");
        assert!(hostile.starts_with("--- \"a/d\\n::error::\\033\\342\\200\\256\\\"f\"\n"), "{hostile}");
    }
}
