use std::collections::HashMap;

use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    // Swarm leaves conditions out.
    if project.around.swarm {
        return;
    }
    let checked = project.containers.iter().filter(|spec| {
        spec.healthcheck.as_ref().is_some_and(|check| !check.disabled && check.test.is_some())
            && known_images::of(spec).is_some_and(|image| known_images::is_datastore(&image))
    });
    let checked: HashMap<&str, &ContainerSpec> = checked.map(|spec| (&*spec.name, spec)).collect();
    for spec in project.containers.iter().filter(|spec| !connects_later(spec)) {
        for dependency in &spec.depends_on {
            // A condition that is written was chosen.
            let name = dependency.service.value().filter(|_| dependency.condition.is_none());
            let Some(other) = name.and_then(|name| checked.get(name)) else { continue };
            let message = format!(
                "{} starts before `{}` accepts connections, although that has a health check; wait with `condition: \
                 service_healthy`",
                pulled::name(spec),
                other.name
            );
            let finding = pulled::on(cx, spec, out, dependency.at, message);
            if let Some(check) = &other.healthcheck {
                finding.see_on(cx, check.at, "the health check is here");
            }
        }
    }
}

/// The program connects when somebody asks it to: a proxy, or a page to look into data stores.
fn connects_later(spec: &ContainerSpec) -> bool {
    known_images::of(spec)
        .is_some_and(|image| known_images::is_reverse_proxy(&image) || known_images::is_database_page(&image))
}
