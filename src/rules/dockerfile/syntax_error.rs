use crate::compose::{ComposeFile, ProblemKind};
use crate::container::At;
use crate::dockerfile::{Dockerfile, ErrorKind};
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

/// All that the parser complains of, but for unknown instructions, which are a rule of their own.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for error in file.errors.iter().filter(|error| error.kind != ErrorKind::UnknownInstruction) {
        out.at(file.source, error.span, error.message.clone());
    }
}

/// Where files that are joined grow too large to be followed.
pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for problem in project.problems.iter().filter(|problem| problem.kind == ProblemKind::TooLarge) {
        out.on(cx, problem.at, &*problem.message);
    }
}

/// Where a Compose file is no YAML.
pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for error in &file.yaml.errors {
        out.on(cx, At::new(file.id, error.span), &*error.message);
    }
}
