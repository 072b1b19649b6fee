use super::labels;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Label(pairs) = &instruction.kind else { continue };
        for pair in pairs {
            let key = pair.key.text.trim_matches(['"', '\'']);
            let Some(value) = &pair.value else { continue };
            let expanded = file.expand(value, instruction);
            // The default of an argument is a placeholder, often an empty one.
            let Some(text) = expanded.known() else { continue };
            let Some(format) = labels::unmet(cx.policy, key, text) else { continue };
            let what = labels::name(format);
            let message = if text.is_empty() {
                format!("label `{key}` is empty; write {what}, or remove it")
            } else {
                format!("the value of label `{key}` is not {what}; correct it")
            };
            out.at(file.source, value.span, message);
        }
    }
}
