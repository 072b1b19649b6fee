//! `devcontainer.json`: the container that an editor works in; `devcontainer-feature.json`: what a feature adds to it.

use super::fill::Filler;
use super::pipeline::pairs;
use super::words::{at, key, value};
use super::{Found, command, unread};
use crate::compose::short;
use crate::container::{ContainerSpec, Gap as Missing, Lifetime, Mount, MountKind, Surface};
use crate::gap::Gap;
use crate::json;
use crate::shell::Word;
use crate::text::{Source, Span, last_part};
use crate::yaml::{Entry, Node};

/// The container of a file, unless a Compose file describes it.
pub(super) fn container(source: &Source) -> Result<Vec<Found>, Gap> {
    let plain = json::plain(source);
    let file = json::parse(&plain).map_err(unread)?;
    let Some(root) = file.root().filter(|root| root.is_mapping()) else { return Ok(Vec::new()) };
    if root.get("dockerComposeFile").is_some() {
        return Ok(Vec::new());
    }
    let place = root.entries().first().map_or(root.span(), Entry::key_span);
    let mut spec = ContainerSpec::new(Surface::Devcontainer, "", at(place));
    spec.lifetime = Lifetime::Detached;
    spec.image = root.get("image").and_then(value);
    spec.user = root.get("containerUser").and_then(value);
    spec.environment = root.get("containerEnv").map(pairs).unwrap_or_default();
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
    for mount in
        root.entry("mounts").iter().flat_map(|mounts| mounts.value.items().map(move |item| (mounts, item)))
    {
        match value(mount.1) {
            Some(text) => filler.set("mount", &key(mount.0), text),
            None => filler.spec.mounts.extend(long_mount(mount.1)),
        }
    }
    let arguments = root.get("runArgs").into_iter().flat_map(Node::items);
    let words: Vec<Word> = arguments.filter_map(word).collect();
    let mut spec = command::options(&plain, filler, &words).finish();
    spec.lifetime = Lifetime::Detached;
    Ok(vec![Found { spec, extent: Span::new(0, source.text().len()) }])
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
