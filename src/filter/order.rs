//! One order for everything that a run says, whatever the threads did.

use crate::outcome::Outcome;

pub(super) fn sort(outcome: &mut Outcome) {
    outcome.findings.sort_unstable_by(|a, b| {
        let key = |f: &crate::finding::Finding| (f.place.span.start, f.place.span.end);
        let place = a.place.path.cmp(&b.place.path).then_with(|| key(a).cmp(&key(b)));
        place.then_with(|| a.rule.id.cmp(&b.rule.id)).then_with(|| a.message.cmp(&b.message))
    });
    for told in [&mut outcome.skipped, &mut outcome.failed] {
        told.sort();
        told.dedup();
    }
}
