//! Dockerfiles that stand inside other files: `dockerfile_inline` of Compose files, `dockerfile-inline` of bake files.

use std::sync::Arc;

use super::check;
use super::chosen::Chosen;
use crate::container::{ContainerSpec, Surface};
use crate::dockerfile;
use crate::finding::Draft;
use crate::project::Project;
use crate::rule::Context;
use crate::text::{Joined, Source};

/// What the rules on Dockerfiles say of the one that a container's build has inside, at its places in the file.
pub(super) fn drafts(cx: &Context, rules: &Chosen, spec: &ContainerSpec) -> Vec<Draft> {
    let text = spec.build.as_ref().and_then(|build| build.dockerfile_inline.as_ref());
    let Some(at) = text.map(|text| text.at) else { return Vec::new() };
    let outer = cx.project.source(at);
    let is_of_compose = spec.surface == Surface::ComposeService;
    let Some(text) = lines(outer.slice(at.span), at.span.start as usize, is_of_compose) else {
        return Vec::new();
    };
    let inner = Arc::new(Source::new(Arc::clone(outer.path()), text.text.as_bytes().to_vec()));
    let project = Project::default();
    let within = Context { project: &project, sent: None, ..*cx };
    let mut drafts = check::on_dockerfile(&within, rules, &dockerfile::parse(&inner));
    if has_variables(outer.slice(at.span), is_of_compose) {
        // A variable of Compose or Buildx has been replaced by then.
        drafts.retain(|draft| !inner.slice(draft.span).contains('$'));
    }
    for draft in &mut drafts {
        draft.fix = None;
        draft.source = Arc::clone(outer);
        draft.span = text.span(draft.span.range());
        for clue in &mut draft.related {
            clue.spot.source = Arc::clone(outer);
            clue.spot.span = text.span(clue.spot.span.range());
        }
    }
    drafts
}

/// Compose replaces all variables but those with `$$`, Buildx only `${…}`.
fn has_variables(written: &str, is_of_compose: bool) -> bool {
    if is_of_compose { written.replace("$$", "").contains('$') } else { written.contains("${") }
}

/// The text that its file has as `written` at `start`, each byte with its place. `None` where its lines are not the file's.
fn lines(written: &str, start: usize, is_of_compose: bool) -> Option<Joined<'_>> {
    match written.chars().next()? {
        '|' => {
            let first = written.find('\n')? + 1;
            Some(block(&written[first..], start + first, is_of_compose))
        }
        '<' => {
            let (first, last) = (written.find('\n')? + 1, written.trim_end().rfind('\n')? + 1);
            Some(block(written.get(first..last)?, start + first, is_of_compose))
        }
        '>' => None,
        '"' => quoted(written.get(1..written.len() - 1)?, start + 1),
        '\'' => Some(Joined::unbroken(written.get(1..written.len() - 1)?, start + 1)),
        _ => Some(Joined::unbroken(written, start)),
    }
}

/// Lines without the indentation of the first.
fn block(text: &str, start: usize, is_of_compose: bool) -> Joined<'static> {
    let indented = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let indent = text.lines().find(|line| !line.trim().is_empty()).map_or(0, indented);
    let mut joined = Joined::empty(start);
    let mut at = start;
    for line in text.split_inclusive('\n') {
        let cut = indented(line).min(indent);
        let mut from = cut;
        for (dollar, _) in line.match_indices("$$").filter(|_| is_of_compose) {
            joined.push(&line[from..=dollar], at + from);
            from = dollar + 2;
        }
        joined.push(&line[from..], at + from);
        at += line.len();
    }
    joined
}

/// A text in double quotes on one line, with its escapes.
fn quoted(text: &str, start: usize) -> Option<Joined<'static>> {
    let mut joined = Joined::empty(start);
    let mut from = 0;
    while let Some(escape) = text[from..].find('\\').map(|at| from + at) {
        joined.push(&text[from..escape], start + from);
        let meant = match text.as_bytes().get(escape + 1)? {
            b'n' => "\n",
            b't' => "\t",
            b'"' => "\"",
            b'\\' => "\\",
            b'/' => "/",
            _ => return None,
        };
        joined.push(meant, start + escape);
        from = escape + 2;
    }
    joined.push(&text[from..], start + from);
    (!text.contains('\n')).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::{has_variables, lines};

    #[test]
    fn each_byte_has_its_place() {
        for (written, text) in [
            ("|\n  FROM a\n  RUN <<E\n    b\n  E\n", "FROM a\nRUN <<E\n  b\nE\n"),
            ("|-\r\n  FROM a", "FROM a"),
            ("<<-EOT\n  FROM a\n  EOT", "FROM a\n"),
            ("|\n  FROM a$$B\n\n", "FROM a$B\n\n"),
            (r#""FROM a\nRUN [\"b\"]""#, "FROM a\nRUN [\"b\"]"),
            ("'FROM a'", "FROM a"),
            ("FROM a", "FROM a"),
        ] {
            let found = lines(written, 10, true).expect("it is read");
            assert_eq!(found.text, text);
            for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic()) {
                assert_eq!(written.as_bytes()[found.offset(at) - 10], byte, "{written}");
            }
        }
        for written in ["", "|", ">\n  FROM a\n  RUN b", r#""\u0041""#, "\"a\n b\"", "<<EOT"] {
            assert!(lines(written, 0, true).is_none(), "{written}");
        }
    }

    #[test]
    fn variables_of_who_builds_are_told_from_those_of_the_dockerfile() {
        assert!(has_variables("|\n  FROM ${A}", true) && !has_variables("|\n  FROM $${A}", true));
        assert!(has_variables("FROM ${A}", false) && !has_variables("RUN $A", false));
    }
}
