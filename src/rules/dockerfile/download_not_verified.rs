use std::collections::HashMap;

use super::addresses;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Download, Output, Script};
use crate::text::{Span, last_part};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in &file.stages {
        // What was downloaded and not verified so far, by the name of the file: it may be used in a later layer.
        let mut pending: HashMap<String, Span> = HashMap::new();
        for run in file.stage_instructions(stage.index) {
            for script in run.scripts() {
                let mut flow = Flow { file, run, pending: &mut pending, uses: Vec::new() };
                flow.follow(script);
                for Use { download, place, how } in flow.uses {
                    let message =
                        format!("this download is {how} without a check; compare its checksum before");
                    out.at(file.source, download, message).see(file.source, place, format!("{how} here"));
                }
            }
        }
    }
}

/// A download, and where it is used.
struct Use {
    download: Span,
    place: Span,
    how: &'static str,
}

struct Flow<'s, 'a> {
    file: &'s Dockerfile<'a>,
    run: &'s Instruction<'a>,
    pending: &'s mut HashMap<String, Span>,
    uses: Vec<Use>,
}

impl Flow<'_, '_> {
    /// Goes through the calls of a script in their order.
    fn follow(&mut self, script: &Script) {
        let facts = script.facts();
        let downloads: HashMap<Span, &Download> =
            facts.downloads.iter().map(|download| (download.span, download)).collect();
        let verified = |span: Span| facts.verifications.iter().any(|check| check.span.start > span.start);
        for call in script.calls() {
            if let Some(download) = downloads.get(&call.span()) {
                if !verified(download.span) && self.is_ours(download) {
                    self.downloaded(download, &call);
                }
            } else if is_check(&call) {
                self.pending.clear();
            } else if let Some(how) = use_of(&call) {
                for word in call.words {
                    if let Some(download) = self.pending.remove(last_part(&word.text)) {
                        self.uses.push(Use { download, place: word.span, how });
                    }
                }
            }
        }
    }

    /// Other rules report downloads without encryption and without a check of the certificate.
    fn is_ours(&self, download: &Download) -> bool {
        let cleartext = |text: &str| {
            let expanded = self.file.expand_in_script(text, self.run);
            addresses::is_cleartext(expanded.as_deref().unwrap_or(text))
        };
        download.insecure.is_none() && !download.urls.iter().any(|url| cleartext(&url.text))
    }

    fn downloaded(&mut self, download: &Download, call: &Call<'_>) {
        let Some(url) = download.urls.first() else { return };
        match &download.output {
            Output::File(path, _) => {
                self.pending.insert(last_part(path).to_owned(), url.span);
            }
            Output::RemoteName => {
                self.pending.insert(last_part(&url.text).to_owned(), url.span);
            }
            Output::Stdout => {
                // `curl … | tar -x`
                let behind = call.pipeline.commands.get(call.position + 1..).unwrap_or_default();
                // What unpacks is near; a pipeline may be of any length.
                let unpacks = behind.iter().take(3).find(|command| {
                    let text = self.file.source.slice(command.span);
                    matches!(text.split_whitespace().next(), Some("tar" | "bsdtar" | "unzip" | "cpio"))
                });
                if let Some(command) = unpacks {
                    self.uses.push(Use { download: url.span, place: command.span, how: "unpacked" });
                }
            }
        }
    }
}

/// The call compares something with what is expected, or shows it to whoever does.
fn is_check(call: &Call<'_>) -> bool {
    let Some(name) = call.name() else { return false };
    let digest = name.len() > 3 && name.strip_suffix("sum").is_some();
    digest
        || matches!(
            name,
            "shasum" | "gpg" | "gpg2" | "gpgv" | "cosign" | "minisign" | "openssl" | "slsa-verifier"
        )
}

/// What a call makes of a file that it names, if that is to run, unpack or install it.
fn use_of(call: &Call<'_>) -> Option<&'static str> {
    let first = &call.words[0].text;
    Some(match call.name()? {
        "tar" | "bsdtar" | "unzip" | "gunzip" | "xz" | "unxz" | "7z" => "unpacked",
        "apk" | "apt" | "apt-get" | "dnf" | "dpkg" | "microdnf" | "pip" | "pip3" | "rpm" | "yum" => {
            "installed"
        }
        "bash" | "sh" | "python" | "python3" | "php" | "node" | "java" | "ruby" => "run",
        "chmod" if makes_program(call) => "made a program",
        "install" => "installed",
        _ if first.starts_with("./") || first.starts_with('/') => "run",
        _ => return None,
    })
}

/// The mode lets somebody run the file.
fn makes_program(call: &Call<'_>) -> bool {
    let operands = call.operands();
    let Some(mode) = operands.first() else { return false };
    let octal = u32::from_str_radix(&mode.text, 8).is_ok_and(|bits| bits & 0o111 != 0);
    octal || mode.text.contains('x')
}
