use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::yaml::Style;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        let own = service.value.raw_entries().find(|entry| entry.key_str() == "volumes");
        let Some(volumes) = own.map(|entry| entry.value).filter(|volumes| !volumes.is_alias()) else {
            continue;
        };
        for item in volumes.items() {
            let quoted = matches!(item.style(), Some(Style::Single | Style::Double));
            if quoted && item.as_str().is_some_and(needs_no_quotes) {
                let message = "this mount needs no quotes; remove them";
                out.on(cx, At::new(file.id, item.span()), message);
            }
        }
    }
}

/// YAML reads the text without quotes as the same string, in lists of any form.
fn needs_no_quotes(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '/' | '$'))
        && !text.ends_with(':')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:${}".contains(c))
        && !text.starts_with("${")
}
