//! SARIF to code scanning, until GitHub has read it.
//!
//! An upload closes the alerts that it does not hold. So one without results is sent too, and none at all of a run
//! that could not check everything.

use std::io::Write as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::client::Client;
use super::refused::Refused;
use super::{Plan, Reporter, Told, open};
use crate::outcome::Outcome;
use crate::report::sarif::{self, RESULTS, SHOWN};
use crate::report::{Options, escape};

/// GitHub's limit for the compressed file.
const SIZE: usize = 10 * 1024 * 1024;
/// The longest time between two questions whether it is read.
const PAUSE: Duration = Duration::from_secs(8);
/// How many of GitHub's complaints are told.
const COMPLAINTS: usize = 3;

pub(super) fn upload(client: &Client, outcome: &Outcome, plan: &Plan) -> Result<Told, Refused> {
    let target = client.target;
    if outcome.is_incomplete() {
        return Err(Refused::here(
            "not everything was checked, and an upload would close the alerts of the rest",
        ));
    }
    let is_ref = ["refs/heads/", "refs/tags/", "refs/pull/"].iter().any(|p| target.git_ref.starts_with(p));
    if !is_ref {
        return Err(Refused::here("there is no branch, tag or pull request for the alerts"));
    }
    let count = open(outcome).count();
    let mut told = Told::by(Reporter::Sarif, count);
    let (packed, held) = pack(outcome, &plan.category, count.min(RESULTS), SIZE)?;
    if held < count {
        told.words.push(format!("the {held} most severe of {count} findings were uploaded; more do not fit"));
    }
    if held > SHOWN {
        told.words.push(format!("GitHub shows the {SHOWN} most severe of {held} findings"));
    }
    let body = json!({
        "commit_sha": target.commit()?,
        "ref": target.git_ref,
        "sarif": STANDARD.encode(packed),
        "tool_name": "hullguard",
    });
    let answer = client.post("/code-scanning/sarifs", &body)?;
    let id = answer.get("id").and_then(Value::as_str).filter(|id| is_id(id)).ok_or_else(Refused::odd)?;
    await_reading(client, id, plan.patience, &mut told)?;
    told.sarif_id = Some(id.to_owned());
    let query = match (target.pull_request, target.git_ref.strip_prefix("refs/heads/")) {
        (Some(number), _) => format!("?query=pr%3A{number}"),
        (None, Some(branch)) => format!("?query=branch%3A{}", escape::uri(branch)),
        (None, None) => String::new(),
    };
    told.url = Some(format!("{}/{}/security/code-scanning{query}", target.server_url, target.repository));
    Ok(told)
}

/// A name that can stand in a route.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The compressed report, and how many findings it holds: as many, severest first, as keep it within `size` bytes.
fn pack(outcome: &Outcome, category: &str, count: usize, size: usize) -> Result<(Vec<u8>, usize), Refused> {
    let mut most = count;
    loop {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        let options = Options::default();
        let packed = sarif::write_as(category, most, outcome, &options, &mut gzip)
            .and_then(|()| gzip.flush())
            .and_then(|()| gzip.finish())
            .map_err(|error| Refused::here(format!("the report cannot be created: {error}")))?;
        if packed.len() <= size {
            return Ok((packed, most));
        }
        if most == 0 {
            return Err(Refused::here("the report is too large even without findings"));
        }
        // A tenth less than would fit if all findings were alike.
        most = (most as u128 * size as u128 * 9 / (packed.len() as u128 * 10)) as usize;
    }
}

/// Asks until GitHub has read the file or refused it. One that is still being read is well on its way.
fn await_reading(client: &Client, id: &str, patience: Duration, told: &mut Told) -> Result<(), Refused> {
    let start = Instant::now();
    let mut pause = Duration::from_secs(1).min(patience);
    // Once at least.
    let mut asked = false;
    while !asked || start.elapsed() + pause <= patience {
        client.pause(pause);
        asked = true;
        pause = (pause * 2).min(PAUSE);
        let status = match client.get(&format!("/code-scanning/sarifs/{id}")) {
            Ok(status) => status,
            // It may not be known yet where we ask.
            Err(refused) if refused.status == Some(404) => continue,
            Err(refused) => {
                told.words.push(format!("it is unknown whether GitHub accepted it: {refused}"));
                return Ok(());
            }
        };
        match status.get("processing_status").and_then(Value::as_str) {
            Some("complete") => return Ok(()),
            Some("failed") => {
                let errors = status.get("errors").and_then(Value::as_array);
                let errors = errors.into_iter().flatten().filter_map(Value::as_str).take(COMPLAINTS);
                let errors: Vec<_> = errors.map(|error| escape::line(error).into_owned()).collect();
                return Err(Refused::here(format!(
                    "GitHub could not read the report: {}",
                    errors.join("; ")
                )));
            }
            _ => {}
        }
    }
    told.words.push("GitHub is still reading the report".to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::blob::Origin;
    use crate::finding::{Finding, Status, Values};
    use crate::place::place;
    use crate::rule::Severity;
    use crate::rules::RULES;
    use crate::text::{Source, Span};

    #[test]
    fn what_is_too_large_goes_up_without_its_mildest_findings() {
        let source = Source::new("f", b"FROM a\n".to_vec());
        let findings = (0..400u64).map(|n| Finding {
            rule: &RULES[0],
            severity: if n % 4 == 0 { Severity::Error } else { Severity::Note },
            place: place(&source, Span::new(0, 4), &Origin::WorkTree, &[]),
            // Nothing that a compression could make small.
            message: (0..20).fold(String::new(), |text, i| {
                format!("{text}{:x}", (n * 20 + i).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            }),
            related: Vec::new(),
            fix: None,
            status: Status::Open,
            fingerprint: u128::from(n),
            secret: None,
            values: Values::default(),
            container: None,
        });
        let outcome = Outcome { findings: findings.collect(), ..Outcome::default() };
        let (all, held) = pack(&outcome, "c", 400, SIZE).unwrap();
        assert_eq!(held, 400);
        let size = all.len() / 3;
        let (packed, held) = pack(&outcome, "c", 400, size).unwrap();
        assert!(packed.len() <= size && (50..140).contains(&held), "{held} in {} of {size}", packed.len());
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*packed).read_to_string(&mut text).unwrap();
        let sarif: Value = serde_json::from_str(&text).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let errors = results.iter().filter(|result| result["level"] == "error").count();
        assert_eq!((results.len(), errors), (held, held.min(100)));
        assert!(text.contains("more results of the same or lower severity"));
        assert!(pack(&outcome, "c", 400, 10).is_err());
    }
}
