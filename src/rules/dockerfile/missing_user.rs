use super::{purpose, root};
use crate::dockerfile::{Dockerfile, FromRef, Instruction, Kind, Transfer};
use crate::finding::Findings;
use crate::rule::{Context, Profile, Severity};

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if root::services_set_user(cx, file) {
        return;
    }
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Some(start) = root_start(cx, file, stage.index) else { continue };
        let user = file.ancestry(stage.index).find_map(|stage| new_user(file, stage));
        // A script that is not here may well go on as somebody else.
        let hidden = starts_script(file, stage.index) && file.starts.is_empty();
        let unless = if hidden { ", unless its script gives that up" } else { "" };
        let message = match &user {
            Some((name, _)) => {
                format!("this runs as root{unless}, though there is a user `{name}`; add `USER {name}`")
            }
            None => format!("this runs as root{unless}; switch to another user with `USER` before it"),
        };
        let found = out.at(file.source, start.keyword.span, message);
        if hidden {
            found.severity(Severity::Note);
        }
        if let Some((_, place)) = user {
            found.see(file.source, place, "the user is made here");
        }
    }
}

/// What starts a stage's program as root, if it does and nothing says that it may.
pub fn root_start<'f>(cx: &Context, file: &'f Dockerfile, stage: usize) -> Option<&'f Instruction<'f>> {
    let start = file.cmd_of(stage).or_else(|| file.entrypoint_of(stage))?;
    let default = cx.policy.profile == Profile::Default;
    let silent = file.user_of(stage).is_some()
        || file.stage_name(stage).is_some_and(purpose::is_for_developers)
        || default && purpose::is_for_building(file.source.path())
        || root::base_may_not_be_root(file, stage)
        || root::is_windows(file, stage)
        || root::gives_up_root(file, stage)
        || default && !is_application(file, stage);
    (!silent).then_some(start)
}

/// The user that a stage makes, if it is one.
fn new_user(file: &Dockerfile, stage: usize) -> Option<(String, crate::text::Span)> {
    let runs = file.stage_instructions(stage).iter();
    let mut users = runs.flat_map(Instruction::scripts).flat_map(|script| &script.facts().new_users);
    let user = users.next()?;
    (users.next().is_none() && !user.name.contains('$')).then(|| (user.name.to_string(), user.name_span))
}

/// The stage takes in files of the project and starts something that is not a shell. Images that only install
/// something are there to be built upon, or are tools.
fn is_application(file: &Dockerfile, stage: usize) -> bool {
    let starts = [file.entrypoint_of(stage), file.cmd_of(stage)];
    let is_shell = |start: &Instruction| {
        let names = root::programs(start);
        names.len() <= 1 && names.iter().all(|name| is_shell(name))
    };
    // A script that is not here, together with a user made for it, very often starts the program as that user.
    if file.starts.is_empty()
        && starts_script(file, stage)
        && file.ancestry(stage).any(|stage| new_user(file, stage).is_some())
    {
        return false;
    }
    !starts.into_iter().flatten().all(is_shell)
        && file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage)).any(|i| takes_in(file, i))
}

/// ENTRYPOINT is a script by its name.
fn starts_script(file: &Dockerfile, stage: usize) -> bool {
    let start = file.entrypoint_of(stage);
    start.is_some_and(|start| root::programs(start).iter().any(|name| is_entrypoint_script(name)))
}

pub(super) fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "fish" | "pwsh" | "tail" | "sleep" | "true")
}

fn is_entrypoint_script(name: &str) -> bool {
    name.strip_suffix(".sh").is_some()
        // It only passes signals on.
        || name != "dumb-init"
            && ["entrypoint", "init", "bootstrap"].iter().any(|mark| name.contains(mark))
}

/// COPY or ADD of an application, from the build context or from a stage that built it.
pub(super) fn takes_in(file: &Dockerfile, instruction: &Instruction) -> bool {
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return false };
    if let Some(from) = instruction.flag("from").and_then(|flag| flag.value.as_ref()) {
        return matches!(file.resolve_from(from, instruction), FromRef::Stage(_));
    }
    sources(transfer).any(|source| !is_furniture(source))
}

fn sources<'t>(transfer: &'t Transfer) -> impl Iterator<Item = &'t str> {
    transfer.sources.iter().map(|source| &*source.text).filter(|source| !source.starts_with("<<"))
}

/// Scripts and settings that any image brings along, and what is fetched from elsewhere.
fn is_furniture(source: &str) -> bool {
    const ENDS: [&str; 21] = [
        ".asc", ".cfg", ".cnf", ".conf", ".crt", ".gpg", ".gz", ".html", ".ini", ".json", ".key", ".list",
        ".patch", ".pem", ".repo", ".sh", ".tgz", ".toml", ".xz", ".yaml", ".yml",
    ];
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    let known =
        ["entrypoint", "healthcheck", "rootfs", "root", "config", "conf", "scripts", "etc", "files", "bin"];
    source.contains("://")
        || ENDS.iter().any(|end| name.ends_with(end))
        || known.contains(&name)
        || name.contains("entrypoint")
        || name.starts_with("docker-")
}
