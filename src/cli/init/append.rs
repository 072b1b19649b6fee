//! Adds an entry to a `.pre-commit-config.yaml` that people have written, or says why it should be done by hand.
//!
//! Nothing of the text is written anew: the entry goes in between two lines, and the result is read again to prove that
//! all else is as it was.

use crate::text::Source;
use crate::yaml::{self, Node, Yaml};

/// The text with the entry, whose lines are made for an indentation; `None` if hullguard is there already.
///
/// # Errors
/// Why it is not safe.
pub(super) fn append(
    bytes: &[u8],
    entry: impl Fn(&str) -> Vec<String>,
) -> Result<Option<Vec<u8>>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not valid UTF-8")?;
    let source = Source::new(".pre-commit-config.yaml", bytes.to_vec());
    if source.text() != text {
        return Err("its encoding is unusual");
    }
    let tree = yaml::parse(&source);
    let repos = repos(&tree)?;
    let items: Vec<Node> = repos.items().collect();
    if items.iter().any(|item| is_ours(*item)) {
        return Ok(None);
    }
    let (Some(first), Some(last)) = (items.first(), items.last()) else { return Err("`repos` is empty") };

    let start = first.span_with_props().start as usize;
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let lead = text[line..start].trim_start_matches('\u{feff}');
    let indent = lead.trim_end_matches(' ').strip_suffix('-');
    let indent = indent.filter(|indent| indent.bytes().all(|b| b == b' ')).ok_or("its form is unusual")?;

    let end = last.span_with_props().end as usize;
    let end = text[..end].trim_end().len();
    let mut at = line_end(text, end);
    // What is commented out in the last entry stays in it.
    while at < text.len() {
        let next = &text[at..line_end(text, at)];
        let bare = next.trim_start_matches(' ');
        if !bare.starts_with('#') || next.len() - bare.len() <= indent.len() {
            break;
        }
        at += next.len();
    }
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let before = if text[..at].ends_with('\n') { "" } else { eol };
    let piece = entry(indent).join(eol);
    let new = format!("{}{before}{piece}{eol}{}", &text[..at], &text[at..]);
    if is_only_longer(&source, &tree, &new) { Ok(Some(new.into_bytes())) } else { Err("its form is unusual") }
}

/// Where the line ends that a place is in, its line break included.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

fn repos<'y>(tree: &'y Yaml<'y>) -> Result<Node<'y>, &'static str> {
    if !tree.errors.is_empty() || !tree.duplicate_keys().is_empty() {
        return Err("it has a syntax error");
    }
    if tree.documents().count() != 1 {
        return Err("it is not one YAML document");
    }
    let root = tree.root().filter(|root| root.is_mapping() && !root.is_flow());
    let value = root.ok_or("its form is unusual")?.raw_entries().find(|entry| entry.key_str() == "repos");
    let repos = value.ok_or("it has no `repos`")?.value;
    let is_block = repos.is_sequence() && !repos.is_flow() && !repos.is_alias();
    if !is_block {
        return Err("`repos` is not a list with one entry a line");
    }
    if repos.alias_count() > 0 {
        return Err("an alias repeats `repos` elsewhere, and would get the entry, too");
    }
    Ok(repos)
}

fn is_ours(item: Node) -> bool {
    let repo = item.get("repo").and_then(Node::as_str).unwrap_or_default();
    let ids = item.get("hooks").into_iter().flat_map(Node::items).filter_map(|hook| hook.get("id")?.as_str());
    repo.trim_end_matches(".git").ends_with("/hullguard")
        || ids.into_iter().any(|id| id.starts_with("hullguard"))
}

/// The new text has one entry more, which is ours, and all else as it was.
fn is_only_longer(old: &Source, old_tree: &Yaml, new: &str) -> bool {
    let source = Source::new(".pre-commit-config.yaml", new.into());
    let tree = yaml::parse(&source);
    let (Ok(before), Ok(after)) = (repos(old_tree), repos(&tree)) else { return false };
    let (before, after): (Vec<Node>, Vec<Node>) = (before.items().collect(), after.items().collect());
    let same = |a: Node, b: Node| old.slice(a.span()).trim_end() == source.slice(b.span()).trim_end();
    let keys = |tree: &Yaml, source: &Source| -> Vec<String> {
        let entries = tree.root().into_iter().flat_map(Node::raw_entries);
        let others = entries.filter(|entry| entry.key_str() != "repos");
        others.map(|entry| source.slice(entry.span()).trim_end().to_owned()).collect()
    };
    // Line breaks at the end of a block scalar may be part of its value.
    let ends_as_before = match (before.last(), after.get(before.len().wrapping_sub(1))) {
        (Some(before), Some(after)) => last_scalar(*before) == last_scalar(*after),
        _ => false,
    };
    after.len() == before.len() + 1
        && ends_as_before
        && before.iter().zip(&after).all(|(a, b)| same(*a, *b))
        && after.last().is_some_and(|last| is_ours(*last))
        && keys(old_tree, old) == keys(&tree, &source)
}

/// The text of the scalar that a node ends with.
fn last_scalar<'y>(mut node: Node<'y>) -> Option<&'y str> {
    loop {
        if node.is_alias() {
            return None;
        }
        let inner = node.items().last().or_else(|| Some(node.raw_entries().last()?.value));
        let Some(inner) = inner else { return node.as_str() };
        node = inner;
    }
}
