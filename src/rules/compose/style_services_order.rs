use super::order;
use crate::compose::ComposeFile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for root in file.yaml.documents() {
        let Some(services) = root.get("services") else { continue };
        let names = services.raw_entries().filter(|entry| !entry.is_merge());
        let items =
            names.map(|entry| (entry.key_span(), entry.key_str().to_owned(), order::shown(entry.key_str())));
        order::first(cx, file, out, items, "sort the services by name");
    }
}
