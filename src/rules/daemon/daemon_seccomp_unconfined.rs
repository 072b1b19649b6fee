use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    if let Some((_, span)) = file.text("seccomp-profile").filter(|(profile, _)| *profile == "unconfined") {
        let message = "all containers may use every system call of the kernel; remove `seccomp-profile`";
        out.at(file.source, span, message);
    }
}
