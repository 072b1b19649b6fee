use super::apt::{self, Lists};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for used in apt::uses(file) {
        let span =
            used.call.subcommand.as_ref().map_or(used.call.span, |(_, span)| used.call.program.cover(*span));
        let (message, severity) = match used.lists {
            Lists::Removed(_) => (
                "the package lists are gone by now, so nothing is found; update in this `RUN`, before it installs",
                Severity::Error,
            ),
            Lists::Never => (
                "this image brings no package lists, so nothing is found; update in this `RUN`, before it installs",
                Severity::Error,
            ),
            Lists::Left(..) => (
                "this installs from the lists of an earlier `RUN`, which grow old in the cache; update in this one, too",
                Severity::Warning,
            ),
            Lists::Unknown => continue,
        };
        let found = out.at(file.source, span, message);
        found.severity(severity);
        match used.lists {
            Lists::Removed(at) => {
                found.see(file.source, at, "removed here");
            }
            Lists::Left(_, at) => {
                found.see(file.source, at, "the lists are from here");
            }
            _ => {}
        }
    }
}
