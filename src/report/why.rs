//! Why findings are reported: what speaks for and against each, and what would suppress it. For people, and as JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape;
use super::{Options, human, suppressor};
use crate::archive;
use crate::finding::{Finding, Status, Suppressor};
use crate::gap::Gap;
use crate::rule::Severity;
use crate::secrets::about::About;
use crate::text;
use crate::trust::{Effect, Step, Trust};

/// Raised when a field goes away or changes its meaning.
const VERSION: u32 = 1;

/// What is known of the findings that somebody asked about.
#[derive(Debug)]
pub struct Answer<'a> {
    /// A fingerprint, or a file and a line.
    pub asked: &'a str,
    pub findings: Vec<Subject<'a>>,
    /// For a place: why its file was not checked, or what there is to say about how it was.
    pub looked: Option<Result<Vec<String>, Gap>>,
}

/// A finding that somebody asked about.
#[derive(Debug)]
pub struct Subject<'a> {
    pub finding: &'a Finding,
    /// Its path from the top of the repository.
    pub top: String,
    /// The line of the configuration that sets its severity.
    pub severity_set_in: Option<String>,
}

/// Whether a finding counts, and if not, why.
fn state(finding: &Finding) -> &'static str {
    match &finding.status {
        Status::Suppressed { .. } => "suppressed",
        Status::Open if finding.secret.as_ref().is_some_and(|secret| secret.doubtful) => "hidden",
        Status::Open => "reported",
    }
}

pub fn human(answer: &Answer, options: &Options) -> String {
    let mut text = String::new();
    for (at, subject) in answer.findings.iter().enumerate() {
        let Subject { finding, top, .. } = subject;
        if at > 0 {
            text.push('\n');
        }
        text.push_str(&human::one(finding, options));
        let _ = writeln!(text, "\n{}", state_in_words(finding));
        facts(subject, &mut text);
        signs(finding, &mut text);
        if finding.status == Status::Open {
            remedies(finding, top, &mut text);
        }
    }
    if answer.findings.is_empty() {
        let _ = writeln!(text, "Nothing is reported for {}.", escape::line(answer.asked));
    }
    match &answer.looked {
        Some(Err(gap)) => {
            let _ = writeln!(text, "The file was not checked: {}.", escape::line(&gap.why));
        }
        Some(Ok(notes)) if answer.findings.is_empty() => {
            text.push_str("The file was checked.\n");
            for note in notes {
                let _ = writeln!(text, "{}.", escape::line(note));
            }
        }
        _ => {}
    }
    text
}

fn state_in_words(finding: &Finding) -> String {
    match (&finding.status, state(finding)) {
        (Status::Suppressed { by, at, why }, _) => {
            let by = match (by, at.is_empty()) {
                (Suppressor::Inline, false) => format!("the comment in {at}"),
                (Suppressor::Config | Suppressor::Baseline, false) => at.clone(),
                (_, true) => human::by(*by).to_owned(),
            };
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            escape::line(&format!("Suppressed by {by}{why}")).into_owned()
        }
        (Status::Open, "hidden") => {
            "Not reported, because of low confidence; --profile strict reports it".to_owned()
        }
        (Status::Open, _) => "Reported; no comment, configuration or list suppresses it".to_owned(),
    }
}

fn facts(subject: &Subject, text: &mut String) {
    let finding = subject.finding;
    let rule = finding.rule;
    let _ = writeln!(text, "\n  rule         {}: {}", rule.id, rule.title);
    let _ = writeln!(text, "  profile      {}, {}", rule.profile.name(), rule.status.name());
    let _ = writeln!(text, "  severity     {}{}", finding.severity.name(), why_so_severe(subject));
    let _ = writeln!(text, "  fix          {}", escape::line(&fix(finding)));
    let _ = writeln!(text, "  fingerprint  {:032x}", finding.fingerprint);
}

/// What the tool changes, and by which flag; or that it changes nothing.
fn fix(finding: &Finding) -> String {
    match (&finding.fix, finding.rule.fix) {
        (Some(fix), _) => format!("{} ({})", fix.title, human::flag(fix.safety)),
        (None, None) => "none; change the file by hand".to_owned(),
        (None, Some(safety)) => {
            format!(
                "none here, though {} fixes others of this rule; change the file by hand",
                human::flag(safety)
            )
        }
    }
}

/// In a sentence's end where the severity is another than the rule's own.
fn why_so_severe(subject: &Subject) -> String {
    let Subject { finding, top, severity_set_in } = subject;
    let own = finding.rule.severity;
    if let Some(place) = severity_set_in {
        let usual = if finding.severity == own {
            String::new()
        } else {
            format!("; {} is usual for the rule", own.name())
        };
        return format!(", set in {place}{usual}");
    }
    match &finding.secret {
        Some(_) if finding.severity == Severity::Note && About::path(top).is_for_show() => {
            ", as for all secrets in tests, samples, documentation and vendored code".to_owned()
        }
        Some(secret) => format!(", because of {} confidence", secret.confidence().name()),
        None if finding.severity != own => format!("; {} is usual for the rule", own.name()),
        None => String::new(),
    }
}

