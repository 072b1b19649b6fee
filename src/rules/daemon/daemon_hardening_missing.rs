use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

/// Flags, the value that protects, and how to write it.
const FLAGS: [(&str, bool, &str); 4] = [
    ("icc", false, "`icc: false`"),
    ("no-new-privileges", true, "`no-new-privileges: true`"),
    ("live-restore", true, "`live-restore: true`"),
    ("userland-proxy", false, "`userland-proxy: false`"),
];
const OTHERS: [(&str, &str); 2] =
    [("userns-remap", "`userns-remap`"), ("default-ulimits", "`default-ulimits`")];

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    if !file.is_whole || !file.faults.is_empty() {
        return;
    }
    let flags = FLAGS.iter().filter(|(key, safe, _)| file.flag(key) != Some(*safe)).map(|(.., name)| *name);
    let others = OTHERS.iter().filter(|(key, _)| file.get(key).is_none()).map(|(_, name)| *name);
    let missing: Vec<&str> = flags.chain(others).collect();
    if missing.is_empty() {
        return;
    }
    let message = format!("the engine's defaults for all containers lack {}; add them", missing.join(", "));
    let start = file.source.text().find('{').unwrap_or(0);
    out.at(file.source, Span::new(start, start + 1), message);
}
