use super::apt::{is_configured, may_have_hidden_flags};
use super::naming::named;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::{Action, Manager, PackageCall};
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut configured = None;
    for script in file.runs().filter(|run| in_image(file, run)).flat_map(Instruction::scripts) {
        for call in &script.facts().packages {
            let Some(flag) = missing_flag(call) else { continue };
            let is_configured =
                || is_configured(file, "install_weak_deps") || is_configured(file, "onlyrequires");
            if *configured.get_or_insert_with(is_configured) {
                return;
            }
            let (what, span) = named(file, call);
            let message = format!("`{what}` also installs recommended packages; add `{flag}`");
            let edit = Edit::insert(span.end as usize, format!(" {flag}"));
            out.at(file.source, span, message).fix(Safety::Unsafe, format!("add `{flag}`"), vec![edit]);
        }
    }
}

/// The flag that leaves recommended packages out, where a call installs without it.
fn missing_flag(call: &PackageCall) -> Option<&'static str> {
    let flag = match call.manager {
        Manager::Dnf => "--setopt=install_weak_deps=False",
        Manager::Zypper => "--no-recommends",
        _ => return None,
    };
    let wanted = call.has_flag('\0', "recommends");
    let installs = call.action == Action::Install && !call.packages.is_empty();
    (installs && !call.no_recommends && !wanted && !may_have_hidden_flags(call)).then_some(flag)
}
