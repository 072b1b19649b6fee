use super::{host_of, is_local};
use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    if let Some((address, span)) = file.text("metrics-addr").filter(|(text, _)| !is_local(host_of(text))) {
        let message = format!(
            "the engine's metrics are open to everybody who reaches `{address}`; bind them to `127.0.0.1`"
        );
        out.at(file.source, span, message);
    }
}
