use super::apt;
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
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
            // Who asks for recommended packages has thought of it.
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
            out.at(
                file.source,
                call.program.cover(*span),
                format!("`{manager} {name}` brings recommended packages along; add `{FLAG}`"),
            )
            .fix(
                Safety::Unsafe,
                format!("add `{FLAG}`"),
                vec![Edit::insert(flag_place(call, span.end), format!(" {FLAG}"))],
            );
        }
    }
}

/// Behind the flags that stand between the subcommand and the first package.
fn flag_place(call: &PackageCall, subcommand: u32) -> usize {
    let first = call.packages.iter().map(|package| package.span.start).min().unwrap_or(u32::MAX);
    let flags = call.flags.iter().map(|flag| flag.span).filter(|span| span.end <= first);
    flags.map(|span| span.end).fold(subcommand, u32::max) as usize
}
