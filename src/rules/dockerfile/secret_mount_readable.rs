use crate::dockerfile::{Dockerfile, MountKind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for mount in run.mounts() {
            if !matches!(mount.kind(), Some(MountKind::Secret | MountKind::Ssh)) {
                continue;
            }
            let mode = mount.option(&["mode"]).and_then(|option| option.value.as_ref());
            let Some(mode) = mode.filter(|mode| is_open(&mode.text)) else { continue };
            let message = format!(
                "mode `{}` lets every process of this step read the secret; use `0400`, with `uid` for another user",
                mode.text
            );
            out.at(file.source, mode.span, message).fix(
                Safety::Unsafe,
                "set mode `0400`",
                vec![Edit::replace(mode.span, "0400")],
            );
        }
    }
}

/// Others may read.
fn is_open(mode: &str) -> bool {
    u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o004 != 0)
}
