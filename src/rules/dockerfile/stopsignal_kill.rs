use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in &file.instructions {
        let Kind::Stopsignal(word) = &instruction.kind else { continue };
        let expanded = file.expand(word, instruction);
        let signal = expanded.text().unwrap_or_default().to_ascii_uppercase();
        let name = match signal.strip_prefix("SIG").unwrap_or(&signal) {
            "KILL" | "9" => "SIGKILL",
            "STOP" | "19" => "SIGSTOP",
            _ => continue,
        };
        let message =
            format!("no program can handle `{name}`, so it cannot shut down cleanly; use `SIGTERM`");
        out.at(file.source, word.span, message).fix(
            Safety::Unsafe,
            "use `SIGTERM`",
            vec![Edit::replace(word.span, "SIGTERM")],
        );
    }
}
