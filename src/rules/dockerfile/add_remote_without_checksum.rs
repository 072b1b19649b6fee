use super::addresses::{self, Names};
use super::shipping::backwards;
use crate::dockerfile::{Dockerfile, Instruction, Kind, Value, Variable};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if !file.all().any(|instruction| matches!(instruction.kind, Kind::Add(_))) {
        return;
    }
    // A later `sha256sum -c` or `gpg --verify` checks the download, too.
    let verifies = |instruction: &Instruction| {
        let scripts = if matches!(instruction.kind, Kind::Run(_)) { instruction.scripts() } else { &[] };
        let any = scripts.iter().any(|script| !script.facts().verifications.is_empty());
        if any { vec![((), ())] } else { Vec::new() }
    };
    backwards(file, verifies, |instruction, later| {
        if later.is_empty() {
            check(file, instruction, out);
        }
    });
}

fn check(file: &Dockerfile, instruction: &Instruction, out: &mut Findings) {
    let Kind::Add(transfer) = &instruction.kind else { return };
    if instruction.flag("checksum").is_some() {
        return;
    }
    for word in &transfer.sources {
        let expanded = file.expand(word, instruction);
        let url = expanded.text().unwrap_or(&word.text).to_ascii_lowercase();
        let remote = url.starts_with("http://") || url.starts_with("https://");
        // BuildKit clones what ends in `.git`, whatever fragment or query follows.
        let path = url.split(['#', '?']).next().unwrap_or_default();
        let names = addresses::names(expanded.text().unwrap_or(&word.text));
        if !remote || path.strip_suffix(".git").is_some() || names == Names::State {
            continue;
        }
        // One checksum cannot fit what differs from build to build.
        let varies = |variable: &Variable| {
            matches!(file.lookup(variable.name, instruction).value, Value::Default(_) | Value::Unknown)
        };
        if names == Names::Moving {
            let message = "the content of this URL changes, so it cannot have a checksum; use the URL of a fixed version \
                           and add `--checksum=sha256:…`";
            out.at(file.source, word.span, message);
            continue;
        }
        if let Some(variable) = file.variables(word).into_iter().find(varies) {
            let message = format!(
                "the download is not verified, and differs with `{}`; compare its checksum in a `RUN`",
                variable.name
            );
            out.at(file.source, word.span, message).severity(Severity::Note);
        } else {
            let message = "the download is not verified; add `--checksum=sha256:…`";
            out.at(file.source, word.span, message);
        }
    }
}
