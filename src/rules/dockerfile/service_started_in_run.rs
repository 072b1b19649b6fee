use super::shipping::in_image;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Call;

const STARTS: [&str; 4] = ["start", "restart", "reload", "force-reload"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| in_image(file, run)) {
        for script in run.scripts() {
            // What comes after it may need the service.
            let calls = script.calls();
            let Some((name, call)) = calls.last().and_then(|call| Some((started(call)?, call))) else {
                continue;
            };
            let message =
                format!("`{name}` stops when this `RUN` ends; start it in `CMD` or in the entrypoint script");
            out.at(file.source, call.span(), message);
        }
    }
}

/// The service that a call starts.
fn started<'s>(call: &Call<'s>) -> Option<&'s str> {
    let operands = call.operands();
    let text = |at: usize| operands.get(at).and_then(|word| word.literal());
    let is_start = |word: Option<&str>| word.is_some_and(|word| STARTS.contains(&word));
    match call.name()? {
        "service" => text(0).filter(|_| is_start(text(1))),
        "systemctl" => text(1).filter(|_| is_start(text(0))),
        name => {
            let script = call.words[0].literal()?;
            (script.starts_with("/etc/init.d/") && is_start(text(0))).then_some(name)
        }
    }
}
