use super::root;
use crate::dockerfile::{Base, Command, Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::image;
use crate::rule::Context;
use crate::shell::{Manager, PackageCall};
use crate::text::Edit;

/// Where managers keep downloads when root runs them, and the official image that has them there, if only that one does.
const CACHES: [(Manager, &str, Option<&str>); 6] = [
    (Manager::Pip, "/root/.cache/pip", None),
    (Manager::UvPip, "/root/.cache/uv", None),
    (Manager::Uv, "/root/.cache/uv", None),
    (Manager::Npm, "/root/.npm", None),
    (Manager::Go, "/go/pkg/mod", Some("golang")),
    (Manager::Cargo, "/usr/local/cargo/registry", Some("rust")),
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if ["PIP_NO_CACHE_DIR", "UV_NO_CACHE"].iter().any(|name| file.source.text().contains(name)) {
        return;
    }
    for run in file.runs().filter(|run| run.mounts().is_empty() && is_root(file, run)) {
        let Some(Command::Shell(_)) = run.command() else { continue };
        let found = run.package_calls().find_map(|call| Some((call, cache_of(file, run, call)?)));
        let Some((call, target)) = found else { continue };
        let mount = format!("--mount=type=cache,target={target}");
        let manager = file.source.slice(call.program);
        let message =
            format!("`{manager}` downloads everything again when this step runs again; add `{mount}`");
        out.at(file.source, call.program, message).fix(
            Safety::Unsafe,
            "mount a cache",
            vec![Edit::insert(run.keyword.span.end as usize, format!(" {mount}"))],
        );
    }
}

/// Nobody else has set a user, so the caches are those of root.
fn is_root(file: &Dockerfile, run: &Instruction) -> bool {
    file.user_at(run).is_none_or(|user| {
        let Kind::User(word) = &user.kind else { return false };
        file.expand(word, user).text().is_some_and(root::is_root)
    })
}

/// Where a call keeps its downloads, if it keeps any.
fn cache_of(file: &Dockerfile, run: &Instruction, call: &PackageCall) -> Option<&'static str> {
    let is_off = ["no-cache-dir", "no-cache"].iter().any(|flag| call.has_flag('\0', flag));
    if !call.action.installs() || call.conditional || is_off {
        return None;
    }
    let &(_, target, home) = CACHES.iter().find(|(manager, ..)| *manager == call.manager)?;
    let is_at_home = |home: &str| match run.stage.map(|stage| file.root_base(stage)) {
        Some(Base::Image(text)) => image::parse(text).is_ok_and(|image| image.familiar_name() == home),
        _ => false,
    };
    home.is_none_or(is_at_home).then_some(target)
}
