//! `hullguard action`: what an event of GitHub Actions brought, checked and told.
//!
//! `github::event` says what to look at, `ground` gets it, `sides` compares, `github::deliver` tells. The commit is
//! read from git's objects: nothing of a pull request is checked out, followed or run here.

mod borrowed;
mod changes;
mod fetch;
mod ground;
mod inputs;
mod lines;
mod sides;
mod tell;

use std::collections::{HashMap, HashSet};
use std::env;
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use git2::Repository;
use serde_json::Value;

use super::{CLEAN, FAILED, FOUND, output, print, term};
use crate::config::FailOn;
use crate::finding::{Finding, Status};
use crate::github::event::{Against, Event, Look, Task};
use crate::github::{self, Gate, Plan, Reporter, Target};
use crate::input::commit::Committed;
use crate::outcome::Outcome;
use crate::report::{self, Hider, Options, sarif};
use crate::rule::{Family, Severity};
use crate::scan::Watch;
use changes::Changes;
use fetch::Remote;
use inputs::{Inputs, Over, Past, Reach, Say, variable};
use sides::{Law, Sides};
use tell::Run;

/// GitHub's own payloads end at 25 MB.
const PAYLOAD: u64 = 32 << 20;
/// How long to wait for code scanning to read an upload.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn run() -> Result<u8> {
    let done = work();
    if let Err(error) = &done {
        // On the page of the run, where people look first. Who set an output waits for it.
        let mut outcome = Outcome { error: Some(format!("{error:#}")), ..Outcome::default() };
        report::hide(&mut outcome);
        let mut log = Vec::new();
        report::github::write(&outcome, &Options::default(), &mut log)?;
        print(&log)?;
        tell::outputs(&[("complete", "false".to_owned()), ("conclusion", "failure".to_owned())])?;
    }
    done
}

