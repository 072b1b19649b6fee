use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Env(list) = &instruction.kind else { continue };
        for assignment in list.iter().filter(|one| one.key.text == "NVIDIA_DRIVER_CAPABILITIES") {
            let Some(word) = &assignment.value else { continue };
            if file.expand(word, instruction).text() == Some("all") {
                let message = "this gives the container all libraries and devices of the driver; name what it needs, for example \
                               `compute,utility`";
                out.at(file.source, word.span, message);
            }
        }
    }
}
