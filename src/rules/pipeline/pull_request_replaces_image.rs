use crate::finding::Findings;
use crate::pipeline::Pipeline;
use crate::rule::Context;

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    let Some(trigger) = file.trigger("pull_request") else { return };
    if !trigger.types.is_empty() {
        return;
    }
    for (job, _, act, push) in file.pushes() {
        let fixed = push.images.iter().find(|image| is_fixed(image));
        let Some(image) = fixed.filter(|_| !act.is_conditional && !file.jobs[job].is_guarded) else {
            continue;
        };
        let message = format!(
            "every pull request replaces `{}` before it is merged; push only if `github.event_name` is not `pull_request`",
            shown(image)
        );
        out.at(file.source, act.at, message).see(file.source, trigger.at, "pull requests start it");
    }
}

/// The name is the same for all pull requests and branches.
fn is_fixed(image: &str) -> bool {
    const SAME: [&str; 5] = ["secrets.", "vars.", "github.repository", "github.actor", "env."];
    let Some((name, tag)) = image.rsplit_once(':').filter(|(_, tag)| !tag.contains(['/', '}'])) else {
        return false;
    };
    let mut expressions = name.split("${{").skip(1).map(str::trim_start);
    !tag.contains('$')
        && expressions.all(|inside| SAME.iter().any(|same| inside.starts_with(same)))
        && !name.replace("${{", "").contains('$')
        && !name.contains("localhost")
}

/// The image without the expression before its name.
fn shown(image: &str) -> &str {
    image.rsplit("}}").next().map_or(image, |rest| rest.trim_start_matches('/'))
}
