use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Download, Tool, Verification};
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // A health check calls the container itself, whose certificate is seldom a public one.
    let instructions = file.all().filter(|instruction| !matches!(instruction.kind, Kind::Healthcheck(_)));
    for script in instructions.flat_map(Instruction::scripts) {
        for download in script.facts().downloads.iter().filter(|download| download.tool == Tool::Curl) {
            let Some(flag) = download.insecure else { continue };
            // A checksum or a signature does as well as a certificate.
            let later = |check: &Verification| check.span.start > download.span.start;
            if is_local(download) || script.facts().verifications.iter().any(later) {
                continue;
            }
            let finding = out.at(
                file.source,
                flag,
                "`curl` does not check the certificate, so anyone on the network can replace the download; remove \
                 the flag, or name the certificate with `--cacert`",
            );
            if let Some(edit) = without(file, flag) {
                finding.fix(Safety::Unsafe, "remove the flag", vec![edit]);
            }
        }
    }
}

fn is_local(download: &Download) -> bool {
    let local = |url: &str| {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        ["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|name| host.starts_with(name))
    };
    !download.urls.is_empty() && download.urls.iter().all(|url| local(&url.text))
}

/// Takes the flag away, alone or out of a bundle of flags that take no value.
fn without(file: &Dockerfile, flag: Span) -> Option<Edit> {
    let written = file.source.slice(flag);
    if matches!(written, "-k" | "--insecure" | "--proxy-insecure") {
        // One blank before it goes with it.
        let start = flag.start as usize;
        let blank = file.source.text()[..start].ends_with([' ', '\t']);
        return Some(Edit::delete(Span::new(start - usize::from(blank), flag.end as usize)));
    }
    let letters = written.strip_prefix('-')?;
    let plain = letters.bytes().all(|letter| b"afgGiIjJklLnNOqRsSvZ0123456#".contains(&letter));
    plain.then(|| Edit::replace(flag, format!("-{}", letters.replace('k', ""))))
}
