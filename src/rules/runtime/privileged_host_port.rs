use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

/// Ports of what is there to be found at its usual place: SSH, mail, names, web, LDAP, tunnels.
const USUAL: [u16; 16] = [21, 22, 25, 53, 67, 80, 110, 123, 143, 389, 443, 465, 587, 853, 993, 995];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for port in &spec.ports {
        let range = port.published.as_ref().and_then(|ports| ports.range);
        let Some((first, _)) =
            range.filter(|&(first, _)| first > 0 && first < 1024 && !USUAL.contains(&first))
        else {
            continue;
        };
        let message = format!(
            "{} takes the host's port {first}, which is reserved for the system and cannot be used by a rootless engine; \
             choose a port above 1023",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, port.at, message);
    }
}
