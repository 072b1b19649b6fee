use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let replaces = |call: &Call| {
        let operands = call.operands();
        let last = operands.last().map_or("", |word| &*word.text);
        call.is("ln") && operands.len() == 2 && matches!(last, "/bin/sh" | "/usr/bin/sh")
    };
    for run in file.runs() {
        let calls = run.scripts().iter().flat_map(Script::calls);
        for call in calls.filter(replaces) {
            let target = call.operands().first().map_or("/bin/bash", |word| &*word.text);
            let message = format!(
                "this replaces `/bin/sh` for every program of the image; use `SHELL [\"{target}\", \"-c\"]` for the build"
            );
            out.at(file.source, call.span(), message);
        }
    }
}
