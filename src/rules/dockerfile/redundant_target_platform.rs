use crate::dockerfile::{Dockerfile, Kind, Modifier, Value};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in &file.instructions {
        let Kind::From(from) = &instruction.kind else { continue };
        let Some(flag) = instruction.flag("platform") else { continue };
        let Some(value) = &flag.value else { continue };
        let variables = file.variables(value);
        let [variable] = &*variables else { continue };
        // An ARG of this name with a default says something else than Docker does.
        let is_whole = variable.span == value.span
            && variable.name == "TARGETPLATFORM"
            && matches!(variable.modifier, Modifier::None | Modifier::Default)
            && file.lookup(variable.name, instruction).value == Value::Unknown;
        if !is_whole {
            continue;
        }
        let message = "the target platform is the default; remove the flag";
        let found = out.at(file.source, flag.span, message);
        let with_blank = Span { start: flag.span.start, end: from.image.span.start };
        if file.source.slice(with_blank).trim_end().len() == flag.span.len()
            && !file.source.slice(with_blank).contains('\n')
        {
            found.fix(Safety::Safe, "remove the flag", vec![Edit::delete(with_blank)]);
        }
    }
}
