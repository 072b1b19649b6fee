use super::order;
use crate::compose::ComposeFile;
use crate::finding::Findings;
use crate::rule::Context;

/// The usual order: what runs, what it needs, its data, its settings, its networks, how it runs, what is known of it.
const ORDER: [&str; 25] = [
    "image",
    "build",
    "container_name",
    "depends_on",
    "volumes",
    "volumes_from",
    "configs",
    "secrets",
    "environment",
    "env_file",
    "ports",
    "networks",
    "network_mode",
    "extra_hosts",
    "command",
    "entrypoint",
    "working_dir",
    "restart",
    "healthcheck",
    "deploy",
    "logging",
    "labels",
    "user",
    "isolation",
    "profiles",
];

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        if service.value.is_alias() {
            continue;
        }
        let items = service.value.raw_entries().filter_map(|entry| {
            let rank = ORDER.iter().position(|key| *key == entry.key_str())?;
            Some((entry.key_span(), rank, order::shown(entry.key_str())))
        });
        order::first(cx, file, out, items, "sort the keys of the service in the usual order");
    }
}
