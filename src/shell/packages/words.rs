//! Package arguments: name, version, kind. Each manager has its own form for them.

use super::{Action, Manager, Package, PackageKind};
use crate::shell::Word;
use crate::shell::files::braces;
use crate::text::Span;

pub(super) fn packages_of(
    manager: Manager,
    action: Action,
    word: &Word,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Vec<Package> {
    if let [parameter] = &*word.parameters
        && word.substitutions.is_empty()
        && matches!(&*word.text, text if text.starts_with('$') && parameter.span.cover(word.span) == word.span)
        && is_only(&word.text, &parameter.name)
        && let Some(value) = lookup(&parameter.name)
    {
        return packages_in(manager, action, &value, word.span);
    }
    let texts = if word.quoted || word.expands { vec![word.text.to_string()] } else { braces(&word.text) };
    texts.iter().map(|text| package(manager, action, text, word.span, false)).collect()
}

/// The packages that the value of a variable names.
pub(super) fn packages_in(manager: Manager, action: Action, value: &str, span: Span) -> Vec<Package> {
    let parts = value.split_ascii_whitespace().filter(|part| !part.starts_with('-'));
    parts.map(|part| package(manager, action, part, span, true)).collect()
}

/// Whether a word is `$name`, `${name}` or `${name[@]}` and nothing else.
fn is_only(text: &str, name: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else { return false };
    let inner = rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(rest);
    inner == name || inner.strip_prefix(name).is_some_and(|index| matches!(index, "[@]" | "[*]"))
}

fn package(manager: Manager, action: Action, text: &str, span: Span, from_variable: bool) -> Package {
    let (name, version) = split_version(manager, text);
    let kind = if action == Action::GroupInstall || manager.is_dnf() && text.starts_with('@') {
        PackageKind::Group
    } else if is_url(manager, text) {
        PackageKind::Url
    } else if is_path(manager, text) {
        PackageKind::Path
    } else if name.contains('$') || name.contains('`') || name.is_empty() {
        PackageKind::Variable
    } else if name.contains(['*', '?']) {
        PackageKind::Glob
    } else {
        PackageKind::Named
    };
    let plain = matches!(kind, PackageKind::Named | PackageKind::Glob | PackageKind::Variable);
    let (name, version) = if plain { (name, version) } else { (text, None) };
    Package {
        text: text.into(),
        name: name.into(),
        version: version.map(Into::into),
        kind,
        span,
        from_variable,
    }
}

fn is_url(manager: Manager, text: &str) -> bool {
    let npm = matches!(manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun);
    text.contains("://")
        || text.contains(" @ ")
        || npm
            && ["github:", "gitlab:", "bitbucket:", "gist:", "git@"]
                .iter()
                .any(|start| text.starts_with(start))
        || npm
            && !text.starts_with(['@', '.', '/', '$'])
            && text.split('@').next().is_some_and(|name| name.contains('/'))
}

fn is_path(manager: Manager, text: &str) -> bool {
    const ENDINGS: &[&str] =
        &[".deb", ".rpm", ".apk", ".whl", ".tar.gz", ".tgz", ".zip", ".gem", ".pkg.tar.zst"];
    let go = manager == Manager::Go;
    text == "."
        || text == ".."
        || text.starts_with("./")
        || text.starts_with("../")
        || text.starts_with(['/', '~'])
        || text.starts_with(".[")
        || !go && ENDINGS.iter().any(|ending| text.ends_with(ending))
        || matches!(manager, Manager::Pip | Manager::UvPip | Manager::Uv)
            && text.split(['=', '<', '>', '~', '!']).next().is_some_and(|name| name.contains('/'))
        || manager.is_dnf() && text.contains('/')
        || manager.is_apt() && text.starts_with('$') && !text.starts_with("$(") && text.contains('/')
}

/// Splits off what pins the version. See each manager's manual for the form.
fn split_version(manager: Manager, text: &str) -> (&str, Option<&str>) {
    let cut = |at: Option<usize>, skip: usize| match at {
        Some(at) if at > 0 => (&text[..at], Some(&text[at + skip..])),
        _ => (text, None),
    };
    let outside = |chars: &[char]| find_outside(text, chars);
    match manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => match outside(&['=']) {
            Some(at) => cut(Some(at), 1),
            None => cut(outside(&['/']), 1),
        },
        Manager::Apk | Manager::Zypper => {
            let at = outside(&['=', '~', '<', '>']);
            let (name, version) = cut(at, usize::from(at.is_some_and(|at| text[at..].starts_with('='))));
            // `name@repository` says where from, not which.
            (if manager == Manager::Apk { name.split('@').next().unwrap_or(name) } else { name }, version)
        }
        Manager::Dnf | Manager::Microdnf | Manager::Yum | Manager::Tdnf => cut(dnf_version(text), 1),
        Manager::Pacman => (text, None),
        Manager::Pip | Manager::UvPip | Manager::Uv | Manager::Pipx | Manager::Poetry => {
            match outside(&['=', '<', '>', '!', '~', ';']) {
                Some(at) if text[at..].starts_with("==") && !text[at..].starts_with("===") => {
                    cut(Some(at), 2)
                }
                Some(at) if text[at..].starts_with(';') => (&text[..at], None),
                Some(at) => cut(Some(at), 0),
                None if manager != Manager::Pip => cut(text.rfind('@'), 1),
                None => (text, None),
            }
        }
        Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun => {
            // A scope begins with one, too: `@scope/name@1`.
            cut(text.match_indices('@').map(|(at, _)| at).find(|&at| at > 0), 1)
        }
        Manager::Go | Manager::Cargo => cut(text.rfind('@'), 1),
        Manager::Gem | Manager::Bundler => cut(outside(&[':']), 1),
        Manager::Conda => {
            let start = text.find("::").map_or(0, |at| at + 2);
            let at = text[start..].find(['=', '<', '>', '!', '~']).map(|at| start + at);
            let skip = at.map_or(0, |at| {
                if text[at..].starts_with("==") { 2 } else { usize::from(text[at..].starts_with('=')) }
            });
            cut(at, skip)
        }
        Manager::Composer => cut(outside(&[':', '=']), 1),
    }
}

/// The first of the characters that does not stand inside `${…}`, `$(…)`, `[…]` or backquotes.
fn find_outside(text: &str, chars: &[char]) -> Option<usize> {
    let mut open = 0_i32;
    let mut backquoted = false;
    for (at, char) in text.char_indices() {
        match char {
            '`' => backquoted = !backquoted,
            _ if backquoted => {}
            '{' | '(' | '[' => open += 1,
            '}' | ')' | ']' => open -= 1,
            _ if open == 0 && chars.contains(&char) => return Some(at),
            _ => {}
        }
    }
    None
}

/// `name-1.2-3.el9`: the first dash from which on every dash is followed by a digit or a variable, so that
/// `java-11-openjdk` has no version and `java-11-openjdk-11.0.2` has one.
fn dnf_version(text: &str) -> Option<usize> {
    let mut found = None;
    for (at, _) in text.match_indices('-') {
        let versionlike = text[at + 1..].starts_with(|c: char| c.is_ascii_digit() || c == '$');
        found = if versionlike { found.or(Some(at)) } else { None };
    }
    found
}
