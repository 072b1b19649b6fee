use super::{build_tools, starts};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Some(image) = build_tools::toolchain(file, stage.index) else { continue };
        let Some(command) = build_tools::build_command(file, stage.index) else { continue };
        if !build_tools::is_application(cx, file, stage.index) || !starts_artefact(file, stage.index) {
            continue;
        }
        let base = file.ancestry(stage.index).last().unwrap_or(stage.index);
        let Some(from) = file.from_of(base) else { continue };
        out.at(
            file.source,
            from.image.span,
            format!(
                "`{image}` ships with its whole toolchain; build in a first stage and copy the result into a \
                 runtime image"
            ),
        )
        .see(file.source, command, "the application is built here");
    }
}

/// CMD or ENTRYPOINT starts a program that does not look as if it needed the toolchain: no script, no interpreter of
/// another language, no `dotnet watch`.
fn starts_artefact(file: &Dockerfile, stage: usize) -> bool {
    let words: Vec<String> = starts::of(file, stage).flat_map(starts::programs).collect();
    let other = ["python", "python3", "node", "npm", "yarn", "ruby", "perl"];
    let works = ["run", "watch", "test"];
    !words.iter().any(|word| {
        word.strip_suffix(".sh").is_some()
            || other.contains(&&**word)
            || works.contains(&&**word)
            || word.contains("entrypoint")
    })
}
