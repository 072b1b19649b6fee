//! Rules on a container's settings, whatever surface they were written on.

pub mod apparmor_unconfined;
pub mod capabilities_not_dropped;
pub mod capability_all;
pub mod cpu_limit_missing;
pub mod default_bridge_network;
pub mod docker_socket_mount;
pub mod exposure;
pub mod host_network;
pub mod host_paths;
pub mod host_pid;
pub mod host_root_mount;
pub mod known_images;
pub mod memory_limit_missing;
pub mod no_new_privileges_disabled;
pub mod no_new_privileges_missing;
pub mod privileged_container;
pub mod pulled;
pub mod run_as_root_explicit;
pub mod seccomp_unconfined;
pub mod security_options;
pub mod sensitive_host_mount;
pub mod settings;
pub mod writable_root_filesystem;
