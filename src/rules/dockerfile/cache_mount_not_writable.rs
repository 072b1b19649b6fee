use super::{cache_mounts, root};
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let Some(user) = file.user_at(run) else { continue };
        let Kind::User(word) = &user.kind else { continue };
        let expanded = file.expand(word, user);
        let Some(name) = expanded.text().map(|text| text.split(':').next().unwrap_or(text).to_owned()) else {
            continue;
        };
        if root::is_root(&name) || run.scripts().iter().any(|script| !script.facts().sudo.is_empty()) {
            continue;
        }
        for cache in cache_mounts::of(file, run) {
            let is_set = ["uid", "gid", "mode", "from", "readonly", "ro"]
                .iter()
                .any(|key| cache.mount.option(&[key]).is_some());
            if is_set {
                continue;
            }
            let message = format!(
                "the cache at `{}` belongs to root, and this runs as `{name}`, which cannot write to it; add `uid=`",
                cache.target
            );
            let found = out.at(file.source, cache.mount.span, message);
            found.see(file.source, word.span, "the user is set here");
            if name.bytes().all(|byte| byte.is_ascii_digit())
                && !file.source.slice(cache.mount.span).contains('"')
            {
                let edit = Edit::insert(cache.mount.span.end as usize, format!(",uid={name}"));
                found.fix(Safety::Safe, "add the user's number", vec![edit]);
            }
        }
    }
}
