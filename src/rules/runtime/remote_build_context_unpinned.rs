use super::pulled;
use super::remote::{Pin, pin};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(build) = &spec.build else { return };
    let named = build.additional_contexts.iter().filter_map(|pair| pair.value.as_ref());
    for context in build.context.iter().chain(named) {
        let Some(pin) = context.value().and_then(pin) else { continue };
        let name = pulled::name(spec);
        let (what, advice, severity) = match pin {
            Pin::Commit => continue,
            Pin::Tag => (
                "a tag of a remote repository, which can be moved",
                "name a commit after `#`",
                Severity::Note,
            ),
            Pin::Nothing => (
                "whatever a remote repository contains at that time",
                "name a commit after `#`",
                Severity::Warning,
            ),
            Pin::Plain => ("a download without encryption", "use `https://`", Severity::Warning),
        };
        pulled::on(cx, spec, out, context.at, format!("{name} is built from {what}; {advice}"))
            .severity(severity);
    }
}
