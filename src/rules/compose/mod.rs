//! Rules on Compose files as such: their keys and their form.

pub mod version_obsolete;
pub mod yaml_duplicate_key;
