//! Where a path of an instruction or a script leads: absolute, or as far as WORKDIR and USER tell.

use super::root;
use crate::dockerfile::{Dockerfile, Instruction, Kind};

/// A path in one spelling, so that two that are alike lead to one place: `/app/x`. What is relative to a folder that is
/// not known begins with a mark for it instead, the same for all paths that are relative to the same folder.
pub(super) fn resolve(file: &Dockerfile, at: &Instruction, path: &str) -> String {
    let path = file.expand_in_script(path, at).unwrap_or_else(|| path.to_owned());
    let rest = ["~", "$HOME", "${HOME}"]
        .iter()
        .find_map(|home| path.strip_prefix(home).filter(|rest| rest.is_empty() || rest.starts_with('/')));
    if let Some(rest) = rest {
        return normal(&format!("{}{rest}", home(file, at)));
    }
    if path.starts_with(['/', '$']) {
        return normal(&path);
    }
    let folder = match (file.workdir_path(at), file.workdir_at(at)) {
        (Some(path), _) => path,
        (None, Some(workdir)) => format!("?{}", workdir.index),
        (None, None) => "?".to_owned(),
    };
    normal(&format!("{folder}/{path}"))
}

/// The home of the user in force, as distributions make them.
fn home(file: &Dockerfile, at: &Instruction) -> String {
    let user = match file.user_at(at).map(|user| (&user.kind, user)) {
        Some((Kind::User(word), user)) => file.expand(word, user).text().map(str::to_owned),
        _ => Some("root".to_owned()),
    };
    match user {
        Some(user) if root::is_root(&user) => "/root".to_owned(),
        Some(user) => format!("/home/{}", user.split(':').next().unwrap_or(&user)),
        None => "?home".to_owned(),
    }
}

/// Without `.`, `..` and empty parts.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    format!("{start}{}", parts.join("/"))
}

/// The path lies in a folder, or is it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    #[test]
    fn one_place_has_one_spelling() {
        let text = "FROM debian:12\nRUN a\nWORKDIR /app\nARG X=/opt/x\nRUN b\nUSER app\nRUN c\n";
        let source = Arc::new(Source::new("Dockerfile", text.as_bytes().to_vec()));
        let file = crate::dockerfile::parse(&source);
        let runs: Vec<&Instruction> = file.runs().collect();
        for (run, path, place) in [
            (0, "a/../.npmrc", "?/.npmrc"),
            (0, "~/.npmrc", "/root/.npmrc"),
            (1, ".npmrc", "/app/.npmrc"),
            (1, "../root/.npmrc", "/root/.npmrc"),
            (1, "$X/./y", "/opt/x/y"),
            (1, "/app//x/", "/app/x"),
            (2, "${HOME}/x", "/home/app/x"),
            (2, "$UNKNOWN/x", "$UNKNOWN/x"),
        ] {
            assert_eq!(resolve(&file, runs[run], path), place, "{path}");
        }
        assert!(is_below("/a/b", "/a") && is_below("/a", "/a") && !is_below("/ab", "/a"));
    }
}
