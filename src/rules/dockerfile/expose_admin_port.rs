use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

const PORTS: [(u16, &str); 6] =
    [(21, "FTP"), (22, "SSH"), (23, "telnet"), (3389, "RDP"), (5800, "VNC"), (5900, "VNC")];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.instructions.iter().filter(|instruction| in_image(file, instruction)) {
        let Kind::Expose(words) = &instruction.kind else { continue };
        for word in words {
            let expanded = file.expand(word, instruction);
            let Some(text) = expanded.text() else { continue };
            let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { continue };
            let found = PORTS.iter().find(|(port, _)| (first..=last).contains(port));
            if let (Some((port, what)), true) = (found, protocol.eq_ignore_ascii_case("tcp")) {
                let instead = if *port == 21 { "copy files another way" } else { "use `docker exec`" };
                out.at(
                    file.source,
                    word.span,
                    format!("port {port} is {what}, a way in from outside; {instead}, and do not expose it"),
                );
            }
        }
    }
}
