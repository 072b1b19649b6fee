use crate::compose::ProblemKind;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    super::problems(cx, project, &[ProblemKind::NewerKey, ProblemKind::StrangeKey], out);
}
