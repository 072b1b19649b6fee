use crate::finding::Findings;
use crate::pipeline::Pipeline;
use crate::rule::Context;

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    if file.repository.names_scanner != Some(false) || file.acts().any(|(.., act)| super::may_scan(act)) {
        return;
    }
    let Some((.., act, _)) = file.pushes().find(|(.., push)| !push.promotes && !is_local(&push.images))
    else {
        return;
    };
    let message = "an image is pushed, and nothing in this repository scans it for vulnerabilities; scan it before the push";
    out.at(file.source, act.at, message);
}

/// It stays on the machine of the job.
fn is_local(images: &[Box<str>]) -> bool {
    images.iter().any(|image| image.starts_with("localhost") || image.starts_with("127.0.0.1"))
}
