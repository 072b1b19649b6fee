use crate::finding::Findings;
use crate::pipeline::{Act, Pipeline, What};
use crate::rule::Context;

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    // GitLab's own scan takes the image from the registry.
    if file.triggers.is_empty() {
        return;
    }
    for (job, at, act, push) in file.pushes().filter(|(.., push)| !push.promotes) {
        let scan = file.after(job, at).find_map(|act| match &act.what {
            What::Scan { name } => Some((name, act.at)),
            _ => None,
        });
        let Some((name, place)) = scan else { continue };
        let is_staged = push.images.iter().any(|image| is_staging(image));
        let promotes = |act: &Act| matches!(&act.what, What::Push(push) if push.promotes);
        if is_staged || file.before(job, at).any(super::may_scan) || file.after(job, at).any(promotes) {
            continue;
        }
        let message = format!(
            "the image is pushed before `{name}` scans it, so a vulnerable one is published first; build it with `load`, \
             scan it, then push it"
        );
        out.at(file.source, act.at, message).see(file.source, place, "it is scanned here");
    }
}

/// An image that nobody takes for the real one.
fn is_staging(image: &str) -> bool {
    ["localhost", "127.0.0.1", "staging", "candidate", "scan", "test", "tmp", "temp", "ttl.sh"]
        .iter()
        .any(|word| image.contains(word))
}
