use super::protections::{self, Protection};
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if !protections::are_named(file) {
        return;
    }
    for instruction in file.all() {
        let place = if matches!(instruction.kind, Kind::Env(_)) {
            "in the build and in the container"
        } else {
            "here"
        };
        let message = |written: &str| {
            format!(
                "`{written}` turns off certificate checks {place}, so anyone on the network can replace what is \
                 downloaded; remove it, or add your certificate authority to the image"
            )
        };
        let places = protections::lifted(file, instruction, Protection::Certificates);
        protections::report(file, &places, message, out);
    }
}
