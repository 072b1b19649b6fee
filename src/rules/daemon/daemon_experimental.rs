use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    if file.flag("experimental") == Some(true)
        && let Some(setting) = file.get("experimental")
    {
        out.at(
            file.source,
            setting.span,
            "experimental features are not for production; remove this setting",
        );
    }
}
