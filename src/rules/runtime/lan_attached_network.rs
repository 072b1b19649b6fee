use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for network in project.networks.iter().filter(|network| !network.external) {
        let driver = network.driver.as_ref();
        let Some(driver) = driver.filter(|driver| driver.is("macvlan") || driver.is("ipvlan")) else {
            continue;
        };
        let message = format!(
            "containers on the network `{}` are reached from the local network on every port, whatever is published; use a \
             bridge network if they need no address of their own",
            network.key
        );
        out.on(cx, driver.at, message);
    }
}
