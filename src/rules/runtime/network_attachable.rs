use crate::container::Setting;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for network in project.networks.iter().filter(|network| !network.external) {
        let Some(attachable) = network.attachable.filter(Setting::is_true) else { continue };
        let message = format!(
            "any container of the swarm can join the network `{}`; remove `attachable` if only services use it",
            network.key
        );
        out.on(cx, attachable.at, message);
    }
}
