use super::hardened::{self, Variant};
use super::purpose;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut told = Vec::new();
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Some((image, Variant::Build)) = hardened::base(file, stage.index) else { continue };
        let names = [file.stage_name(stage.index), Some(&**file.source.path())];
        let base = file.ancestry(stage.index).last().unwrap_or(stage.index);
        if names.into_iter().flatten().any(purpose::is_for_developers) || told.contains(&base) {
            continue;
        }
        told.push(base);
        let Some(from) = file.from_of(base) else { continue };
        let message = format!(
            "`{image}` is a variant for building or debugging, with a shell and more; build in it, and copy the \
             result into the variant for running"
        );
        out.at(file.source, from.image.span, message);
    }
}
