use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Env(list) = &instruction.kind else { continue };
        for assignment in list {
            let Some(word) = &assignment.value else { continue };
            let expanded = file.expand(word, instruction);
            let name = &*assignment.key.text;
            let is_device =
                |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with("GPU-");
            let is_fixed = matches!(name, "NVIDIA_VISIBLE_DEVICES" | "CUDA_VISIBLE_DEVICES")
                && expanded.text().is_some_and(is_device);
            if is_fixed {
                let message = format!(
                    "`{name}` names a GPU of one machine, so the image works on that machine only; choose the GPU when the container starts"
                );
                out.at(file.source, assignment.span, message);
            }
        }
    }
}
