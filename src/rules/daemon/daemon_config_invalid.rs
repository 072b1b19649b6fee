use crate::daemon::{Daemon, FaultKind, nearest_key};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    let has_scheme = |mirror: &str| mirror.starts_with("http://") || mirror.starts_with("https://");
    for (mirror, span) in file.list("registry-mirrors").filter(|(mirror, _)| !has_scheme(mirror)) {
        let message =
            format!("`{mirror}` has no `https://` and the engine does not start; write it before the name");
        out.at(file.source, span, message);
    }
    for fault in &file.faults {
        let key = file.source.slice(fault.span).trim_matches('"');
        match &fault.kind {
            FaultKind::Syntax(what) => {
                out.at(file.source, fault.span, format!("{what}; the engine does not start"));
            }
            FaultKind::Twice(first) => {
                out.at(file.source, fault.span, format!("`{key}` is set twice; only this one counts"))
                    .see(file.source, *first, "set here first")
                    .severity(Severity::Warning);
            }
            FaultKind::Removed(instead) => {
                let message =
                    format!("the engine does not know `{key}` any more and does not start; {instead}");
                out.at(file.source, fault.span, message);
            }
            FaultKind::WrongType(takes) => {
                let message = format!("expected {}; the engine does not start", takes.name());
                out.at(file.source, fault.span, message);
            }
            FaultKind::Unknown => {
                let Some(meant) = nearest_key(key) else {
                    // A newer engine may know it.
                    let message = format!("`{key}` is no known setting of the engine; check its spelling");
                    out.at(file.source, fault.span, message).severity(Severity::Note);
                    continue;
                };
                let message =
                    format!("the engine does not know `{key}` and does not start; did you mean `{meant}`?");
                out.at(file.source, fault.span, message);
            }
        }
    }
}
