//! Rules on one Dockerfile.

pub mod build_tools;
pub mod build_tools_in_final;
pub mod copy_from_later_stage;
pub mod copy_from_self;
pub mod copy_from_unknown_stage;
pub mod duplicate_stage_name;
mod froms;
pub mod last_user_root;
pub mod maintainer_deprecated;
pub mod missing_user;
mod near;
mod purpose;
pub mod require_multi_stage;
mod root;
pub mod sdk_image_final;
pub mod sudo_used;
pub mod undefined_variable;
pub mod unreachable_stage;
