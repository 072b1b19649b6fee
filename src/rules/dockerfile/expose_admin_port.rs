use super::remote::{self, Made, PORTS, Service};
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // A server that is installed for it has a rule of its own, `ssh-server-installed`.
    let mut has_server: Option<bool> = None;
    let mut made = Made::default();
    for instruction in file.instructions.iter().filter(|instruction| in_image(file, instruction)) {
        let (Kind::Expose(words), Some(stage)) = (&instruction.kind, instruction.stage) else { continue };
        for word in words {
            let expanded = file.expand(word, instruction);
            let Some(text) = expanded.text() else { continue };
            let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { continue };
            let found = PORTS.iter().find(|(port, ..)| (first..=last).contains(port));
            let Some((port, service, what)) = found.filter(|_| protocol.eq_ignore_ascii_case("tcp")) else {
                continue;
            };
            let logs_in = matches!(service, Service::Ssh | Service::Telnet);
            if made.is_for(file, stage, *service)
                || logs_in && *has_server.get_or_insert_with(|| !remote::log_ins(file).is_empty())
            {
                continue;
            }
            let instead =
                if *service == Service::Ftp { "copy files in another way" } else { "use `docker exec`" };
            out.at(
                file.source,
                word.span,
                format!(
                    "port {port} ({what}) lets people log in from outside; do not expose it, and {instead}"
                ),
            );
        }
    }
}
