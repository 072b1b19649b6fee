use super::cache_mounts::{self, Cache};
use super::paths::is_below;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Action, Flag, Manager, PackageCall, Script};
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

/// What keeps a cache empty: a flag of all calls that switches it off, or a command after them that clears it.
fn defeated<'r>(file: &Dockerfile, run: &'r Instruction, cache: &Cache) -> Option<(String, Span)> {
    let fills = |call: &&PackageCall| {
        let has = |part: &str| cache.target.contains(part);
        let is_its = match call.manager {
            Manager::Pip => has("pip"),
            Manager::Uv => has("uv"),
            Manager::UvPip => has("pip") || has("uv"),
            Manager::Apk => has("/apk"),
            manager => manager.is_apt() && has("/apt"),
        };
        is_its && (call.action.installs() || call.action == Action::Update)
    };
    let calls: Vec<&PackageCall> = run.package_calls().filter(fills).collect();
    let off = |call: &'r PackageCall| call.flag('\0', "no-cache-dir").or_else(|| call.flag('n', "no-cache"));
    let flags: Option<Vec<&Flag>> = calls.iter().copied().map(off).collect();
    if let Some(flag) = flags.and_then(|flags| flags.first().copied()) {
        return Some((format!("`{}` switches the cache off", file.source.slice(flag.span)), flag.span));
    }
    let end = calls.iter().map(|call| call.span.end).max().unwrap_or_default();
    let clears =
        |call: &&PackageCall| call.manager.is_apt() && call.action == Action::Clean && call.span.start >= end;
    let cleaned = run.package_calls().find(clears).filter(|_| cache.target == "/var/cache/apt");
    if let Some(call) = cleaned {
        return Some((format!("`{}` clears it", file.source.slice(call.span)), call.span));
    }
    let mut removals = run.scripts().iter().map(Script::facts).flat_map(|facts| &facts.removals);
    let removal = removals.find(|removal| {
        let path = removal.path.trim_end_matches('*').trim_end_matches('/');
        let empties =
            path == cache.target || !path.is_empty() && removal.recursive && is_below(&cache.target, path);
        empties && removal.span.start >= end
    })?;
    Some((format!("`rm` clears `{}`", cache.target), removal.span))
}
