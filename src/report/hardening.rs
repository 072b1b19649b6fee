//! What would take privileges from containers, as JSON for other programs; `docs/harden.md` is the contract.

use serde::Serialize;

use crate::privilege::Hardening;

/// What must be known of all edits.
pub const UNTESTED: &str = "these edits were not tested; start the services, and check what they do";

/// Raised when a field goes away or changes its meaning; a new field does not.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tested: bool,
    note: &'static str,
    written: bool,
    services: Vec<Service<'a>>,
    diff: &'a str,
}

#[derive(Serialize)]
struct Service<'a> {
    #[serde(rename = "service")]
    name: &'a str,
    path: &'a str,
    line: u32,
    edits: Vec<Edit<'a>>,
    questions: Vec<&'a str>,
    refused: Option<&'a str>,
}

#[derive(Serialize)]
struct Edit<'a> {
    what: &'a str,
    source: Option<&'a str>,
}

/// `diff` as it may be shown. An error if it cannot be written as JSON.
pub fn json(all: &[Hardening], written: bool, diff: &str) -> serde_json::Result<String> {
    let services = all.iter().map(service).collect();
    let document = Document { version: VERSION, tested: false, note: UNTESTED, written, services, diff };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn service(one: &Hardening) -> Service<'_> {
    let of = |sure: bool| one.measures.iter().filter(move |measure| measure.sure == sure);
    Service {
        name: &one.service,
        path: &one.place.path,
        line: one.place.line,
        edits: of(true).map(|measure| Edit { what: &measure.what, source: measure.source }).collect(),
        questions: of(false).map(|measure| &*measure.what).collect(),
        refused: one.refused.as_deref(),
    }
}
