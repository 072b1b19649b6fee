use super::secret_files;
use super::shipping::in_image;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    secret_files::each(
        file,
        |instruction| secret_files::copied(file, instruction),
        |brought, removal| {
            // A secret that is deleted too late is another rule's.
            if removal.is_some() {
                return;
            }
            let (name, what) = (&brought.name, brought.holds.what);
            let (holds, instead) = if brought.holds.sure {
                ("holds", "use `RUN --mount=type=secret`, or mount it into the container")
            } else {
                ("may hold", "use `RUN --mount=type=secret`, or do not copy it")
            };
            let severity = match (in_image(file, brought.instruction), brought.holds.sure) {
                (true, true) => Severity::Error,
                (true, false) | (false, true) => Severity::Warning,
                (false, false) => Severity::Note,
            };
            let whose =
                if in_image(file, brought.instruction) { "in the image" } else { "in the build cache" };
            out.at(
                file.source,
                brought.span,
                format!("`{name}` {holds} {what} and stays {whose}; {instead}"),
            )
            .severity(severity);
        },
    );
}
