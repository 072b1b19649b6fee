use super::starts;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let start = file.entrypoint_of(stage.index).or_else(|| file.cmd_of(stage.index));
        let Some(start) = start else { continue };
        let program = starts::started(start).unwrap_or_default();
        // `init` may be another one.
        let is_init = matches!(&*program, "/sbin/init" | "/usr/sbin/init" | "init");
        let is_systemd = is_init && file.source.text().contains("systemd")
            || program.ends_with("/systemd")
            || program == "systemd";
        let mut all = file.ancestry(stage.index).flat_map(|stage| file.stage_instructions(stage));
        if is_systemd && !all.any(|one| matches!(one.kind, Kind::Stopsignal(_))) {
            let message = "systemd ignores the signal that stops a container, so it is killed after ten seconds; add \
                           `STOPSIGNAL SIGRTMIN+3`";
            out.at(file.source, start.keyword.span, message);
        }
    }
}
