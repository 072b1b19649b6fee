use std::net::Ipv4Addr;

use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::yaml::Node;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    let networks = file.section("networks");
    let defined = |name: &str| networks.iter().find(|entry| entry.key_str() == name).map(|entry| entry.value);
    for service in file.services() {
        let joined = service.value.get("networks").filter(|joined| joined.is_mapping());
        for network in joined.iter().flat_map(|joined| joined.entries()) {
            let Some(written) = network.value.get("ipv4_address") else { continue };
            let address = written.as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
            let (Some(address), Some(definition)) = (address, defined(network.key_str())) else { continue };
            if definition.get("external").is_some() || definition.is_alias() {
                continue;
            }
            let wrong = match subnets(definition) {
                Some(subnets) if subnets.is_empty() => "has no subnet",
                Some(subnets) if !subnets.iter().any(|subnet| subnet.has(address)) => "has other subnets",
                _ => continue,
            };
            let message = format!(
                "the network `{}` {wrong}, so the engine refuses this address; set `ipam.config.subnet` of the \
                 network to one with the address",
                network.key_str()
            );
            out.on(cx, At::new(file.id, written.span()), message);
        }
    }
}

struct Subnet {
    base: u32,
    mask: u32,
}

impl Subnet {
    fn has(&self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.mask == self.base & self.mask
    }
}

/// The subnets of IPv4; `None` if one is not known.
fn subnets(network: Node) -> Option<Vec<Subnet>> {
    let Some(config) = network.get("ipam").and_then(|ipam| ipam.get("config")) else {
        // Another driver than the usual one may give out addresses itself.
        let is_usual =
            |ipam: Node| ipam.get("driver").is_none_or(|driver| driver.as_str() == Some("default"));
        return network.get("ipam").is_none_or(is_usual).then(Vec::new);
    };
    let mut subnets = Vec::new();
    for item in config.items() {
        let Some(subnet) = item.get("subnet") else { continue };
        let (base, length) = subnet.as_str()?.split_once('/')?;
        if base.contains(':') {
            continue;
        }
        let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        subnets.push(Subnet { base: base.parse::<Ipv4Addr>().ok()?.into(), mask });
    }
    Some(subnets)
}
