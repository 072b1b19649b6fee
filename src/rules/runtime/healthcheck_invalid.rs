use super::pulled;
use crate::container::{ContainerSpec, HealthTest};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::last_part;

/// What only a shell understands.
const OF_A_SHELL: [&str; 6] = ["||", "&&", "|", ";", ">", "2>&1"];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(check) = &spec.healthcheck else { return };
    let name = pulled::name(spec);
    if let Some(first) = check.ignored.first() {
        let message = format!(
            "`CMD-SHELL` takes one text, so the health check of {name} runs without this argument; write `CMD`, or all of \
             it in one text"
        );
        pulled::on(cx, spec, out, first.at, message);
    }
    let Some(HealthTest::Exec(words)) = &check.test else { return };
    let shell = words.first().is_some_and(|word| {
        let program = last_part(&word.raw);
        ["sh", "bash", "ash", "dash", "cmd", "powershell", "pwsh"].contains(&program)
    });
    if let Some(sign) = words.iter().find(|word| !shell && OF_A_SHELL.contains(&&*word.raw)) {
        let message = format!(
            "no shell runs the health check of {name}, so `{}` is passed to the program as an argument; write \
             `CMD-SHELL` and one text",
            sign.raw
        );
        pulled::on(cx, spec, out, sign.at, message);
    }
}
