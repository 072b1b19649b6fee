//! `hullguard harden`: the edits that take from services what they do not need, shown or made.

use anyhow::{Context as _, Result};

use super::args::{Harden, OverviewFormat};
use super::open::Run;
use super::privileges::{NOTHING, tell_missing};
use super::{CLEAN, FAILED, fixed, open, plural, print, term};
use crate::fix::{self, Fixed, Seen};
use crate::outcome::{Outcome, Told};
use crate::privilege::Hardening;
use crate::report::Hider;
use crate::report::hardening::{self, UNTESTED};

pub(super) fn run(args: &Harden) -> Result<u8> {
    let look = args.settings.look(&args.file);
    look.validate()?;
    let mut run = open::open(&look, false)?;
    run.policy.hardening = true;
    run.candidates.retain(|candidate| candidate.document || candidate.explicit);
    let seen = Seen::new(&*run.tree);
    let mut first = run.patiently(&seen);
    first.hardenings.sort_by(|a, b| a.place.cmp(&b.place));
    if args.no_questions {
        for one in &mut first.hardenings {
            one.measures.retain(|measure| measure.sure);
        }
    }
    let known: Vec<String> = first.hardenings.iter().map(|one| one.service.clone()).collect();
    let is_missing = tell_missing(&args.services, &known);
    let is_wanted = |one: &Hardening| args.services.is_empty() || args.services.contains(&one.service);
    let done = fix::harden(&seen, &first, &is_wanted, !args.write, &mut |tree| run.scan(tree));
    first.hardenings.retain(is_wanted);
    if run.watch.is_stopped() {
        term::complain("interrupted; nothing was changed");
        return Ok(FAILED);
    }
    let code = finish(args, run, first, done)?;
    if known.is_empty() {
        term::complain(NOTHING);
    }
    Ok(if is_missing { FAILED } else { code })
}

/// Writes or shows what was done, and says what came of it.
fn finish(args: &Harden, mut run: Run, first: Outcome, done: Fixed) -> Result<u8> {
    let mut failed = done.changed.clone();
    let written = if args.write { fixed::write(&run, &args.file, &done, &mut failed) } else { 0 };
    let diffs = if args.write { Vec::new() } else { fixed::diffs(&run, &done, &first) };
    let left_alone = done.left_alone;
    let mut outcome = Outcome { findings: done.outcome.findings, ..first };
    run.complete(&mut outcome);
    outcome.failed.extend(failed);
    tell(&run, &outcome, &left_alone);
    let (all, is_incomplete) = (outcome.hardenings.len(), outcome.is_incomplete());
    let count = |sure: bool| {
        let measures = outcome.hardenings.iter().flat_map(|one| &one.measures);
        measures.filter(|measure| measure.sure == sure).count()
    };
    let mut counts = vec![plural(count(true), "edit")];
    if !args.no_questions {
        counts.push(plural(count(false), "question"));
    }
    run.display.show(&mut outcome);
    match args.format {
        OverviewFormat::Json => {
            let diff = String::from_utf8_lossy(&diffs);
            let text =
                hardening::json(&outcome.hardenings, args.write, &diff).context("cannot write JSON")?;
            print(text.as_bytes())?;
        }
        OverviewFormat::Text => fixed::show(&diffs)?,
    }
    if all > 0 {
        let files = plural(written, "file");
        let made = if args.write { format!("{files} written; ") } else { String::new() };
        term::complain(&format!("{}: {}; {made}{UNTESTED}", plural(all, "service"), counts.join(", ")));
    }
    Ok(if is_incomplete { FAILED } else { CLEAN })
}

/// What was not done, and why.
fn tell(run: &Run, outcome: &Outcome, left_alone: &[Told]) {
    let hider = Hider::of(outcome);
    let lists = [("skipped", &outcome.skipped[..]), ("error", &outcome.failed[..]), ("warning", left_alone)];
    for (kind, told) in lists {
        for told in told {
            let path = run.display.path(&told.path);
            term::complain(&format!("{kind}: {}: {}", hider.name(&path), told.why));
        }
    }
    for one in &outcome.hardenings {
        if let Some(why) = &one.refused {
            let path = run.display.path(&one.place.path);
            let (path, line) = (hider.name(&path), one.place.line);
            term::complain(&format!("not changed: `{}` ({path}:{line}): {why}", one.service));
        }
    }
}
