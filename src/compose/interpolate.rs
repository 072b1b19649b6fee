//! Variables in values: `$V`, `${V}`, `${V:-default}` and their like, with three answers.
//!
//! The grammar is compose-go's `template.go`, its oddities included: a lone `$` stays, `${` must make sense, braces
//! nest, a word ends at its line. What is in the process environment of whoever runs Compose is not known here, so a
//! variable that no `.env` sets is unknown, or known only from its default.

use std::ops::Range;

use crate::container::Known;

/// A variable as it stands in a text; ranges are bytes of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// From `$` to the name's end or to `}`.
    pub range: Range<usize>,
    pub name: Range<usize>,
    pub operator: Operator,
    /// What stands after the operator.
    pub word: Option<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `$V`, without braces.
    Bare,
    /// `${V}`
    Braced,
    /// `:-` (or unset or empty)
    DefaultIfEmpty,
    /// `-`
    DefaultIfUnset,
    /// `:?`
    RequiredNotEmpty,
    /// `?`
    Required,
    /// `:+`
    AlternativeIfNotEmpty,
    /// `+`
    AlternativeIfSet,
}

/// A part of a text with variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(Range<usize>),
    /// `$$`
    Dollar(Range<usize>),
    Variable(Variable),
    /// `${` that Compose refuses; up to the end of the line.
    Invalid(Range<usize>),
}

/// Defaults inside defaults.
const MAX_DEPTH: usize = 16;

/// Takes a text apart. Words of variables are not; give them to `pieces` again.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    // Looked for once a line.
    let mut line_end = 0;
    while let Some(found) = text[at..].find('$') {
        let start = at + found;
        if line_end <= start {
            line_end = text[start..].find('\n').map_or(text.len(), |end| start + end);
        }
        let Some(piece) = dollar(text, start, line_end) else {
            at = start + 1;
            continue;
        };
        let end = match &piece {
            Piece::Text(range) | Piece::Dollar(range) | Piece::Invalid(range) => range.end,
            Piece::Variable(variable) => variable.range.end,
        };
        if plain < start {
            pieces.push(Piece::Text(plain..start));
        }
        pieces.push(piece);
        plain = end;
        at = end;
    }
    if plain < text.len() {
        pieces.push(Piece::Text(plain..text.len()));
    }
    pieces
}

/// What the `$` at `start` opens, on a line that ends at `line_end`; `None` if it is a plain dollar sign.
fn dollar(text: &str, start: usize, line_end: usize) -> Option<Piece> {
    let rest = &text[start + 1..];
    if rest.starts_with('$') {
        return Some(Piece::Dollar(start..start + 2));
    }
    let braced = rest.starts_with('{');
    let name = start + 1 + usize::from(braced);
    let name = name..name + name_len(&text[name..]);
    if !braced {
        let range = start..name.end;
        return (!name.is_empty()).then_some(Piece::Variable(Variable {
            range,
            name,
            operator: Operator::Bare,
            word: None,
        }));
    }
    let invalid = Some(Piece::Invalid(start..line_end));
    if name.is_empty() {
        return invalid;
    }
    let after = &text[name.end..];
    let (operator, len) = match after.as_bytes() {
        [b'}', ..] => {
            let range = start..name.end + 1;
            return Some(Piece::Variable(Variable { range, name, operator: Operator::Braced, word: None }));
        }
        [b':', b'-', ..] => (Operator::DefaultIfEmpty, 2),
        [b':', b'?', ..] => (Operator::RequiredNotEmpty, 2),
        [b':', b'+', ..] => (Operator::AlternativeIfNotEmpty, 2),
        [b'-', ..] => (Operator::DefaultIfUnset, 1),
        [b'?', ..] => (Operator::Required, 1),
        [b'+', ..] => (Operator::AlternativeIfSet, 1),
        _ => return invalid,
    };
    let word = name.end + len;
    let Some(close) = closing_brace(&text[start..line_end]).map(|at| start + at).filter(|&at| at >= word)
    else {
        return invalid;
    };
    Some(Piece::Variable(Variable { range: start..close + 1, name, operator, word: Some(word..close) }))
}

fn name_len(text: &str) -> usize {
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    if !first {
        return 0;
    }
    text.bytes().position(|b| !b.is_ascii_alphanumeric() && b != b'_').unwrap_or(text.len())
}

/// The brace that closes the first one; the last of the line if they do not pair, as in compose-go.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0;
    let mut skip = false;
    for (at, b) in text.bytes().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        match b {
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                skip = true; // compose-go steps over the byte after a brace
            }
            _ => {}
        }
    }
    text.rfind('}')
}

/// Replaces the variables of `text`. `lookup` knows what `.env` files say.
pub fn interpolate(text: &str, lookup: &dyn Fn(&str) -> Option<Box<str>>) -> Known<Box<str>> {
    if !text.contains('$') {
        return Known::AsWritten;
    }
    let mut out = String::new();
    match replace(text, lookup, &mut out, 0) {
        Sure::Yes => Known::Written(out.into()),
        Sure::Default => Known::Default(out.into()),
        Sure::No => Known::Unknown,
    }
}

