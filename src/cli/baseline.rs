//! `hullguard baseline`: writes down all that is found.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::{Result, anyhow, bail};

use super::args;
use super::open::{self, Run};
use super::{CLEAN, FAILED, output, plural, print, term};
use crate::baseline::{self, Baseline, Entry, List, NAME};
use crate::filter;
use crate::finding::{Finding, Status, Suppressor};
use crate::input::{self, disk};
use crate::outcome::Outcome;
use crate::report::Hider;
use crate::rule::Profile;

pub(super) fn run(args: &args::Baseline) -> Result<u8> {
    args.look.validate()?;
    if args.look.is_stdin() {
        bail!("a baseline cannot be made from standard input; name files or folders");
    }
    if args.look.new_from.is_some() || args.look.hook.is_some() {
        bail!("a baseline records all findings; leave out --new-from and --hook");
    }
    let mut run = open::open(&args.look, true)?;
    let file = file(args, &run);
    let to_stdout = file.as_os_str() == "-";
    let there = !to_stdout && fs::symlink_metadata(&file).is_ok();
    let name = run.display.file(&file);
    if there && !args.update {
        bail!("{name} already exists; use --update to update it and to keep its reasons");
    }
    let old = if there { old(&file, &name)? } else { empty() };
    run.know(old);
    let mut outcome = run.scan_patiently();
    run.watch.stop.store(true, Ordering::Relaxed);
    run.complete(&mut outcome);
    if outcome.is_incomplete() {
        let hider = Hider::of(&outcome);
        for told in &outcome.failed {
            let path = run.display.path(&told.path);
            term::complain(&format!("error: {}: {}", hider.name(&path), told.why));
        }
        term::complain("not everything could be checked, so no baseline was written");
        return Ok(FAILED);
    }
    let old = &run.known.own[0];
    let new = Baseline {
        name: name.clone(),
        profile: old.profile.max(run.policy.profile),
        entries: entries(&outcome, old, &run.policy.base),
    };
    let text = new.text();
    if to_stdout {
        return print(text.as_bytes());
    }
    output::write(&file, &|out| out.write_all(text.as_bytes()))?;
    let (before, after) = (old.by_fingerprint(), new.by_fingerprint());
    let added = after.keys().filter(|key| !before.contains_key(key)).count();
    let gone = before.keys().filter(|key| !after.contains_key(key)).count();
    let change = if there {
        format!(": {added} new, {gone} gone")
    } else {
        "; from now on only new findings fail. Commit the file".to_owned()
    };
    let shown = shown(&outcome, &run);
    let why = if shown == after.len() {
        String::new()
    } else {
        format!(" (`hullguard check` combines some, and shows {shown})")
    };
    term::complain(&format!("{name} lists {}{why}{change}", plural(after.len(), "finding")));
    Ok(CLEAN)
}

/// How many findings `check` would show without the list.
fn shown(outcome: &Outcome, run: &Run) -> usize {
    let by_us =
        |finding: &Finding| matches!(finding.status, Status::Suppressed { by: Suppressor::Baseline, .. });
    let mut together = outcome.clone();
    for finding in together.findings.iter_mut().filter(|finding| by_us(finding)) {
        finding.status = Status::Open;
    }
    filter::group(&mut together, &run.policy, &|_| true);
    together.findings.iter().filter(|finding| finding.status == Status::Open).count()
}

/// Where it goes: as the flag says, to the list that the configuration names, or to the usual name.
fn file(args: &args::Baseline, run: &Run) -> PathBuf {
    match &args.output {
        Some(file) if file.as_os_str() == "-" => file.clone(),
        Some(file) => input::tidy(&run.display.current.join(file)),
        None => {
            let ours = |file: &&PathBuf| !file.exists() || old(file, "").is_ok();
            let named = run.config.baselines.iter().find(ours);
            named.cloned().unwrap_or_else(|| run.from_top.current.join(NAME))
        }
    }
}

fn old(file: &Path, name: &str) -> Result<Baseline> {
    // A link may lead to a file that is no business of this repository.
    if fs::symlink_metadata(file).is_ok_and(|meta| meta.is_symlink()) {
        bail!("{name} is a symbolic link; name a regular file");
    }
    let bytes = disk::read(file).map_err(|why| anyhow!("cannot read {name}: {why}"))?;
    match baseline::read(name, &bytes).map_err(|why| anyhow!(why))? {
        List::Own(list) => Ok(list),
        List::Foreign(_) => bail!("{name} is another tool's list; name another file with --output"),
    }
}

fn empty() -> Baseline {
    Baseline { name: String::new(), profile: Profile::Default, entries: Vec::new() }
}

/// All that is open, or was known before; and what was known of files that this run did not look at.
fn entries(outcome: &Outcome, old: &Baseline, base: &str) -> Vec<Entry> {
    let index = old.by_fingerprint();
    // In whatever other way a finding is silenced, it needs no entry.
    let mut seen: HashMap<u128, bool> = HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    let is_listed = |fingerprint: u128| index.contains_key(&fingerprint);
    let needed = outcome.findings.iter().filter(|finding| !filter::is_listed_as_kin(finding, is_listed));
    let hider = Hider::of(outcome);
    for finding in needed {
        let known = index.get(&finding.fingerprint).map(|&at| &old.entries[at]);
        let ours =
            known.is_some() && matches!(finding.status, Status::Suppressed { by: Suppressor::Baseline, .. });
        let wanted = ours || finding.status == Status::Open;
        if seen.insert(finding.fingerprint, wanted) == Some(true) || !wanted {
            continue;
        }
        entries.push(Entry {
            rule: finding.rule.id.to_string(),
            path: hider.name(&format!("{base}{}", finding.place.path)).into_owned(),
            fingerprint: finding.fingerprint,
            reason: known.and_then(|entry| entry.reason.clone()),
            expires: known.and_then(|entry| entry.expires),
            line: 0,
        });
    }
    let unused =
        |entry: &&Entry| outcome.unused.iter().any(|unused| unused.fingerprint == Some(entry.fingerprint));
    let left = index.values().map(|&at| &old.entries[at]);
    entries.extend(left.filter(|e| !seen.contains_key(&e.fingerprint) && !unused(e)).cloned());
    entries
}
