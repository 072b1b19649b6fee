//! Rules on image references, wherever they stand.

pub mod end_of_life_image;
pub mod invalid_image_reference;
pub mod known;
pub mod latest_tag;
pub mod mistyped_image;
mod read;
pub mod unpinned_digest;
pub mod untagged_image;
pub mod untrusted_registry;
