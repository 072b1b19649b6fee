use super::scripts;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Word, commands, declares};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for code in scripts(file) {
        for seen in commands(code.script) {
            let Some((name, args)) = seen.name().zip(seen.simple()) else { continue };
            // A constant cannot be assigned afterwards.
            let is_constant =
                || args[1..].iter().any(|word| word.text.starts_with('-') && word.text.contains('r'));
            if !declares(name) || is_constant() {
                continue;
            }
            let is_bare = |word: &Word| !file.source.slice(word.span).starts_with('"');
            for word in args[1..].iter().filter(|word| is_bare(word) && runs_command(word)) {
                let message = format!(
                    "the exit code of `{name}` hides that of the command in its value; \
                     assign the value in a command of its own"
                );
                out.at(file.source, word.span, message);
            }
        }
    }
}

/// `NAME=…$(…)…`
fn runs_command(word: &Word) -> bool {
    let value = word.text.split_once('=').map(|(name, value)| (name.trim_end_matches('+'), value));
    let is_assignment = value.is_some_and(|(name, value)| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !value.starts_with('(')
    });
    is_assignment && word.substitutions.iter().any(|found| !found.nested)
}
