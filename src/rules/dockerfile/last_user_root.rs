use super::{purpose, root};
use crate::dockerfile::{Dockerfile, Instruction, Kind, Word};
use crate::finding::Findings;
use crate::rule::{Context, Profile};

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if root::services_set_user(cx, file) {
        return;
    }
    let mut told = Vec::new();
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Some((instruction, user)) = root_user(cx, file, stage.index) else { continue };
        // Two shipped stages may inherit one USER.
        if told.contains(&instruction.index) {
            continue;
        }
        told.push(instruction.index);
        let found = out.at(
            file.source,
            user.span,
            "the image runs as root; switch to another user after the last step that needs it",
        );
        // Another user before it shows what was forgotten.
        if let Some(before) = file.user_at(instruction)
            && let Kind::User(user) = &before.kind
            && file.expand(user, before).text().is_some_and(|text| !root::is_root(text))
        {
            found.see(file.source, user.span, "the previous user");
        }
    }
}

/// The USER that makes a stage end as root, if nothing says that it may.
pub fn root_user<'f>(
    cx: &Context,
    file: &'f Dockerfile,
    stage: usize,
) -> Option<(&'f Instruction<'f>, &'f Word<'f>)> {
    let instruction = file.user_of(stage)?;
    let Kind::User(user) = &instruction.kind else { return None };
    let silent = cx.policy.profile < Profile::Strict && purpose::is_for_building(file.source.path())
        || !file.expand(user, instruction).text().is_some_and(root::is_root)
        || root::is_windows(file, stage)
        || root::gives_up_root(file, stage);
    (!silent).then_some((instruction, user))
}
