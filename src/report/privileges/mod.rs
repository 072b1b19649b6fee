//! What containers may do: as a table with its paths for a terminal, as JSON, as Mermaid.

use std::str::FromStr;

use super::escape;
use crate::privilege::{Change, Place, Privileges, Way};

mod change;
mod json;
mod mermaid;
mod text;

pub use change::sentence;
pub use json::{Row, row_of};

/// What all of it supposes.
const ASSUMED: &str =
    "Assumed: the engine runs as root and without user namespaces, unless its `daemon.json` is here.";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    #[default]
    Text,
    Json,
    Mermaid,
}

impl Telling {
    pub const ALL: [(&'static str, Self); 3] =
        [("text", Self::Text), ("json", Self::Json), ("mermaid", Self::Mermaid)];
}

impl FromStr for Telling {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name);
        known.map(|&(_, telling)| telling).ok_or_else(|| "one of text, json, mermaid".to_owned())
    }
}

/// The report on some containers. An error if they cannot be written as JSON.
pub fn write(telling: Telling, all: &[Privileges], colour: bool) -> serde_json::Result<String> {
    match telling {
        Telling::Text => Ok(text::write(all, colour)),
        Telling::Json => json::write(all),
        Telling::Mermaid => Ok(mermaid::write(all)),
    }
}

/// What changed, a sentence a line; as JSON with all of it. Mermaid has no form for it and gets the sentences.
pub fn write_changes(telling: Telling, all: &[Change]) -> serde_json::Result<String> {
    match telling {
        Telling::Json => json::write_changes(all),
        Telling::Text | Telling::Mermaid if all.is_empty() => {
            Ok("no service gains or loses privileges\n".to_owned())
        }
        Telling::Text | Telling::Mermaid => {
            let lines: Vec<String> =
                all.iter().map(|change| escape::line(&sentence(change)).into_owned()).collect();
            Ok(lines.join("\n") + "\n")
        }
    }
}

/// `compose.yaml:7`
fn place(place: &Place) -> String {
    format!("{}:{}", place.path, place.line)
}

/// `if its user is root and the host has neither AppArmor nor SELinux`; empty if the way is open.
fn condition(way: &Way) -> String {
    if way.is_open() { String::new() } else { format!("if {}", way.conditions.join(", and ")) }
}
