//! What a secret looks like: names of credentials, values worth hiding, tokens of known providers.
//!
//! Rules ask it what is a secret, the scanner asks it what must never be shown. Where a text comes from, and which
//! documents have keys and values, is left to the callers.

pub mod mask;
pub mod names;
pub mod tokens;
pub mod values;
