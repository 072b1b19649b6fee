use super::shipping::in_image;
use crate::dockerfile::{Base, Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // Whether a stage may have the files that users are looked up in.
    let mut has_users = vec![false; file.stages.len()];
    for instruction in &file.instructions {
        let Some(stage) = instruction.stage.filter(|stage| matches!(file.root_base(*stage), Base::Scratch))
        else {
            continue;
        };
        if let (Kind::From(_), Base::Stage(base)) = (&instruction.kind, &file.stages[stage].base) {
            has_users[stage] = has_users[*base];
        }
        if !has_users[stage]
            && let Some((span, name)) = named(file, instruction)
        {
            let message = format!(
                "there is no `/etc/passwd` in this stage, so `{name}` is unknown; write the user's number, or copy the file before"
            );
            out.at(file.source, span, message);
        }
        has_users[stage] |= may_bring_users(file, instruction);
    }
}

/// A user or group that is given by its name.
fn named(file: &Dockerfile, instruction: &Instruction) -> Option<(Span, String)> {
    let word = match &instruction.kind {
        Kind::User(word) if in_image(file, instruction) => word,
        Kind::Copy(_) | Kind::Add(_) => instruction.flag("chown")?.value.as_ref()?,
        _ => return None,
    };
    let expanded = file.expand(word, instruction);
    let name =
        expanded.known()?.split(':').find(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    // Docker knows root without the file.
    (name != "root").then(|| (word.span, name.to_owned()))
}

fn may_bring_users(file: &Dockerfile, instruction: &Instruction) -> bool {
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else {
        return matches!(instruction.kind, Kind::Run(_) | Kind::Unknown(_) | Kind::Onbuild(_));
    };
    let destination = file.expand(&transfer.destination, instruction);
    let is_whole = |path: &str| matches!(path.trim_end_matches('/'), "" | "/etc" | "etc" | "." | "./etc");
    destination.text().is_none_or(|path| is_whole(path) || path.contains("passwd"))
}
