use std::collections::HashMap;
use std::sync::Arc;

use crate::container::{ContainerSpec, Text};
use crate::dockerfile::{Base, Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::image;
use crate::project::Project;
use crate::rule::{Context, Severity};
use crate::rules::dockerfile::{last_user_root, missing_user, root};
use crate::rules::runtime::{known_images, pulled, settings};
use crate::text::Span;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    // One Dockerfile is one cause, however many services run it; where its own rules speak, they say it.
    let mut known: HashMap<(Arc<str>, usize), usize> = HashMap::new();
    for edge in &project.builds {
        let spec = &project.containers[edge.container];
        let (Some(file), Some(stage)) = (edge.dockerfile, edge.stage) else { continue };
        // `user:` in the service settles it; `run-as-root-explicit` looks at it.
        if spec.user.is_some()
            || !spec.is_complete()
            || !file.errors.is_empty()
            || root::gives_up_root(file, stage)
            || is_wasm(spec)
            || changes_user(file, stage)
            || missing_user::root_start(cx, file, stage).is_some()
            || last_user_root::root_user(cx, file, stage).is_some()
        {
            continue;
        }
        let Some((place, why)) = root_by(file, stage) else { continue };
        let cause = (Arc::clone(file.source.path()), stage);
        if let Some(&first) = known.get(&cause) {
            if let Some(draft) = out.list.get_mut(first) {
                draft.see_on(cx, spec.at, "this service too");
            }
            continue;
        }
        known.insert(cause, out.list.len());
        let finding = pulled::on(cx, spec, out, spec.at, message(spec));
        finding.see(file.source, place, why);
        // The finding stands in the Compose file, but the Dockerfile may be the one that is for development.
        finding.severity(Severity::Warning.softened(cx.purpose(file.source.path())));
    }
}

fn message(spec: &ContainerSpec) -> String {
    format!("{} runs as root; add `USER` at the end of its Dockerfile, or set `user`", pulled::name(spec))
}

/// What makes a stage run as root, if it surely does.
fn root_by(file: &Dockerfile, stage: usize) -> Option<(Span, &'static str)> {
    if let Some(instruction) = file.user_of(stage) {
        let Kind::User(user) = &instruction.kind else { return None };
        let root = !user.has_variable() && settings::is_root(user.text.trim_matches(['"', '\'']));
        return root.then_some((user.span, "the last `USER` of the stage that it builds"));
    }
    let from = file.from_of(file.ancestry(stage).last()?)?;
    let root = match file.root_base(stage) {
        Base::Image(base) => {
            let base = image::parse(base).ok()?;
            known_images::runs_as_root(&base)? && !known_images::drops_privileges(&base)
        }
        _ => false,
    };
    root.then_some((from.image.span, "this base image runs as root, and no `USER` follows"))
}

/// It runs in a WebAssembly runtime, which has no users.
fn is_wasm(spec: &ContainerSpec) -> bool {
    let platform = spec.platform.as_ref().and_then(Text::value).unwrap_or_default();
    platform.starts_with("wasi") || platform.ends_with("/wasm")
}

/// A program that goes on as another user is installed or called: the entrypoint will use it.
fn changes_user(file: &Dockerfile, stage: usize) -> bool {
    let changers = [
        "gosu",
        "su-exec",
        "setpriv",
        "s6-overlay",
        "s6-setuidgid",
        "setuidgid",
        "chroot --userspec",
        "runuser",
    ];
    let mentions = |instruction: &Instruction| {
        let text = file.source.slice(instruction.span);
        changers.iter().any(|changer| text.contains(changer))
    };
    changers.iter().any(|changer| file.starts.text.contains(changer))
        || file.ancestry(stage).any(|stage| file.stage_instructions(stage).iter().any(mentions))
}
