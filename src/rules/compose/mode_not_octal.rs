use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;
use crate::yaml::{Node, Style};

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        let items = |key: &str| service.value.get(key).into_iter().flat_map(Node::items);
        let grants = items("secrets").chain(items("configs")).filter_map(|grant| grant.get("mode"));
        let mounts = items("volumes").filter_map(|mount| mount.at(&["tmpfs", "mode"]));
        for mode in grants.chain(mounts).filter(|mode| mode.style() == Some(Style::Plain)) {
            let Some(read) = mode.as_str().and_then(misread) else { continue };
            let written = mode.as_str().unwrap_or_default();
            let message = format!(
                "without a zero before it, `{written}` is a decimal number, and the mode is 0{read:o}; write `0{written}`"
            );
            let start = mode.span().start as usize;
            let finding = out.on(cx, At::new(file.id, mode.span()), message);
            finding.fix(
                Safety::Unsafe,
                "write the mode as an octal number",
                vec![Edit::insert(start, "0".to_owned())],
            );
        }
    }
}

/// What a number comes to that is meant as a mode: three or four octal digits.
fn misread(text: &str) -> Option<u32> {
    let is_mode = matches!(text.len(), 3 | 4)
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'))
        && !text.starts_with('0');
    text.parse().ok().filter(|_| is_mode)
}
