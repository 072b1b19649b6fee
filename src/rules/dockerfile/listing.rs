//! Names in a message: some of them, and how many more there are.

use std::collections::HashSet;

/// The first three names, and the verb that goes with them.
pub(super) fn list<'n, 'v>(
    all: impl Iterator<Item = &'n str>,
    one: &'v str,
    many: &'v str,
) -> (String, &'v str) {
    let mut names: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for name in all.filter(|name| seen.insert(*name)) {
        names.push(format!("`{name}`"));
    }
    let verb = if names.len() == 1 { one } else { many };
    if names.len() > 3 {
        let rest = names.len() - 2;
        names.truncate(2);
        names.push(format!("{rest} more"));
    }
    let last = names.pop().unwrap_or_default();
    let text = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    (text, verb)
}
