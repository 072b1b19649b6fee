use std::collections::HashSet;

use super::{known_images, pulled};
use crate::dockerfile::{Base, Dockerfile};
use crate::finding::Findings;
use crate::image;
use crate::project::Project;
use crate::rule::Context;

/// Services, with what their images bring along.
pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    let one_shot = one_shot(project);
    for spec in &project.containers {
        if !spec.is_complete() || spec.healthcheck.is_some() || one_shot.contains(&*spec.name) {
            continue;
        }
        let has_none = match &spec.build {
            None => known_images::of(spec).is_some_and(|image| !known_images::has_healthcheck(&image)),
            Some(_) => project.build_of(spec).is_some_and(|build| {
                build.dockerfile.zip(build.stage).is_some_and(|(file, stage)| lacks(file, stage))
            }),
        };
        if has_none {
            let message = format!(
                "{} has no health check, so Docker does not notice when it hangs; add a `healthcheck`, here or in its image",
                pulled::name(spec)
            );
            pulled::on(cx, spec, out, spec.at, message);
        }
    }
}

/// A Dockerfile's final stage; one that services build is judged with them.
pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let Some(last) = file.stages.last() else { return };
    let built_by_services = cx.project.builders_of(file.source.path()).next().is_some();
    if built_by_services || !file.errors.is_empty() || !lacks(file, last.index) || !serves(file, last.index) {
        return;
    }
    let Some(from) = file.from_of(last.index) else { return };
    out.at(
        file.source,
        from.image.span,
        "the image has no health check, so Docker does not notice when it hangs; add a `HEALTHCHECK`",
    );
}

/// The stage has no HEALTHCHECK, and neither has what it is built on, as far as that is known.
fn lacks(file: &Dockerfile, stage: usize) -> bool {
    if file.healthcheck_of(stage).is_some() {
        return false;
    }
    match file.root_base(stage) {
        Base::Image(base) => image::parse(base).is_ok_and(|base| !known_images::has_healthcheck(&base)),
        _ => false,
    }
}

/// As [`lacks`], where nothing is left to chance: the stage is built on nothing or on an official image.
pub fn surely_lacks(file: &Dockerfile, stage: usize) -> bool {
    let base = || match file.root_base(stage) {
        Base::Scratch => true,
        Base::Image(base) => image::parse(base).is_ok_and(|base| known_images::is_official(&base)),
        Base::Stage(_) | Base::Unknown => false,
    };
    file.errors.is_empty() && file.healthcheck_of(stage).is_none() && base()
}

/// The stage says what it listens on: images of tools and of libraries have no health.
fn serves(file: &Dockerfile, stage: usize) -> bool {
    file.ancestry(stage)
        .flat_map(|stage| file.stage_instructions(stage))
        .any(|instruction| matches!(instruction.kind, crate::dockerfile::Kind::Expose(_)))
}

/// The services whose end another one waits for.
fn one_shot<'p>(project: &'p Project) -> HashSet<&'p str> {
    let all = project.containers.iter().flat_map(|spec| &spec.depends_on);
    let ends = all.filter(|dependency| {
        dependency.condition.as_ref().is_some_and(|c| c.is("service_completed_successfully"))
    });
    ends.filter_map(|dependency| dependency.service.value()).collect()
}
