//! What values of labels look like: by the user's list, and by what the OCI says of its own keys.

use crate::date::Date;
use crate::rule::{LabelFormat, Policy};

/// Keys whose values have a form. Source: `annotations.md` of the OCI image specification 1.1.
const STANDARD: [(&str, LabelFormat); 5] = [
    ("created", LabelFormat::Rfc3339),
    ("url", LabelFormat::Url),
    ("source", LabelFormat::Url),
    ("documentation", LabelFormat::Url),
    ("licenses", LabelFormat::Spdx),
];
/// Spellings of licences that SPDX does not have, in lower case.
const NO_LICENSES: [&str; 12] = [
    "apache",
    "apache2",
    "apache-2",
    "asl2.0",
    "bsd",
    "gpl",
    "gplv2",
    "gplv3",
    "lgplv3",
    "agplv3",
    "lgpl",
    "mit-license",
];

/// What the value of a label is not, though it must be.
pub(super) fn unmet(policy: &Policy, key: &str, value: &str) -> Option<LabelFormat> {
    let own = policy.labels.iter().find(|(known, _)| &**known == key).map(|(_, format)| *format);
    let standard = || {
        let name = key.strip_prefix("org.opencontainers.image.")?;
        // An empty value is a place for one that the build fills in.
        STANDARD.iter().find(|(known, _)| *known == name && !value.is_empty()).map(|(_, format)| *format)
    };
    own.or_else(standard).filter(|format| !fits(value, *format))
}

/// With its article.
pub(super) fn name(format: LabelFormat) -> &'static str {
    match format {
        LabelFormat::Text => "a text",
        LabelFormat::Url => "a URL",
        LabelFormat::Rfc3339 => "a time such as `2026-11-29T12:00:00Z`",
        LabelFormat::Spdx => "an SPDX license such as `Apache-2.0`",
        LabelFormat::Hash => "a git commit",
        LabelFormat::Semver => "a semantic version such as `1.2.3`",
        LabelFormat::Email => "an e-mail address",
    }
}

fn fits(text: &str, format: LabelFormat) -> bool {
    match format {
        LabelFormat::Text => !text.is_empty(),
        LabelFormat::Url => text.split_once(':').is_some_and(|(scheme, rest)| {
            let is_scheme = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.bytes().all(is_scheme)
                && !rest.trim_start_matches('/').is_empty()
                && !text.contains(char::is_whitespace)
        }),
        LabelFormat::Rfc3339 => is_rfc3339(text),
        LabelFormat::Spdx => is_spdx(text),
        LabelFormat::Hash => {
            (7..=64).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        }
        LabelFormat::Semver => is_semver(text),
        LabelFormat::Email => text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !text.contains(char::is_whitespace)
        }),
    }
}

/// A day, `T`, a time, and `Z` or the distance from it.
fn is_rfc3339(text: &str) -> bool {
    let Some((day, rest)) = text.split_once(['T', 't', ' ']) else { return false };
    let (time, zone) = match rest.find(['Z', 'z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => return false,
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let clock = |text: &str, parts: usize| {
        text.split(':').count() == parts && text.split(':').all(|part| part.len() == 2 && digits(part))
    };
    Date::parse(day).is_some()
        && clock(time, 3)
        && digits(fraction)
        && (zone.eq_ignore_ascii_case("z") || zone.len() > 1 && clock(&zone[1..], 2))
}

/// Names of licences with `AND`, `OR`, `WITH` and parentheses between them.
fn is_spdx(text: &str) -> bool {
    let spaced = text.replace(['(', ')'], " ");
    let mut is_name_next = true;
    for word in spaced.split_whitespace() {
        let is_operator = matches!(word, "AND" | "OR" | "WITH");
        let is_name = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+:".contains(&b))
            && !NO_LICENSES.contains(&&*word.to_ascii_lowercase());
        if is_operator == is_name_next || !is_operator && !is_name {
            return false;
        }
        is_name_next = is_operator;
    }
    !is_name_next && text.matches('(').count() == text.matches(')').count()
}

/// `major.minor.patch[-pre][+build]`
fn is_semver(text: &str) -> bool {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let numbers: Vec<&str> = core.split('.').collect();
    numbers.len() == 3
        && numbers.into_iter().all(number)
        && pre.is_none_or(|pre| pre.split('.').all(part))
        && build.is_none_or(|build| build.split('.').all(part))
}

/// A few names, for a sentence.
pub(super) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.len() {
        0..=5 => names.join(", "),
        many => format!("{} and {} more", names[..5].join(", "), many - 5),
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelFormat, fits};

    #[test]
    fn values_fit_their_formats() {
        for (format, fitting, others) in [
            (
                LabelFormat::Url,
                &["https://a.b/c", "git+ssh://x"][..],
                &["a.b/c", "", "https://", "https://a b"][..],
            ),
            (
                LabelFormat::Rfc3339,
                &["2026-11-29T12:00:00Z", "2026-11-29T12:00:00.5+01:00"],
                &["2026-11-29", "today"],
            ),
            (
                LabelFormat::Spdx,
                &["MIT", "(MIT OR Apache-2.0) AND BSD-3-Clause", "GPL-2.0-only WITH Classpath-exception-2.0"],
                &["Apache 2.0", "GPLv3", "", "MIT OR", "MIT AND (BSD-3-Clause"],
            ),
            (LabelFormat::Hash, &["0123abc"], &["HEAD", "0123ABC"]),
            (LabelFormat::Semver, &["1.2.3", "1.0.0-rc.1+5"], &["1.2", "v1.2.3", "01.2.3"]),
            (LabelFormat::Email, &["a@b.c"], &["a", "a@b", "A <a@b.c>"]),
            (LabelFormat::Text, &["x"], &[""]),
        ] {
            for text in fitting {
                assert!(fits(text, format), "{text} {format:?}");
            }
            for text in others {
                assert!(!fits(text, format), "{text} {format:?}");
            }
        }
    }
}
