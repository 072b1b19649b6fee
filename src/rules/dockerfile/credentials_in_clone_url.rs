use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script, Word};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| in_image(file, run)) {
        let calls: Vec<Call> = run.scripts().iter().flat_map(Script::calls).collect();
        if removes_it(run, &calls) {
            continue;
        }
        for word in calls.iter().filter(|call| keeps_address(call)).flat_map(Call::args) {
            if !holds_credentials(word) {
                continue;
            }
            let message = "git writes this address with its credentials to `.git/config`, which stays in the image; clone over \
                           `--mount=type=ssh`, or with a credential helper that reads a secret mount";
            out.at(file.source, word.span, message);
        }
    }
}

/// It writes the address into the repository's configuration.
fn keeps_address(call: &Call) -> bool {
    call.is("git")
        && match call.subcommand() {
            Some("clone" | "submodule") => true,
            Some("remote") => {
                call.operands().get(1).and_then(|word| word.literal()).is_some_and(|verb| verb == "add")
            }
            _ => false,
        }
}

/// `https://$TOKEN@host/…`, `https://user:$TOKEN@host/…`. What is hard-coded is found as a secret.
fn holds_credentials(word: &Word) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| word.text.strip_prefix(scheme));
    let authority = rest.and_then(|rest| {
        let end = rest.find('@')?;
        // A path before the sign belongs to no host, but one in `$(cat /run/secrets/x)` does.
        (!rest[..end].contains('/') || rest.starts_with('$') || rest[..end].contains(":$"))
            .then_some(&rest[..end])
    });
    authority.is_some_and(|authority| authority.contains(['$', '`']))
}

/// The repository, its configuration or the address in it is gone at the end.
fn removes_it(run: &Instruction, calls: &[Call]) -> bool {
    let removed = run.scripts().iter().any(|script| !script.facts().removals.is_empty());
    let rewritten = calls.iter().filter(|call| call.is("git")).any(|call| {
        let word = |at: usize| call.operands().get(at).and_then(|word| word.literal());
        word(0) == Some("remote") && matches!(word(1), Some("set-url" | "remove" | "rm"))
    });
    removed || rewritten
}
