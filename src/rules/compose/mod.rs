//! Rules on Compose files as such: their keys and their form.

pub mod compose_file_missing;
pub mod compose_reference_broken;
pub mod compose_wrong_type;
pub mod version_obsolete;
pub mod yaml_duplicate_key;
