use crate::dockerfile::{Base, Dockerfile};
use crate::finding::Findings;
use crate::image;
use crate::rule::Context;
use crate::shell::Manager;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let Some(Base::Image(base)) = run.stage.map(|stage| file.root_base(stage)) else { continue };
        if image::parse(base).ok().is_none_or(|image| image.familiar_name() != "ruby") {
            continue;
        }
        for call in run.package_calls().filter(|call| call.manager == Manager::Gem && call.action.installs())
        {
            // One with a version is installed on purpose.
            let is_plain = |name: &str| name == "bundler" && !call.has_flag('v', "version");
            let package = call.packages.iter().find(|one| is_plain(&one.name) && one.version.is_none());
            if let Some(package) = package {
                let message = format!(
                    "`{base}` already contains Bundler; remove this, or name the version that you need"
                );
                out.at(file.source, package.span, message);
            }
        }
    }
}
