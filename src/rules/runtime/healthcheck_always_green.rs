use super::pulled;
use crate::container::{ContainerSpec, HealthTest};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::text::last_part;

/// What makes a command succeed whatever happened.
const ENDS: [&str; 5] = ["|| true", "|| :", "|| exit 0", "; exit 0", "; true"];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(check) = spec.healthcheck.as_ref().filter(|check| !check.disabled) else { return };
    let name = pulled::name(spec);
    let texts = check.test.as_ref().map_or(&[][..], HealthTest::texts);
    let Some(text) = texts.first() else { return };
    let line = texts.iter().map(|text| text.raw.trim()).collect::<Vec<_>>().join(" ");
    // `… && exit 1 || exit 0` says no in the middle.
    let fails = line.contains("exit 1");
    if let Some(end) = ENDS.iter().find(|end| line.ends_with(**end) && !fails) {
        let message = format!("the health check of {name} ends with `{end}` and never fails; remove that");
        pulled::on(cx, spec, out, text.at, message);
    } else if ignores_status(&line) {
        let message = format!(
            "`curl` succeeds on an error page, so the health check of {name} does not notice one; add `--fail`"
        );
        pulled::on(cx, spec, out, text.at, message).severity(Severity::Note);
    }
}

/// `curl` is the only command, and answers of any status are good.
fn ignores_status(line: &str) -> bool {
    let command = line.strip_suffix("|| exit 1").unwrap_or(line).trim();
    let mut words = command.split_whitespace();
    let is_curl = words.next().is_some_and(|word| last_part(word) == "curl");
    let checks = |word: &str| {
        word.starts_with("--fail")
            || word.starts_with("--write-out")
            || word.starts_with("--unix-socket")
            || word.starts_with('-') && !word.starts_with("--") && word.contains(['f', 'w', 'I'])
    };
    is_curl && command.contains("http") && !command.contains(['|', ';', '&', '$', '`']) && !words.any(checks)
}
