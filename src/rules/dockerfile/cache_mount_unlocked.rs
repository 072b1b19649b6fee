use super::cache_mounts;
use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

/// Where apt takes a lock.
const OF_APT: [&str; 2] = ["/var/cache/apt", "/var/lib/apt"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for mount in cache_mounts::of(file, run) {
            let is_locked = mount.mount.sharing().is_some_and(|word| word.text != "shared");
            if is_locked || !OF_APT.contains(&&*mount.target) {
                continue;
            }
            let message = format!(
                "two builds can use the cache of `{}` at once, and apt fails if another one holds its lock; add `sharing=locked`",
                mount.target
            );
            let found = out.at(file.source, mount.mount.span, message);
            // A quote would have to be moved.
            if file.source.slice(mount.mount.span).contains('"') {
                continue;
            }
            let edit = match mount.mount.sharing() {
                Some(word) => Edit::replace(word.span, "locked"),
                None => Edit::insert(mount.mount.span.end as usize, ",sharing=locked"),
            };
            found.fix(Safety::Safe, "add `sharing=locked`", vec![edit]);
        }
    }
}
