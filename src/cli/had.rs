//! What one side of a comparison had, and whether a finding of the other is the same.
//!
//! A secret is the same if its value is: where it stands says nothing, and what is shown of it is masked. In the file that
//! had it, or whose new name this is, it is not new; nor where it was moved to from a place that has it no more. A copy is
//! new. Any other finding is the same if its fingerprint is, or in a renamed file its line; if it is about a secret, only
//! with the same value. As often as the old file has a line, its copies in the new one are not new.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::finding::{Finding, Values};
use crate::rule::{Family, Severity};

/// From what files are called to what they were called.
pub(super) type Names = HashMap<String, String>;

/// A secret: rule and value.
type Secret = (&'static str, u128);
/// Any other finding: fingerprint and value.
type Print = (u128, Option<u128>);

#[derive(Default)]
pub(super) struct Had {
    secrets: HashSet<(String, Secret)>,
    /// Those that stand in no file any more which had them, and what they counted for there.
    gone: HashMap<Secret, Severity>,
    prints: HashSet<Print>,
}

impl Had {
    /// `now` is all that the other side has, of whatever status.
    pub(super) fn of<'f>(
        findings: impl Iterator<Item = &'f Finding>,
        now: &[Finding],
        renamed: &Names,
    ) -> Self {
        let stands: HashSet<(&str, Secret)> =
            now.iter().filter_map(|finding| Some((before(finding, renamed), secret(finding)?))).collect();
        let mut had = Self::default();
        let mut lines: HashMap<_, usize> = HashMap::new();
        for finding in findings {
            let path = &*finding.place.path;
            if let Some(secret) = secret(finding) {
                if !stands.contains(&(path, secret)) {
                    let severity = had.gone.entry(secret).or_insert(finding.severity);
                    *severity = (*severity).max(finding.severity);
                }
                had.secrets.insert((path.to_owned(), secret));
                continue;
            }
            had.prints.insert(print(finding));
            *lines.entry(line(path, finding)).or_default() += 1;
        }
        let moved = now.iter().filter(|finding| secret(finding).is_none());
        for finding in moved.filter(|finding| renamed.contains_key(&*finding.place.path)) {
            if let Some(left @ 1..) = lines.get_mut(&line(before(finding, renamed), finding)) {
                *left -= 1;
                had.prints.insert(print(finding));
            }
        }
        had
    }

    pub(super) fn has(&self, finding: &Finding, renamed: &Names) -> bool {
        let Some(secret) = secret(finding) else { return self.prints.contains(&print(finding)) };
        // Out of a test into a settings file: it begins to count.
        let moved = self.gone.get(&secret).is_some_and(|&severity| severity >= finding.severity);
        moved || self.secrets.contains(&(before(finding, renamed).to_owned(), secret))
    }
}

/// Secrets of one side, to tell whether what a commit brought is among them.
///
/// What can be guessed may stand in two places by chance, so it is asked for in its file only.
#[derive(Default)]
pub(super) struct Standing {
    anywhere: HashSet<u128>,
    at: HashSet<(Arc<str>, u128)>,
}

impl Standing {
    pub(super) fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        let mut standing = Self::default();
        for finding in findings {
            let Values { own, covers, .. } = &finding.values;
            for &value in own.iter().chain(covers) {
                standing.anywhere.insert(value);
                standing.at.insert((Arc::clone(&finding.place.path), value));
            }
        }
        standing
    }

    pub(super) fn has(&self, finding: &Finding) -> bool {
        let Some(own) = finding.values.own else { return false };
        let is_unique = finding.secret.as_ref().is_some_and(|secret| secret.identity.is_some());
        is_unique && self.anywhere.contains(&own) || self.at.contains(&(Arc::clone(&finding.place.path), own))
    }
}

/// What the finding's file was called.
fn before<'f>(finding: &'f Finding, renamed: &'f Names) -> &'f str {
    renamed.get(&*finding.place.path).map_or(&*finding.place.path, String::as_str)
}

fn secret(finding: &Finding) -> Option<Secret> {
    let own = finding.values.own.filter(|_| finding.rule.family == Family::Secrets);
    own.map(|own| (finding.rule.id.get(), own))
}

fn print(finding: &Finding) -> Print {
    (finding.fingerprint, finding.values.own)
}

/// A finding without its place: path, rule, line, value.
fn line<'f>(path: &'f str, finding: &'f Finding) -> (&'f str, &'static str, &'f str, Option<u128>) {
    (path, finding.rule.id.get(), finding.place.excerpt.text.trim(), finding.values.own)
}
