use std::collections::HashMap;

use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    let services: HashMap<&str, &ContainerSpec> =
        project.containers.iter().map(|spec| (&*spec.name, spec)).collect();
    for spec in &project.containers {
        for dependency in &spec.depends_on {
            let waits = dependency.condition.as_ref().is_some_and(|c| c.is("service_completed_successfully"));
            let Some(other) =
                dependency.service.value().filter(|_| waits).and_then(|name| services.get(name))
            else {
                continue;
            };
            let restart =
                other.restart.as_ref().filter(|restart| restart.is("always") || restart.is("unless-stopped"));
            let Some(restart) = restart else { continue };
            let message = format!(
                "`{}` is restarted whenever it ends, so {} waits for its end forever; write `restart: \"no\"` or \
                 `on-failure`",
                other.name,
                pulled::name(spec)
            );
            pulled::on(cx, other, out, restart.at, message).see_on(
                cx,
                dependency.at,
                "its end is waited for here",
            );
        }
    }
}
