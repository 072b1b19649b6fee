use std::cell::OnceCell;
use std::collections::HashMap;

use super::paths;
use crate::dockerfile::{Dockerfile, Instruction, Kind, Transfer};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::shell::{Call, Script};
use crate::text::{Edit, upwards};

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

/// So many folders above a path are noted; hostile paths have more.
const DEPTH: usize = 16;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let named = OnceCell::new();
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
        let is_there = is_folder(file, instruction, transfer, text)
            || named.get_or_init(|| Named::of(file)).before(file, instruction, &destination.text);
        let message = if is_there {
            "some builders refuse several sources if the destination does not end with `/`; add it"
        } else {
            "this destination is a file, so each source overwrites the previous one; add `/` to make it a folder"
        };
        let found = out.at(file.source, destination.span, message);
        if is_there {
            found.severity(Severity::Note);
        }
        if destination.text == text && file.source.slice(destination.span) == text {
            found.fix(Safety::Safe, "add `/`", vec![Edit::insert(destination.span.end as usize, "/")]);
        }
    }
}

/// The destination is a folder already, so BuildKit copies into it: the working directory, or one of every distribution.
fn is_folder(file: &Dockerfile, at: &Instruction, transfer: &Transfer, text: &str) -> bool {
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

/// The paths that instructions write to or name, and the folders above them, each by its stage with the first
/// instruction that does. One of them may be a folder by then.
struct Named(HashMap<(usize, String), usize>);

impl Named {
    fn of(file: &Dockerfile) -> Self {
        let mut named = HashMap::new();
        for instruction in file.all() {
            let Some(stage) = instruction.stage else { continue };
            for text in texts(instruction) {
                for path in upwards(&paths::resolve(file, instruction, text)).take(DEPTH) {
                    named.entry((stage, path.to_owned())).or_insert(instruction.index);
                }
            }
        }
        Self(named)
    }

    /// An instruction before this one names the path, in its stage or in one that the stage is built FROM.
    fn before(&self, file: &Dockerfile, at: &Instruction, text: &str) -> bool {
        let path = paths::resolve(file, at, text);
        let mut stages = at.stage.into_iter().flat_map(|stage| file.ancestry(stage));
        stages.any(|stage| self.0.get(&(stage, path.clone())).is_some_and(|&first| first < at.index))
    }
}

fn texts<'i>(instruction: &'i Instruction) -> Vec<&'i str> {
    match &instruction.kind {
        Kind::Copy(transfer) | Kind::Add(transfer) => vec![&*transfer.destination.text],
        Kind::Workdir(word) => vec![&*word.text],
        Kind::Run(_) => {
            let calls = instruction.scripts().iter().flat_map(Script::calls);
            calls.flat_map(|call: Call<'i>| &call.words[1..]).map(|word| &*word.text).collect()
        }
        _ => Vec::new(),
    }
}
