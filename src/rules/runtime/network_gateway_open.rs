use crate::container::Pair;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

const MODES: [&str; 2] =
    ["com.docker.network.bridge.gateway_mode_ipv4", "com.docker.network.bridge.gateway_mode_ipv6"];
const TRUSTED: &str = "com.docker.network.bridge.trusted_host_interfaces";

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for network in project.networks.iter().filter(|network| !network.external) {
        for option in network.driver_opts.iter().filter(|option| opens(option)) {
            let message = format!(
                "other hosts can reach all ports on the network `{}`, published or not; remove `{}`",
                network.key, option.key.raw
            );
            out.on(cx, option.at, message);
        }
    }
}

fn opens(option: &Pair) -> bool {
    let value = option.value.as_ref().and_then(|value| value.value()).unwrap_or_default();
    match option.key.value() {
        Some(TRUSTED) => !value.is_empty(),
        Some(key) => MODES.contains(&key) && value == "nat-unprotected",
        None => false,
    }
}
