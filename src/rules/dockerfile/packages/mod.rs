//! Rules on package managers: what a RUN installs, from where, in which version, and what it leaves in the layer.

mod apt;

pub mod apt_get_missing_yes;
pub mod apt_lists_not_removed;
pub mod apt_no_install_recommends;
pub mod install_missing_yes;
pub mod install_without_update;
pub mod update_without_install;
