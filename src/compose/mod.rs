//! Compose files as documents.
