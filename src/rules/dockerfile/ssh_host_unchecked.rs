use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::{Context, Profile, Severity};
use crate::shell::{Call, Script};
use crate::text::Span;

const OPTION: &str = "StrictHostKeyChecking";

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        if let Some(span) = turned_off(file, instruction) {
            let message = "ssh accepts the key of any host here, so anyone on the network can take its place; add the host's \
                           key to `known_hosts`";
            out.at(file.source, span, message);
        } else if cx.policy.profile >= Profile::Strict
            && let Some(span) = scanned(instruction)
        {
            let message = "`ssh-keyscan` asks the network for the key that is to protect against the network; copy a \
                           `known_hosts` file with the known key";
            out.at(file.source, span, message).severity(Severity::Note);
        }
    }
}

/// Where the option is set to `no`, in whatever an instruction says or writes.
fn turned_off(file: &Dockerfile, instruction: &Instruction) -> Option<Span> {
    if !matches!(instruction.kind, Kind::Run(_) | Kind::Env(_) | Kind::Copy(_) | Kind::Add(_)) {
        return None;
    }
    let text = file.source.slice(instruction.span);
    let off = |at: usize| {
        let value = text[at + OPTION.len()..].trim_start_matches([' ', '\t', '=', '"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
        let from = instruction.span.start as usize + at;
        let to = instruction.span.start as usize + text.len() - value.len() + end;
        matches!(&value[..end], "no" | "off").then(|| Span::new(from, to))
    };
    let on_comment = |span: &Span| file.comments.iter().any(|comment| comment.contains(*span));
    text.match_indices(OPTION).filter_map(|(at, _)| off(at)).find(|span| !on_comment(span))
}

/// `ssh-keyscan`, unless what it says is compared with something.
fn scanned(instruction: &Instruction) -> Option<Span> {
    let calls: Vec<_> = instruction.scripts().iter().flat_map(Script::calls).collect();
    let compares =
        calls.iter().any(|call| matches!(call.name(), Some("ssh-keygen" | "grep" | "diff" | "sha256sum")));
    calls.iter().find(|call| call.is("ssh-keyscan") && !compares).map(Call::name_span)
}
