//! `hullguard action`: what an event of GitHub Actions brought, checked and told.
//!
//! `github::event` says what to look at, `ground` gets it, `sides` compares, `github::deliver` tells. The commit is
//! read from git's objects: nothing of a pull request is checked out, followed or run here.

mod changes;
mod fetch;
mod ground;
mod inputs;
mod sides;
mod tell;

use std::env;
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use git2::Repository;
use serde_json::Value;

use super::{CLEAN, FAILED, FOUND, print, term};
use crate::config::FailOn;
use crate::finding::{Finding, Status};
use crate::github::event::{Against, Event, Look, Task};
use crate::github::{self, Gate, Plan, Reporter, Target};
use crate::input::commit::Committed;
use crate::outcome::Outcome;
use crate::report::{self, Options, sarif};
use crate::rule::Severity;
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
        let outcome = Outcome { error: Some(format!("{error:#}")), ..Outcome::default() };
        let mut log = Vec::new();
        crate::report::github::write(&outcome, &Options::default(), &mut log)?;
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
    let root = workspace.context("the current folder cannot be read")?.join(&inputs.folder);
    let repository = ground::repository(&root)?;
    let server_url = variable("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
    let remote = Remote { server_url: server_url.clone(), token: inputs.token.clone() };
    let all = match inputs.history {
        Past::Auto => look.against == Against::Nothing,
        Past::Full => true,
        Past::None => false,
    };
    let ground = ground::find(&repository, &look, &remote, all)?;

    let head = Committed::open(&repository, ground.head)?;
    let law = law(&inputs, &look, &repository, &ground, &head, &root)?;
    let changes = ground.base.map(|base| Changes::between(&repository, base, ground.head)).transpose()?;
    let reporters = reporters(&inputs, &look);
    let whole = match inputs.reach {
        Reach::Auto => {
            inputs.sarif_file.is_some() || reporters.contains(&Reporter::Sarif) || inputs.over == Over::All
        }
        Reach::Changed => false,
        Reach::All => true,
    };
    let task = sides::Task {
        repository: &repository,
        ground: &ground,
        changes: changes.as_ref(),
        inputs: &inputs,
        whole,
    };
    let mut sides = sides::check(&task, &law, &head, &watch)?;
    report::hide(&mut sides.all);
    watch.stop.store(true, Ordering::Relaxed);

    let scope = scope(&inputs, &sides, changes.as_ref());
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
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let target = Target {
        api_url: variable("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".to_owned()),
        server_url,
        repository: variable("GITHUB_REPOSITORY").unwrap_or_default(),
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
        patience: PATIENCE,
    };
    let delivery = github::deliver(&target, &shown, &plan);
    print(&delivery.log)?;
    let mut words = law.words.clone();
    words.extend(ground.words.iter().map(|&word| word.to_owned()));
    if sides.silenced > 0 {
        words.push(format!(
            "{} that the base shows silenced by comments here",
            super::plural(sides.silenced, "finding")
        ));
    }
    for word in &words {
        term::complain(&format!("warning: {word}"));
    }
    let (sides, scope) = (&sides, &scope);
    let run = Run { target: &target, sides, scope, shown: &shown, gate, delivery: &delivery, words: &words };
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
            serde_json::from_slice(&bytes).context("the event's payload is no JSON")?
        }
    };
    let text = |name| variable(name).unwrap_or_default();
    Ok(Event { name, payload, sha: text("GITHUB_SHA"), git_ref: text("GITHUB_REF") })
}

/// Whoever proposes a change does not say what counts as a finding in it, unless the workflow lets them.
fn law(
    inputs: &Inputs,
    look: &Look,
    repository: &Repository,
    ground: &ground::Ground,
    head: &Committed,
    root: &std::path::Path,
) -> Result<Law> {
    let says = inputs.config_from.unwrap_or(if look.proposed { Say::Base } else { Say::Head });
    match (says, ground.base) {
        (Say::Base, Some(base)) => Law::read(inputs, says, &Committed::open(repository, base)?, root),
        // Two histories with nothing in common: there is no base to ask.
        (Say::Base, None) if look.proposed => Law::read(inputs, Say::None, head, root),
        _ => Law::read(inputs, says, head, root),
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

/// What the gate is on, and what is told where only what is new belongs.
fn scope(inputs: &Inputs, sides: &Sides, changes: Option<&Changes>) -> Outcome {
    let is_touched = |at: usize, finding: &Finding| {
        let lines = changes.and_then(|changes| changes.touched.get(&*finding.place.path));
        let touched = lines.is_some_and(|lines| lines.contains(&finding.place.start.line));
        touched || changes.is_none() || sides.past.contains(&at)
    };
    sides.only(|at, finding| match inputs.over {
        Over::All => true,
        Over::New => sides.fresh.contains(&at),
        Over::ChangedLines => sides.fresh.contains(&at) && is_touched(at, finding),
    })
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
