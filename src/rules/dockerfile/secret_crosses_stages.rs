use super::context_secret_copied as context;
use super::contexts;
use super::flows::Flows;
use super::paths;
use super::secret_files;
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if file.stages.len() < 2 {
        return;
    }
    let flows = Flows::of(file);
    // By name, in a stage that does not ship. What is deleted there does not go on.
    secret_files::each(
        file,
        |instruction| secret_files::copied(file, instruction),
        |brought, removal| {
            if removal.is_none() && brought.holds.sure && !in_image(file, brought.instruction) {
                report(
                    file,
                    &flows,
                    (brought.instruction, brought.span),
                    &brought.name,
                    &brought.target,
                    out,
                );
            }
        },
    );
    // With the folder that it lies in.
    let sent = contexts::of(cx, file);
    for source in contexts::sources(file).iter().filter(|source| !in_image(file, source.instruction)) {
        let Kind::Copy(transfer) = &source.instruction.kind else { continue };
        let expanded = file.expand(&transfer.destination, source.instruction);
        let Some(destination) = expanded.text() else { continue };
        let destination = paths::resolve(file, source.instruction, destination);
        let below = if source.path == "." { String::new() } else { format!("{}/", source.path) };
        let names = sent.iter().map(|sent| context::copied(cx, sent, source)).find(|names| !names.is_empty());
        for name in names.into_iter().flatten().take(context::LISTED) {
            let target = format!("{destination}/{}", name.strip_prefix(&*below).unwrap_or(name));
            report(file, &flows, (source.instruction, source.word.span), name, &target, out);
        }
    }
}

fn report(
    file: &Dockerfile,
    flows: &Flows,
    (enters, span): (&Instruction, Span),
    name: &str,
    target: &str,
    out: &mut Findings,
) {
    let Some(way) = enters.stage.and_then(|stage| flows.to_image(stage, target)) else { return };
    let Some((last, between)) = way.split_last() else { return };
    let place = |instruction: &Instruction| match &instruction.kind {
        Kind::Copy(transfer) => transfer.sources.first().map_or(instruction.span, |word| word.span),
        _ => instruction.span,
    };
    let message = format!(
        "this copies `{name}`, which holds secrets, from another stage into the image; copy only what the image needs"
    );
    let found = out.at(file.source, place(last), message);
    found.see(file.source, span, "the file enters the build here");
    for instruction in between {
        found.see(file.source, place(instruction), "and goes on here");
    }
}
