use super::shipping::in_image;
use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

/// Packages of Debian, Alpine, Fedora and SUSE. Alpine's `openssh` is mostly there for its client.
const SERVERS: [&str; 8] = [
    "openssh-server",
    "openssh-server-pam",
    "dropbear",
    "dropbear-bin",
    "telnetd",
    "inetutils-telnetd",
    "telnet-server",
    "tinysshd",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.instructions.iter().filter(|instruction| in_image(file, instruction)) {
        if matches!(instruction.kind, Kind::Run(_)) {
            for script in instruction.scripts() {
                for (_, package) in script.facts().kept() {
                    if SERVERS.contains(&&*package.name) {
                        let message = format!(
                            "`{}` lets people log in to the container; use `docker exec`, and leave it out",
                            package.name
                        );
                        out.at(file.source, package.span, message);
                    }
                }
            }
        } else if let Some(span) = started(instruction) {
            let message = "the container starts `sshd`, for people to log in; use `docker exec` instead";
            out.at(file.source, span, message);
        }
    }
}

/// Where CMD or ENTRYPOINT starts sshd.
fn started(instruction: &Instruction) -> Option<Span> {
    let (Kind::Cmd(command) | Kind::Entrypoint(command)) = &instruction.kind else { return None };
    if let Command::Exec { words, .. } = command {
        let first = words.first()?;
        return (first.text.rsplit('/').next() == Some("sshd")).then_some(first.span);
    }
    let calls = instruction.script()?.calls();
    calls.iter().find(|call| call.is("sshd")).map(crate::shell::Call::name_span)
}
