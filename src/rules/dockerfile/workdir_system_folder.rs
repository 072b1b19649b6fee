use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

/// Folders of the system, and whether those below them are as well.
const FOLDERS: [(&str, bool); 14] = [
    ("/bin", true),
    ("/boot", true),
    ("/dev", true),
    ("/etc", false),
    ("/lib", true),
    ("/lib64", true),
    ("/proc", true),
    ("/sbin", true),
    ("/sys", true),
    ("/usr", false),
    ("/usr/bin", true),
    ("/usr/lib", false),
    ("/usr/sbin", true),
    ("/var", false),
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for (at, instruction) in file.instructions.iter().enumerate() {
        let Kind::Workdir(word) = &instruction.kind else { continue };
        let expanded = file.expand(word, instruction);
        let Some(path) = expanded.known().map(|path| path.trim_end_matches('/')) else { continue };
        let is_system = FOLDERS.iter().any(|(folder, below)| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || *below && rest.starts_with('/'))
        });
        // Who only looks in for a command leaves again.
        let stays = file.instructions[at + 1..]
            .iter()
            .take_while(|next| next.stage == instruction.stage)
            .all(|next| !matches!(next.kind, Kind::Workdir(_)));
        if is_system && stays {
            let message =
                format!("`{path}` is a folder of the system; use one of the application, such as `/app`");
            out.at(file.source, word.span, message);
        }
    }
}
