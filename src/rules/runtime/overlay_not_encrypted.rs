use super::known_images;
use crate::container::Text;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    // Nodes with Windows cannot join an encrypted network.
    if project.containers.iter().any(|spec| known_images::runs_windows(cx, spec)) {
        return;
    }
    for network in project.networks.iter().filter(|network| !network.external) {
        let Some(driver) = network.driver.as_ref().filter(|driver| driver.is("overlay")) else { continue };
        // Docker looks for the key, whatever its value.
        if network.driver_opts.iter().any(|pair| pair.key.is("encrypted") || pair.key.is_unknown()) {
            continue;
        }
        let by_default = super::pulled::by_default(Text::from_default(driver));
        let message = format!(
            "the overlay network `{}` does not encrypt traffic between hosts{by_default}; add `encrypted` to `driver_opts`",
            network.key
        );
        out.on(cx, driver.at, message);
    }
}
