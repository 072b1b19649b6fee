use super::{host_of, is_local};
use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    for (mirror, span) in file.list("registry-mirrors") {
        if let Some(address) = mirror.strip_prefix("http://").filter(|address| !is_local(host_of(address))) {
            let message = format!(
                "every image comes through the mirror `{address}` without TLS, so others can replace it; use `https://`"
            );
            out.at(file.source, span, message);
        }
    }
}
