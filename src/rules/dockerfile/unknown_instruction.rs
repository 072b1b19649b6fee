use crate::dockerfile::{Dockerfile, ErrorKind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for error in file.errors.iter().filter(|error| error.kind == ErrorKind::UnknownInstruction) {
        out.at(file.source, error.span, error.message.clone());
    }
}
