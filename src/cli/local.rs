//! Credentials in git's configuration of this clone. Nobody commits that file, but whoever reads the disk, a backup or the
//! image that the clone is copied into has them; a local run has a note on each.

use std::env;
use std::path::Path;
use std::sync::Arc;

use super::args::Look;
use crate::blob::Origin;
use crate::input;
use crate::outcome::{Outcome, Told};
use crate::rule::{Policy, Severity};
use crate::scan;
use crate::shown::secrets;

/// Whether a run looks at the clone as a whole, and somebody works in it: in CI the credential is the job's own.
pub(super) fn is_wanted(look: &Look, policy: &Policy) -> bool {
    let is_plain = !look.staged && !look.is_past() && !look.is_stdin() && look.new_from.is_none();
    is_plain && look.hook.is_none() && env::var_os("CI").is_none() && scan::searches(policy)
}

/// Adds what the configuration of the repository at `top` contains.
pub(super) fn add(outcome: &mut Outcome, top: &Path, policy: &Policy) {
    let path: Arc<str> = ".git/config".into();
    let searched = match input::git_configuration(top) {
        None => return,
        Some(Err(gap)) => return outcome.skipped.push(Told::new(path, gap)),
        Some(Ok(bytes)) => secrets::some(&path, bytes, (&Origin::WorkTree, None), policy, |_, _| true),
    };
    for mut finding in searched.findings {
        finding.severity = Severity::Note;
        finding.message = format!(
            "{} in the configuration of this clone; change it and use a credential helper of git",
            finding.rule.title
        );
        outcome.findings.push(finding);
    }
    outcome.hidden.extend(searched.hidden);
    outcome.failed.extend(searched.failed);
}
