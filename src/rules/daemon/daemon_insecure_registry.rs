use super::{host_of, is_local};
use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    for (registry, span) in file.list("insecure-registries") {
        // The engine takes these away.
        let schemes = ["http://", "https://"];
        let registry = schemes.iter().find_map(|scheme| registry.strip_prefix(scheme)).unwrap_or(registry);
        let network = registry.split_once('/').map(|(_, bits)| bits);
        if is_local(host_of(registry)) || is_local(registry) || registry == "::1/128" {
            continue;
        }
        let everything = network == Some("0");
        let whose = if everything { "all registries".to_owned() } else { format!("`{registry}`") };
        let message = format!(
            "images of {whose} come without TLS or with any certificate, so others can replace them; give the registry \
             a certificate that the engine trusts"
        );
        let finding = out.at(file.source, span, message);
        if everything {
            finding.severity(Severity::Error);
        }
    }
}
