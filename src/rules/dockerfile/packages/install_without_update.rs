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
                "the package lists were deleted, so apt finds no package; run the update in this `RUN`, before the installation",
                Severity::Error,
            ),
            Lists::Never => (
                "the base image has no package lists, so apt finds no package; run the update in this `RUN`, before the installation",
                Severity::Error,
            ),
            Lists::Left(..) => (
                "this installs from package lists of an earlier `RUN`, which get old in the cache; run the update in this `RUN` as well",
                Severity::Warning,
            ),
            Lists::Unknown => continue,
        };
        let found = out.at(file.source, span, message);
        found.severity(severity);
        match used.lists {
            Lists::Removed(at) => {
                found.see(file.source, at, "deleted here");
            }
            Lists::Left(_, at) => {
                found.see(file.source, at, "the lists are downloaded here");
            }
            _ => {}
        }
    }
}
