use crate::dockerfile::{Dockerfile, Instruction, Kind, Transfer};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::text::Edit;

/// Folders that every distribution has.
const FOLDERS: [&str; 24] = [
    "/",
    "/bin",
    "/boot",
    "/etc",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/tmp",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { continue };
        let destination = &transfer.destination;
        let expanded = file.expand(destination, instruction);
        // A variable without a known value may end in a slash.
        let Some(text) = expanded.text().filter(|text| !text.is_empty()) else { continue };
        if transfer.sources.len() < 2
            || text.ends_with(['/', '\\'])
            || instruction.flag("parents").is_some()
            || super::arrays::broken(file, instruction).is_some()
            || instruction.has_error
        {
            continue;
        }
        let message = if is_there(file, instruction, transfer, text) {
            "some builders refuse several sources if the destination does not end with `/`; add it"
        } else {
            "this destination is a file, so each source overwrites the previous one; add `/` to make it a folder"
        };
        let found = out.at(file.source, destination.span, message);
        if is_there(file, instruction, transfer, text) {
            found.severity(Severity::Note);
        }
        if destination.text == text && file.source.slice(destination.span) == text {
            found.fix(Safety::Safe, "add `/`", vec![Edit::insert(destination.span.end as usize, "/")]);
        }
    }
}

/// The destination is a folder already, so BuildKit copies into it: the working directory, one of every distribution,
/// or one that an earlier instruction has made.
fn is_there(file: &Dockerfile, at: &Instruction, transfer: &Transfer, text: &str) -> bool {
    let relative = text.trim_start_matches("./");
    if matches!(relative, "" | "." | "..") || text.ends_with("/.") {
        return true;
    }
    let workdir = file.workdir_at(at).and_then(|workdir| match &workdir.kind {
        Kind::Workdir(word) => Some(word),
        _ => None,
    });
    FOLDERS.contains(&text)
        // `WORKDIR $APP` and `COPY a b $APP`.
        || workdir.is_some_and(|word| word.text == transfer.destination.text)
        || file.workdir_path(at).is_some_and(|path| path.trim_end_matches('/') == text)
}
