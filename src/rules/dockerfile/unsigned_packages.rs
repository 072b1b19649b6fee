use super::protections::{self, Protection};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};
use crate::text::Spans;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if !protections::are_named(file) {
        return;
    }
    // What the stage has done so far.
    let (mut stage, mut downloads, mut verifies) = (None, false, false);
    for instruction in file.all() {
        if instruction.stage != stage {
            (stage, downloads, verifies) = (instruction.stage, false, false);
        }
        for facts in instruction.scripts().iter().map(Script::facts) {
            downloads |= !facts.downloads.is_empty();
            verifies |= !facts.verifications.is_empty();
        }
        let mut places = protections::lifted(file, instruction, Protection::Signatures);
        if places.is_empty() {
            continue;
        }
        let calls = instruction.scripts().iter().flat_map(Script::calls);
        let harmless = calls.filter(|call| has_no_effect(call, downloads && !verifies));
        let harmless: Spans = harmless.map(|call| call.span()).collect();
        places.retain(|place| !harmless.any_overlaps(place.span));
        let message = |written: &str| {
            format!(
                "`{written}` accepts packages that nobody signed, so anyone who can change the download decides what is \
                 installed; remove it and add the key of the repository"
            )
        };
        protections::report(file, &places, message, out);
    }
}

/// The call installs files that were copied or verified, or it installs nothing.
fn has_no_effect(call: &Call<'_>, downloads_unverified: bool) -> bool {
    let only_removes =
        matches!(call.subcommand(), Some("autoclean" | "autoremove" | "clean" | "del" | "purge" | "remove"));
    only_removes || installs_files(call) && !downloads_unverified
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
