use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Manager;

/// Flags of `bundle install` that Bundler 2 deprecates and Bundler 4 does not have, with the setting that replaces each.
/// Source: bundler.io, "Bundler 2 upgrading".
const DEPRECATED: [(&str, &str); 6] = [
    ("clean", "BUNDLE_CLEAN"),
    ("deployment", "BUNDLE_DEPLOYMENT"),
    ("frozen", "BUNDLE_FROZEN"),
    ("path", "BUNDLE_PATH"),
    ("with", "BUNDLE_WITH"),
    ("without", "BUNDLE_WITHOUT"),
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for call in
        file.runs().flat_map(Instruction::package_calls).filter(|call| call.manager == Manager::Bundler)
    {
        if call.subcommand.as_ref().is_some_and(|(verb, _)| &**verb != "install") {
            continue;
        }
        let old = |name: &str| DEPRECATED.iter().find(|(flag, _)| *flag == name);
        if let Some((flag, &(name, variable))) =
            call.flags.iter().find_map(|flag| Some((flag, old(&flag.name)?)))
        {
            let message =
                format!("`--{name}` is deprecated, and Bundler 4 refuses it; set `ENV {variable}` before");
            out.at(file.source, flag.span, message);
        }
    }
}
