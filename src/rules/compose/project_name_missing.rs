use crate::compose::{ComposeFile, is_main_file};
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    if !is_main_file(file.source.path()) || file.top("name").is_some() || !file.has_containers() {
        return;
    }
    let Some(services) = file.top("services") else { return };
    let message = "the project has no name, so Compose takes that of the folder; add `name`";
    out.on(cx, At::new(file.id, services.key_span()), message);
}
