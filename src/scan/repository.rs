//! What all files of a repository say about its images, for the rules on pipelines. Looked up once, and only if a pipeline
//! asks.

use std::sync::Arc;

use super::kind::{self, Kind, Name};
use super::load;
use crate::blob::{Candidate, Tree};
use crate::compose;
use crate::pipeline::{self, Repository};
use crate::purpose::Purpose;
use crate::surface::Form;
use crate::text::last_part;

/// Files of other services that build. Those of GitHub and GitLab have a form of their own.
const OTHERS: [&str; 8] = [
    ".circleci/",
    ".drone.yml",
    ".travis.yml",
    "azure-pipelines",
    "bitbucket-pipelines.yml",
    "cloudbuild.y",
    "skaffold.y",
    "tekton/",
];

/// A repository with more such files is a collection of images, whose files a program makes.
const COLLECTION: usize = 20;

/// Folders of what is not the product: helpers of its developers, and what others contributed.
const ASIDE: [&str; 6] = ["contrib", "hack", "misc", "scripts", "tool", "tools"];

/// The facts of a run. A file that the user named alone, where git cannot say what is beside it, says nothing of others.
pub(super) fn facts(candidates: &[Candidate], tree: &dyn Tree) -> Repository {
    let tracked = tree.tracked();
    let is_alone = candidates.iter().any(|candidate| candidate.explicit);
    let paths: Vec<&str> = match &tracked {
        Some(all) => all.iter().map(|one| &*one.path).collect(),
        None if is_alone => return Repository::default(),
        None => candidates.iter().map(|candidate| &*candidate.path).collect(),
    };
    let is_product =
        |path: &str| !Purpose::of(path).is_internal() && !path.split('/').any(|part| ASIDE.contains(&part));
    // The one that lies highest.
    let first = |is_it: &dyn Fn(&str) -> bool, wanted| {
        let mut found: Vec<&str> =
            paths.iter().copied().filter(|path| is_product(path) && is_it(path)).collect();
        found.sort_by_key(|path| (path.matches('/').count(), *path));
        let is_collection = found.len() > COLLECTION;
        found.into_iter().filter(|_| !is_collection).find(|path| pulls(path, tree, wanted)).map(Box::from)
    };
    let has_bot = |is_it: fn(&str) -> bool| paths.iter().any(|path| is_it(path));
    Repository {
        names_scanner: Some(paths.iter().any(|path| may_scan(path) && names_scanner(path, tree))),
        dockerfile: first(&|path| kind::name(path) == Name::Dockerfile, Kind::Dockerfile),
        compose: first(&|path| compose::is_project_file(last_part(path)), Kind::Compose),
        has_other_bot: has_bot(pipeline::is_dependabot) && has_bot(pipeline::is_renovate),
    }
}

/// Whether a file of this name may scan images.
fn may_scan(path: &str) -> bool {
    let in_code = |form: Form| !matches!(form, Form::Markdown | Form::Manifest | Form::Json | Form::Quadlet);
    Form::of(path).is_some_and(in_code)
        || OTHERS.iter().any(|other| path.contains(other))
        || path.contains(".gitlab/")
        || path.contains("ci/")
}

fn names_scanner(path: &str, tree: &dyn Tree) -> bool {
    // What cannot be read may name one.
    tree.read(path).map_or(true, |bytes| pipeline::names_scanner(&String::from_utf8_lossy(&bytes)))
}

/// Whether a file names an image with a version that a bot could raise.
fn pulls(path: &str, tree: &dyn Tree, wanted: Kind) -> bool {
    let Ok(bytes) = tree.read(path) else { return false };
    let source = load::source(&Arc::from(path), bytes);
    let word = if wanted == Kind::Compose { "image:" } else { "FROM " };
    let is_versioned = |line: &str| {
        let image = line.trim_start().strip_prefix(word).map_or("", str::trim);
        let image = image.split_whitespace().find(|part| !part.starts_with("--")).unwrap_or_default();
        let tag = last_part(image).split_once(':').map_or("", |(_, tag)| tag);
        !image.contains(['$', '{']) && tag.bytes().any(|byte| byte.is_ascii_digit())
    };
    kind::kind(&source, false) == wanted && source.text().lines().any(is_versioned)
}
