use crate::dockerfile::{Dockerfile, platform_parts};
use crate::finding::Findings;
use crate::rule::Context;

/// Source: `reportConstPlatformDisallowed` of moby/buildkit: a stage whose name holds the system or the architecture is
/// meant for it.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in 0..file.stages.len() {
        let Some(instruction) = file.stage_instructions(stage).first() else { continue };
        let Some(value) = instruction.flag("platform").and_then(|flag| flag.value.as_ref()) else { continue };
        let Some((system, architecture)) = platform_parts(&value.text).filter(|_| !value.has_variable())
        else {
            continue;
        };
        let name = file.stage_name(stage).unwrap_or_default().to_ascii_lowercase();
        if name.contains(&system) || name.contains(&architecture) {
            continue;
        }
        let message = format!(
            "the stage is always built for `{}`, whatever `--platform` the build has; remove the flag, or use \
             `$BUILDPLATFORM`",
            value.text
        );
        out.at(file.source, value.span, message);
    }
}
