//! What of a line must not be shown: values assigned to credentials, passwords in URLs, tokens of providers.
//!
//! It errs on the side of hiding, whatever the rules think of the value, and needs no document: any line of any file
//! can be asked for.

use std::borrow::Cow;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::about::About;
use super::{find, names, values};

/// The byte ranges of a line that must be masked, ascending and apart.
pub fn sensitive(line: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> =
        find(line.as_bytes(), About::default()).into_iter().map(|hit| hit.span).collect();
    assigned(line, &mut ranges);
    urls(line, &mut ranges);
    again(line, &mut ranges);
    ranges.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// The line with `***` for all that must not be shown.
pub fn masked(line: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(line);
    for range in sensitive(line).into_iter().rev() {
        out.to_mut().replace_range(range, "***");
    }
    out
}

/// The text with `***` for what is a secret by itself, whatever it is called: in names and in sentences, which may speak of
/// passwords.
pub fn unnamed(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    for hit in find(text.as_bytes(), About::default()).into_iter().rev().filter(|hit| !hit.is_assigned()) {
        out.to_mut().replace_range(hit.span, "***");
    }
    out
}

/// What is hidden in one place of a line is hidden in the others: `echo hunter2 | login --password hunter2`. A plain word
/// may mean something else there.
fn again(line: &str, ranges: &mut Vec<Range<usize>>) {
    let mut values: Vec<&str> = ranges.iter().filter_map(|range| line.get(range.clone())).collect();
    values.retain(|value| value.len() >= 4 && !value.bytes().all(|b| b.is_ascii_alphabetic()));
    if values.is_empty() {
        return;
    }
    // One pass, for a line may be a whole file with thousands of them. It fails for more text than fits into memory.
    let Ok(values) = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&values) else {
        return;
    };
    ranges.extend(values.find_iter(line).map(|found| found.range()));
}

/// `KEY=value`, `KEY: value`, `KEY value` (legacy ENV) and `--key value` with a credential's name.
fn assigned(line: &str, ranges: &mut Vec<Range<usize>>) {
    let bytes = line.as_bytes();
    let named = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-' || b == b'.';
    let mut at = 0;
    while at < bytes.len() {
        if !named(bytes[at]) {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|&&b| named(b)).count();
        if names::is_credential(&line[at..end])
            && let Some(value) = value_after(line, end)
        {
            let text = line[value.clone()].trim_matches(['"', '\'']);
            // `${X:-literal}` holds its secret in the default.
            let hides = values::judge(text) == values::Value::Literal || text.contains('-');
            if hides && !values::repeats_name(&line[at..end], text) {
                at = value.end;
                ranges.push(value);
                continue;
            }
        }
        at = end;
    }
}

/// The value behind a key that ends at `end`, quotes left out.
fn value_after(line: &str, end: usize) -> Option<Range<usize>> {
    let rest = &line[end..];
    let closed = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let trimmed = closed.trim_start();
    let value = match trimmed.strip_prefix(['=', ':']) {
        Some(value) => value.strip_prefix(['=', '-', '?', '+']).unwrap_or(value).trim_start(),
        None if closed.len() > trimmed.len() => trimmed,
        None => return None,
    };
    let value = value.trim_end();
    let start = line.len() - line.trim_end().len();
    let start = line.len() - start - value.len();
    let first = value.chars().next()?;
    let length = if matches!(first, '"' | '\'') {
        let close = value[1..].find(first).unwrap_or(value.len() - 1);
        return (close > 0).then(|| start + 1..start + 1 + close);
    } else {
        value.find([' ', '\t', ',', ';']).unwrap_or(value.len())
    };
    (length > 0).then(|| start..start + length)
}

/// The password in `scheme://user:password@host`.
fn urls(line: &str, ranges: &mut Vec<Range<usize>>) {
    for (at, _) in line.match_indices("://") {
        let rest = &line[at + 3..];
        let authority = &rest[..rest.find(['/', ' ', '"', '\'', '\t']).unwrap_or(rest.len())];
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        if let Some((name, password)) = user.split_once(':')
            && !password.is_empty()
            && !values::is_reference(password)
        {
            let start = at + 3 + name.len() + 1;
            ranges.push(start..start + password.len());
        }
    }
}

// hullguard: ignore-file=assigned-password the tests' samples
#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn values_of_credentials_are_masked_wherever_they_stand() {
        for (line, shown) in [
            ("ENV DB_PASSWORD=hunter2 A=b", "ENV DB_PASSWORD=*** A=b"),
            ("ENV DB_PASSWORD hunter2", "ENV DB_PASSWORD ***"),
            ("ARG API_KEY='hunter 2'", "ARG API_KEY='***'"),
            ("      POSTGRES_PASSWORD: \"hunter2\" # x", "      POSTGRES_PASSWORD: \"***\" # x"),
            ("      - POSTGRES_PASSWORD=hunter2", "      - POSTGRES_PASSWORD=***"),
            ("  url: postgres://bob:hunter2@db/x", "  url: postgres://bob:***@db/x"),
            ("  A: ${DB_PASSWORD:-hunter2}", "  A: ${DB_PASSWORD:-***"),
            ("ENV PASSWORD_FILE=/run/secrets/x", "ENV PASSWORD_FILE=/run/secrets/x"),
            ("  image: nginx:1.2", "  image: nginx:1.2"),
            ("echo hunter2 | x --password hunter2", "echo *** | x --password ***"),
        ] {
            assert_eq!(masked(line), shown);
        }
    }
}
