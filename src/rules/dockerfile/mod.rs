//! Rules on one Dockerfile.

pub mod maintainer_deprecated;
