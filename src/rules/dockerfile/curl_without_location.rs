use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Download, Tool};
use crate::text::Edit;

/// Parts of addresses that always lead to another host.
const REDIRECTED: [&str; 4] = ["/releases/download/", "/releases/latest/download/", "/archive/", "/raw/"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for download in run.scripts().iter().flat_map(|script| &script.facts().downloads) {
            if download.tool != Tool::Curl || download.follows || !is_redirected(download) {
                continue;
            }
            let message = "GitHub answers this with a redirect, which `curl` does not follow without `-L`, so nothing is downloaded; \
                           add `-L`";
            out.at(file.source, download.span, message).fix(
                Safety::Safe,
                "add `-L`",
                vec![Edit::insert(download.program.end as usize, " -L")],
            );
        }
    }
}

fn is_redirected(download: &Download) -> bool {
    let of_github = |text: &str| {
        let rest = text.strip_prefix("https://github.com/")?;
        Some(REDIRECTED.iter().any(|part| rest.contains(part)))
    };
    download.urls.iter().any(|url| of_github(&url.text) == Some(true))
}
