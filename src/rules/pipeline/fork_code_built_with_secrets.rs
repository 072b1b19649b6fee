use crate::finding::Findings;
use crate::pipeline::{Pipeline, What};
use crate::rule::Context;

/// Events that run with the secrets of the repository, whoever opened the pull request.
const TRUSTED: [&str; 2] = ["pull_request_target", "workflow_run"];

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    let Some(trigger) = TRUSTED.iter().find_map(|name| file.trigger(name)) else { return };
    if matches!(&*trigger.types, [one] if &**one == "closed" || &**one == "labeled") {
        return;
    }
    for (job, at, act) in file.acts() {
        let takes = |act: &&crate::pipeline::Act| matches!(act.what, What::TakesForeignCode);
        let What::Build { from_files: true, .. } = act.what else { continue };
        let Some(taken) = file.jobs[job].acts[..at].iter().find(takes) else { continue };
        if file.jobs[job].is_guarded || act.is_conditional || taken.is_conditional {
            continue;
        }
        let message = format!(
            "with `{}`, the build runs commands from a fork's pull request, with this repository's secrets; build on \
             `pull_request`",
            trigger.name
        );
        out.at(file.source, act.at, message)
            .see(file.source, taken.at, "the code of the pull request is taken here")
            .see(file.source, trigger.at, "this event has the secrets");
    }
}
