use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::rules::dockerfile::purpose;
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::{Call, Script, Word};
use crate::text::Span;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if purpose::is_workplace(cx, file.source.path()) {
        return;
    }
    for run in file.runs().filter(|run| in_image(file, run)) {
        let is_for_developers =
            run.stage.and_then(|stage| file.stage_name(stage)).is_some_and(purpose::is_for_developers);
        let calls: Vec<Call> = run.scripts().iter().flat_map(Script::calls).collect();
        // One a RUN: what is installed is enabled next.
        if let Some(span) = calls.iter().find_map(installed).filter(|_| !is_for_developers) {
            let message = "Xdebug makes every request slower and lets others run code if it can be reached; install it in a stage for \
                           development";
            out.at(file.source, span, message);
        }
    }
}

/// Where a call names the extension that it installs, unless a condition decides whether it runs.
fn installed(call: &Call) -> Option<Span> {
    let installs = call.name().is_some_and(|name| {
        name.starts_with("docker-php-ext-")
            || matches!(name, "install-php-extensions" | "pecl" | "pie" | "apt-get" | "apk" | "apt")
    });
    let is_xdebug = |word: &&Word| word.text.contains("xdebug");
    (installs && !call.place.conditional)
        .then(|| call.args().iter().find(is_xdebug))
        .flatten()
        .map(|word| word.span)
}
