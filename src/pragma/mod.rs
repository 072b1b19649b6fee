//! Comments that silence rules: our own, and those that other tools taught people to write.
//!
//! [`read`] is the grammar of one comment; [`dockerfile`], [`yaml`] and [`text()`] say which bytes of a file each speaks of.
//! Whether a finding is silenced, and whether a pragma was of use, is `filter`'s business.

mod mistyped;
mod text;

pub use mistyped::{is_rule, meant};
pub use text::{surface, text};

use std::sync::Arc;

use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Place;
use crate::outcome::Pragma;
use crate::rule::{Family, Rule};
use crate::rules;
use crate::text::{Source, Span};

/// How far a pragma reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The next instruction, item or key.
    Next,
    /// As [`Reach::Next`]; the whole file if it stands at the top or above a FROM, since there is no better place to
    /// silence "something is missing".
    NextOrFile,
    Stage,
    File,
}

/// What a comment says, codes not yet looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub reach: Reach,
    /// `tool/CODE` for foreign codes, ids for our own.
    pub codes: Vec<String>,
    pub all: bool,
    pub reason: String,
    /// Written for hullguard.
    pub own: bool,
    /// What follows the tool's name, if it silences nothing though it was meant to.
    pub mistyped: Option<String>,
}

/// A pragma whose place is not made yet.
#[derive(Clone, Debug)]
pub struct Found {
    /// The comment.
    pub span: Span,
    pub rules: Arc<[&'static Rule]>,
    pub families: Vec<Family>,
    pub all: bool,
    pub unknown: Vec<String>,
    pub scope: Option<Span>,
    pub reason: String,
    pub own: bool,
    pub mistyped: Option<String>,
    /// Found in a text of any language.
    pub anywhere: bool,
}

impl Found {
    pub fn at(self, place: Place) -> Pragma {
        let Self { rules, families, all, unknown, scope, reason, own, mistyped, anywhere, .. } = self;
        Pragma { place, rules, families, all, unknown, scope, reason, own, mistyped, anywhere }
    }
    fn new(span: Span, scope: Option<Span>, read: Read) -> Self {
        let (mut known, mut families, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for code in read.codes {
            if let Some(family) = Family::ALL.into_iter().find(|family| family.name() == code) {
                families.push(family);
                continue;
            }
            let before = known.len();
            known.extend(rules::named(&code));
            if known.len() == before {
                unknown.push(code);
            }
        }
        known.sort_by_key(|rule| rule.id);
        known.dedup_by_key(|rule| rule.id);
        families.sort_unstable();
        families.dedup();
        let Read { all, reason, own, mistyped, .. } = read;
        Self {
            span,
            rules: known.into(),
            families,
            all,
            unknown,
            scope,
            reason,
            own,
            mistyped,
            anywhere: false,
        }
    }
}

/// The pragmas of a Dockerfile.
pub fn dockerfile(file: &Dockerfile) -> Vec<Found> {
    let source = file.source;
    let mut found = Vec::new();
    for directive in &file.directives {
        if directive.name.text.eq_ignore_ascii_case("check")
            && let Some(read) = check(&directive.value.text, Reach::File)
        {
            found.push(Found::new(directive.span, None, read));
        }
    }
    for &comment in &file.comments {
        let Some(read) = read(source.slice(comment)) else { continue };
        // The instruction that the comment stands in (between continued lines) or above.
        let next = file.instructions.partition_point(|instruction| instruction.span.end <= comment.start);
        let next = file.instructions.get(next);
        let above_from = next.is_some_and(|next| matches!(next.kind, Kind::From(_)));
        let top = file.instructions.first().is_none_or(|first| comment.start < first.span.start);
        let scope = match read.reach {
            Reach::File => None,
            Reach::NextOrFile if top || above_from => None,
            // At the end of a file nothing follows: an empty scope silences nothing and is told as unused.
            Reach::Next | Reach::NextOrFile => Some(next.map_or(Span::at(comment.end as usize), |n| n.span)),
            Reach::Stage => {
                let stage = next.or(file.instructions.last()).and_then(|instruction| instruction.stage);
                let instructions =
                    stage.map(|stage| &file.instructions[file.stages[stage].instructions.clone()]);
                match instructions {
                    Some([first, .., last]) => Some(first.span.cover(last.span)),
                    Some([only]) => Some(only.span),
                    _ => Some(Span::at(comment.end as usize)),
                }
            }
        };
        found.push(Found::new(comment, scope, read));
    }
    found
}

/// The pragmas of a YAML text. `next` gives the bytes of the first key or item that begins after a comment, with its
/// value.
pub fn yaml(source: &Source, comments: &[Span], next: &dyn Fn(Span) -> Option<Span>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut content_before = false;
    let mut seen = 0;
    for &comment in comments {
        let start = comment.start as usize;
        content_before |= source.text()[seen..start].chars().any(|c| !c.is_whitespace() && c != '\u{feff}');
        seen = comment.end as usize;
        let Some(read) = read(source.slice(comment)) else { continue };
        let line = source.line_span(source.line_of(start));
        let trailing = !source.text()[line.start as usize..start].trim().is_empty();
        let scope = match read.reach {
            Reach::File | Reach::Stage => None,
            Reach::NextOrFile if !content_before => None,
            // Behind a value it speaks of its own line.
            _ if trailing => Some(line),
            _ => Some(next(comment).unwrap_or(Span::at(comment.end as usize))),
        };
        found.push(Found::new(comment, scope, read));
    }
    found
}

/// Reads one comment, `#` included; `None` if it silences nothing.
pub fn read(comment: &str) -> Option<Read> {
    let text = comment.trim_start_matches('#').trim();
    let (word, rest) = split_word(text);
    match word.to_ascii_lowercase().as_str() {
        "hullguard" => {
            let colon = rest.starts_with(':');
            own(rest.trim_start_matches(':').trim_start(), colon)
        }
        "hadolint" => hadolint(rest),
        "shellcheck" => shellcheck(rest),
        "kics-scan" => kics(rest),
        "dclint" => dclint(rest),
        "compose-lint" | "compose-lint:" => {
            let codes = key(rest.trim_start_matches(':').trim_start(), "disable")?;
            Some(foreign(Reach::Next, "compose-lint", list(codes)))
        }
        _ => {
            if let Some(value) = key(text, "check") {
                return check(value, Reach::Next);
            }
            if let Some(codes) = text.strip_prefix("checkov:skip=") {
                let (code, reason) = codes.split_once(':').unwrap_or((codes, ""));
                return Some(foreign(Reach::File, "checkov", (words(code), reason.trim().to_owned())));
            }
            if let Some(rest) = mistyped::behind_name(word, text)
                && let Some(meant) = meant(rest, false)
            {
                return Some(mistake(rest, meant.reach));
            }
            trivy(text)
        }
    }
}

/// `ignore=id,id reason`, `ignore-file=…`, `ignore-stage=…`. What else was meant as one of them is kept and told, not
/// passed over.
fn own(text: &str, colon: bool) -> Option<Read> {
    let reaches = [("ignore-file", Reach::File), ("ignore-stage", Reach::Stage), ("ignore", Reach::Next)];
    for (word, reach) in reaches {
        if let Some(codes) = key(text, word).filter(|codes| !codes.starts_with(['[', '(', '{'])) {
            let (mut codes, reason) = list(codes);
            let all = codes.iter().any(|code| code == "all");
            codes.retain(|code| code != "all");
            return Some(Read { reach, codes, all, reason, own: true, mistyped: None });
        }
    }
    meant(text, colon).map(|meant| mistake(text, meant.reach))
}

fn mistake(text: &str, reach: Reach) -> Read {
    let text: String = text.chars().take(80).collect();
    Read { reach, codes: Vec::new(), all: false, reason: String::new(), own: true, mistyped: Some(text) }
}

/// `ignore=DL3008,SC2086 # why`, `global ignore=`, `stage ignore=`.
fn hadolint(text: &str) -> Option<Read> {
    let (word, rest) = split_word(text);
    let (reach, text) = match word {
        "global" => (Reach::File, rest),
        "stage" => (Reach::Stage, rest),
        _ => (Reach::Next, text),
    };
    // hadolint drops `ignore DL3008` in silence; it is clear what it means.
    let codes = key(text, "ignore").or_else(|| text.strip_prefix("ignore ").map(str::trim_start))?;
    Some(foreign(reach, "hadolint", list(codes)))
}

/// `disable=SC2086,SC3000-SC4000`, `disable=all`, perhaps beside other keys. ShellCheck itself does not see the comments of a
/// Dockerfile.
fn shellcheck(text: &str) -> Option<Read> {
    let codes = text.split_whitespace().find_map(|word| word.strip_prefix("disable="))?;
    let mut read = foreign(Reach::Next, "shellcheck", (Vec::new(), String::new()));
    for code in words(codes) {
        let code = code.to_ascii_uppercase();
        match code.split_once('-') {
            _ if code == "ALL" => read.codes.push(Family::Shellcheck.name().to_owned()),
            Some((first, last)) => {
                let codes = rules::of(Family::Shellcheck).map(|rule| rule.id.get());
                read.codes.extend(codes.filter(|id| (first..=last).contains(id)).map(str::to_owned));
            }
            None if code.bytes().all(|b| b.is_ascii_digit()) => read.codes.push(format!("SC{code}")),
            None => read.codes.push(code),
        }
    }
    Some(read)
}

/// `skip=A,B;error=true` or `skip=all`, perhaps with `// comment`.
fn check(value: &str, reach: Reach) -> Option<Read> {
    let (value, reason) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    let codes = value.split(';').find_map(|part| key(part, "skip"))?;
    let codes = words(codes);
    let all = codes.iter().any(|code| code.eq_ignore_ascii_case("all"));
    let mut read = foreign(reach, "buildkit", (codes, plain_reason(reason)));
    if all {
        read.codes = all_of("buildkit/");
    }
    Some(read)
}

/// "All" of another tool's checks is not all of ours.
fn all_of(tool: &str) -> Vec<String> {
    let aliases = rules::RULES.iter().flat_map(|rule| rule.aliases.iter());
    aliases.filter(|alias| alias.starts_with(tool)).map(str::to_owned).collect()
}

/// `disable-file`, `disable`, `disable rule-name another`, and the same with `disable-line`.
fn dclint(text: &str) -> Option<Read> {
    let (word, rest) = split_word(text);
    let (reach, names) = match word {
        "disable-file" => (Reach::File, ""),
        "disable" => (Reach::File, rest),
        "disable-line" => (Reach::Next, rest),
        _ => return None,
    };
    let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
    let mut read = foreign(reach, "dclint", (names, String::new()));
    if read.codes.is_empty() {
        read.codes = all_of("dclint/");
    }
    Some(read)
}

/// `trivy:ignore:DS-0002 trivy:ignore:AVD-DS-0026`; parameters after the code are dropped.
fn trivy(text: &str) -> Option<Read> {
    if !text.starts_with("trivy:ignore:") {
        return None;
    }
    let mut codes = Vec::new();
    let mut reason = Vec::new();
    for word in text.split_whitespace() {
        match word.strip_prefix("trivy:ignore:") {
            Some(code) => codes.push(trivy_code(code.split([':', '[']).next().unwrap_or(code))),
            None => reason.push(word),
        }
    }
    Some(foreign(Reach::NextOrFile, "trivy", (codes, plain_reason(&reason.join(" ")))))
}

/// `AVD-DS-0002`, `DS002` and `DS-0002` are one code.
pub fn trivy_code(code: &str) -> String {
    let code = code.to_ascii_uppercase();
    let code = code.strip_prefix("AVD-").unwrap_or(&code);
    match code.strip_prefix("DS").and_then(|digits| digits.parse::<u32>().ok()) {
        Some(number) => format!("DS-{number:04}"),
        None => code.to_owned(),
    }
}

/// `ignore-line`, `ignore-block`, `ignore`, `disable=uuid,uuid`.
fn kics(text: &str) -> Option<Read> {
    let (word, rest) = split_word(text);
    let reach = match word {
        "ignore-line" | "ignore-block" => Reach::Next,
        "ignore" => Reach::File,
        _ => return Some(foreign(Reach::File, "kics", list(key(text, "disable")?))),
    };
    Some(Read { reach, codes: Vec::new(), all: true, reason: plain_reason(rest), own: false, mistyped: None })
}

fn foreign(reach: Reach, tool: &str, (codes, reason): (Vec<String>, String)) -> Read {
    let codes = codes.iter().map(|code| format!("{tool}/{code}")).collect();
    Read { reach, codes, all: false, reason, own: false, mistyped: None }
}

/// What follows `name =`, if the text is that.
fn key<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    Some(text.strip_prefix(name)?.trim_start().strip_prefix('=')?.trim_start())
}

/// `A, B reason`: codes with commas between them, then words.
fn list(text: &str) -> (Vec<String>, String) {
    let mut codes = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| c == ',' || c == '#' || c.is_whitespace()).unwrap_or(rest.len());
        if end > 0 {
            codes.push(rest[..end].trim_end_matches([':', ';']).to_owned());
        }
        rest = rest[end..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => return (codes, plain_reason(rest)),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

/// A reason without what people put between it and the codes.
fn plain_reason(text: &str) -> String {
    let text = text.trim().trim_start_matches(['#', '-', '–', '—', ':', ';', '/']).trim();
    text.strip_prefix("reason=").unwrap_or(text).trim_matches('"').to_owned()
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(comment: &str) -> String {
        let Some(read) = read(comment) else { return "nothing".into() };
        let all = if read.all { " all" } else { "" };
        if let Some(text) = read.mistyped {
            let rules = meant(&text, true).map(|meant| meant.rules.join(","));
            return format!("mistyped {:?} {}", read.reach, rules.unwrap_or_default());
        }
        let own = if read.own { "own " } else { "" };
        format!("{own}{:?}{all} {} | {}", read.reach, read.codes.join(","), read.reason)
    }

    #[test]
    fn own_dialect() {
        assert_eq!(
            say("# hullguard: ignore=latest-tag, missing-user we pin elsewhere"),
            "own Next latest-tag,missing-user | we pin elsewhere"
        );
        assert_eq!(say("#hullguard:ignore-file = a # b"), "own File a | b");
        assert_eq!(say("# hullguard: ignore-stage=a"), "own Stage a | ");
        assert_eq!(say("# hullguard: ignore=all generated"), "own Next all  | generated");
        assert_eq!(say("# hullguard ignore=a b"), "own Next a | b");
        for prose in [
            "# hullguard: keeps containers fit",
            "# hullguard is a linter",
            "# hullguard ignores vendored files",
            "# hullguard ignores well-known files",
            "# hullguard: ignored because of a=b",
            "# hullguard: allow list of registries",
            "# hullguard skip this",
            "# hullguard: see a=b",
            "# hullguard: a container linter",
            "# hullguards disable the alarm",
            "# hullguard-action runs in CI",
            "# hullguard/hullguard",
        ] {
            assert_eq!(say(prose), "nothing", "{prose}");
        }
    }

    #[test]
    fn what_was_meant_as_an_ignore_is_not_passed_over() {
        for (comment, meaning) in [
            ("# hullguard: ingore latest-tag", "mistyped Next latest-tag"),
            ("# hullguard: ignore latest-tag", "mistyped Next latest-tag"),
            ("# hullguard ignore latest-tag we know", "mistyped Next latest-tag"),
            ("# hullguard: ignore: latest-tag, DL3007 why", "mistyped Next latest-tag,DL3007"),
            ("# hullguard: ignore=[latest-tag]", "mistyped Next latest-tag"),
            ("# hullguard: disable=latest-tag", "mistyped Next latest-tag"),
            ("# hullguard:disable-file latest-tag", "mistyped File latest-tag"),
            ("# hullguard: ignore-flie=latest-tag", "mistyped File latest-tag"),
            ("# hullguard: Ignore=latest-tag", "mistyped Next latest-tag"),
            ("# hullguard: skip latest-tag", "mistyped Next latest-tag"),
            ("# hullguard: nolint", "mistyped Next "),
            ("# hullguard: ignore", "mistyped Next "),
            ("# hullguard: ignore the next line", "mistyped Next "),
            ("# hullguard-disable latest-tag", "mistyped Next latest-tag"),
            ("# hullguard-ignore: latest-tag", "mistyped Next latest-tag"),
            ("# hullguard:ignore:latest-tag", "mistyped Next latest-tag"),
            ("# hulguard: ignore=latest-tag", "mistyped Next latest-tag"),
            ("# hullgaurd ignore=latest-tag", "mistyped Next latest-tag"),
        ] {
            assert_eq!(say(comment), meaning, "{comment}");
        }
    }

    #[test]
    fn dialects_of_others() {
        for (comment, meaning) in [
            ("# shellcheck shell=bash disable=SC2086,2154", "Next SC2086,SC2154 | "),
            ("# shellcheck disable=SC3067-SC3099", "Next SC3067 | "),
            ("# shellcheck disable=all", "Next shellcheck | "),
            ("# hadolint ignore=DL3008,SC2086 # why", "Next hadolint/DL3008,hadolint/SC2086 | why"),
            ("# hadolint ignore = DL3008 , DL3009", "Next hadolint/DL3008,hadolint/DL3009 | "),
            ("# hadolint ignore DL3004", "Next hadolint/DL3004 | "),
            ("# hadolint global ignore=DL3003", "File hadolint/DL3003 | "),
            ("#hadolint stage ignore=DL3003", "Stage hadolint/DL3003 | "),
            ("# hadolint shell=/bin/bash", "nothing"),
            (
                "# check=skip=StageNameCasing,JSONArgsRecommended // later",
                "Next buildkit/StageNameCasing,buildkit/JSONArgsRecommended | later",
            ),
            ("# check=error=true", "nothing"),
            ("# trivy:ignore:AVD-DS-0002 trivy:ignore:DS026", "NextOrFile trivy/DS-0002,trivy/DS-0026 | "),
            ("# checkov:skip=CKV_DOCKER_2:no need, really", "File checkov/CKV_DOCKER_2 | no need, really"),
            ("# kics-scan ignore-line", "Next all  | "),
            ("# kics-scan ignore", "File all  | "),
            ("# kics-scan disable=a-b,c-d", "File kics/a-b,kics/c-d | "),
            ("# dclint disable no-version-field a-b", "File dclint/no-version-field,dclint/a-b | "),
            ("# dclint disable-line no-version-field", "Next dclint/no-version-field | "),
            ("# compose-lint: disable=CL-0001 local only", "Next compose-lint/CL-0001 | local only"),
            ("# just a comment", "nothing"),
            ("#", "nothing"),
        ] {
            assert_eq!(say(comment), meaning, "{comment}");
        }
    }

    #[test]
    fn yaml_scopes() {
        let text = "# trivy:ignore:DS-1\na: 1 # hullguard: ignore=x\n# hullguard: ignore=y\nb: 2\n";
        let source = Source::new("c.yml", text.into());
        let comments: Vec<Span> = text
            .match_indices('#')
            .map(|(at, _)| Span::new(at, at + text[at..].find('\n').unwrap()))
            .collect();
        let b = Span::new(text.find("b: 2").unwrap(), text.len() - 1);
        let found = yaml(&source, &comments, &|_| Some(b));
        assert_eq!(found[0].scope, None);
        assert_eq!(found[1].scope.map(|s| source.slice(s)), Some("a: 1 # hullguard: ignore=x"));
        assert_eq!(found[2].scope, Some(b));
        assert_eq!(found[2].unknown, ["y"]);
    }
}
