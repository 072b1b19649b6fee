//! JSON for other programs; `docs/privileges.md` is the contract.

use serde::Serialize;

use super::ASSUMED;
use crate::privilege::{Change, Grant, Held, Place, Privileges, Step, Way, Weight};

/// Raised when a field goes away or changes its meaning; a new field does not.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    assumed: &'static str,
    services: Vec<Service<'a>>,
}

#[derive(Serialize)]
struct Changed<'a> {
    version: u32,
    assumed: &'static str,
    changes: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Service<'a> {
    #[serde(rename = "service")]
    name: &'a str,
    path: &'a str,
    line: u32,
    holds: Vec<Holds<'a>>,
    paths_to_host: Vec<Path<'a>>,
    not_known: &'a [String],
}

#[derive(Serialize)]
struct Holds<'a> {
    aspect: &'static str,
    what: &'a str,
    /// `less`, `usual`, `more` than Docker gives every container.
    compared: &'static str,
    places: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Path<'a> {
    id: &'static str,
    gains: &'static str,
    steps: Vec<Stride<'a>>,
    conditions: &'a [String],
    source: &'static str,
}

#[derive(Serialize)]
struct Stride<'a> {
    text: &'a str,
    places: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    line: u32,
}

pub(super) fn write(all: &[Privileges]) -> serde_json::Result<String> {
    let services = all.iter().map(service).collect();
    let mut text = serde_json::to_string_pretty(&Document { version: VERSION, assumed: ASSUMED, services })?;
    text.push('\n');
    Ok(text)
}

/// A change, in this report and in that of findings.
#[derive(Serialize)]
pub struct Row<'a> {
    service: &'a str,
    path: &'a str,
    line: u32,
    new_service: bool,
    gained: Vec<&'a str>,
    lost: Vec<&'a str>,
    opened: Option<Path<'a>>,
    closed: bool,
    sentence: String,
}

pub fn row_of(change: &Change) -> Row<'_> {
    Row {
        service: &change.service,
        path: &change.place.path,
        line: change.place.line,
        new_service: change.is_new,
        gained: names(&change.gained),
        lost: names(&change.lost),
        opened: change.opened.as_ref().map(path),
        closed: change.closed,
        sentence: super::sentence(change),
    }
}

fn names(grants: &[Grant]) -> Vec<&str> {
    grants.iter().map(|grant| &*grant.what).collect()
}

pub(super) fn write_changes(all: &[Change]) -> serde_json::Result<String> {
    let document = Changed { version: VERSION, assumed: ASSUMED, changes: all.iter().map(row_of).collect() };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn service(one: &Privileges) -> Service<'_> {
    Service {
        name: &one.service,
        path: &one.place.path,
        line: one.place.line,
        holds: one.held.iter().map(holds).collect(),
        paths_to_host: one.ways.iter().map(path).collect(),
        not_known: &one.unknown,
    }
}

fn holds(held: &Held) -> Holds<'_> {
    let compared = match held.weight {
        Weight::Less => "less",
        Weight::Usual => "usual",
        Weight::More => "more",
    };
    Holds { aspect: held.aspect.name(), what: &held.what, compared, places: lines(&held.places) }
}

fn path<'w>(way: &'w Way) -> Path<'w> {
    let stride = |step: &'w Step| Stride { text: &step.text, places: lines(&step.places) };
    Path {
        id: way.id,
        gains: way.gains.id(),
        steps: way.steps.iter().map(stride).collect(),
        conditions: &way.conditions,
        source: way.source,
    }
}

fn lines(places: &[Place]) -> Vec<Line<'_>> {
    places.iter().map(|place| Line { path: &place.path, line: place.line }).collect()
}
