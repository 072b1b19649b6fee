use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    let level = file.text("log-level").filter(|(level, _)| level.eq_ignore_ascii_case("debug"));
    let debug = file.get("debug").filter(|_| file.flag("debug") == Some(true));
    let span = level.map(|(_, span)| span).or(debug.map(|setting| setting.span));
    if let Some(span) = span {
        let message = "the engine logs at the level `debug`, with the details of every request; use `info`";
        out.at(file.source, span, message);
    }
}
