use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in 0..file.stages.len() {
        let Some(name) = file.from_of(stage).and_then(|from| from.name.as_ref()) else { continue };
        let lower = name.text.to_ascii_lowercase();
        if lower != name.text {
            let message = format!(
                "stage `{}` has upper-case letters, and `FROM` cannot find it by this name; write `{lower}`",
                name.text
            );
            out.at(file.source, name.span, message);
        }
    }
}
