use std::collections::HashSet;

use super::contexts::{self, Source};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::project::{Files, Sent};
use crate::rule::{Context, Profile, Severity};

/// Folders that builds make. What lies in them may be missing in git.
const OUTPUTS: [&str; 15] = [
    "_build",
    "artifacts",
    "bin",
    "build",
    "coverage",
    "dist",
    "generated",
    "node_modules",
    "out",
    "output",
    "public",
    "publish",
    "release",
    "target",
    "tmp",
];
/// What people download by hand and put beside the Dockerfile.
const BY_HAND: [&str; 9] = [".zip", ".tar", ".gz", ".tgz", ".rpm", ".deb", ".jar", ".bin", ".exe"];
/// Names that are compared to find the one that was meant.
const MOST: usize = 2_000;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    if contexts.is_empty() || !contexts::are_known(cx, file) {
        return;
    }
    let sources = contexts::sources(file);
    let Some(folders) = contexts.iter().map(|sent| known(sent, &sources)).collect::<Option<Vec<_>>>() else {
        return;
    };
    let is_strict = cx.policy.profile >= Profile::Strict;
    for source in sources.iter().filter(|source| !source.has_wildcard() && source.path != ".") {
        let Some(&(files, _)) = folders.iter().find(|(files, sent)| is_missing(files, sent, source)) else {
            continue;
        };
        let first = source.path.split('/').next().unwrap_or_default();
        let meant = meant(files, &source.path);
        let is_made = || OUTPUTS.contains(&first) || BY_HAND.iter().any(|end| source.path.ends_with(end));
        if meant.is_none() && (!is_strict || is_made() || source.path.starts_with("..")) {
            continue;
        }
        let message = match &meant {
            Some(meant) => {
                format!("`{}` does not exist in the build context; did you mean `{meant}`?", source.path)
            }
            None => format!("`{}` is not in the build context; add it, or correct the path", source.path),
        };
        let found = out.at(file.source, source.word.span, message);
        if meant.is_none() {
            // A build may make it.
            found.severity(Severity::Note);
        }
    }
}

/// The files of a context, if it is likely to be the right one: somebody names it, or it has something that is copied.
fn known<'c>(sent: &'c Sent, sources: &[Source]) -> Option<(&'c Files, &'c Sent)> {
    let files = sent.files.as_ref()?;
    let has = |source: &Source| source.path != "." && files.may_have(&source.path);
    let is_right = files.below("").next().is_some() && (sent.is_named || sources.iter().any(has));
    is_right.then_some((files, sent))
}

fn is_missing(files: &Files, sent: &Sent, source: &Source) -> bool {
    let is_excluded =
        || sent.ignore.as_ref().is_some_and(|ignore| !matches!(ignore.leaves_out(&source.path), Ok(None)));
    !files.may_have(&source.path) && !sent.untracked.contains(&source.path) && !is_excluded()
}

/// The name in the same folder that differs in case or by a slip.
fn meant(files: &Files, path: &str) -> Option<String> {
    let (folder, name) =
        path.rsplit_once('/').map_or((String::new(), path), |(folder, name)| (format!("{folder}/"), name));
    let names: HashSet<&str> = files
        .below(&folder)
        .filter_map(|path| path.get(folder.len()..)?.split('/').next())
        .take(MOST * 10)
        .collect();
    let most = if name.len() > 5 { 2 } else { 1 };
    let distance = |other: &str| {
        let is_case = other.eq_ignore_ascii_case(name);
        let slips = strsim::osa_distance(other, name);
        // `a-1` and `a-2` are two things.
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        (is_case || slips <= most && digits(other) == digits(name)).then_some(if is_case { 0 } else { slips })
    };
    let mut near: Vec<(usize, &str)> =
        names.into_iter().take(MOST).filter_map(|other| Some((distance(other)?, other))).collect();
    near.sort_unstable();
    near.first().map(|(_, name)| format!("{folder}{name}"))
}
