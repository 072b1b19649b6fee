use crate::daemon::{AccessKind, Daemon};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// Groups that are for people or programs in general.
const WIDE: [&str; 8] = ["users", "staff", "nogroup", "nobody", "everyone", "games", "www-data", "adm"];

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    if let Some((group, span)) = file.text("group").filter(|(group, _)| WIDE.contains(group)) {
        let message = format!(
            "every member of the group `{group}` commands the engine and so is root on the host; use a group of its own"
        );
        out.at(file.source, span, message);
    }
    let mode = file
        .text("socket-mode")
        .filter(|(mode, _)| u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o002 != 0));
    let opened = file.access.iter().filter(|access| matches!(access.kind, AccessKind::OpenSocket));
    for span in mode.map(|(_, span)| span).into_iter().chain(opened.map(|access| access.at)) {
        let message =
            "every user and program on the host commands the engine and so is root there; use the mode `660`";
        out.at(file.source, span, message);
    }
    for access in file.access.iter().filter(|access| matches!(access.kind, AccessKind::OtherOwner)) {
        let message =
            "the engine's socket is given to a user, who is root on the host from then on; leave it to root";
        out.at(file.source, access.at, message).severity(Severity::Warning);
    }
}
