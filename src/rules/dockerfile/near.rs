//! Slips of the pen: which known name a wrong one was meant to be.

/// The known name that `wrong` is most likely meant to be: one slip for short names, two for longer ones.
pub(super) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let allowed = match wrong.chars().count() {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    let candidates = known.into_iter().map(|name| (distance(wrong, name), name));
    candidates.filter(|&(slips, _)| (1..=allowed).contains(&slips)).min().map(|(_, name)| name)
}

/// How many letters are put in, left out, replaced, or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
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
