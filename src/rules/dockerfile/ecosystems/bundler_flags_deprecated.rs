use crate::dockerfile::{Base, Dockerfile, Instruction};
use crate::finding::Findings;
use crate::image;
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
    let runs = file.runs().filter(|run| !is_on_ruby_2(file, run));
    for call in runs.flat_map(Instruction::package_calls).filter(|call| call.manager == Manager::Bundler) {
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

/// Bundler 4 does not run on Ruby 2, whose images keep what they have.
fn is_on_ruby_2(file: &Dockerfile, run: &Instruction) -> bool {
    let Some(Base::Image(base)) = run.stage.map(|stage| file.root_base(stage)) else { return false };
    image::parse(base).is_ok_and(|image| {
        image.familiar_name() == "ruby" && image.tag.is_some_and(|tag| tag.starts_with("2."))
    })
}
