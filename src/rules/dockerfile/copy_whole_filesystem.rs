use crate::dockerfile::{Base, Dockerfile, FromRef, Kind};
use crate::finding::Findings;
use crate::rule::{Context, Profile};

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let (Kind::Copy(transfer), Some(from)) = (&instruction.kind, instruction.flag("from")) else {
            continue;
        };
        let Some(source) = transfer.sources.iter().find(|word| matches!(&*word.text, "/" | "/." | "/*"))
        else {
            continue;
        };
        if transfer.destination.text != "/" {
            continue;
        }
        // An image from outside may consist of the one tool that is wanted, and so may a stage that adds nothing to it.
        let Some(name) = from.value.as_ref() else { continue };
        let FromRef::Stage(other) = file.resolve_from(name, instruction) else { continue };
        let builds = file.ancestry(other).flat_map(|stage| file.stage_instructions(stage));
        if !builds.into_iter().any(|one| matches!(one.kind, Kind::Run(_))) {
            continue;
        }
        // Into an empty image it makes one layer of many, which is done on purpose.
        let squashes = instruction.stage.is_some_and(|stage| matches!(file.root_base(stage), Base::Scratch));
        if squashes && cx.policy.profile < Profile::Strict {
            continue;
        }
        let name = &name.text;
        let message = format!(
            "this copies everything that `{name}` contains, tools and caches included; copy only what is needed"
        );
        out.at(file.source, source.span, message);
    }
}
