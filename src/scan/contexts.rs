//! What a build sends: the folder, what is left out of it, and what git tracks there.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::aside::Aside;
use super::load;
use crate::blob::{Origin, Tree};
use crate::compose::{directory, resolve};
use crate::dockerfile::{Dockerfile, Kind};
use crate::dockerignore::{Ignore, clean};
use crate::project::{Files, Project, Sent};
use crate::text::last_part;

/// Files that hold secrets and that git mostly does not track.
const SECRETS: [&str; 8] =
    [".env", ".env.local", ".env.production", ".netrc", ".npmrc", ".ssh", "id_ed25519", "id_rsa"];

/// What is known where no service says which folder is sent: those that bake files and scripts name. `None` where nobody
/// can say.
pub(super) fn of(project: &Project, file: &Dockerfile, aside: &Aside) -> Option<Sent> {
    let path = file.source.path();
    // Standard input without a name lies nowhere.
    if aside.tree().origin() == Origin::Stdin && last_part(path) == "stdin" {
        return None;
    }
    // Of several folders the one that nothing is left out of.
    let folders: BTreeSet<&str> = project.baked.iter().map(|target| &*target.context).collect();
    let baked = folders.into_iter().map(|folder| sent(folder, Some(path), Some(file), aside));
    Some(baked.min_by_key(|sent| sent.ignores).unwrap_or_else(|| by_anybody(file, aside)))
}

/// As [`sent`] where no service says which folder that is: people build a Dockerfile with its own folder or one above
/// it, so a `.dockerignore` in any of these may be the one.
fn by_anybody(file: &Dockerfile, aside: &Aside) -> Sent {
    let path = file.source.path();
    let folder = directory(path);
    let own = sent(folder, Some(path), Some(file), aside);
    let ignores = own.ignores || !folder.is_empty() && aside.ignores(directory(folder));
    Sent { ignores, is_named: false, ..own }
}

/// What is known of a folder with which a Dockerfile is built.
pub(super) fn sent(context: &str, path: Option<&str>, file: Option<&Dockerfile>, aside: &Aside) -> Sent {
    let tree = aside.tree();
    let holds = |name: &str| resolve(context, name).is_some_and(|path| tree.exists(&path));
    let ignore = ignore_file(context, path, tree);
    let inside = |context: &str| !context.split('/').any(|part| part == "..");
    let files = tree.tracked().filter(|_| inside(context)).map(|all| {
        let folder = clean(context);
        let folder = if folder == "." { String::new() } else { format!("{folder}/") };
        Files { all, folder: folder.into() }
    });
    let mut untracked = Vec::new();
    if let (Some(file), Some(files)) = (file, &files) {
        let is_there = |path: &String| {
            !files.may_have(path) && resolve(context, path).is_some_and(|path| tree.has(&path))
        };
        let named = sources(file).chain(SECRETS.map(str::to_owned));
        untracked = named.filter(is_there).collect();
    }
    // In a linked work tree and in a submodule `.git` is a file.
    Sent {
        ignores: ignore.is_some(),
        git: holds(".git/HEAD") || holds(".git"),
        ignore: ignore.and_then(|path| {
            let source = load::source(&path.as_str().into(), aside.read(&path)?);
            // Docker reads it as UTF-8, whatever it begins with.
            if source.is_lossy() || source.was_utf16() {
                aside.misread(&path, "it is not valid UTF-8");
                return None;
            }
            Some(Arc::new(Ignore::parse(&source)))
        }),
        is_named: true,
        files,
        untracked,
    }
}

/// The file that says what is left out. Podman has a name of its own, and looks for it first.
fn ignore_file(context: &str, dockerfile: Option<&str>, tree: &dyn Tree) -> Option<String> {
    let own = dockerfile.map(|path| format!("{path}.dockerignore"));
    let for_podman = dockerfile.is_some_and(|path| last_part(path).starts_with("Containerfile"));
    let podman = resolve(context, ".containerignore").filter(|_| for_podman);
    let all = [own, podman, resolve(context, ".dockerignore")];
    all.into_iter().flatten().find(|path| tree.exists(path))
}

/// What COPY and ADD name in the context, as far as it is known.
fn sources(file: &Dockerfile) -> impl Iterator<Item = String> {
    file.instructions.iter().flat_map(|instruction| {
        let transfer = match &instruction.kind {
            Kind::Copy(transfer) | Kind::Add(transfer) if instruction.flag("from").is_none() => {
                Some(transfer)
            }
            _ => None,
        };
        let sources = transfer.into_iter().flat_map(|transfer| &transfer.sources);
        sources.filter_map(|word| {
            let path = clean(file.expand(word, instruction).text()?);
            Some(path.trim_start_matches('/').to_owned()).filter(|path| !path.is_empty() && path != ".")
        })
    })
}
