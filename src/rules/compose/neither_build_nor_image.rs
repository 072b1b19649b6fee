use crate::compose::ProblemKind;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    // Another file may complete the service: `docker compose -f ../base.yml -f this.yml`.
    if project.around.is_alone {
        super::problems(cx, project, &[ProblemKind::NothingToRun], out);
    }
}
