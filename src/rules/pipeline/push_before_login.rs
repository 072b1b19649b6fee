use crate::finding::Findings;
use crate::pipeline::{Act, Pipeline, What};
use crate::rule::Context;

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    for (job, at, act, push) in file.pushes() {
        let logs_in = |act: &&Act| matches!(act.what, What::Login);
        let acts = &file.jobs[job].acts;
        let is_open = |act: &Act| matches!(act.what, What::Login | What::Unknown { .. });
        // A machine that somebody set up may be logged in, and so may one with a registry beside it.
        if !file.jobs[job].is_fresh
            || acts[..at].iter().any(is_open)
            || push.images.iter().any(|image| is_open_to_all(image))
        {
            continue;
        }
        let Some(login) = acts[at..].iter().find(logs_in) else { continue };
        let message =
            "the image is pushed before the login at its registry, so the push is refused; log in first";
        out.at(file.source, act.at, message).see(file.source, login.at, "the login is here");
    }
}

/// Registries that ask for no login.
fn is_open_to_all(image: &str) -> bool {
    ["localhost", "127.0.0.1", "ttl.sh"].iter().any(|host| image.starts_with(host))
}
