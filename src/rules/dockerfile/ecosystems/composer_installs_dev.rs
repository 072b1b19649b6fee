use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::rules::dockerfile::purpose;
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::{Action, Manager};
use crate::text::Edit;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let is_set = |name: &str| file.source.text().contains(name);
    if purpose::is_workplace(cx, file.source.path()) || is_set("COMPOSER_NO_DEV") {
        return;
    }
    for run in file.runs().filter(|run| in_image(file, run)) {
        let name = run.stage.and_then(|stage| file.stage_name(stage));
        if name.is_some_and(purpose::is_for_developers) {
            continue;
        }
        let is_exec = matches!(run.kind, Kind::Run(crate::dockerfile::Command::Exec { .. }));
        for call in run.package_calls().filter(|call| call.manager == Manager::Composer) {
            let installs =
                matches!(call.action, Action::LockedInstall | Action::Install) && call.packages.is_empty();
            let Some((verb, span)) =
                call.subcommand.as_ref().filter(|(verb, _)| installs && &**verb == "install")
            else {
                continue;
            };
            if call.has_flag('\0', "no-dev") || call.has_flag('\0', "dev") || call.conditional {
                continue;
            }
            let message = format!("`composer {verb}` also installs packages for development; add `--no-dev`");
            let found = out.at(file.source, call.program.cover(*span), message);
            if !is_exec {
                found.fix(
                    Safety::Unsafe,
                    "add `--no-dev`",
                    vec![Edit::insert(span.end as usize, " --no-dev")],
                );
            }
        }
    }
}
