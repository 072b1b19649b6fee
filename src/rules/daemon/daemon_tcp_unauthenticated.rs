use super::{host_of, is_local};
use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    let encrypted = file.flag("tls") == Some(true);
    for (address, span) in file.plain_addresses() {
        let local = is_local(host_of(address));
        let who = if local { "every program on this machine" } else { "everybody who reaches it" };
        let how = if encrypted { "asks for no certificate" } else { "has neither encryption nor a password" };
        let message = format!(
            "the engine's API at `{address}` {how}, so {who} is root on the host; remove it, or set `tlsverify` with \
             its certificates"
        );
        let finding = out.at(file.source, span, message);
        if local {
            // Of flags it is not known whether they are for a machine or for a container.
            finding.severity(if file.is_whole { Severity::Warning } else { Severity::Note });
        }
    }
}
