use super::pulled;
use crate::container::{ContainerSpec, Grant};
use crate::finding::Findings;
use crate::rule::Context;

/// Group and others may write.
const WRITE: u32 = 0o022;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for grant in spec.secrets.iter().chain(&spec.configs) {
        let Some(mode) = grant.mode.as_ref().filter(|_| is_wide(grant)) else { continue };
        let message = format!(
            "other users in {} may write `{}`; set `mode: 0400` and the `uid` of its reader",
            pulled::name(spec),
            grant.source.raw
        );
        pulled::on(cx, spec, out, mode.at, message);
    }
}

fn is_wide(grant: &Grant) -> bool {
    let mode = grant.mode.as_ref().and_then(|mode| mode.value()).unwrap_or_default();
    let digits = mode.trim_start_matches("0o");
    u32::from_str_radix(digits, 8).is_ok_and(|mode| mode & WRITE != 0)
}
