//! Slips of the pen: which known name a wrong one was meant to be.

/// The known name that `wrong` is most likely meant to be: one slip for short names, two for longer ones.
pub(super) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let allowed = match wrong.chars().count() {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    let candidates = known.into_iter().map(|name| (strsim::osa_distance(wrong, name), name));
    candidates.filter(|&(slips, _)| (1..=allowed).contains(&slips)).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_slips() {
        assert_eq!(nearest("biuld", ["build", "run"]), Some("build"));
        assert_eq!(nearest("buildr", ["builder"]), Some("builder"));
        assert_eq!(nearest("builder", ["run"]), None);
        assert_eq!(nearest("app", ["api"]), None, "short names differ by a letter on purpose");
    }
}
