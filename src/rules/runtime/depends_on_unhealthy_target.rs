use std::collections::HashMap;

use super::{healthcheck_missing, known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    let services: HashMap<&str, &ContainerSpec> =
        project.containers.iter().map(|spec| (&*spec.name, spec)).collect();
    for spec in &project.containers {
        for dependency in &spec.depends_on {
            // Compose goes on without it.
            if dependency.required.is_some_and(|required| !required.is_true()) {
                continue;
            }
            let Some(condition) = dependency.condition.as_ref().filter(|c| c.is("service_healthy")) else {
                continue;
            };
            let Some(other) = dependency.service.value().and_then(|name| services.get(name)) else {
                continue;
            };
            if !is_never_healthy(project, other) {
                continue;
            }
            let message = format!(
                "{} waits until `{}` is healthy, but that has no health check, so Compose stops with an error; add a \
                 `healthcheck` to `{}`",
                pulled::name(spec),
                other.name,
                other.name
            );
            pulled::on(cx, spec, out, condition.at, message).see_on(cx, other.at, "it is defined here");
        }
    }
}

/// The container certainly has no health check.
fn is_never_healthy(project: &Project, spec: &ContainerSpec) -> bool {
    if !spec.is_complete() {
        return false;
    }
    if let Some(check) = &spec.healthcheck {
        return check.disabled;
    }
    match &spec.build {
        None => known_images::of(spec).is_some_and(|image| known_images::is_official(&image)),
        Some(_) => project.build_of(spec).is_some_and(|build| {
            build
                .dockerfile
                .zip(build.stage)
                .is_some_and(|(file, stage)| healthcheck_missing::surely_lacks(file, stage))
        }),
    }
}
