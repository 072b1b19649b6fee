//! What may be shown: the one place where drafts become findings, and where text of a file is cut for people's eyes.
//!
//! A [`Veil`] knows what must not be shown of a text. Every excerpt, message, label, edit and line of a diff is cut
//! through it. Secrets are judged here, too ([`secrets`]), because only their values say whether they are known. Which
//! files there are is left to `scan` and `history`; how it looks is left to `report`.

mod blocks;
mod code;
mod commands;
pub mod finish;
mod guard;
mod lexer;
pub mod marks;
pub mod own;
pub mod secrets;
mod values;
mod veil;

pub use guard::guarded;
pub use marks::Marks;
pub use veil::{Veil, masked, unnamed};
