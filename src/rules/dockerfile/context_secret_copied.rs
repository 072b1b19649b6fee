use std::collections::HashMap;

use super::contexts::{self, Source};
use super::secret_files;
use super::shipping::in_image;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::project::Sent;
use crate::purpose::Purpose;
use crate::rule::Context;

/// Names that a message lists.
pub(super) const LISTED: usize = 3;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    let sources = contexts::sources(file);
    // Each folder is looked at once.
    let mut known: HashMap<&str, Option<Vec<&str>>> = HashMap::new();
    for source in sources.iter().filter(|source| in_image(file, source.instruction)) {
        let look = || contexts.iter().map(|sent| copied(cx, sent, source)).find(|names| !names.is_empty());
        let Some(names) = known.entry(&*source.path).or_insert_with(look) else { continue };
        let listed: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
        let more = match names.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "this copies {}{more} into the image, which holds secrets; add it to `.dockerignore`",
            listed.join(", ")
        );
        out.at(file.source, source.word.span, message);
    }
}

/// The secret files that lie below a source and are sent.
pub(super) fn copied<'c>(cx: &Context, sent: &'c Sent, source: &Source) -> Vec<&'c str> {
    let folder = if source.path == "." { String::new() } else { format!("{}/", source.path) };
    if source.has_wildcard() {
        return Vec::new();
    }
    let is_secret = |path: &&str| {
        secret_files::holds(path).is_some_and(|holds| holds.sure)
            && matches!(cx.purpose(path), Purpose::Unsaid | Purpose::Production)
    };
    let is_sent = |path: &&str| sent.sends(path) == Some(true);
    let tracked = sent.files.iter().flat_map(|files| files.below(&folder));
    let untracked = sent.untracked.iter().map(String::as_str).filter(|path| path.starts_with(&folder));
    // What is named itself is another rule's.
    tracked.chain(untracked).filter(is_secret).filter(is_sent).filter(|path| *path != source.path).collect()
}
