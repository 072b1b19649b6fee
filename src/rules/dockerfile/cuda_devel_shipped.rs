use super::purpose;
use crate::dockerfile::{Base, Dockerfile};
use crate::finding::Findings;
use crate::image;
use crate::rule::Context;
use crate::text::last_part;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Base::Image(name) = file.root_base(stage.index) else { continue };
        let Ok(image) = image::parse(name) else { continue };
        let is_cuda =
            image.repository.ends_with("nvidia/cuda") || image.repository.ends_with("pytorch/pytorch");
        let is_devel = image.tag.is_some_and(|tag| tag.split('-').any(|part| part == "devel"));
        let names = [file.stage_name(stage.index), Some(&**file.source.path())];
        if !is_cuda || !is_devel || names.into_iter().flatten().any(purpose::is_for_developers) {
            continue;
        }
        let base = file.ancestry(stage.index).last().unwrap_or(stage.index);
        let Some(from) = file.from_of(base) else { continue };
        let message = format!(
            "the `devel` variant of `{}` has compilers and headers of several gigabytes; build in it, and ship the \
             `runtime` variant",
            last_part(image.repository)
        );
        out.at(file.source, from.image.span, message);
    }
}
