use super::froms;
use crate::dockerfile::{Base, Dockerfile, FromRef, Kind, Transfer};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let is_empty = |stage: usize| {
        let mut all = file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage));
        matches!(file.root_base(stage), Base::Scratch)
            && !all.any(|one| {
                let fills =
                    matches!(one.kind, Kind::Copy(_) | Kind::Add(_) | Kind::Run(_) | Kind::Workdir(_));
                fills || one.has_error || matches!(one.kind, Kind::Unknown(_))
            })
    };
    froms::each(file, |instruction, word| {
        // All of nothing is nothing; such a stage waits for a context of its name.
        let copies_something = |transfer: &Transfer| transfer.sources.iter().any(|word| word.text != "/");
        if let (Kind::Copy(transfer), FromRef::Stage(stage)) =
            (&instruction.kind, file.resolve_from(word, instruction))
            && copies_something(transfer)
            && is_empty(stage)
        {
            let message = format!(
                "the stage `{}` is empty, so there is nothing to copy; fill it or copy from another",
                word.text
            );
            let found = out.at(file.source, word.span, message);
            if let Some(from) = file.from_of(stage) {
                found.see(file.source, from.image.span, "it starts from `scratch`, and nothing is added");
            }
        }
    });
}
