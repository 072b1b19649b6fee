//! Workflows and composite actions of GitHub.

use super::actions::{self, Kind};
use super::command::{self, Secrets};
use super::{Act, BuildArg, Job, Push, Trigger, What};
use crate::text::{Source, Span};
use crate::yaml::Node;

/// Jobs of a workflow that are read; each may wait for all others.
const MOST_JOBS: usize = 256;

/// The events that start a workflow.
pub(super) fn triggers(root: Node) -> Vec<Trigger> {
    let Some(on) = root.get("on") else { return Vec::new() };
    let plain = |node: Node| {
        Some(Trigger { name: node.as_str()?.into(), at: node.resolved().span(), types: Vec::new() })
    };
    let types = |node: Node| {
        let items = node.get("types").into_iter().flat_map(Node::items);
        items.filter_map(Node::as_str).map(Box::from).collect()
    };
    let entries = on.entries();
    let long = entries.iter().map(|entry| Trigger {
        name: entry.key_str().into(),
        at: entry.key_span(),
        types: types(entry.value),
    });
    plain(on).into_iter().chain(on.items().filter_map(plain)).chain(long).collect()
}

/// The jobs of a workflow; the steps of a composite action are one.
pub(super) fn jobs(source: &Source, root: Node) -> Vec<Job> {
    let entries = root.get("jobs").map(Node::entries).unwrap_or_default();
    if entries.len() > MOST_JOBS {
        return Vec::new();
    }
    let outer = secrets(root, &Secrets::new());
    if let Some(steps) = root.at(&["runs", "steps"]) {
        let mut job = Job::default();
        add_steps(source, steps, &outer, &mut job);
        return vec![job];
    }
    let mut jobs: Vec<Job> = entries.iter().map(|entry| job(source, entry.value, &outer)).collect();
    let number = |name: Node| entries.iter().position(|entry| Some(entry.key_str()) == name.as_str());
    let named = |job: Node| {
        let needs = job.get("needs");
        needs.into_iter().chain(needs.into_iter().flat_map(Node::items)).filter_map(number).collect()
    };
    let named: Vec<Vec<usize>> = entries.iter().map(|entry| named(entry.value)).collect();
    super::wait(&mut jobs, &named);
    jobs
}

fn job(source: &Source, node: Node, outer: &Secrets) -> Job {
    let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
    let hosted = ["ubuntu-", "macos-", "windows-"].iter().any(|name| text("runs-on").starts_with(name));
    let mut job = Job {
        is_fresh: hosted && node.get("services").is_none() && node.get("container").is_none(),
        is_guarded: node.get("environment").is_some() || is_gate(text("if")),
        ..Job::default()
    };
    if let Some(uses) = node.get("uses") {
        // A workflow of this repository is read by itself.
        let may_scan = !uses.as_str().is_some_and(|uses| uses.starts_with("./"));
        let at = uses.resolved().span();
        job.acts.push(Act { what: What::Unknown { may_scan }, at, extent: at, is_conditional: false });
    }
    if let Some(steps) = node.get("steps") {
        add_steps(source, steps, &secrets(node, outer), &mut job);
    }
    if !text("if").is_empty() {
        job.acts.iter_mut().for_each(|act| act.is_conditional = true);
    }
    job
}

/// A condition that lets in only what somebody has looked at.
fn is_gate(condition: &str) -> bool {
    ["label", "full_name", ".fork", "author_association", "actor", "login", "merged"]
        .iter()
        .any(|word| condition.contains(word))
}

fn add_steps(source: &Source, steps: Node, outer: &Secrets, job: &mut Job) {
    for step in steps.items().filter(|step| step.is_mapping()) {
        let first = job.acts.len();
        let condition = step.get("if").and_then(Node::as_str).unwrap_or_default();
        let secrets = secrets(step, outer);
        if let Some(script) = step.get("run").and_then(Node::joined) {
            command::acts(source, &script, &secrets, step.span(), &mut job.acts);
        } else if let Some(uses) = step.get("uses") {
            action(step, uses, &mut job.acts);
        }
        if !condition.is_empty() {
            job.acts[first..].iter_mut().for_each(|act| act.is_conditional = true);
        }
        job.is_guarded |= is_gate(condition);
    }
}

