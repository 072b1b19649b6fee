use super::root;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::Script;
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Some(user) = file.user_of(stage.index) else { continue };
        let Kind::User(word) = &user.kind else { continue };
        let expanded = file.expand(word, user);
        let Some(name) = expanded.known().and_then(|text| text.split(':').next()) else { continue };
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !is_name || root::is_root(name) || root::is_windows(file, stage.index) {
            continue;
        }
        let message = format!(
            "Kubernetes cannot check with `runAsNonRoot` that `{name}` is not root; write the user's number"
        );
        let found = out.at(file.source, word.span, message);
        if let Some(uid) = uid(file, stage.index, name).filter(|_| word.text == name) {
            found.fix(Safety::Unsafe, format!("write `{uid}`"), vec![Edit::replace(word.span, uid)]);
        }
    }
}

/// The number that a RUN of the image gives a user.
fn uid(file: &Dockerfile, stage: usize, name: &str) -> Option<String> {
    let instructions = file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage));
    let scripts = instructions.flat_map(Instruction::scripts);
    let mut users = scripts.flat_map(|script: &Script| &script.facts().new_users);
    let user = users.find(|user| &*user.name == name)?;
    user.uid.as_deref().filter(|uid| uid.parse::<u32>().is_ok()).map(str::to_owned)
}
