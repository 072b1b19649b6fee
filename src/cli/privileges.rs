//! `hullguard privileges`: what the services of Compose files may do, and their paths to the host.

use std::path::Path;

use anyhow::Result;

use super::args::{Look, Privileges};
use super::{CLEAN, FAILED, open, print, tell_gaps, term};
use crate::config::suggest;
use crate::report::privileges as report;
use crate::scan;

pub(super) const NOTHING: &str = "no container is configured here, so there is nothing to show";

pub(super) fn run(args: &Privileges) -> Result<u8> {
    let look = Look { new_from: args.new_from.clone(), ..args.settings.look(&args.file) };
    look.validate()?;
    let mut run = open::open(&look, false)?;
    run.policy.privileges = true;
    run.candidates.retain(|candidate| scan::may_be_checked(candidate) || candidate.explicit);
    let mut outcome = run.scan_patiently();
    run.complete(&mut outcome);
    outcome.privileges.sort_by(|a, b| a.place.cmp(&b.place));
    let known: Vec<String> = outcome.privileges.iter().map(|one| one.service.clone()).collect();
    if !args.services.is_empty() {
        outcome.privileges.retain(|one| args.services.contains(&one.service));
        outcome.changes.retain(|change| args.services.contains(&change.service));
    }
    run.display.show(&mut outcome);
    tell_gaps(&outcome.skipped, &outcome.failed);
    let is_missing = tell_missing(&args.services, &known);
    if known.is_empty() {
        term::complain(NOTHING);
    } else if is_missing && outcome.privileges.is_empty() {
        // The errors say all.
    } else if args.new_from.is_some() {
        print(report::write_changes(args.format, &outcome.changes)?.as_bytes())?;
    } else {
        print(report::write(args.format, &outcome.privileges, term::colour(args.color))?.as_bytes())?;
    }
    Ok(if outcome.is_incomplete() || is_missing { FAILED } else { CLEAN })
}

/// Complains about services that were asked for and are not known; whether there are any.
pub(super) fn tell_missing(asked: &[String], known: &[String]) -> bool {
    let mut is_missing = false;
    for service in asked.iter().filter(|service| !known.contains(service)) {
        is_missing = true;
        let meant = if Path::new(service).exists() {
            format!("; it is a path: use `--file {service}`")
        } else {
            let meant = suggest(service, known.iter().map(String::as_str));
            meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"))
        };
        term::complain(&format!("error: no service `{service}` in these files{meant}"));
    }
    is_missing
}
