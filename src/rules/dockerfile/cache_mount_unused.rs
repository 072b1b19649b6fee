use super::cache_mounts::{self, Cache};
use super::paths::is_below;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Action, Manager, PackageCall, Script};
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for cache in cache_mounts::of(file, run) {
            let Some((what, span)) = defeated(file, run, &cache) else { continue };
            let message =
                format!("{what}, so the cache at `{}` stays empty; remove this, or the mount", cache.target);
            out.at(file.source, span, message).see(
                file.source,
                cache.mount.span,
                "the cache is mounted here",
            );
        }
    }
}

/// What keeps a cache empty: a flag that switches it off, or a command that clears it.
fn defeated(file: &Dockerfile, run: &Instruction, cache: &Cache) -> Option<(String, Span)> {
    let has = |part: &str| cache.target.contains(part);
    for call in run.package_calls().filter(|call| call.action.installs() || call.action == Action::Update) {
        let flag = match call.manager {
            Manager::Pip | Manager::UvPip if has("pip") => call.flag('\0', "no-cache-dir"),
            Manager::Uv | Manager::UvPip if has("uv") => call.flag('n', "no-cache"),
            Manager::Apk if has("/apk") => call.flag('\0', "no-cache"),
            _ => None,
        };
        if let Some(flag) = flag {
            return Some((format!("`{}` switches the cache off", file.source.slice(flag.span)), flag.span));
        }
    }
    let of_debian = |call: &&PackageCall| call.manager.is_apt() && call.action == Action::Clean;
    let cleaned = run.package_calls().find(of_debian).filter(|_| cache.target == "/var/cache/apt");
    if let Some(call) = cleaned {
        return Some((format!("`{}` clears it", file.source.slice(call.span)), call.span));
    }
    let mut removals = run.scripts().iter().map(Script::facts).flat_map(|facts| &facts.removals);
    let removal = removals.find(|removal| {
        let path = removal.path.trim_end_matches('*').trim_end_matches('/');
        path == cache.target || !path.is_empty() && removal.recursive && is_below(&cache.target, path)
    })?;
    Some((format!("`rm` clears `{}`", cache.target), removal.span))
}
