use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::rules::dockerfile::purpose;
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::Manager;

/// How groups are left out: settings, variables, or a choice of groups.
const LEFT_OUT: [&str; 5] = ["without", "WITHOUT", "BUNDLE_ONLY", "bundle config", "--with "];

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let text = file.source.text();
    if purpose::is_workplace(cx, file.source.path()) || LEFT_OUT.iter().any(|mark| text.contains(mark)) {
        return;
    }
    // An application for production says so.
    let is_production =
        |line: &str| line.contains("production") && (line.contains("RAILS_ENV") || line.contains("RACK_ENV"));
    if !text.lines().any(is_production) {
        return;
    }
    for run in file.runs().filter(|run| in_image(file, run)) {
        let is_for_developers =
            run.stage.and_then(|stage| file.stage_name(stage)).is_some_and(purpose::is_for_developers);
        let mut calls =
            run.package_calls().filter(|call| call.manager == Manager::Bundler && !call.conditional);
        if let Some(call) = calls.find(|call| call.action.installs()).filter(|_| !is_for_developers) {
            let message = "`bundle install` also installs the groups `development` and `test`; set `ENV BUNDLE_WITHOUT`";
            out.at(file.source, call.span, message);
        }
    }
}
