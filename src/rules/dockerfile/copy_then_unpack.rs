use std::collections::HashMap;

use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Kind, Word};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};
use crate::text::last_part;

/// What ADD unpacks, and what it does not.
const TARS: [&str; 8] = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"];
const OTHERS: [&str; 4] = [".zip", ".gz", ".xz", ".7z"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // The archives that stages hold so far, by name, and whether the build context has them.
    let mut archives: HashMap<(usize, String), (&Word, bool)> = HashMap::new();
    for instruction in file.instructions.iter().filter(|instruction| in_image(file, instruction)) {
        let Some(stage) = instruction.stage else { continue };
        match &instruction.kind {
            Kind::Copy(transfer) => {
                for word in transfer.sources.iter().filter(|word| is_archive(&word.text)) {
                    let is_local = instruction.flag("from").is_none();
                    archives.insert((stage, last_part(&word.text).to_owned()), (word, is_local));
                }
            }
            Kind::Run(_) => {
                for (name, call) in unpacked(instruction) {
                    let Some((word, is_local)) = archives.remove(&(stage, name.clone())) else { continue };
                    // ADD takes nothing from stages, and unpacks an archive as it is.
                    let is_for_add = is_local
                        && TARS.iter().any(|end| name.ends_with(end))
                        && !call.has_flag('\0', "strip-components");
                    let advice = if is_for_add { "use `ADD`, which unpacks it, or mount" } else { "mount" };
                    let message = format!(
                        "`{name}` stays in the image next to what it holds; {advice} it with `RUN --mount=type=bind`"
                    );
                    out.at(file.source, word.span, message).see(
                        file.source,
                        call.span(),
                        "it is unpacked here, in a later layer",
                    );
                }
            }
            _ => {}
        }
    }
}

fn is_archive(path: &str) -> bool {
    !path.contains(['*', '?', '$']) && TARS.iter().chain(&OTHERS).any(|end| path.ends_with(end))
}

/// The names of the archives that a RUN unpacks, each with the call.
fn unpacked<'r>(run: &'r Instruction) -> Vec<(String, Call<'r>)> {
    let calls = run.scripts().iter().flat_map(Script::calls).filter(unpacks);
    let archives = calls.flat_map(|call| {
        let words = call.args().iter().filter(|word| is_archive(&word.text));
        words.map(move |word| (last_part(&word.text).to_owned(), call)).collect::<Vec<_>>()
    });
    archives.collect()
}

fn unpacks(call: &Call) -> bool {
    let first = call.args().first().map_or("", |word| &*word.text);
    match call.name() {
        // The old style has no dash: `tar xzf`.
        Some("tar" | "bsdtar" | "gtar") => {
            call.has_flag('x', "extract")
                || !first.starts_with('-') && first.contains('x') && !first.contains('.')
        }
        Some("unzip" | "gunzip" | "unxz" | "bunzip2") => true,
        Some("7z" | "7za") => matches!(first, "x" | "e"),
        _ => false,
    }
}
