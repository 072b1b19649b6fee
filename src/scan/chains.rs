//! Compose files that are run together because some file says so: `COMPOSE_FILE` in `.env`, and `dockerComposeFile` in a
//! devcontainer's settings.
//!
//! The names only; that a file overrides its neighbour by its name is known to `compose::groups`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::aside::Aside;
use crate::compose::{self, Env, resolve};
use crate::secrets;
use crate::text::Source;
use crate::yaml::{self, Node};

/// Files in the order in which they override each other, from the root of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chain {
    pub(super) paths: Vec<String>,
    /// Compose runs them without being told to, and nothing else. A devcontainer is one of several ways to run the first.
    pub(super) always: bool,
}

/// Where tools look for a devcontainer's settings, and `.env`, from a folder.
const DEVCONTAINER: [&str; 3] =
    ["devcontainer.json", ".devcontainer.json", ".devcontainer/devcontainer.json"];

/// The chains that are named in the folders of these Compose files and above them, and by `settings`: devcontainers that
/// are known to be there.
pub(super) fn chains<'f, 's>(
    files: impl Iterator<Item = &'f str>,
    settings: impl Iterator<Item = &'s str>,
    aside: &Aside,
) -> BTreeSet<Chain> {
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for file in files {
        let mut folder = compose::directory(file);
        while folders.insert(folder) && !folder.is_empty() {
            folder = compose::directory(folder);
        }
    }
    let beside =
        |name: &str| -> Vec<String> { folders.iter().filter_map(|folder| resolve(folder, name)).collect() };
    let mut devcontainers: BTreeSet<String> = DEVCONTAINER.iter().flat_map(|name| beside(name)).collect();
    devcontainers.extend(settings.map(str::to_owned));
    let text = |path: &str| Some(Source::new(path, secrets::as_utf8(aside.read(path)?)));
    let of_env = beside(".env").into_iter().filter_map(|path| of_env(text(&path)?));
    let of_devcontainers = devcontainers.iter().filter_map(|path| of_devcontainer(&text(path)?, aside));
    of_env.chain(of_devcontainers).filter(|chain| !chain.paths.is_empty()).collect()
}

fn of_env(source: Source) -> Option<Chain> {
    if !source.text().contains("COMPOSE_FILE") {
        return None;
    }
    let env = Env::parse(&Arc::new(source));
    let named = env.get("COMPOSE_FILE")?;
    let separator = env.get("COMPOSE_PATH_SEPARATOR").filter(|by| !by.is_empty());
    // On Windows it is `;`, and no file of a project is called so.
    let names: Vec<&str> = match separator {
        Some(by) => named.split(by).collect(),
        None => named.split([':', ';']).collect(),
    };
    chain(env.source.path(), names.into_iter().filter(|name| !name.is_empty()), true)
}

fn of_devcontainer(source: &Source, aside: &Aside) -> Option<Chain> {
    if !source.text().contains("dockerComposeFile") {
        return None;
    }
    let plain = Source::new(Arc::clone(source.path()), without_comments(source.text()));
    let yaml = yaml::parse(&plain);
    let Some(named) = yaml.root().and_then(|root| root.get("dockerComposeFile")) else {
        if !yaml.errors.is_empty() {
            aside.misread(source.path(), "it is not valid JSON");
        }
        return None;
    };
    chain(source.path(), named.as_str().into_iter().chain(named.items().filter_map(Node::as_str)), false)
}

/// All or nothing: half a chain is another one.
fn chain<'n>(from: &str, names: impl Iterator<Item = &'n str>, always: bool) -> Option<Chain> {
    let folder = compose::directory(from);
    let paths = names.map(|name| resolve(folder, name)).collect::<Option<Vec<_>>>()?;
    Some(Chain { paths, always })
}

/// JSON without the comments that these settings may have, which YAML reads then.
fn without_comments(text: &str) -> Vec<u8> {
    let mut out = text.as_bytes().to_vec();
    let (mut at, mut quoted) = (0, false);
    while at < out.len() {
        let end = match &out[at..] {
            [b'\\', _, ..] if quoted => at + 2,
            [b'"', ..] => {
                quoted = !quoted;
                at + 1
            }
            [b'/', b'/', rest @ ..] if !quoted => {
                let end = at + 2 + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                out[at..end].fill(b' ');
                end
            }
            [b'/', b'*', rest @ ..] if !quoted => {
                let end = at + 2 + memchr::memmem::find(rest, b"*/").map_or(rest.len(), |found| found + 2);
                out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
                end
            }
            [b'\t', ..] => {
                out[at] = b' ';
                at + 1
            }
            _ => at + 1,
        };
        at = end;
    }
    out
}

/// The groups of a run, with these chains (as indices) in them. What is always run in a chain is not run without it, and
/// what only adds to the first file of one is not run alone.
pub(super) fn regroup(mut groups: Vec<Vec<usize>>, chains: Vec<(Vec<usize>, bool)>) -> Vec<Vec<usize>> {
    for (chain, always) in &chains {
        let (first, added) = chain.split_first().expect("a chain names a file");
        for group in &mut groups {
            let alone = group.len() == 1;
            group.retain(|file| !(*always && file == first) && !((*always || alone) && added.contains(file)));
        }
    }
    groups.retain(|group| !group.is_empty());
    for (chain, _) in chains {
        if !groups.contains(&chain) {
            groups.push(chain);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::One;

    #[test]
    fn chains_are_read() {
        let env = |text: &str| of_env(Source::new("a/.env", text.into())).map(|chain| chain.paths);
        let paths = |paths: &[&str]| Some(paths.iter().map(|&path| path.to_owned()).collect());
        assert_eq!(env("COMPOSE_FILE=x.yml:sub/y.yml\n"), paths(&["a/x.yml", "a/sub/y.yml"]));
        assert_eq!(env("COMPOSE_FILE=x.yml;y.yml"), paths(&["a/x.yml", "a/y.yml"]));
        assert_eq!(
            env("COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE='x.yml,y.yml'"),
            paths(&["a/x.yml", "a/y.yml"])
        );
        assert_eq!(env("# COMPOSE_FILE=x.yml\n"), None);
        assert_eq!(env("COMPOSE_FILE=../../x.yml:y.yml\n"), None);
        let json = |text: &str| {
            let source = Source::new(".devcontainer/devcontainer.json", text.into());
            of_devcontainer(&source, &Aside::new(&One(""))).map(|chain| chain.paths)
        };
        let text = "// x\n{\n\t\"name\": \"a // b\", /* c\n */ \"dockerComposeFile\": [\"../c.yml\", \"d.yml\",],\n}\n";
        assert_eq!(json(text), paths(&["c.yml", ".devcontainer/d.yml"]));
        assert_eq!(json("{\"dockerComposeFile\": \"c.yml\"}"), paths(&[".devcontainer/c.yml"]));
        assert_eq!(json("{\"image\": \"c\"}"), None);
    }

    #[test]
    fn chains_take_files_out_of_other_groups() {
        let groups = || vec![vec![0, 1], vec![2], vec![3]];
        assert_eq!(regroup(groups(), vec![(vec![0, 2], true)]), [vec![1], vec![3], vec![0, 2]]);
        assert_eq!(regroup(groups(), vec![(vec![0, 2], false)]), [vec![0, 1], vec![3], vec![0, 2]]);
        assert_eq!(regroup(groups(), vec![(vec![0, 1], false)]), groups());
        assert_eq!(regroup(groups(), vec![(vec![3], false)]), groups());
    }
}
