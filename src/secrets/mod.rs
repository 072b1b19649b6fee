//! What a secret looks like, and where one stands in a text.
//!
//! [`find`] scans any text, and `search` has the way of a byte. The gate looks at every one and leads to what may be a
//! secret (`leads` has all that it looks for). A matcher looks at the place: `patterns` and `provider` match the kinds that
//! have pages (`kinds`), `structures` URLs and logins, `keys`, `headers`, `cookies` and `jwt` what they are called after,
//! `syntax` finds values under names and `rows` those in their columns, `calls` and `commands` passwords that no name announces, `within` what stands behind
//! an encoding. What they find is judged: `assigned` weighs a value against its name, `strength` says what it looks like,
//! `near` whether it is a token that somebody altered. Of several explanations of one place `merit` keeps the best.
//!
//! No file knows one that comes behind it on that way; `tests/floors.rs` holds them to it. Rules for Dockerfiles and
//! containers ask `names` and `values`; what must not be shown of a text is `shown`'s. Files, git and reports are left to
//! others, and no value leaves through a message.

pub mod about;
mod around;
mod assigned;
mod before;
mod below;
mod calls;
mod checksum;
mod commands;
mod cookies;
mod cursor;
pub mod custom;
mod decode;
mod fakes;
mod far;
mod gate;
mod headers;
mod hit;
mod jwt;
mod keys;
pub(crate) mod kinds;
mod leads;
mod merit;
pub mod names;
mod near;
mod patterns;
mod printed;
pub(crate) mod programs;
mod provider;
mod random;
mod reach;
mod remarks;
mod rows;
mod search;
mod strength;
mod structures;
mod syntax;
pub mod values;
mod vocabulary;
mod wide;
mod within;

pub use hit::Hit;
pub use reach::{Touched, reach};
pub use rows::is_table;
pub use search::{find, find_in, holds_token};
pub use wide::{Wide, as_utf8, is_binary};
