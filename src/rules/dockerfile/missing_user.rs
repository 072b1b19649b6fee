use super::{purpose, root, starts};
use crate::dockerfile::{Dockerfile, FromRef, Instruction, Kind, Transfer};
use crate::finding::Findings;
use crate::rule::{Context, Profile, Severity};
use crate::shell::Script;
use crate::text::{Span, last_part};

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if root::services_set_user(cx, file) {
        return;
    }
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Some(start) = root_start(cx, file, stage.index) else { continue };
        let user = user_for_it(file, stage.index);
        // A script that is not here may well go on as somebody else.
        let hidden = starts::script(file, stage.index) && file.starts.text.is_empty();
        let unless = if hidden { " unless its script switches the user" } else { "" };
        let services = root::run_by(cx, file, stage.index);
        let message = match &user {
            Some((name, _)) => {
                format!(
                    "this runs as root{unless}, although the user `{name}` exists{services}; add `USER {name}`"
                )
            }
            None => format!("this runs as root{unless}{services}; add a `USER` other than root before it"),
        };
        let found = out.at(file.source, start.keyword.span, message);
        if hidden {
            found.severity(Severity::Note);
        }
        if let Some((_, place)) = user {
            found.see(file.source, place, "the user is created here");
        }
    }
}

/// What starts a stage's program as root, if it does and nothing says that it may.
pub fn root_start<'f>(cx: &Context, file: &'f Dockerfile, stage: usize) -> Option<&'f Instruction<'f>> {
    let start = file.cmd_of(stage).or_else(|| file.entrypoint_of(stage))?;
    let default = cx.policy.profile < Profile::Strict;
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
fn new_user(file: &Dockerfile, stage: usize) -> Option<(String, Span)> {
    let runs = file.stage_instructions(stage).iter();
    let mut users = runs.flat_map(Instruction::scripts).flat_map(|script| &script.facts().new_users);
    let user = users.next()?;
    (users.next().is_none() && !user.name.contains('$')).then(|| (user.name.to_string(), user.name_span))
}

/// The user that the stage makes for what it starts: files are given to them, or they are at home in its WORKDIR. Others
/// belong to daemons and helpers.
fn user_for_it(file: &Dockerfile, stage: usize) -> Option<(String, Span)> {
    let (name, span) = file.ancestry(stage).find_map(|stage| new_user(file, stage))?;
    let is_theirs = |owner: &str| owner.split([':', '.']).next() == Some(&*name);
    let owns = |instruction: &Instruction| match &instruction.kind {
        Kind::Copy(_) | Kind::Add(_) => {
            let owner = instruction.flag("chown").and_then(|flag| flag.value.as_ref());
            owner.is_some_and(|owner| is_theirs(&owner.text))
        }
        Kind::Workdir(path) => {
            path.text.strip_prefix("/home/").is_some_and(|rest| rest.split('/').next() == Some(&*name))
        }
        Kind::Run(_) => instruction.scripts().iter().flat_map(Script::calls).any(|call| {
            let owner = match call.name() {
                Some("chown") => call.operands().first().map(|word| &*word.text),
                Some("install") => call.flag_value('o', "owner"),
                _ => None,
            };
            owner.is_some_and(is_theirs)
        }),
        _ => false,
    };
    file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage)).any(owns).then_some((name, span))
}

/// The stage takes in files of the project and starts something that is not a shell. Images that only install
/// something are there to be built upon, or are tools.
fn is_application(file: &Dockerfile, stage: usize) -> bool {
    // A script that is not here, together with a user made for it, very often starts the program as that user.
    if file.starts.text.is_empty()
        && starts::script(file, stage)
        && file.ancestry(stage).any(|stage| new_user(file, stage).is_some())
    {
        return false;
    }
    !starts::of(file, stage).all(starts::nothing)
        && file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage)).any(|i| takes_in(file, i))
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
    let name = last_part(source.trim_end_matches('/'));
    let known =
        ["entrypoint", "healthcheck", "rootfs", "root", "config", "conf", "scripts", "etc", "files", "bin"];
    source.contains("://")
        || ENDS.iter().any(|end| name.ends_with(end))
        || known.contains(&name)
        || name.contains("entrypoint")
        || name.starts_with("docker-")
}
