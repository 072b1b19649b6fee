use std::collections::HashMap;

use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // Who is added to further groups first, and where.
    let mut added: HashMap<&str, (&Instruction, Span)> = HashMap::new();
    for run in file.instructions.iter().filter(|one| matches!(one.kind, Kind::Run(_))) {
        for call in run.scripts().iter().flat_map(Script::calls) {
            if let Some(user) = added_by(&call) {
                added.entry(user).or_insert((run, call.span()));
            }
        }
    }
    for instruction in &file.instructions {
        let (Kind::User(word), Some(stage)) = (&instruction.kind, instruction.stage) else { continue };
        let expanded = file.expand(word, instruction);
        let Some((user, _)) = expanded.text().and_then(|text| text.split_once(':')) else { continue };
        let Some((run, span)) = added.get(user) else { continue };
        let is_earlier =
            run.index < instruction.index && file.ancestry(stage).any(|stage| run.stage == Some(stage));
        if !is_earlier {
            continue;
        }
        let message = format!(
            "with a group in `USER`, Docker leaves out all other groups of `{user}`; write `USER {user}`, with the group as its \
             primary one"
        );
        out.at(file.source, word.span, message).see(file.source, *span, "it is added to another group here");
    }
}

/// The user that a call adds to a group besides the primary one.
fn added_by<'s>(call: &Call<'s>) -> Option<&'s str> {
    let operands = call.operands();
    match call.name()? {
        "usermod" | "useradd" if call.has_flag('G', "groups") => operands.last()?.literal(),
        "gpasswd" => call.flag_value('a', "add"),
        // With one name they make it.
        "adduser" | "addgroup" if operands.len() == 2 => operands[0].literal(),
        _ => None,
    }
}
