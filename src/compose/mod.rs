//! Compose files as documents.
#[derive(Debug)]
pub struct ComposeFile {}
