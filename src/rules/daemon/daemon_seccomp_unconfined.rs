use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    let Some(setting) = file.get("seccomp-profile") else { return };
    if file.text("seccomp-profile").is_some_and(|(profile, _)| profile == "unconfined") {
        let key = file.source.slice(setting.key_span).trim_matches(['"', '-']);
        let message = format!("all containers may use every system call of the kernel; remove `{key}`");
        out.at(file.source, setting.span, message);
    }
}
