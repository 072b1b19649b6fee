//! Rules on what only some applications have: PHP, Ruby, GPUs, Windows.

pub mod assets_compiled_with_secret;
pub mod bundler_flags_deprecated;
pub mod bundler_installed_again;
pub mod bundler_installs_development;
pub mod composer_installs_dev;
pub mod cuda_installed_twice;
pub mod gpu_all_capabilities;
pub mod gpu_devices_hard_coded;
pub mod gpu_query_in_build;
pub mod gpu_runtime_installed;
pub mod opcache_not_enabled;
pub mod powershell_goes_on;
pub mod unsupported_on_windows;
pub mod xdebug_in_image;
