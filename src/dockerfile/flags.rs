//! Which flags each instruction accepts, and what is wrong with the flags of a file.

use super::{ErrorKind, Flag, SyntaxError};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Nothing, `true` or `false`.
    Bool,
    /// A value; once.
    Value,
    /// A value; as often as one likes.
    Values,
}

type Table = &'static [(&'static str, Takes)];

// Source: `instructions/parse.go` and `commands_run*.go` of moby/buildkit, August 2026.
const ADD: Table = &[
    ("chown", Takes::Value),
    ("chmod", Takes::Value),
    ("link", Takes::Bool),
    ("keep-git-dir", Takes::Bool),
    ("checksum", Takes::Value),
    ("unpack", Takes::Bool),
    ("exclude", Takes::Values),
];
const COPY: Table = &[
    ("chown", Takes::Value),
    ("from", Takes::Value),
    ("chmod", Takes::Value),
    ("link", Takes::Bool),
    ("exclude", Takes::Values),
    ("parents", Takes::Bool),
];
const FROM: Table = &[("platform", Takes::Value)];
const HEALTHCHECK: Table = &[
    ("interval", Takes::Value),
    ("timeout", Takes::Value),
    ("start-period", Takes::Value),
    ("start-interval", Takes::Value),
    ("retries", Takes::Value),
];
const RUN: Table = &[
    ("mount", Takes::Values),
    ("network", Takes::Value),
    ("security", Takes::Value),
    ("device", Takes::Values),
];

/// Names what is wrong with the flags of an instruction. `keyword` is in upper case.
pub(super) fn check(keyword: &str, flags: &[Flag], errors: &mut Vec<SyntaxError>) {
    let table = match keyword {
        "ADD" => ADD,
        "COPY" => COPY,
        "FROM" => FROM,
        "HEALTHCHECK" => HEALTHCHECK,
        "RUN" => RUN,
        // BuildKit reads flags of these and never looks at them.
        "ARG" | "STOPSIGNAL" => return,
        _ => &[],
    };
    // One bit for each flag of the table that has stood already.
    let mut seen = 0u32;
    for flag in flags {
        let name = &*flag.name.text;
        let mut error = |kind, message: String| errors.push(SyntaxError { span: flag.span, kind, message });
        let Some(position) = table.iter().position(|(known, _)| *known == name) else {
            let hint = match nearest(name, table.iter().map(|(known, _)| *known)) {
                Some(known) => format!("did you mean `--{known}`?"),
                None if table.is_empty() => "it takes no flags; remove it".to_owned(),
                None => "remove it".to_owned(),
            };
            error(ErrorKind::UnknownFlag, format!("`{keyword}` has no flag `--{name}`; {hint}"));
            continue;
        };
        let takes = table[position].1;
        let is_second = seen & 1 << position != 0;
        seen |= 1 << position;
        if takes != Takes::Values && is_second {
            error(ErrorKind::DuplicateFlag, format!("`--{name}` appears twice; keep one"));
            continue;
        }
        match (takes, flag.value.as_ref().map(|value| &*value.text)) {
            (Takes::Bool, None) | (Takes::Value | Takes::Values, Some(_)) => {}
            (Takes::Bool, Some(value)) => {
                if !value.eq_ignore_ascii_case("true") && !value.eq_ignore_ascii_case("false") {
                    let message =
                        format!("`--{name}` must be `true` or `false`, not `{value}`; correct the value");
                    error(ErrorKind::FlagValue, message);
                }
            }
            (_, None) => error(ErrorKind::FlagValue, format!("`--{name}` needs a value; write `--{name}=…`")),
        }
    }
}

/// The known name that a misspelt one is nearest to, if it is near at all.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = 1 + name.len() / 4;
    known
        .map(|known| (distance(name, known), known))
        .filter(|&(d, _)| d <= limit)
        .min()
        .map(|(_, known)| known)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. Words that are
/// absurdly long are far from everything.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > 40 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_near_miss_is_told_from_a_stranger() {
        let known = || ["chown", "chmod", "from", "link"].into_iter();
        assert_eq!(nearest("chwon", known()), Some("chown"));
        assert_eq!(nearest("form", known()), Some("from"));
        assert_eq!(nearest("recursive", known()), None);
    }
}
