use crate::dockerfile::{Base, Dockerfile};
use crate::finding::Findings;
use crate::image;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let Some(Base::Image(base)) = run.stage.map(|stage| file.root_base(stage)) else { continue };
        if image::parse(base).ok().is_none_or(|image| image.familiar_name() != "nvidia/cuda") {
            continue;
        }
        for call in run.package_calls().filter(|call| call.manager.is_system() && call.action.installs()) {
            let is_cuda = |name: &str| {
                matches!(name, "cuda" | "nvidia-cuda-toolkit")
                    || name
                        .strip_prefix("cuda-")
                        .is_some_and(|rest| rest.starts_with("toolkit") || rest.starts_with("runtime"))
            };
            if let Some(package) = call.packages.iter().find(|package| is_cuda(&package.name)) {
                let message = format!(
                    "`{base}` already contains CUDA, so `{}` adds a second copy; remove it, or use the variant that has what you need",
                    package.name
                );
                out.at(file.source, package.span, message);
            }
        }
    }
}
