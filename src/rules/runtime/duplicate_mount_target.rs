use std::collections::HashMap;

use super::pulled;
use crate::container::{At, ContainerSpec, Text};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let mounts = spec.mounts.iter().filter_map(|mount| Some((mount.target.as_ref()?, mount.at)));
    let tmpfs = spec.tmpfs.iter().map(|text| (text, text.at));
    let mut known: HashMap<String, At> = HashMap::new();
    for (text, at) in mounts.chain(tmpfs) {
        let Some(target) = cleaned(text) else { continue };
        if let Some(first) = known.get(&target).filter(|first| first.span != at.span) {
            let message = format!(
                "{} has another mount at `{target}`, so only one of them is there; remove one, or correct its target",
                pulled::name(spec)
            );
            pulled::on(cx, spec, out, at, message).see_on(cx, *first, "the other one");
        }
        known.entry(target).or_insert(at);
    }
}

/// The path, without options of a `tmpfs` and without slashes at its end.
fn cleaned(text: &Text) -> Option<String> {
    let path = text.value()?.split(':').next()?.trim();
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    path.starts_with('/').then(|| path.to_owned())
}
