//! One sentence on what a change gives a container or takes from it.

use super::{condition, place};
use crate::privilege::{Change, Grant, Place};

/// How many things a sentence names.
const NAMED: usize = 5;

/// `` `web` gains the capability SYS_ADMIN and the host's network (compose.yaml:14); from there root on the host: … ``,
/// without a full stop.
pub fn sentence(change: &Change) -> String {
    let name = format!("`{}`", change.service);
    let mut parts = Vec::new();
    if !change.gained.is_empty() {
        let verb = if change.is_new { "is new and has" } else { "gains" };
        parts.push(format!("{name} {verb} {}{}", list(&change.gained), at(&change.gained, &change.place)));
    } else if change.is_new {
        parts.push(format!("{name} is new ({})", place(&change.place)));
    }
    if !change.lost.is_empty() {
        let who = if parts.is_empty() { format!("{name} loses") } else { "it loses".to_owned() };
        parts.push(format!("{who} {}", list(&change.lost)));
    }
    if parts.is_empty() {
        parts.push(format!("{name} changes ({})", place(&change.place)));
    }
    if let Some(way) = &change.opened {
        let steps: Vec<&str> = way.steps.iter().map(|step| &*step.text).collect();
        let conditions = condition(way);
        let comma = if conditions.is_empty() { "" } else { ", " };
        parts.push(format!("from there {}{comma}{conditions}: {}", way.gains.name(), steps.join(", then ")));
    } else if change.closed {
        parts.push("no path to the host is left".to_owned());
    }
    parts.join("; ")
}

/// `a, b and c`
fn list(grants: &[Grant]) -> String {
    let mut names: Vec<String> = grants.iter().take(NAMED).map(|grant| grant.what.clone()).collect();
    if grants.len() > NAMED {
        names.push(format!("{} more", grants.len() - NAMED));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// Where the first of them is written, or else the service.
fn at(grants: &[Grant], service: &Place) -> String {
    let written = grants.iter().find_map(|grant| grant.place.as_ref());
    format!(" ({})", place(written.unwrap_or(service)))
}
