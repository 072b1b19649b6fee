use super::apt;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::{Action, PackageCall};
use crate::text::Edit;

const FLAG: &str = "--no-install-recommends";

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if apt::is_configured(file, "apt::install-recommends") {
        return;
    }
    for script in file.runs().filter(|run| in_image(file, run)).flat_map(Instruction::scripts) {
        for call in &script.facts().packages {
            let installs = call.action == Action::Install && (!call.packages.is_empty() || call.from_input);
            // The flag says that recommended packages are wanted.
            let wanted = call.has_flag('\0', "install-recommends");
            if !apt::is_apt(call)
                || !installs
                || call.no_recommends
                || wanted
                || apt::may_have_hidden_flags(call)
            {
                continue;
            }
            let Some((name, span)) = &call.subcommand else { continue };
            let manager = file.source.slice(call.program);
            let finding = out.at(
                file.source,
                call.program.cover(*span),
                format!("`{manager} {name}` also installs recommended packages; add `{FLAG}`"),
            );
            let flag = Edit::insert(flag_place(call, span.end), format!(" {FLAG}"));
            match certificates(file, call) {
                Certificates::NotNeeded => {
                    finding.fix(Safety::Unsafe, format!("add `{FLAG}`"), vec![flag]);
                }
                Certificates::Missing(edit) => {
                    let title = format!("add `{FLAG}` and the recommended package `{CERTIFICATES}`");
                    finding.fix(Safety::Unsafe, title, vec![flag, edit]);
                }
                // Whether the program will need them is not known, so there is no fix.
                Certificates::Unknown => {}
            }
        }
    }
}

/// What a download over TLS needs, and what curl, wget and git only recommend.
/// Source: the `Recommends` of libcurl4, wget and git in Debian and Ubuntu.
const CERTIFICATES: &str = "ca-certificates";
const RECOMMEND_THEM: [&str; 3] = ["curl", "wget", "git"];

enum Certificates {
    NotNeeded,
    /// The edit that asks for them by name.
    Missing(Edit),
    Unknown,
}

/// What becomes of the certificates once recommended packages stay away.
fn certificates(file: &Dockerfile, call: &PackageCall) -> Certificates {
    let recommends = call.packages.iter().find(|package| RECOMMEND_THEM.contains(&&*package.name));
    let Some(package) = recommends else {
        return if call.from_input { Certificates::Unknown } else { Certificates::NotNeeded };
    };
    let text = file.source.text();
    let named = file.runs().flat_map(Instruction::scripts).flat_map(|script| &script.facts().packages);
    if named.flat_map(|call| &call.packages).any(|package| &*package.name == CERTIFICATES) {
        return Certificates::NotNeeded;
    }
    if !text.contains("https://") {
        return Certificates::Unknown;
    }
    // Written like the packages around it: on its own line, or on theirs.
    let source = &file.source;
    let (start, end) = (package.span.start as usize, package.span.end as usize);
    let line = source.line_span(source.line_of(start));
    let (before, behind) = (&text[line.start as usize..start], &text[end..line.end as usize]);
    let alone = before.bytes().all(|b| b == b' ' || b == b'\t') && behind.trim() == file.escape.to_string();
    Certificates::Missing(if alone {
        let insert = format!("{CERTIFICATES}{behind}{}{before}", source.newline());
        Edit::insert(start, insert)
    } else {
        Edit::insert(end, format!(" {CERTIFICATES}"))
    })
}

/// Behind the flags that stand between the subcommand and the first package.
fn flag_place(call: &PackageCall, subcommand: u32) -> usize {
    let first = call.packages.iter().map(|package| package.span.start).min().unwrap_or(u32::MAX);
    let flags = call.flags.iter().map(|flag| flag.span).filter(|span| span.end <= first);
    flags.map(|span| span.end).fold(subcommand, u32::max) as usize
}
