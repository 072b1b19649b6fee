//! Rules that need more than one document.

pub mod build_target_missing;
pub mod build_target_not_final;
pub mod named_file_missing;
pub mod run_as_root_effective;
pub mod secret_file_tracked;
