use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Script;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for call in run.scripts().iter().flat_map(Script::calls) {
            let Some(span) =
                call.wrapped_by("sshpass").or_else(|| call.is("sshpass").then(|| call.name_span()))
            else {
                continue;
            };
            let message = "`sshpass` gives a password to ssh during the build, which the build history or the layer keeps; use a key with \
                           `--mount=type=ssh`";
            out.at(file.source, span, message);
        }
    }
}
