//! Rules on one Dockerfile.

mod apt;
mod overridden;
mod secret_files;
mod shipping;

pub mod add_instead_of_copy;
pub mod add_remote_without_checksum;
pub mod apt_get_missing_yes;
pub mod apt_lists_not_removed;
pub mod apt_no_install_recommends;
pub mod chmod_777;
pub mod copy_secret_file;
pub mod curl_insecure;
pub mod dockerignore_missing;
pub mod expose_admin_port;
pub mod hardcoded_secret_value;
pub mod maintainer_deprecated;
pub mod missing_pipefail;
pub mod multiple_cmd;
pub mod multiple_entrypoint;
pub mod pipe_to_shell;
pub mod secret_copied_then_deleted;
pub mod secret_in_arg_env_name;
pub mod shell_form_cmd_entrypoint;
pub mod ssh_server_installed;
pub mod syntax_error;
pub mod unknown_instruction;
pub mod update_without_install;
pub mod workdir_not_absolute;
