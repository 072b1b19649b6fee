//! Pipelines in YAML: workflows and composite actions of GitHub, `.gitlab-ci.yml`. They run containers for their jobs, with
//! services beside them, and start others in scripts.

use super::fill::Filler;
use super::words::{at, key, value, without_scheme};
use super::{Found, build, command};
use crate::container::{Command, CommandForm, ContainerSpec, Lifetime, Pair, Surface};
use crate::gap::{Gap, Reason};
use crate::text::{Source, Span};
use crate::yaml::{self, Entry, Node};

/// The containers of a workflow's jobs, and those that its steps or the steps of an action start.
pub(super) fn workflow(source: &Source) -> Result<Vec<Found>, Gap> {
    let file = parse(source)?;
    let mut found = Vec::new();
    for node in mappings(&file).filter(|node| is_step(*node)) {
        found.extend(command::of_nodes(source, node.get("run"), Lifetime::Job));
        found.extend(build::step(node));
        found.extend(node.get("uses").and_then(pulled));
    }
    let root = file.root();
    found.extend(root.and_then(|root| root.at(&["runs", "image"])).and_then(pulled));
    let jobs = root.and_then(|root| root.get("jobs"));
    for job in jobs.into_iter().flat_map(Node::entries) {
        if let Some(container) = job.value.entry("container") {
            found.extend(job_container(source, &container, job.key_str()));
        }
        for service in job.value.get("services").into_iter().flat_map(Node::entries) {
            found.extend(job_container(source, &service, service.key_str()));
        }
    }
    Ok(found)
}

/// The images and services of GitLab's jobs, and the containers that their scripts start.
pub(super) fn gitlab(source: &Source) -> Result<Vec<Found>, Gap> {
    let file = parse(source)?;
    let mut found = Vec::new();
    for node in mappings(&file) {
        for name in ["before_script", "script", "after_script"] {
            let Some(script) = node.get(name) else { continue };
            let lines = script.items().flat_map(|line| std::iter::once(line).chain(line.items()));
            let scripts = std::iter::once(script).chain(lines);
            found.extend(command::of_nodes(source, scripts, Lifetime::Job));
        }
    }
    let root = file.root();
    let jobs = root.into_iter().flat_map(Node::entries).map(|job| job.value);
    for job in root.into_iter().chain(jobs).filter(|job| job.is_mapping()) {
        let services = job.get("services").into_iter().flat_map(Node::items);
        found.extend(job.get("image").into_iter().chain(services).filter_map(gitlab_image));
    }
    Ok(found)
}

fn parse(source: &Source) -> Result<yaml::Yaml<'_>, Gap> {
    let file = yaml::parse(source);
    let Some(error) = file.errors.first() else { return Ok(file) };
    let line = source.line_of(error.span.start as usize);
    let why = format!("not searched for containers: line {line} is not valid YAML");
    Err(Gap::new(Reason::OtherFormat, why))
}

/// Every mapping once: what aliases stand for is a node, too.
fn mappings<'y>(file: &'y yaml::Yaml<'y>) -> impl Iterator<Item = Node<'y>> {
    file.nodes().filter(|node| !node.is_alias() && node.is_mapping())
}

/// An item of `steps`.
fn is_step(node: Node) -> bool {
    let Some(list) = node.parent().filter(|list| list.is_sequence()) else { return false };
    let steps = list.parent().and_then(|above| above.get("steps"));
    steps.is_some_and(|steps| steps.id() == list.id())
}

/// `container:` of a job, or one of its `services:`; an image alone, or a mapping.
fn job_container(source: &Source, entry: &Entry, name: &str) -> Option<Found> {
    let body = entry.value;
    let image = if body.is_mapping() { body.get("image") } else { Some(body) };
    let mut spec = new(name, entry.key_span());
    spec.image = image.and_then(value).filter(|image| !image.raw.is_empty());
    // `container: ${{ … }}` may hold anything.
    spec.image.as_ref()?;
    let mut filler = Filler::new(spec);
    for (from, to) in [("volumes", "volumes"), ("ports", "ports")] {
        let Some(list) = body.entry(from) else { continue };
        for item in list.value.items().filter_map(value) {
            filler.set(to, &key(&list), item);
        }
    }
    for name in ["entrypoint", "command"] {
        let words = body.get(name).and_then(value).map(|text| (text.at, CommandForm::Line(text)));
        let command = words.map(|(at, form)| Command { form, at });
        let place = if name == "command" { &mut filler.spec.command } else { &mut filler.spec.entrypoint };
        *place = command;
    }
    filler.spec.environment = body.get("env").map(pairs).unwrap_or_default();
    if let Some(options) = body.get("options").and_then(Node::joined) {
        filler = command::flags_in(source, filler, &options);
    }
    Some(Found { spec: filler.finish(), extent: entry.span() })
}

/// `docker://image`, as a step uses it, or as an action is made of it.
fn pulled(image: Node) -> Option<Found> {
    let image = value(image).filter(|image| image.raw.starts_with("docker://"))?;
    let (place, image) = (image.at.span, without_scheme(image));
    let mut spec = new("", place);
    spec.image = Some(image);
    Some(Found { spec, extent: place })
}

fn new(name: &str, place: Span) -> ContainerSpec {
    let mut spec = ContainerSpec::new(Surface::Job, name, at(place));
    spec.lifetime = Lifetime::Job;
    spec
}

/// A mapping of names to values.
pub(super) fn pairs(node: Node) -> Vec<Pair> {
    let pair = |entry: Entry| Pair { key: key(&entry), value: value(entry.value), at: at(entry.span()) };
    node.entries().into_iter().map(pair).collect()
}

/// `image:` or an item of `services:`; a name alone, or a mapping with `name`.
fn gitlab_image(node: Node) -> Option<Found> {
    let image = value(if node.is_mapping() { node.get("name")? } else { node })?;
    let alias = node.get("alias").and_then(Node::as_str).unwrap_or_default();
    let mut spec = new(alias, image.at.span);
    spec.environment = node.get("variables").map(pairs).unwrap_or_default();
    spec.user = node.at(&["docker", "user"]).and_then(value);
    spec.image = Some(image);
    Some(Found { spec, extent: node.resolved().span() })
}
