use super::froms;
use crate::dockerfile::{Base, Dockerfile, FromRef};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut uses = None;
    for stage in 0..file.stages.len() {
        let Some(name) = file.from_of(stage).and_then(|from| from.name.as_ref()) else { continue };
        let lower = name.text.to_ascii_lowercase();
        if lower == name.text {
            continue;
        }
        let message = format!(
            "stage `{}` has upper-case letters, and `FROM` cannot find it by this name; write `{lower}`",
            name.text
        );
        let places = &uses.get_or_insert_with(|| by_name(file))[stage];
        let edits = places.iter().chain([&name.span]).map(|&place| Edit::replace(place, &*lower)).collect();
        out.at(file.source, name.span, message).fix(Safety::Safe, "write it in lower case everywhere", edits);
    }
}

/// Where each stage is named with an upper-case letter.
fn by_name(file: &Dockerfile) -> Vec<Vec<Span>> {
    let mut found = vec![Vec::new(); file.stages.len()];
    let is_upper = |text: &str| text.bytes().any(|b| b.is_ascii_uppercase());
    froms::each(file, |instruction, word| {
        if let FromRef::Stage(stage) | FromRef::Itself(stage) | FromRef::Later(stage) =
            file.resolve_from(word, instruction)
            && is_upper(&word.text)
        {
            found[stage].push(word.span);
        }
    });
    for stage in &file.stages {
        if let (Base::Stage(base), Some(from)) = (&stage.base, file.from_of(stage.index))
            && is_upper(&from.image.text)
            && !from.image.has_variable()
        {
            found[*base].push(from.image.span);
        }
    }
    found
}
