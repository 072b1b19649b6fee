use std::collections::BTreeMap;

use super::bashisms::{self, Bashism};
use super::scripts;
use crate::dockerfile::{Dialect, Dockerfile};
use crate::finding::Findings;
use crate::rule::{Context, Profile};
use crate::shell::commands;
use crate::text::Span;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for code in scripts(file) {
        let shell = match code.dialect {
            Dialect::Dash => "dash",
            Dialect::Busybox => "BusyBox",
            // It may be a shell that has it.
            Dialect::Sh if cx.policy.profile >= Profile::Strict => "some shells",
            _ => continue,
        };
        let text = file.source.slice(code.at.span);
        let is_set = |name: &str| file.is_given(code.at, name) || text.contains(&format!("{name}="));
        let mut kinds: BTreeMap<&str, (Bashism, Vec<Span>)> = BTreeMap::new();
        for seen in commands(code.script) {
            for (span, found) in bashisms::of(&seen, code.dialect, file.source.text(), &is_set) {
                kinds.entry(found.what).or_insert((found, Vec::new())).1.push(span);
            }
        }
        for (found, spans) in kinds.values() {
            let message = format!(
                "{} does not exist in {shell}, and `sh` is the shell here; {}",
                found.what, found.instead
            );
            super::report(file.source, spans, message, out);
        }
    }
}
