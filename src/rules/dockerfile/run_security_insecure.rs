use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for flag in file.runs().filter_map(|run| run.flag("security")) {
        if flag.value.as_ref().is_some_and(|value| value.text == "insecure") {
            let message = "this step runs with all rights on the host of the build, outside of the sandbox; remove the flag";
            out.at(file.source, flag.span, message);
        }
    }
}