fn signs(finding: &Finding, text: &mut String) {
    let Some(trust) = trust(finding) else { return };
    text.push_str("\nWhy it is taken for a secret\n");
    for step in trust.steps() {
        let (topic, _, sentence) = step.sign.about();
        let moved = match step.effect {
            Effect::Sets => format!("; the confidence begins at {}", step.confidence.name()),
            Effect::Raises => format!("; raised to {}", step.confidence.name()),
            Effect::Lowers => format!("; lowered to {}", step.confidence.name()),
            Effect::Keeps => String::new(),
        };
        let _ = writeln!(text, "  {:11}  {sentence}{moved}", topic.name());
    }
}

/// What a search of any text makes of a secret. A rule on documents that reports it knows of that search.
fn trust(finding: &Finding) -> Option<Trust> {
    let own = finding.secret.as_ref().map(|secret| secret.trust);
    own.or_else(|| finding.values.kin.iter().find_map(|kin| kin.trust))
}

/// Endings of files that cannot contain comments.
const CLOSED: [&str; 5] = ["json", "ipynb", "tfstate", "map", "webmanifest"];

/// What a person may write to suppress an open finding.
struct Remedies {
    /// `None` where the file cannot have one.
    comment: Option<String>,
    config: String,
    baseline: String,
}

impl Remedies {
    fn of(finding: &Finding, top: &str) -> Self {
        let id = finding.rule.id;
        let is_past = finding.secret.as_ref().is_some_and(|secret| secret.past.is_some());
        let is_closed = CLOSED.contains(&text::last_part(top).rsplit('.').next().unwrap_or_default());
        let has_comments = !is_past && !is_closed && archive::holders(top).count() == 1;
        let entry = json!({"path": top, "rule": id, "fingerprint": format!("{:032x}", finding.fingerprint)});
        Self {
            comment: has_comments.then(|| format!("hullguard: ignore={id} your reason")),
            config: format!("ignore: [{{rule: {id}, path: {}, reason: your reason}}]", json!(top)),
            baseline: entry.to_string(),
        }
    }
}

fn remedies(finding: &Finding, top: &str, text: &mut String) {
    let Remedies { comment, config, baseline } = Remedies::of(finding, top);
    text.push_str("\nTo suppress it, one of these\n");
    if let Some(comment) = comment {
        let _ = writeln!(text, "  a comment alone in the line before\n    {comment}");
    }
    let _ = writeln!(text, "  hullguard.yaml\n    {}", escape::line(&config));
    let _ = writeln!(
        text,
        "  .hullguard-baseline.jsonl (`hullguard baseline` writes it)\n    {}",
        escape::line(&baseline)
    );
}

/// # Errors
/// What `out` cannot take.
pub fn json(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Value> = answer.findings.iter().map(row).collect();
    let mut told = json!({"version": VERSION, "asked": answer.asked, "findings": findings});
    match &answer.looked {
        Some(Err(gap)) => {
            told["checked"] = false.into();
            told["reason"] = gap.reason.id().into();
            told["why"] = gap.why.as_str().into();
        }
        Some(Ok(notes)) => {
            told["checked"] = true.into();
            told["notes"] = notes.clone().into();
        }
        None => {}
    }
    escape::pretty_json(out, &told)?;
    writeln!(out)
}

fn row(subject: &Subject) -> Value {
    let Subject { finding, top, severity_set_in } = subject;
    let rule = finding.rule;
    let mut row = json!({
        "rule": rule.id,
        "title": rule.title,
        "message": finding.message,
        "path": &*finding.place.path,
        "line": finding.place.start.line,
        "column": finding.place.start.column,
        "fingerprint": format!("{:032x}", finding.fingerprint),
        "profile": rule.profile.name(),
        "status": rule.status.name(),
        "severity": finding.severity.name(),
        "fix": finding.fix.as_ref().map(|fix| json!({"title": fix.title, "flag": human::flag(fix.safety)})),
        "state": state(finding),
    });
    if let Some(place) = severity_set_in {
        row["severity_set_in"] = place.as_str().into();
    }
    if let Some(trust) = trust(finding) {
        let sign = |step: Step| {
            let (topic, sign, text) = step.sign.about();
            let (effect, confidence) = (step.effect.name(), step.confidence.name());
            json!({"topic": topic.name(), "sign": sign, "text": text, "effect": effect, "confidence": confidence})
        };
        row["confidence"] = trust.confidence().name().into();
        row["signs"] = trust.steps().map(sign).collect();
    }
    match &finding.status {
        Status::Suppressed { by, at, why } => {
            row["suppressed_by"] = suppressor(*by).into();
            row["suppressed_at"] = at.as_str().into();
            row["reason"] = why.as_str().into();
        }
        Status::Open => {
            let Remedies { comment, config, baseline } = Remedies::of(finding, top);
            row["suppress"] = json!({"comment": comment, "config": config, "baseline": baseline});
        }
    }
    row
}
