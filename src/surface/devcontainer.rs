//! `devcontainer.json`: the container that an editor works in; `devcontainer-feature.json`: what a feature adds to it.

use super::fill::Filler;
use super::pipeline::pairs;
use super::words::{at, key, known, stated, value};
use super::{Found, command, unread};
use crate::compose::short::{self, Short};
use crate::container::{ContainerSpec, Gap as Missing, Lifetime, Mount, MountKind, Port, Surface};
use crate::gap::Gap;
use crate::json;
use crate::shell::Word;
use crate::text::{Source, Span, last_part};
use crate::yaml::{Entry, Node};

/// What a feature of the same name gives the container. Source: their `devcontainer-feature.json`.
const NESTED: &str = "/docker-in-docker:";
const OUTSIDE: &str = "/docker-outside-of-docker:";

/// The container of a file, unless a Compose file describes it, and those that its command on the host starts.
pub(super) fn containers(source: &Source) -> Result<Vec<Found>, Gap> {
    let plain = with_variables(&json::plain(source));
    let file = json::parse(&plain).map_err(unread)?;
    let Some(root) = file.root().filter(|root| root.is_mapping()) else { return Ok(Vec::new()) };
    let own = root.get("dockerComposeFile").is_none().then(|| container(&plain, root));
    let host = root.get("initializeCommand").into_iter();
    let scripts = host.flat_map(|run| std::iter::once(run).chain(run.raw_entries().map(|entry| entry.value)));
    let started = command::of_nodes(source, scripts, Lifetime::Task);
    Ok(own.into_iter().chain(started).collect())
}

/// No variable is longer; bytes.
const LONGEST: usize = 256;

/// `${localEnv:HOME}` as `${localEnv_HOME}`, a variable as others have them.
fn with_variables(source: &Source) -> Source {
    let mut bytes = source.text().as_bytes().to_vec();
    for (start, _) in source.text().match_indices("${localEnv:") {
        let end = bytes[start..].iter().take(LONGEST).position(|&byte| byte == b'}');
        let end = end.map_or(start, |end| start + end);
        bytes[start..end].iter_mut().filter(|byte| **byte == b':').for_each(|byte| *byte = b'_');
    }
    Source::new(source.path().clone(), bytes)
}

fn container(source: &Source, root: Node) -> Found {
    let place = root.entries().first().map_or(root.span(), Entry::key_span);
    let mut spec = ContainerSpec::new(Surface::Devcontainer, "", at(place));
    spec.lifetime = Lifetime::Detached;
    spec.image = root.get("image").and_then(value);
    spec.user = root.get("containerUser").and_then(value);
    spec.environment = root.get("containerEnv").map(pairs).unwrap_or_default();
    spec.ports = ports(root);
    if last_part(source.path()) == "devcontainer-feature.json" {
        spec.gaps.push(Missing { at: at(place), why: "the rest of the container is elsewhere".into() });
    }
    let mut filler = Filler::new(spec);
    for (from, to) in [("privileged", "privileged"), ("init", "init")] {
        if let Some(setting) = root.get(from).and_then(value) {
            filler.switch(to, short::flag(&setting));
        }
    }
    for (from, to) in [("capAdd", "cap_add"), ("securityOpt", "security_opt")] {
        let Some(list) = root.entry(from) else { continue };
        for item in list.value.items().filter_map(value) {
            filler.set(to, &key(&list), item);
        }
    }
    if let Some(mount) = root.entry("workspaceMount")
        && let Some(text) = value(mount.value)
    {
        filler.set("mount", &key(&mount), text);
    }
    for mount in
        root.entry("mounts").iter().flat_map(|mounts| mounts.value.items().map(move |item| (mounts, item)))
    {
        match value(mount.1) {
            Some(text) => filler.set("mount", &key(mount.0), text),
            None => filler.spec.mounts.extend(long_mount(mount.1)),
        }
    }
    for feature in root.get("features").into_iter().flat_map(Node::raw_entries) {
        add_feature(&mut filler, &feature);
    }
    let arguments = root.get("runArgs").into_iter().flat_map(Node::items);
    let words: Vec<Word> = arguments.filter_map(word).collect();
    let mut spec = command::options(source, filler, &words).finish();
    spec.lifetime = Lifetime::Detached;
    Found { spec, extent: Span::new(0, source.text().len()) }
}

/// What the features that bring an engine add.
fn add_feature(filler: &mut Filler, feature: &Entry) {
    let place = at(feature.key_span());
    // Without a version the newest is taken.
    let name = format!("{}:", feature.key_str());
    if name.contains(NESTED) && filler.spec.privileged.is_none() {
        filler.switch("privileged", short::flag(&stated("true", place)));
        filler.spec.nests_engine = true;
    } else if name.contains(OUTSIDE) {
        let socket = Some(stated("/var/run/docker.sock", place));
        filler.spec.mounts.push(Mount { source: socket, ..Mount::long(MountKind::Bind, place) });
    }
}

/// `appPort`: a port of the host's loopback address, or as `docker run --publish` takes them.
fn ports(root: Node) -> Vec<Port> {
    let written = root.get("appPort").into_iter().flat_map(|port| std::iter::once(port).chain(port.items()));
    let mappings = written.filter_map(value).filter(|port| port.raw.contains(':'));
    mappings.map(|port| Short::new(known).port(&port)).collect()
}

/// An item of `runArgs`, which no shell reads.
fn word(node: Node) -> Option<Word> {
    let raw = node.as_str()?;
    Some(Word {
        span: node.resolved().span(),
        text: raw.into(),
        quoted: true,
        // `${localWorkspaceFolder}`
        expands: raw.contains("${"),
        ..Word::default()
    })
}

/// A mount as an object.
fn long_mount(node: Node) -> Option<Mount> {
    let kind = node.get("type").and_then(Node::as_str);
    let place = at(node.is_mapping().then(|| node.span())?);
    Some(Mount {
        source: node.get("source").and_then(value),
        target: node.get("target").and_then(value),
        ..Mount::long(if kind == Some("bind") { MountKind::Bind } else { MountKind::Volume }, place)
    })
}
