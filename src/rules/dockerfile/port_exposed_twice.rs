use std::collections::HashMap;

use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut seen: HashMap<(Option<usize>, String), Span> = HashMap::new();
    for instruction in &file.instructions {
        let Kind::Expose(words) = &instruction.kind else { continue };
        for word in words {
            let expanded = file.expand(word, instruction);
            let Some(text) = expanded.text() else { continue };
            let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
            if !port.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let key = (instruction.stage, format!("{port}/{}", protocol.to_ascii_lowercase()));
            if let Some(first) = seen.insert(key, word.span) {
                let message = format!("port `{text}` is already exposed; delete it here");
                out.at(file.source, word.span, message).see(file.source, first, "exposed here before");
            }
        }
    }
}
