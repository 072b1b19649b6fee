use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

/// Groups that are for people or programs in general.
const WIDE: [&str; 8] = ["users", "staff", "nogroup", "nobody", "everyone", "games", "www-data", "adm"];

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    if let Some((group, span)) = file.text("group").filter(|(group, _)| WIDE.contains(group)) {
        let message = format!(
            "every member of the group `{group}` commands the engine and so is root on the host; use a group of its own"
        );
        out.at(file.source, span, message);
    }
}
