use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::yaml::{Entry, Node};

/// Lists that protect a container, and that YAML replaces as a whole.
const LISTS: [&str; 2] = ["cap_drop", "security_opt"];

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        let own: Vec<Entry> = service.value.raw_entries().collect();
        let lists = LISTS.map(|name| own.iter().find(|entry| entry.key_str() == name));
        let lists: Vec<&Entry> = lists.into_iter().flatten().collect();
        if lists.is_empty() {
            continue;
        }
        let bases = own.iter().filter(|entry| entry.is_merge()).flat_map(|entry| {
            let several = entry.value.items().collect::<Vec<Node>>();
            if several.is_empty() { vec![entry.value] } else { several }
        });
        for base in bases {
            for list in &lists {
                let Some(before) = base.entry(list.key_str()) else { continue };
                let Some(lost) = lost(before.value, list.value) else { continue };
                let message = format!(
                    "this replaces the whole `{}` of the merged mapping, so `{lost}` is lost; repeat it here",
                    list.key_str()
                );
                let related = At::new(file.id, before.key_span());
                out.on(cx, At::new(file.id, list.key_span()), message).see_on(cx, related, "it is set here");
            }
        }
    }
}

/// An item of the first list that the second one does not have.
fn lost<'y>(before: Node<'y>, after: Node<'y>) -> Option<&'y str> {
    let name = |item: Node<'y>| item.as_str();
    let kept: Vec<&str> = after.items().filter_map(name).collect();
    let same = |one: &str, other: &str| one.replace('=', ":").eq_ignore_ascii_case(&other.replace('=', ":"));
    before.items().filter_map(name).find(|item| {
        let about = item.split(['=', ':']).next().unwrap_or_default();
        // Another value for the same option is a choice.
        !kept
            .iter()
            .any(|kept| same(kept, item) || kept.split(['=', ':']).next() == Some(about) && about != *item)
    })
}
