use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for (first, again) in file.yaml.duplicate_keys() {
        let advice =
            if again.is_merge() { "merge a list, such as `<<: [*a, *b]`" } else { "keep one of them" };
        let message = format!("`{}` is defined twice in one mapping; {advice}", again.key_str());
        out.on(cx, At::new(file.id, again.key_span()), message).see_on(
            cx,
            At::new(file.id, first.key_span()),
            "it is defined here too",
        );
    }
}
