use crate::compose::ComposeFile;
use crate::container::At;
use crate::dockerfile::{Dockerfile, ErrorKind};
use crate::finding::Findings;
use crate::rule::Context;

/// All that the parser complains of, but for unknown instructions, which are a rule of their own.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for error in file.errors.iter().filter(|error| error.kind != ErrorKind::UnknownInstruction) {
        out.at(file.source, error.span, error.message.clone());
    }
}

/// Where a Compose file is no YAML.
pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for error in &file.yaml.errors {
        out.on(cx, At::new(file.id, error.span), &*error.message);
    }
}
