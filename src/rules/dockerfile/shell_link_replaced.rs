use crate::dockerfile::{Dockerfile, replaces_shell};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Script;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let calls = run.scripts().iter().flat_map(Script::calls);
        for call in calls.filter(replaces_shell) {
            let target = call.operands().first().map_or("/bin/bash", |word| &*word.text);
            let message = format!(
                "this replaces `/bin/sh` for every program of the image; use `SHELL [\"{target}\", \"-c\"]` for the build"
            );
            out.at(file.source, call.span(), message);
        }
    }
}
