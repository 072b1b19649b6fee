use crate::compose::{ComposeFile, Piece, pieces};
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;

/// Settings whose keys people choose.
const FREE: [&str; 5] = ["annotations", "environment", "extra_hosts", "labels", "sysctls"];

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    if !file.source.text().contains("${") {
        return;
    }
    let services = file.services();
    let parts = services.iter().flat_map(|service| {
        let within = ["build", "deploy"].into_iter().filter_map(|key| service.value.get(key));
        within.chain([service.value])
    });
    let settings = parts.flat_map(|part| part.raw_entries().collect::<Vec<_>>());
    for setting in settings.filter(|entry| FREE.contains(&entry.key_str()) && !entry.value.is_alias()) {
        for entry in setting.value.raw_entries() {
            let variables = pieces(entry.key_str());
            let is_variable = |piece: &Piece| matches!(piece, Piece::Variable(_));
            if entry.key_str().contains("${") && variables.iter().any(is_variable) {
                let message = format!(
                    "Compose does not replace the variable in this key; write `{}` as a list with `KEY=VALUE`",
                    setting.key_str()
                );
                out.on(cx, At::new(file.id, entry.key_span()), message);
            }
        }
    }
}