/// How sure a value is; the least sure part counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sure {
    Yes,
    Default,
    No,
}

fn replace(text: &str, lookup: &dyn Fn(&str) -> Option<Box<str>>, out: &mut String, depth: usize) -> Sure {
    if depth > MAX_DEPTH {
        return Sure::No;
    }
    let mut sure = Sure::Yes;
    for piece in pieces(text) {
        let part = match piece {
            Piece::Text(range) => {
                out.push_str(&text[range]);
                Sure::Yes
            }
            Piece::Dollar(_) => {
                out.push('$');
                Sure::Yes
            }
            Piece::Invalid(_) => Sure::No,
            Piece::Variable(variable) => {
                let word = variable.word.map_or("", |range| &text[range]);
                let value = lookup(&text[variable.name]);
                let empty = value.as_deref().is_some_and(str::is_empty);
                match (variable.operator, value) {
                    (Operator::DefaultIfEmpty | Operator::DefaultIfUnset, None) => {
                        replace(word, lookup, out, depth + 1).max(Sure::Default)
                    }
                    (Operator::DefaultIfEmpty, Some(_)) if empty => replace(word, lookup, out, depth + 1),
                    (Operator::RequiredNotEmpty, Some(_)) if empty => Sure::No,
                    (Operator::AlternativeIfNotEmpty, Some(_)) if empty => Sure::Yes,
                    (Operator::AlternativeIfNotEmpty | Operator::AlternativeIfSet, Some(_)) => {
                        replace(word, lookup, out, depth + 1)
                    }
                    (_, Some(value)) => {
                        out.push_str(&value);
                        Sure::Yes
                    }
                    (_, None) => Sure::No,
                }
            }
        };
        sure = sure.max(part);
    }
    sure
}

/// Whether the byte at `at` lies inside `${…}`: a colon there separates nothing.
pub(super) fn braced_ranges(text: &str) -> Vec<Range<usize>> {
    if !text.contains("${") {
        return Vec::new();
    }
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable.range),
            Piece::Invalid(range) => Some(range),
            Piece::Text(_) | Piece::Dollar(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let lookup = |name: &str| match name {
            "SET" => Some("value".into()),
            "EMPTY" => Some("".into()),
            _ => None,
        };
        match interpolate(text, &lookup) {
            Known::AsWritten => "same".into(),
            Known::Written(value) => format!("={value}"),
            Known::Default(value) => format!("~{value}"),
            Known::Unknown => "?".into(),
        }
    }

    #[test]
    fn follows_compose_go() {
        for (text, want) in [
            ("plain", "same"),
            ("$SET", "=value"),
            ("${SET}x", "=valuex"),
            ("$set", "?"),
            ("$$SET", "=$SET"),
            ("$ 5$", "=$ 5$"),
            ("$1", "=$1"),
            ("${NO}", "?"),
            ("${NO:-d}", "~d"),
            ("${NO-d}", "~d"),
            ("${EMPTY:-d}", "=d"),
            ("${EMPTY-d}", "="),
            ("${SET:-d}", "=value"),
            ("${NO:-${SET}}", "~value"),
            ("${NO:-${NO2:-x}}y", "~xy"),
            ("${NO:-${NO2}}", "?"),
            ("${NO:-{a}}", "~{a}"),
            ("${NO:?msg}", "?"),
            ("${SET:?msg}", "=value"),
            ("${EMPTY:?msg}", "?"),
            ("${EMPTY?msg}", "="),
            ("${SET:+alt}", "=alt"),
            ("${EMPTY:+alt}", "="),
            ("${EMPTY+alt}", "=alt"),
            ("${NO:+alt}", "?"),
            ("${", "?"),
            ("${}", "?"),
            ("${SET", "?"),
            ("${SET!x}", "?"),
            ("${1}", "?"),
            ("a-${NO:-b:c}-d", "~a-b:c-d"),
            ("${NO:-}", "~"),
            ("${NO:-$$}", "~$"),
        ] {
            assert_eq!(show(text), want, "{text}");
        }
    }

    #[test]
    fn pieces_have_ranges() {
        let text = "x${A:-b${C}}$D$$${";
        let parts: Vec<_> = pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(r) => format!("t{}", &text[r]),
                Piece::Dollar(r) => format!("d{}", &text[r]),
                Piece::Invalid(r) => format!("i{}", &text[r]),
                Piece::Variable(v) => {
                    format!("v{}:{}:{}", &text[v.range], &text[v.name], v.word.map_or("", |w| &text[w]))
                }
            })
            .collect();
        assert_eq!(parts, ["tx", "v${A:-b${C}}:A:b${C}", "v$D:D:", "d$$", "i${"]);
    }
}
