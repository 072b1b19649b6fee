use super::shipping::in_image;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| in_image(file, run)) {
        for call in run.scripts().iter().flat_map(Script::calls).filter(|call| writes_clock(call)) {
            let message = "this writes the time of the build, which differs in every build; use `date -u -d @$SOURCE_DATE_EPOCH`, \
                           with `ARG SOURCE_DATE_EPOCH`";
            out.at(file.source, call.span(), message);
        }
    }
}

/// `date`, unless it shows or sets a given time, or prints the current one into the log.
fn writes_clock(call: &Call) -> bool {
    let is_read = call.place.in_substitution || call.pipeline.commands.len() > 1;
    call.is("date")
        && (is_read || call.redirects().iter().any(|redirect| redirect.operator.starts_with('>')))
        && !call.has_flag('d', "date")
        && !call.has_flag('r', "reference")
        && !call.has_flag('s', "set")
        && call
            .args()
            .iter()
            .all(|word| !word.text.contains("SOURCE_DATE_EPOCH") && !word.text.starts_with("--help"))
}