fn work() -> Result<u8> {
    let inputs = Inputs::read()?;
    let event = event()?;
    let look = match event.task().map_err(|why| anyhow::anyhow!(why))? {
        Task::Look(look) => look,
        Task::Nothing(why) => {
            term::complain(&format!("nothing to check: {why}"));
            tell::outputs(&[("complete", "true".to_owned()), ("conclusion", "success".to_owned())])?;
            return Ok(CLEAN);
        }
    };
    let watch = Watch::default();
    term::end_early(&watch.stop)?;
    let workspace =
        variable("GITHUB_WORKSPACE").map_or_else(env::current_dir, |path| Ok(PathBuf::from(path)));
    let workspace = workspace.context("the current folder cannot be read")?;
    let root = workspace.join(&inputs.folder);
    let repository = ground::repository(&workspace, &inputs.folder)?;
    let remote = Remote {
        server_url: variable("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned()),
        repository: variable("GITHUB_REPOSITORY").unwrap_or_default(),
        token: inputs.token.clone(),
        watch: &watch,
    };
    let done = look_at(&inputs, &look, &repository, &root, &remote, &watch);
    match ground::partial(&repository) {
        Some(help) => done.context(help),
        None => done,
    }
}

/// Checks what the event is about and tells it.
fn look_at(
    inputs: &Inputs,
    look: &Look,
    repository: &Repository,
    root: &std::path::Path,
    remote: &Remote,
    watch: &Watch,
) -> Result<u8> {
    let all = match inputs.history {
        Past::Auto => look.against == Against::Nothing,
        Past::Full => true,
        Past::None => false,
    };
    let ground = ground::find(repository, look, remote, all)?;

    let head = Committed::open(repository, ground.head)?;
    let (law, base_law) = laws(inputs, look, repository, &ground, &head, root)?;
    let watch = &law.watch(watch);
    if let Some(file) = &inputs.sarif_file {
        let settings: Vec<PathBuf> = law.config.settings().cloned().collect();
        output::protect(file, &settings, &[]).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let changes = ground.base.map(|base| Changes::between(repository, base, ground.head)).transpose()?;
    let reporters = reporters(inputs, look);
    let whole = match inputs.reach {
        Reach::Auto => {
            inputs.sarif_file.is_some() || reporters.contains(&Reporter::Sarif) || inputs.over == Over::All
        }
        Reach::Changed => false,
        Reach::All => true,
    };
    let task = sides::Task {
        repository,
        ground: &ground,
        changes: changes.as_ref(),
        inputs,
        base_law: base_law.as_ref(),
        whole,
    };
    let mut sides = sides::check(&task, &law, &head, watch)?;
    watch.stop.store(true, Ordering::Relaxed);
    let silenced = silenced(&sides);
    if inputs.count_suppressed {
        sides.count_silenced();
    }
    // Paths are compared as they are, before secrets in them are hidden.
    let in_scope = scope(inputs, &sides, changes.as_ref(), repository);
    report::hide(&mut sides.all);
    let scope = sides.only(|at, _| in_scope.contains(&at));
    let least = inputs.fail_on.or(law.config.fail_on).unwrap_or_default();
    let gate = gate(least, &scope);
    let level = match least {
        FailOn::At(least) => least.min(inputs.report_level),
        FailOn::Never => inputs.report_level,
    };
    let (shown, all) = (at_least(level, &scope), at_least(level, &sides.all));
    if let Some(file) = &inputs.sarif_file {
        let mut text = Vec::new();
        sarif::write_as(&inputs.category, sarif::RESULTS, &all, &Options::default(), &mut text)?;
        output::write(file, &|out| out.write_all(&text))?;
    }
    let target = Target {
        api_url: variable("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".to_owned()),
        server_url: remote.server_url.clone(),
        repository: remote.repository.clone(),
        head_sha: ground.head.to_string(),
        git_ref: look.git_ref.clone(),
        pull_request: look.pull_request,
        token: inputs.token.clone(),
        login: None,
    };
    let plan = Plan {
        reporters,
        gate,
        category: inputs.category.clone(),
        max_comments: inputs.max_comments,
        tree: inputs.suggestions.then_some(&head),
        diff: changes.map(|changes| changes.shown),
        whole: Some(&all),
        // What counts as open is told as such.
        silenced: if inputs.count_suppressed { &[] } else { &silenced },
        patience: PATIENCE,
    };
    let delivery = github::deliver(&target, &shown, &plan);
    print(&delivery.log)?;
    let mut words = law.words.clone();
    words.extend(ground.words.iter().map(|&word| word.to_owned()));
    words.extend(sides.words.iter().cloned());
    words.extend(tell::silenced(&silenced));
    words.extend(ground::partial(repository).filter(|_| scope.is_incomplete()).map(str::to_owned));
    for word in &words {
        term::complain(&format!("warning: {word}"));
    }
    let (sides, scope) = (&sides, &scope);
    let run = Run {
        target: &target,
        sides,
        scope,
        shown: &shown,
        silenced: silenced.len(),
        gate,
        delivery: &delivery,
        words: &words,
    };
    run.tell(inputs.sarif_file.as_deref())?;
    Ok(if scope.is_incomplete() {
        FAILED
    } else if gate == Gate::Failed {
        FOUND
    } else {
        CLEAN
    })
}

fn event() -> Result<Event> {
    let name = variable("GITHUB_EVENT_NAME").unwrap_or_default();
    let payload = match variable("GITHUB_EVENT_PATH") {
        None => Value::Null,
        Some(path) => {
            let mut bytes = Vec::new();
            let file =
                fs::File::open(&path).context("the event's payload (GITHUB_EVENT_PATH) cannot be read")?;
            file.take(PAYLOAD + 1).read_to_end(&mut bytes).context("the event's payload cannot be read")?;
            if bytes.len() as u64 > PAYLOAD {
                bail!("the event's payload is larger than 32 MiB");
            }
            serde_json::from_slice(&bytes).context("the event's payload is not valid JSON")?
        }
    };
    let text = |name| variable(name).unwrap_or_default();
    Ok(Event { name, payload, sha: text("GITHUB_SHA"), git_ref: text("GITHUB_REF") })
}

/// Whoever proposes a change does not say what counts as a finding in it, unless the workflow lets them. Where the commit
/// itself says it, the other law is its base's: what only that shows, the commit silences.
fn laws(
    inputs: &Inputs,
    look: &Look,
    repository: &Repository,
    ground: &ground::Ground,
    head: &Committed,
    root: &std::path::Path,
) -> Result<(Law, Option<Law>)> {
    let says = inputs.config_from.unwrap_or(if look.proposed { Say::Base } else { Say::Head });
    match (says, ground.base) {
        (Say::Base, Some(base)) => {
            Ok((Law::read(inputs, says, &Committed::open(repository, base)?, root)?, None))
        }
        // Two histories with nothing in common: there is no base to ask.
        (Say::Base, None) if look.proposed => Ok((Law::read(inputs, Say::None, head, root)?, None)),
        (Say::Head, Some(base)) => {
            let law = Law::read(inputs, says, head, root)?;
            // One that cannot be read, which the commit may mend, silences nothing.
            let base = Law::read(inputs, Say::Base, &Committed::open(repository, base)?, root).ok();
            Ok((law, base))
        }
        _ => Ok((Law::read(inputs, says, head, root)?, None)),
    }
}

fn reporters(inputs: &Inputs, look: &Look) -> Vec<Reporter> {
    let mut reporters = inputs.report.clone().unwrap_or_else(|| match look.pull_request {
        Some(_) => vec![Reporter::Review, Reporter::Check],
        None => vec![Reporter::Sarif, Reporter::Check],
    });
    // Nothing was asked for but silence.
    if inputs.report.is_none() {
        reporters.push(Reporter::Log);
    }
    let uploads = look.uploads && inputs.reach != Reach::Changed;
    reporters.retain(|&reporter| reporter != Reporter::Sarif || uploads);
    reporters
}

/// The findings that the gate is on, and that are told where only what is new belongs; with those that are silenced.
fn scope(
    inputs: &Inputs,
    sides: &Sides,
    changes: Option<&Changes>,
    repository: &Repository,
) -> HashSet<usize> {
    let mut added: HashMap<&str, HashSet<u32>> = HashMap::new();
    let mut is_touched = |at: usize, finding: &'_ Finding| {
        let Some(changes) = changes.filter(|_| !sides.past.contains(&at)) else { return true };
        let path = changes.new.get(&*finding.place.path).map_or("", String::as_str);
        let lines = added.entry(path).or_insert_with(|| changes.added(repository, path));
        let place = &finding.place;
        // A secret that the base has not came with the change, wherever its line is said to be.
        let is_secret = finding.rule.family == Family::Secrets;
        is_secret || (place.start.line..=place.end.line).any(|line| lines.contains(&line))
    };
    let findings = sides.all.findings.iter().enumerate();
    let wanted = findings.filter(|&(at, finding)| match inputs.over {
        Over::All => true,
        _ if sides.silenced.contains(&at) => true,
        // Without a base all of it is told.
        _ if changes.is_none() && finding.status != Status::Open => true,
        Over::New => sides.fresh.contains(&at),
        Over::ChangedLines => sides.fresh.contains(&at) && is_touched(at, finding),
    });
    wanted.map(|(at, _)| at).collect()
}

/// What the change silences, as it may be shown.
fn silenced(sides: &Sides) -> Vec<Finding> {
    let mut silenced = sides.only(|at, _| sides.silenced.contains(&at));
    Hider::of(&sides.all).hide(&mut silenced);
    silenced.findings
}

/// What is milder is nobody's reading.
fn at_least(level: Severity, outcome: &Outcome) -> Outcome {
    let mut outcome = outcome.clone();
    outcome.findings.retain(|finding| finding.severity >= level);
    outcome
}

fn gate(least: FailOn, scope: &Outcome) -> Gate {
    let mut open = scope.findings.iter().filter(|finding| finding.status == Status::Open);
    match least {
        _ if scope.is_incomplete() => Gate::Failed,
        FailOn::Never => Gate::Neutral,
        _ if open.any(|finding| least.fails(finding.severity)) => Gate::Failed,
        FailOn::At(_) => Gate::Passed,
    }
}
