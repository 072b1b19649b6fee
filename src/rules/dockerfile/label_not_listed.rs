use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if !cx.policy.strict_labels {
        return;
    }
    for instruction in file.all() {
        let Kind::Label(pairs) = &instruction.kind else { continue };
        for pair in pairs.iter().filter(|pair| !pair.key.has_variable()) {
            let key = pair.key.text.trim_matches(['"', '\'']);
            if !cx.policy.labels.iter().any(|(known, _)| &**known == key) {
                let message = format!(
                    "label `{key}` is not in `labels` of the configuration; add it there or remove it"
                );
                out.at(file.source, pair.key.span, message);
            }
        }
    }
}
