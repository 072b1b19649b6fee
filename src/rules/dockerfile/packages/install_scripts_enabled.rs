use super::naming::named;
use crate::dockerfile::{Dockerfile, Origin};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Action, Manager, PackageCall};

const FLAG: &str = "--ignore-scripts";
const VARIABLES: [&str; 3] =
    ["NPM_CONFIG_IGNORE_SCRIPTS", "npm_config_ignore_scripts", "YARN_ENABLE_SCRIPTS"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let packages = run.package_calls();
        let mut calls = packages.filter(|call| runs_scripts(call)).peekable();
        let set = |name: &&str| matches!(file.lookup(name, run).origin, Origin::Env(_) | Origin::Arg(_));
        if calls.peek().is_none() || VARIABLES.iter().any(set) {
            continue;
        }
        if file.source.text().contains("ignore-scripts true") {
            return;
        }
        for call in calls {
            let (what, span) = named(file, call);
            out.at(
                file.source,
                span,
                format!("`{what}` runs the install scripts of every package; add `{FLAG}`, and run those that you need"),
            );
        }
    }
}

/// pnpm and bun only run the scripts of packages that the project lists.
fn runs_scripts(call: &PackageCall) -> bool {
    let installs = matches!(call.action, Action::Install | Action::LockedInstall);
    matches!(call.manager, Manager::Npm | Manager::Yarn)
        && installs
        && !call.has_flag('\0', "ignore-scripts")
        && !VARIABLES.iter().any(|name| call.env(name).is_some())
}
