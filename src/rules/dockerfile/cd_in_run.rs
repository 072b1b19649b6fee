use super::folder_changes;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for script in run.scripts() {
            // A `cd` with nothing after it is another rule's.
            let Some(call) = folder_changes::first(script).filter(|_| folder_changes::last(script).is_none())
            else {
                continue;
            };
            let message = "`cd` holds only for this `RUN`; set the working directory with `WORKDIR`";
            out.at(file.source, call.span(), message);
        }
    }
}
