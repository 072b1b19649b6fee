use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::rules::runtime::remote::{Pin, pin};
use crate::yaml::Node;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    let included = file.yaml.documents().filter_map(|root| root.get("include")).flat_map(Node::items);
    for item in included {
        let path = item.get("path").unwrap_or(item);
        for address in path.items().chain([path]) {
            let Some(advice) = address.as_str().and_then(unpinned) else { continue };
            let message = format!("whoever changes this remote file can add services here; {advice}");
            out.on(cx, At::new(file.id, address.span()), message);
        }
    }
}

/// What to do about an address that does not say which version it means.
fn unpinned(address: &str) -> Option<&'static str> {
    if address.contains('$') {
        return None;
    }
    if let Some(image) = address.strip_prefix("oci://") {
        return (!image.contains("@sha256:")).then_some("add its digest after `@`");
    }
    matches!(pin(address)?, Pin::Nothing | Pin::Tag | Pin::Plain).then_some("name a commit after `#`")
}
