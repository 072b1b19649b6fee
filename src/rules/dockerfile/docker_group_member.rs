use super::shipping::in_image;
use super::sudo_used;
use crate::daemon::{AccessKind, Daemon, joins_group};
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::shell::Script;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let shipped = |run: &&Instruction| in_image(file, run) && !sudo_used::is_workplace(cx, file, run);
    for run in file.runs().filter(shipped) {
        for call in run.scripts().iter().flat_map(Script::calls) {
            if let Some(span) = joins_group(&call) {
                let message = "members of the group `docker` control the engine if its socket is mounted, and so are root on \
                               the host; leave the user out of it";
                out.at(file.source, span, message);
            }
        }
    }
}

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    for access in file.access.iter().filter(|access| matches!(access.kind, AccessKind::Member)) {
        let message = "members of the group `docker` command the engine, and so are root on the host; use a rootless engine, or \
                       `sudo` for those who administer it";
        out.at(file.source, access.at, message).severity(Severity::Note);
    }
}
