use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::yaml::Style;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for item in super::environment_items(file).filter(|item| item.style() == Some(Style::Plain)) {
        let Some((name, value)) = item.as_str().and_then(|text| text.split_once('=')) else { continue };
        if is_quoted(value, '"') || is_quoted(value, '\'') {
            let message = format!("the quotes become a part of the value of `{name}`; remove them");
            out.on(cx, At::new(file.id, item.span()), message);
        }
    }
}

fn is_quoted(value: &str, quote: char) -> bool {
    let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner.is_some_and(|inner| !inner.contains(['"', '\'']))
}
