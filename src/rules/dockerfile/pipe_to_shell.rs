use super::addresses::{self, Names};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        for piped in instruction.scripts().iter().flat_map(|script| &script.facts().piped_scripts) {
            let names = |url: &str| {
                let expanded = file.expand_in_script(url, instruction);
                // What a variable is called says more than a value that may be another one.
                match addresses::names(url) {
                    Names::Unclear => expanded.as_deref().map_or(Names::Unclear, addresses::names),
                    known => known,
                }
            };
            let urls = &piped.download.urls;
            let is_fixed = !urls.is_empty() && urls.iter().all(|url| names(&url.text) == Names::Version);
            let program = &piped.interpreter;
            if is_fixed {
                let message = format!(
                    "`{program}` runs a downloaded script, and only its URL names the version; verify a checksum first"
                );
                out.at(file.source, piped.span, message).severity(Severity::Note);
            } else {
                let message = format!(
                    "`{program}` runs a downloaded script without a check; save it, verify its checksum, then run it"
                );
                out.at(file.source, piped.span, message);
            }
        }
    }
}
