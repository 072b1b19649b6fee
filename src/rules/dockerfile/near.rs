//! Slips of the pen: which known name a wrong one was meant to be.

/// So many names of a file are compared with wrong ones; nobody writes a thousandth of it by hand, and a file that was made
/// to take long holds any number of both.
const COMPARED: usize = 200_000;
/// Longer names are not written by hand.
const LONGEST: usize = 100;

/// The guesses for one file.
pub(super) struct Guesses {
    left: usize,
}

impl Guesses {
    pub(super) fn new() -> Self {
        Self { left: COMPARED }
    }

    /// No further name is compared, so that nothing is known of slips from here on.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }
    /// So many names are looked through on the way to those that are compared.
    pub(super) fn count(&mut self, names: usize) {
        self.left = self.left.saturating_sub(names);
    }

    /// The known name that `wrong` is most likely meant to be: one slip for short names, two for longer ones. `known` is
    /// asked only if there is time for it.
    pub(super) fn nearest<'n, K>(&mut self, wrong: &str, known: impl FnOnce() -> K) -> Option<&'n str>
    where
        K: IntoIterator<Item = &'n str>,
    {
        let allowed = match wrong.chars().count() {
            0..=3 => return None,
            4..=7 => 1,
            8..=LONGEST => 2,
            _ => return None,
        };
        if self.is_spent() {
            return None;
        }
        let mut best = None;
        for name in known() {
            self.left -= 1;
            // The best of some could be the wrong one.
            if self.left == 0 {
                return None;
            }
            if name.len().abs_diff(wrong.len()) > 4 * allowed {
                continue;
            }
            let slips = strsim::osa_distance(wrong, name);
            if (1..=allowed).contains(&slips) && best.is_none_or(|best| (slips, name) < best) {
                best = Some((slips, name));
            }
        }
        best.map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_slips() {
        let nearest =
            |wrong: &str, known: &[&'static str]| Guesses::new().nearest(wrong, || known.iter().copied());
        assert_eq!(nearest("biuld", &["build", "run"]), Some("build"));
        assert_eq!(nearest("buildr", &["builder"]), Some("builder"));
        assert_eq!(nearest("builder", &["run"]), None);
        assert_eq!(nearest("app", &["api"]), None, "short names differ by a letter on purpose");
    }

    #[test]
    fn no_file_takes_long() {
        let names: Vec<String> = (0..10_000).map(|n| format!("stage-name-{n}")).collect();
        let (mut guesses, looked) = (Guesses::new(), std::cell::Cell::new(0));
        for wrong in 0..10_000 {
            let known = || names.iter().map(String::as_str).inspect(|_| looked.set(looked.get() + 1));
            guesses.nearest(&format!("another-{wrong}"), known);
        }
        assert_eq!(looked.get(), COMPARED);
        let long = "n".repeat(1 << 20);
        assert_eq!(Guesses::new().nearest(&long, || [long.as_str()]), None);
    }
}
