use crate::dockerfile::{Dockerfile, platform_parts};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::last_part;

/// Source: `reportConstPlatformDisallowed` of moby/buildkit: a stage whose name holds the system or the architecture is
/// meant for it. So is one of a file with such a name. A stage that does not ship may only make what runs everywhere.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in 0..file.stages.len() {
        let Some(instruction) = file.stage_instructions(stage).first() else { continue };
        let Some(value) = instruction.flag("platform").and_then(|flag| flag.value.as_ref()) else { continue };
        let Some((system, architecture)) = platform_parts(&value.text).filter(|_| !value.has_variable())
        else {
            continue;
        };
        let names = [file.stage_name(stage).unwrap_or_default(), last_part(file.source.path())];
        let says = |name: &str| name.contains(&system) || name.contains(&architecture);
        if !file.stages[stage].in_shipped_image || names.iter().any(|name| says(&name.to_ascii_lowercase())) {
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
