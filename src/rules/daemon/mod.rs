//! Rules on the settings of the container engine itself, `daemon.json`.

pub mod daemon_config_invalid;
pub mod daemon_debug_log;
pub mod daemon_experimental;
pub mod daemon_firewall_off;
pub mod daemon_hardening_missing;
pub mod daemon_insecure_registry;
pub mod daemon_isolation_weakened;
pub mod daemon_logs_unbounded;
pub mod daemon_metrics_exposed;
pub mod daemon_mirror_over_http;
pub mod daemon_seccomp_unconfined;
pub mod daemon_socket_group_wide;
pub mod daemon_storage_driver_removed;
pub mod daemon_tcp_unauthenticated;

/// The host of an address with a port: `[::1]:2375`, `0.0.0.0:2375`, `:2375`.
fn host_of(address: &str) -> &str {
    let address = address.split('/').next().unwrap_or(address);
    address.rsplit_once(':').map_or(address, |(host, _)| host)
}

/// Only this machine reaches it.
fn is_local(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}
