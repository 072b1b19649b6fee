//! Downloads that do not check the certificate of the server, by the program.

use super::protections::with_blank;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::shell::{Download, Script, Tool, Verification};
use crate::text::{Edit, Span};

/// Reports the downloads of some tools; `program` and `instead` are for the message.
pub(super) fn report(file: &Dockerfile, tools: &[Tool], instead: &str, out: &mut Findings) {
    // A health check calls the container itself, whose certificate is seldom a public one.
    let instructions = file.all().filter(|instruction| !matches!(instruction.kind, Kind::Healthcheck(_)));
    for instruction in instructions {
        for script in instruction.scripts() {
            check(file, script, tools, instead, true, out);
        }
        if let Some(script) = instruction.exec_script() {
            check(file, &script, tools, instead, false, out);
        }
    }
}

fn check(
    file: &Dockerfile,
    script: &Script,
    tools: &[Tool],
    instead: &str,
    editable: bool,
    out: &mut Findings,
) {
    let facts = script.facts();
    for download in facts.downloads.iter().filter(|download| tools.contains(&download.tool)) {
        let Some(flag) = download.insecure else { continue };
        // A checksum or a signature does as well as a certificate.
        let later = |check: &Verification| check.span.start > download.span.start;
        if is_local(download) || facts.verifications.iter().any(later) {
            continue;
        }
        let program = file.source.slice(download.program);
        let finding = out.at(
            file.source,
            flag,
            format!(
                "`{program}` does not check the certificate, so anyone on the network can replace the download; remove \
                 the flag, or name the certificate with `{instead}`"
            ),
        );
        if let Some(edit) = without(file, flag).filter(|_| editable) {
            finding.fix(Safety::Unsafe, "remove the flag", vec![edit]);
        }
    }
}

/// The download comes from this machine.
pub(super) fn is_local(download: &Download) -> bool {
    let local = |url: &str| {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        ["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|name| host.starts_with(name))
    };
    !download.urls.is_empty() && download.urls.iter().all(|url| local(&url.text))
}

/// Takes the flag away, alone or out of a bundle of flags that take no value.
fn without(file: &Dockerfile, flag: Span) -> Option<Edit> {
    let written = file.source.slice(flag);
    let alone = ["-k", "--insecure", "--proxy-insecure", "--no-check-certificate", "--no-verify-peer"];
    if alone.contains(&written) {
        return Some(with_blank(file, flag));
    }
    let letters = written.strip_prefix('-')?;
    let plain = letters.bytes().all(|letter| b"afgGiIjJklLnNOqRsSvZ0123456#".contains(&letter));
    plain.then(|| Edit::replace(flag, format!("-{}", letters.replace('k', ""))))
}
