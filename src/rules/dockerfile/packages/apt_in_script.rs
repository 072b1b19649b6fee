use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Manager, PackageCall};
use crate::text::Edit;

/// Subcommands that do the same in apt-get. `upgrade` of apt also installs new packages. From both manual pages.
const SAME: [&str; 13] = [
    "autoclean",
    "autoremove",
    "build-dep",
    "clean",
    "dist-clean",
    "dist-upgrade",
    "distclean",
    "download",
    "install",
    "purge",
    "remove",
    "satisfy",
    "update",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let packages = run.package_calls();
        let calls: Vec<&PackageCall> = packages.filter(|call| call.manager == Manager::Apt).collect();
        let Some(first) = calls.first() else { continue };
        let finding = out.at(
            file.source,
            first.program,
            "`apt` is made for people at a terminal, and its behavior changes between versions; use `apt-get` or `apt-cache`",
        );
        let edits: Option<Vec<Edit>> = calls.iter().map(|call| edit(file, call)).collect();
        if let Some(edits) = edits {
            finding.fix(Safety::Safe, "replace `apt` with `apt-get`", edits);
        }
    }
}

fn edit(file: &Dockerfile, call: &PackageCall) -> Option<Edit> {
    let (name, _) = call.subcommand.as_ref()?;
    let is_plain = file.source.slice(call.program).ends_with("apt");
    (is_plain && SAME.contains(&&**name)).then(|| Edit::insert(call.program.end as usize, "-get"))
}
