use super::order;
use crate::compose::ComposeFile;
use crate::finding::Findings;
use crate::rule::Context;

const ORDER: [&str; 10] =
    ["version", "name", "include", "services", "jobs", "models", "networks", "volumes", "secrets", "configs"];

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for root in file.yaml.documents() {
        // Anchors come before what uses them, wherever that is.
        let items = root.raw_entries().filter_map(|entry| {
            let rank = ORDER.iter().position(|key| *key == entry.key_str())?;
            Some((entry.key_span(), rank, order::shown(entry.key_str())))
        });
        let advice = "sort the keys of the file: `name`, `include`, `services`, `networks`, `volumes`, `secrets`, `configs`";
        order::first(cx, file, out, items, advice);
    }
}
