use super::{pulled, settings};
use crate::container::{ContainerSpec, Setting};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// Below this the kernel ends almost any other program first.
const LAST: i64 = -900;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let name = pulled::name(spec);
    if let Some(disabled) = spec.oom_kill_disable.filter(Setting::is_true) {
        let limited = !settings::is_unlimited(spec.limits.memory);
        let (what, advice) = if limited {
            ("stops without being ended when it reaches its memory limit", "remove")
        } else {
            ("is not ended when it uses all memory of the host", "set a memory limit, or remove")
        };
        let message = format!("{name} {what}; {advice} {}", pulled::word(spec, "oom_kill_disable"));
        let finding = pulled::on(cx, spec, out, disabled.at, message);
        if limited {
            finding.severity(Severity::Note);
        }
    }
    let score = spec.oom_score_adj.filter(|score| score.value.is_some_and(|score| score <= LAST));
    if let Some(score) = score.filter(|_| settings::is_unlimited(spec.limits.memory)) {
        let message = format!(
            "{name} has no memory limit, and the kernel ends other programs before it; set a memory limit"
        );
        pulled::on(cx, spec, out, score.at, message);
    }
}
