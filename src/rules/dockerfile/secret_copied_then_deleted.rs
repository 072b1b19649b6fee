use super::paths;
use super::secret_files::{self, Brought};
use super::shipping::in_image;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::shell::Call;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for brought in secret_files::copied(file).into_iter().chain(written(file)) {
        let Some((_, removal)) = secret_files::removed_later(file, &brought) else { continue };
        let ships = in_image(file, brought.instruction);
        let whose = if ships { "in this layer of the image" } else { "in the build cache" };
        let finding = out.at(
            file.source,
            brought.span,
            format!(
                "`{}` is deleted later, but stays {whose}; mount it with `RUN --mount=type=secret`",
                brought.name
            ),
        );
        finding.see(file.source, removal.call, "deleted here, in another layer");
        if !ships {
            finding.severity(Severity::Note);
        }
    }
}

/// The secret files that a RUN writes with `>` and does not remove itself.
fn written<'f, 'a>(file: &'f Dockerfile<'a>) -> Vec<Brought<'f, 'a>> {
    let mut found = Vec::new();
    for run in file.runs() {
        for script in run.scripts() {
            let removals = &script.facts().removals;
            for redirect in script.calls().iter().flat_map(Call::redirects) {
                let path = &redirect.target.text;
                let writes = matches!(redirect.operator, ">" | ">>" | ">|");
                let Some(holds) = secret_files::holds(path).filter(|holds| writes && holds.sure) else {
                    continue;
                };
                let target = paths::resolve(file, run, path);
                if removals.iter().any(|removal| secret_files::removes(file, run, removal, &target)) {
                    continue;
                }
                found.push(Brought {
                    instruction: run,
                    span: redirect.target.span,
                    name: path.to_string(),
                    target,
                    holds,
                });
            }
        }
    }
    found
}
