use crate::compose::ProblemKind;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for problem in project.problems.iter().filter(|problem| problem.kind == ProblemKind::WrongType) {
        out.on(cx, problem.at, &*problem.message);
    }
}
