use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

/// Namespaces that Docker keeps for itself. Source: docs.docker.com, "Docker object labels".
const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Label(pairs) = &instruction.kind else { continue };
        for pair in pairs.iter().filter(|pair| !pair.key.has_variable()) {
            let key = pair.key.text.trim_matches(['"', '\'']);
            if let Some(why) = fault(key) {
                out.at(file.source, pair.key.span, format!("the label key `{key}` {why}"));
            }
        }
    }
}

/// What is wrong with a key, and what to do.
fn fault(key: &str) -> Option<&'static str> {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if RESERVED.iter().any(|start| key.starts_with(start)) {
        Some("is in a namespace that is reserved for Docker; use your own domain")
    } else if !key.chars().all(is_inner) {
        Some("has other characters than lower-case letters, digits, `.` and `-`; rename it")
    } else if key.contains("..") || key.contains("--") {
        Some("repeats `.` or `-`; rename it")
    } else if !key.starts_with(|c: char| c.is_ascii_lowercase()) || key.ends_with(['.', '-']) {
        Some("must start with a letter and end with a letter or digit; rename it")
    } else {
        None
    }
}
