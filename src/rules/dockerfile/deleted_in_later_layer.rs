use super::paths;
use super::secret_files::{self, Brought, Holds};
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Kind, Word};
use crate::finding::Findings;
use crate::rule::{Context, Profile};
use crate::shell::{Output, Removal, Script};

/// What large files are called.
const LARGE: [&str; 18] = [
    ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip", ".7z", ".gz", ".xz", ".deb",
    ".rpm", ".apk", ".jar", ".war", ".whl", ".run", ".bin",
];

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let removes = |run: &Instruction| run.scripts().iter().any(|script| !script.facts().removals.is_empty());
    if !file.runs().any(removes) {
        return;
    }
    let is_strict = cx.policy.profile >= Profile::Strict;
    let brings = |instruction| {
        let mut brought = copied(file, instruction);
        brought.extend(downloaded(file, instruction));
        brought
    };
    secret_files::each(file, brings, |brought, removal| {
        // `find` deletes some of what lies there.
        let is_whole =
            |removal: &&Removal| !removal.conditional && !file.source.slice(removal.call).starts_with("find");
        let Some(removal) = removal.filter(is_whole) else { return };
        let is_run = matches!(brought.instruction.kind, Kind::Run(_));
        // A secret that is deleted too late is another rule's.
        if !in_image(file, brought.instruction) || secret_files::holds(&brought.name).is_some() {
            return;
        }
        let from = brought.instruction.flag("from").is_some();
        let name = brought.name.to_ascii_lowercase();
        if !is_strict && !is_run && !from && !LARGE.iter().any(|end| name.ends_with(end)) {
            return;
        }
        let advice = if is_run {
            "delete it in the same `RUN`"
        } else {
            "use `RUN --mount=type=bind` instead of copying it"
        };
        let message =
            format!("`{}` is deleted later, but its layer stays in the image; {advice}", brought.name);
        out.at(file.source, brought.span, message).see(
            file.source,
            removal.call,
            "deleted here, in a later layer, which does not make the image smaller",
        );
    });
}

const FILE: Holds = Holds { what: "a file", sure: false };

/// The files that a COPY or ADD brings, each at its place.
fn copied<'f, 'a>(file: &Dockerfile<'a>, instruction: &'f Instruction<'a>) -> Vec<Brought<'f, 'a>> {
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return Vec::new() };
    let destination = file.expand(&transfer.destination, instruction);
    let Some(destination) = destination.text() else { return Vec::new() };
    let is_folder = destination.ends_with('/') || transfer.sources.len() > 1;
    let bring = |word: &'f Word<'a>| {
        let expanded = file.expand(word, instruction);
        let name = expanded.text()?.trim_end_matches('/').to_owned();
        let last = name
            .rsplit('/')
            .next()
            .filter(|last| !last.contains(['*', '?', '[']) && !last.starts_with("<<"))?;
        // Whatever the file is called, it is copied into a folder that is there, or becomes the destination.
        let has_ending = last.contains('.') && last != ".";
        let target =
            if is_folder && has_ending { format!("{destination}/{last}") } else { destination.to_owned() };
        let target = paths::resolve(file, instruction, &target);
        Some(Brought { instruction, span: word.span, name, target, holds: FILE })
    };
    transfer.sources.iter().filter_map(bring).collect()
}

/// The files that a RUN downloads and does not delete itself.
fn downloaded<'f, 'a>(file: &Dockerfile<'a>, run: &'f Instruction<'a>) -> Vec<Brought<'f, 'a>> {
    let mut found = Vec::new();
    if !matches!(run.kind, Kind::Run(_)) {
        return found;
    }
    for facts in run.scripts().iter().map(Script::facts) {
        for download in &facts.downloads {
            let Output::File(path, span) = &download.output else { continue };
            // What is relative depends on every `cd` before.
            if !path.starts_with('/') {
                continue;
            }
            let target = paths::resolve(file, run, path);
            if secret_files::Removed::by(file, run, &facts.removals).holds(&target) {
                continue;
            }
            found.push(Brought {
                instruction: run,
                span: *span,
                name: path.to_string(),
                target,
                holds: FILE,
            });
        }
    }
    found
}
