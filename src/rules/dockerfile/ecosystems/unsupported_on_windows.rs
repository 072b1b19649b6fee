use crate::dockerfile::{Base, Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in &file.instructions {
        let Some(Base::Image(base)) = instruction.stage.map(|stage| file.root_base(stage)) else { continue };
        // Names of images for both systems say nothing.
        if !base.contains("mcr.microsoft.com/windows/") {
            continue;
        }
        let (what, span) = match &instruction.kind {
            Kind::Copy(_) | Kind::Add(_) => match instruction.flag("chown") {
                Some(flag) => ("`--chown` has no effect", flag.span),
                None => continue,
            },
            Kind::Run(_) => match instruction.flag("mount") {
                Some(flag) => ("`RUN --mount` is not supported", flag.span),
                None => continue,
            },
            Kind::Stopsignal(_) => ("`STOPSIGNAL` has no effect", instruction.keyword.span),
            _ => continue,
        };
        out.at(file.source, span, format!("{what} in an image for Windows; remove it"));
    }
}
