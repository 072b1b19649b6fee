use std::collections::HashSet;

use crate::dockerfile::{Dockerfile, Instruction, Origin, Value};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Parameter, Script};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for script in run.scripts() {
            check(file, run, script, out);
        }
    }
}

fn check(file: &Dockerfile, run: &Instruction, script: &Script, out: &mut Findings) {
    let calls = script.calls();
    let removals = calls
        .iter()
        .filter(|call| call.is("rm") && (call.has_flag('r', "recursive") || call.has_flag('R', "")));
    let mut own: Option<HashSet<String>> = None;
    let before = out.list.len();
    for word in removals.flat_map(Call::operands) {
        let [parameter, ..] = &word.parameters[..] else { continue };
        // Only what is at the beginning and followed by a path leads to the root.
        let rest = word.text.strip_prefix('$').and_then(|text| {
            let text = text.strip_prefix('{').unwrap_or(text).strip_prefix(&*parameter.name)?;
            text.strip_prefix('}').unwrap_or(text).strip_prefix('/')
        });
        let Some(rest) = rest.filter(|_| may_be_empty(file, run, parameter)) else { continue };
        let own = own.get_or_insert_with(|| assigned(file, run));
        if own.contains(&*parameter.name) {
            continue;
        }
        if let Some(first) = out.list.get_mut(before) {
            first.see(file.source, word.span, "and here");
            continue;
        }
        let message = format!(
            "nothing in this file sets `{0}`; if it is empty, this deletes `/{rest}`; write `${{{0}:?}}`",
            parameter.name
        );
        out.at(file.source, word.span, message);
    }
}

/// Neither ARG nor ENV gives it a value, and it has no default at its use.
fn may_be_empty(file: &Dockerfile, run: &Instruction, parameter: &Parameter) -> bool {
    const GIVEN: [&str; 6] = ["HOME", "PWD", "OLDPWD", "TMPDIR", "PATH", "USER"];
    let name = &*parameter.name;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let binding = file.lookup(name, run);
    let nowhere = matches!(binding.origin, Origin::Undeclared { .. })
        || matches!(&binding.value, Value::Known(value) if value.is_empty());
    is_name && nowhere && !parameter.is_guarded() && !GIVEN.contains(&name)
}

/// The names that the script itself may set: by assignment, `for`, `read`, or in a file that it reads.
fn assigned(file: &Dockerfile, run: &Instruction) -> HashSet<String> {
    let text = file.source.slice(run.span);
    let words =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '=' || c == '$' || c == '{'));
    words
        .map(|word| word.split('=').next().unwrap_or(word))
        .filter(|word| !word.contains(['$', '{']))
        .map(str::to_owned)
        .collect()
}
