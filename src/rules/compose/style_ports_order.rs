use super::order;
use crate::compose::ComposeFile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        let own = service.value.raw_entries().find(|entry| entry.key_str() == "ports");
        let Some(ports) = own.map(|entry| entry.value).filter(|ports| !ports.is_alias()) else { continue };
        let items = ports.items().filter_map(|item| {
            let text = item.as_str()?;
            Some((item.span(), number(text)?, order::shown(text)))
        });
        order::first(cx, file, out, items, "sort the ports by their number on the host");
    }
}

/// The host's port; `None` if it has a variable, or the engine chooses it.
fn number(port: &str) -> Option<u32> {
    let port = port.split('/').next()?;
    let host = port.rsplit(':').nth(1)?;
    host.split('-').next()?.parse().ok()
}
