use super::froms;
use crate::dockerfile::{Dockerfile, FromRef};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    froms::each(file, |instruction, word| {
        let FromRef::Stage(stage) = file.resolve_from(word, instruction) else { return };
        // A stage may have a number as its name.
        if word.text.parse::<usize>() != Ok(stage) {
            return;
        }
        let advice = match file.stage_name(stage) {
            Some(name) => format!("write `{name}`"),
            None => "name the stage with `AS`".to_owned(),
        };
        let message =
            format!("stage `{}` has another number after a stage is added before it; {advice}", word.text);
        let found = out.at(file.source, word.span, message);
        if let Some(from) = file.from_of(stage) {
            let place = from.name.as_ref().map_or(from.image.span, |name| name.span);
            found.see(file.source, place, "this is the stage");
        }
        if let Some(name) = file.stage_name(stage) {
            found.fix(Safety::Safe, advice, vec![Edit::replace(word.span, name.to_ascii_lowercase())]);
        }
    });
}