/// What a step with an action does.
fn action(step: Node, uses: Node, acts: &mut Vec<Act>) {
    let name = uses.as_str().unwrap_or_default();
    let place = uses.resolved().span();
    let input = |key: &str| step.at(&["with", key]).and_then(Node::as_str).unwrap_or_default();
    let mut act =
        |what, at: Span, is_conditional| acts.push(Act { what, at, extent: step.span(), is_conditional });
    match actions::kind(name) {
        Some(Kind::Checkout) => {
            let takes = ["pull_request.head", "head_ref", "refs/pull/"]
                .iter()
                .any(|word| input("ref").contains(word));
            let other = input("repository").contains("pull_request.head");
            if takes || other {
                act(What::TakesForeignCode, place, false);
            }
        }
        Some(kind @ (Kind::Build | Kind::Bake)) => {
            let context = input(if kind == Kind::Bake { "source" } else { "context" });
            let from_files = kind == Kind::Build && name.starts_with("redhat-actions/")
                || !context.is_empty() && !context.contains("://") && !context.contains("{{");
            act(What::Build { args: build_args(step), from_files }, place, false);
            let push = step.at(&["with", "push"]).and_then(Node::as_str).unwrap_or_default();
            let outputs = input("outputs");
            let by_digest = outputs.contains("push-by-digest=true");
            let is_pushed =
                push == "true" || outputs.contains("push=true") || outputs.contains("type=registry");
            let may_push = push.contains("${{");
            if (is_pushed || may_push) && !by_digest {
                let at = step
                    .at(&["with", "push"])
                    .or(step.at(&["with", "outputs"]))
                    .map_or(place, |node| node.resolved().span());
                let images = input("tags").split(['\n', ',']).map(str::trim).filter(|tag| !tag.is_empty());
                let push = Push { images: images.map(Box::from).collect(), promotes: false };
                act(What::Push(push), at, !is_pushed);
            }
        }
        Some(Kind::Push) => {
            let images = input("tags").split_whitespace().map(Box::from).collect();
            act(What::Push(Push { images, promotes: false }), place, false);
        }
        Some(Kind::Scan) => {
            if scans_image(step) {
                let name = name.split('@').next().unwrap_or_default();
                act(What::Scan { name: name.into() }, place, false);
            }
        }
        Some(Kind::Login) => act(What::Login, place, false),
        Some(Kind::Harmless) => {}
        None => {
            let may_scan = actions::may_scan(name);
            act(What::Unknown { may_scan }, place, false);
        }
    }
}

/// Whether a scanner is given an image, not the files of the repository.
fn scans_image(step: Node) -> bool {
    let input = |key: &str| step.at(&["with", key]).and_then(Node::as_str).unwrap_or_default();
    let files = matches!(input("scan-type"), "fs" | "config" | "repo" | "filesystem" | "repository");
    let folder = !input("path").is_empty() && input("image").is_empty() && input("sbom").is_empty();
    !files && !folder
}

/// The build arguments of an action that get a secret.
fn build_args(step: Node) -> Vec<BuildArg> {
    let Some(list) = step.at(&["with", "build-args"]) else { return Vec::new() };
    let Some(joined) = list.joined() else { return Vec::new() };
    let mut found = Vec::new();
    let mut start = 0;
    for line in joined.text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let at = start + line.len() - trimmed.len();
        start += line.len();
        let Some((name, value)) = trimmed.split_once('=') else { continue };
        if let Some(secret) = command::named(value) {
            found.push(BuildArg {
                name: name.trim().into(),
                at: joined.span(at..at + name.trim_end().len()),
                secret,
            });
        }
    }
    found
}

/// The variables that hold secrets: those of `env`, and those from around.
fn secrets(node: Node, outer: &Secrets) -> Secrets {
    let mut all = outer.clone();
    for entry in node.get("env").into_iter().flat_map(Node::entries) {
        match entry.value.as_str().and_then(command::named) {
            Some(secret) => all.insert(entry.key_str().into(), secret),
            None => all.remove(entry.key_str()),
        };
    }
    all
}
