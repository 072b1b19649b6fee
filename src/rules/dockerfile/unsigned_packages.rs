use super::protections::{self, Protection};
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let mut places = protections::lifted(file, instruction, Protection::Signatures);
        places.retain(|place| !has_no_effect(file, instruction, place.span));
        let message = |written: &str| {
            format!(
                "`{written}` accepts packages that nobody signed, so anyone who can change the download decides what is \
                 installed; remove it and add the key of the repository"
            )
        };
        protections::report(file, &places, message, out);
    }
}

/// The flag belongs to a call that installs files, and those were copied or verified; or to one that installs nothing.
fn has_no_effect(file: &Dockerfile, instruction: &Instruction, flag: Span) -> bool {
    let calls = || instruction.scripts().iter().flat_map(Script::calls);
    let Some(call) = calls().find(|call| call.span().contains(flag)) else { return false };
    let only_removes =
        matches!(call.subcommand(), Some("autoclean" | "autoremove" | "clean" | "del" | "purge" | "remove"));
    only_removes || installs_files(&call) && !downloads_unverified(file, instruction)
}

/// All operands besides the subcommand are files.
fn installs_files(call: &Call<'_>) -> bool {
    let is_file = |text: &str| {
        let package = [".apk", ".deb", ".rpm"].iter().any(|ending| text.ends_with(ending));
        (package || text.contains('/')) && !text.contains("://")
    };
    let operands = call.operands();
    let named = operands.iter().skip(usize::from(!call.is("rpm")));
    named.clone().next().is_some() && named.clone().all(|word| is_file(&word.text))
}

/// The stage has downloaded something up to here, and verified nothing.
fn downloads_unverified(file: &Dockerfile, instruction: &Instruction) -> bool {
    let stage = instruction.stage.map_or(&[][..], |stage| file.stage_instructions(stage));
    let until = stage.iter().filter(|other| other.index <= instruction.index);
    let facts: Vec<_> = until.flat_map(Instruction::scripts).map(Script::facts).collect();
    facts.iter().any(|facts| !facts.downloads.is_empty())
        && facts.iter().all(|facts| facts.verifications.is_empty())
}
