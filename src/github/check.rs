//! A check run on the commit, with annotations on the lines and a conclusion from the gate.
//!
//! It is concluded as soon as it is made: one that fails halfway must not look as if it were still running. GitHub
//! adds the annotations of an update to those before, so an update that may have come through is not sent again.

use serde_json::{Value, json};

use super::annotations::annotation;
use super::client::Client;
use super::refused::Refused;
use super::{Gate, Plan, Reporter, Told, body, severest_first};
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::report::{escape, human};

/// GitHub's limit for one request.
const BATCH: usize = 50;
/// More than anybody reads; each batch costs a request of a rate that other jobs need too.
const MOST: usize = 1_000;
/// GitHub's limit for a title, in characters.
const TITLE: usize = 255;

pub(super) fn create(client: &Client, outcome: &Outcome, plan: &Plan) -> Result<Told, Refused> {
    let target = client.target;
    let findings = severest_first(outcome);
    let mut annotations = Vec::new();
    let mut rest: Vec<&Finding> = Vec::new();
    for finding in &findings {
        match annotation(finding).filter(|_| annotations.len() < MOST) {
            Some(annotation) => annotations.push(annotation),
            None => rest.push(finding),
        }
    }
    let title: String = escape::plain(&human::summary(outcome)).chars().take(TITLE).collect();
    let mut summary = body::opening(outcome);
    if !rest.is_empty() {
        summary.push_str("\n**Without an annotation:**\n\n");
        body::push_findings(&mut summary, &rest, target);
    }
    let output =
        |annotations: &[Value]| json!({ "title": title, "summary": summary, "annotations": annotations });
    let mut batches = annotations.chunks(BATCH);
    let made = client.post(
        "/check-runs",
        &json!({
            "name": name(&plan.category),
            "head_sha": target.commit()?,
            "status": "completed",
            "conclusion": match plan.gate {
                Gate::Passed => "success",
                Gate::Failed => "failure",
                Gate::Neutral => "neutral",
            },
            "output": output(batches.next().unwrap_or_default()),
        }),
    )?;
    let id = made.get("id").and_then(Value::as_u64).ok_or_else(Refused::odd)?;
    for batch in batches {
        client.patch(&format!("/check-runs/{id}"), &json!({ "output": output(batch) }))?;
    }
    let mut told = Told::by(Reporter::Check, findings.len());
    told.url = made.get("html_url").and_then(Value::as_str).map(str::to_owned);
    if !rest.is_empty() {
        told.words.push(format!("{} of {} findings are annotations", annotations.len(), findings.len()));
    }
    Ok(told)
}

/// Runs that check different things on one commit stand beside each other.
fn name(category: &str) -> String {
    if category == "hullguard" {
        category.to_owned()
    } else {
        format!("hullguard ({})", escape::plain(category))
    }
}
