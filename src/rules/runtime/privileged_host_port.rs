use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

/// Ports of what is looked for at its usual place: files, SSH, mail, names, web, logs, LDAP, tunnels.
const USUAL: [u16; 24] = [
    20, 21, 22, 25, 53, 67, 69, 80, 110, 123, 143, 389, 443, 445, 465, 500, 514, 587, 601, 631, 636, 853,
    993, 995,
];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for port in &spec.ports {
        let first = |range: Option<(u16, u16)>| range.map(|(first, _)| first);
        let target = first(port.target.as_ref().and_then(|ports| ports.range));
        // The same number in the container is the one that the program's protocol has.
        let is_chosen =
            |number: &u16| (1..1024).contains(number) && !USUAL.contains(number) && target != Some(*number);
        let published = first(port.published.as_ref().and_then(|ports| ports.range));
        let Some(number) = published.filter(is_chosen) else { continue };
        let message = format!(
            "{} takes the host's port {number}, which is reserved for the system and cannot be used by a rootless \
             engine; choose a port above 1023",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, port.at, message);
    }
}
