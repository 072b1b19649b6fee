use crate::compose::ProblemKind;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    use ProblemKind::{ExtendsCycle, IncludeCycle, ServiceMissing};
    let broken = |kind| matches!(kind, ServiceMissing | ExtendsCycle | IncludeCycle);
    for problem in project.problems.iter().filter(|problem| broken(problem.kind)) {
        out.on(cx, problem.at, &*problem.message);
    }
}
