use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;
use crate::yaml::Style;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        let own = service.value.raw_entries().find(|entry| entry.key_str() == "ports");
        let Some(ports) = own.map(|entry| entry.value).filter(|ports| !ports.is_alias()) else { continue };
        for item in ports.items().filter(|item| item.style() == Some(Style::Plain)) {
            let Some(text) = item.as_str().filter(|text| text.contains(':')) else { continue };
            let message =
                "older YAML readers take some ports without quotes for a number in base 60; put it in quotes";
            let finding = out.on(cx, At::new(file.id, item.span()), message);
            if !text.contains(['"', '\\', '\n']) {
                let (start, end) = (item.span().start as usize, item.span().end as usize);
                let edits = vec![Edit::insert(start, "\"".to_owned()), Edit::insert(end, "\"".to_owned())];
                finding.fix(Safety::Safe, "put it in quotes", edits);
            }
        }
    }
}
