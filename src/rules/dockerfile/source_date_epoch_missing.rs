use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;

const NAME: &str = "SOURCE_DATE_EPOCH";

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let is_known = |one: &Instruction| match &one.kind {
        Kind::Arg(list) | Kind::Env(list) => list.iter().any(|assignment| assignment.key.text == NAME),
        _ => false,
    };
    let runs = |stage: usize| {
        let all = file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage));
        all.into_iter().any(|one| matches!(one.kind, Kind::Run(_)))
    };
    if file.instructions.iter().any(is_known) {
        return;
    }
    let Some(stage) = file.stages.iter().find(|stage| stage.ships && runs(stage.index)) else { return };
    let Some(from) = file.from_of(stage.index) else { return };
    out.at(
        file.source,
        from.image.span,
        "no stage declares `SOURCE_DATE_EPOCH`, so the commands of this image use the time of the build; add \
         `ARG SOURCE_DATE_EPOCH`, and build with the time of the commit",
    );
}
