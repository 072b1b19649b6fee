//! `cd` as the first and as the last command of a script.

use crate::shell::{Call, Script};

/// The `cd` that the script begins with, for all that follows.
pub(super) fn first(script: &Script) -> Option<Call<'_>> {
    let call = *script.calls().first()?;
    changes(&call, script).then_some(call)
}

/// The `cd` that the script ends with.
pub(super) fn last(script: &Script) -> Option<Call<'_>> {
    let call = *script.calls().last()?;
    changes(&call, script).then_some(call)
}

/// It is a command of the script itself: not in a function, a subshell or a script of its own.
fn changes(call: &Call, script: &Script) -> bool {
    let is_own = script.pipelines.iter().any(|pipeline| std::ptr::eq(pipeline, call.pipeline));
    call.is("cd")
        && is_own
        && call.pipeline.commands.len() == 1
        && call.operands().iter().any(|word| &*word.text != "-")
        && !call.place.in_substitution
        && !call.place.inner
}
