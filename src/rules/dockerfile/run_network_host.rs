use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for flag in file.runs().filter_map(|run| run.flag("network")) {
        if flag.value.as_ref().is_some_and(|value| value.text == "host") {
            let message = "this step uses the network of the host, so it reaches services that listen there only; remove \
                           the flag";
            out.at(file.source, flag.span, message);
        }
    }
}
