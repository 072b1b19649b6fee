//! What scripts and pipelines do with the engine's socket and its group, and which engines they command.

use super::{Access, AccessKind};
use crate::shell::{self, Call, Word};
use crate::text::{Joined, Source, Span};
use crate::yaml;

/// The accesses of a script.
pub(super) fn of_script(script: &Joined, found: &mut Vec<Access>) {
    let parsed = shell::parse(script);
    for change in &parsed.facts().mode_changes {
        if change.world_writable() && change.paths.iter().any(|path| is_socket(&path.text)) {
            found.push(Access { at: change.mode_span, kind: AccessKind::OpenSocket });
        }
    }
    // Set once, it holds for what follows.
    let is_encrypted = script.text.contains("DOCKER_TLS_VERIFY") || script.text.contains("--tlsverify");
    for call in parsed.calls() {
        if let Some(at) = new_owner(&call) {
            found.push(Access { at, kind: AccessKind::OtherOwner });
        }
        if let Some(at) = joins_group(&call).filter(|_| !call.place.conditional) {
            found.push(Access { at, kind: AccessKind::Member });
        }
        let assigned = call.assignments.iter().chain(call.wrappers);
        let exported = if call.is("export") { call.args() } else { &[] };
        let client = |word: &Word| {
            let address = word.text.strip_prefix("DOCKER_HOST=")?.strip_prefix("tcp://")?;
            (!word.expands).then(|| Access { at: word.span, kind: AccessKind::Client(address.into()) })
        };
        if !is_encrypted {
            found.extend(assigned.chain(exported).filter_map(client));
            found.extend(commanded(&call));
        }
    }
}

/// The engines of other machines that the variables of a pipeline name. A name without a domain is a service of the job.
pub(super) fn of_pipeline(source: &Source, found: &mut Vec<Access>) {
    if source.text().contains("DOCKER_TLS_VERIFY") {
        return;
    }
    let file = yaml::parse(source);
    for variables in file.nodes().filter(|node| node.is_mapping() && !node.is_alias()) {
        let Some(value) = variables.get("DOCKER_HOST").map(yaml::Node::resolved) else { continue };
        let address = value.as_str().and_then(|text| text.strip_prefix("tcp://"));
        if let Some(address) = address.filter(|address| {
            let host = address.split([':', '/']).next().unwrap_or_default();
            host.contains('.') && !address.contains('$')
        }) {
            found.push(Access { at: value.span(), kind: AccessKind::Client(address.into()) });
        }
    }
}

fn is_socket(path: &str) -> bool {
    matches!(path, "/var/run/docker.sock" | "/run/docker.sock")
}

/// Whom a `chown` gives the socket to, unless that is root.
fn new_owner(call: &Call) -> Option<Span> {
    if !call.is("chown") {
        return None;
    }
    let operands = call.operands();
    let (owner, paths) = operands.split_first()?;
    let name = owner.text.split([':', '.']).next().unwrap_or_default();
    let is_somebody = !matches!(name, "" | "root" | "0");
    let is_known = !owner.expands
        || ["USER", "LOGNAME", "whoami", "id -u", "UID"].iter().any(|word| name.contains(word));
    (is_somebody && is_known && paths.iter().any(|path| is_socket(&path.text))).then_some(owner.span)
}

/// `docker -H tcp://10.0.0.5:2375 ps`
fn commanded(call: &Call) -> Option<Access> {
    if !call.is("docker") {
        return None;
    }
    let mut words = call.args().iter();
    while let Some(word) = words.next().filter(|word| word.text.starts_with('-')) {
        let value = match &*word.text {
            "-H" | "--host" => words.next()?,
            _ => word,
        };
        let text =
            value.text.strip_prefix("--host=").or(value.text.strip_prefix("-H=")).unwrap_or(&value.text);
        if let Some(address) = text.strip_prefix("tcp://").filter(|_| !value.expands) {
            return Some(Access { at: value.span, kind: AccessKind::Client(address.into()) });
        }
    }
    None
}

/// The word with which a call makes a user a member of `docker`.
pub fn joins_group(call: &Call<'_>) -> Option<Span> {
    let is_group = |text: &str| text.split(',').any(|group| group == "docker");
    match call.name()? {
        "usermod" | "useradd" => {
            let (value, span) = call.flag('G', "groups")?;
            value.is_some_and(is_group).then_some(span)
        }
        "adduser" | "addgroup" => {
            let operands = call.operands();
            let (group, user) = (operands.get(1)?, operands.first()?);
            (&*group.text == "docker" && &*user.text != "docker").then_some(group.span)
        }
        "gpasswd" if call.has_flag('a', "add") || call.has_flag('M', "members") => {
            let word = call.args().last()?;
            (&*word.text == "docker").then_some(word.span)
        }
        _ => None,
    }
}
