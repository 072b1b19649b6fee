//! Whether a file is the source of one for some template engine. Such files are no Dockerfiles and no YAML yet.
//!
//! A mark of a template counts only where no builder could read it: a file that can be built is checked, whatever
//! stands in its commands, heredocs and block scalars.

use std::sync::Arc;

use crate::dockerfile::{self, Kind};
use crate::rules::image::known;
use crate::text::{Source, Span, last_part};
use crate::yaml::{Node, Style, Yaml};

/// What template engines write at the beginning of a line.
const MARKS: [&str; 13] =
    ["{{", "{%", "{#", "<%", "<#", "[%", "%%", "@@", "changequote(", "m4_", "include(`", "define(`", "dnl "];
/// What they write in the middle of one.
const INNER: [&str; 7] = ["{{", "{%", "<%", "%%", "@@", "[%", "#{"];

/// Whether a text begins with a mark: one of the usual, or a name between `@`s.
fn is_mark(text: &str) -> bool {
    let named =
        text.strip_prefix('@').and_then(|rest| rest.split_once('@')).is_some_and(|(name, _)| is_name(name));
    // `__LABELS__`
    let framed =
        text.strip_prefix("__").and_then(|rest| rest.split_once("__")).is_some_and(|(name, rest)| {
            is_name(name) && !name.bytes().any(|b| b.is_ascii_lowercase()) && rest.trim().is_empty()
        });
    // Every line is asked for each of them, and the first letter says enough of most.
    let begins = |mark: &str| text.as_bytes().first() == mark.as_bytes().first() && text.starts_with(mark);
    named || framed || MARKS.into_iter().any(begins)
}

/// `BASEIMAGE`: no builder takes it, and no image is called so in small letters.
fn is_capital(text: &str) -> bool {
    text.len() > 3
        && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
        && !known::is_official(&text.to_ascii_lowercase())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// Where a text's variables begin that no builder knows: `${docker.base.image}`, `${templateOption:tag}`.
fn foreign_variables(text: &str) -> impl Iterator<Item = usize> {
    // No name is longer; a line of nothing but `${` must not be looked through for each of them.
    const LONGEST: usize = 256;
    text.match_indices("${").map(|(at, _)| at).filter(move |&at| {
        let rest = &text[at + 2..];
        let end = rest.bytes().take(LONGEST).position(|b| matches!(b, b'}' | b'\n'));
        let Some(end) = end.or((rest.len() < LONGEST).then_some(rest.len())) else { return false };
        let inner = &rest[..end];
        let (first, rest) = inner.split_once(['.', ':']).unwrap_or_default();
        let dotted = inner.as_bytes().get(first.len()) == Some(&b'.') && is_name(rest);
        let starts = first.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && is_name(first);
        starts && (dotted || first == "templateOption") && !text[..at].ends_with(['\\', '$'])
    })
}

/// Whether a Dockerfile has a mark as an instruction, in FROM, or as a variable where the builder replaces them.
pub(super) fn is_dockerfile_template(source: &Arc<Source>) -> bool {
    let text = source.text();
    let begins = |line: &str, keyword: &str| {
        line.get(..keyword.len()).is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    };
    let in_from = |line: &str| {
        begins(line, "from ")
            && (line.contains('@')
                || INNER.iter().any(|mark| line.contains(mark))
                || is_capital(line[5..].trim()))
            || ["copy ", "add "].iter().any(|keyword| begins(line, keyword)) && line.contains("{{ ")
    };
    let suspicious = |line: &str| is_mark(line) || in_from(line);
    // Most files are done here; only a few are read for this.
    let by_name = says_template(source.path());
    if !by_name
        && !text.lines().any(|line| suspicious(line.trim_start()))
        && foreign_variables(text).next().is_none()
    {
        return false;
    }
    let file = dockerfile::parse(source);
    if by_name && has_foreign_image(&file) {
        return true;
    }
    file.instructions.iter().any(|instruction| {
        let keyword = &*instruction.keyword.text;
        let written = source.slice(instruction.span);
        if keyword.eq_ignore_ascii_case("from") {
            let named = |word: &str| word.starts_with('@') && is_mark(word);
            return is_capital(written[keyword.len()..].trim())
                || INNER.iter().any(|mark| written.contains(mark))
                || written.split(['/', ':', ' ']).any(named)
                || foreign_variables(written).next().is_some();
        }
        match &instruction.kind {
            Kind::Unknown(_) if is_mark(written) => true,
            Kind::Run(_) | Kind::Cmd(_) | Kind::Entrypoint(_) | Kind::Healthcheck(_) | Kind::Shell(_) => {
                false
            }
            Kind::Copy(_) | Kind::Add(_) if written.contains("{{ ") && written.contains(" }}") => true,
            _ => instruction.heredocs.is_empty() && foreign_variables(written).next().is_some(),
        }
    })
}

/// `tmplv3.Dockerfile`, `template.Dockerfile`
fn says_template(path: &str) -> bool {
    let name = last_part(path).to_ascii_lowercase();
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.starts_with("tmpl") || word == "template")
}

/// An image has a variable in its name that the file does not declare, or that no builder replaces there.
fn has_foreign_image(file: &dockerfile::Dockerfile) -> bool {
    file.instructions.iter().any(|instruction| match &instruction.kind {
        Kind::From(from) => file.variables(&from.image).iter().any(|variable| {
            let origin = file.lookup(variable.name, instruction).origin;
            matches!(origin, dockerfile::Origin::Undeclared { .. })
        }),
        Kind::Copy(_) => {
            let from = instruction.flag("from").and_then(|flag| flag.value.as_ref());
            from.is_some_and(|word| word.text.contains('$'))
        }
        _ => false,
    })
}

/// Whether one of its [`yaml_marks`] breaks a YAML file. In a block scalar, in quotes and in a comment it is text.
pub(super) fn is_yaml_template(yaml: &Yaml<'_>, marks: &[usize]) -> bool {
    if marks.is_empty() {
        return false;
    }
    let mut shields: Vec<Span> = yaml.comments.clone();
    shields.extend(yaml.nodes().filter(|node| is_shield(*node)).map(Node::span));
    shields.sort_unstable();
    // They do not overlap, so the last that begins before a place is the one that may hold it.
    let is_text = |at: usize| {
        let before = shields.partition_point(|span| (span.start as usize) <= at);
        before.checked_sub(1).is_some_and(|last| at < shields[last].end as usize)
    };
    let broken = || !yaml.errors.is_empty() || yaml.nodes().any(has_collection_as_key);
    marks.iter().any(|&at| !is_text(at)) && broken()
}

/// The marks where a line or a value of YAML begins.
pub(super) fn yaml_marks(text: &str) -> Vec<usize> {
    let mut offset = 0;
    let mut marks = Vec::new();
    for line in text.split_inclusive('\n') {
        let indented = line.trim_start();
        let start = offset + line.len() - indented.len();
        let item = indented.trim_start_matches(['-', ' ']);
        let colon = indented.as_bytes().windows(2).position(|pair| pair == b": ");
        let value = colon.map(|at| indented[at + 2..].trim_start());
        if is_mark(indented) || is_mark(item) {
            marks.push(start);
        } else if let Some(value) = value.filter(|value| is_mark(value)) {
            marks.push(offset + line.len() - value.len());
        }
        offset += line.len();
    }
    marks
}

/// What is read as text whatever stands in it.
fn is_shield(node: Node<'_>) -> bool {
    node.style().is_some_and(|style| style != Style::Plain)
}

/// `{{ name }}` is YAML of a kind that no reader of Compose files takes.
fn has_collection_as_key(node: Node<'_>) -> bool {
    node.is_mapping() && node.raw_entries().any(|entry| entry.key.is_mapping() || entry.key.is_sequence())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn dockerfile(text: &str) -> bool {
        is_dockerfile_template(&Arc::new(Source::new("Dockerfile", text.into())))
    }

    #[test]
    fn names_that_are_to_be_filled_in_make_a_template() {
        for text in [
            "FROM BASEIMAGE\nCROSS_BUILD_COPY qemu /usr/bin/\n",
            "FROM a:1\n__TRACEABILITY_LABELS__\n",
            "FROM a:1\nADD x.py /app/{{ project_name }}/x.py\n",
        ] {
            assert!(dockerfile(text), "{text}");
        }
        for text in [
            "FROM SCRATCH\n",
            "FROM UBUNTU\n",
            "FROM a:1\nRUN docker inspect -f '{{ .Id }}' a\n",
            "FROM a:1\nLABEL f=\"{{ .Id }}\"\n",
        ] {
            assert!(!dockerfile(text), "{text}");
        }
        let named =
            |path: &str, text: &str| is_dockerfile_template(&Arc::new(Source::new(path, text.into())));
        assert!(named("x/tmplv3.Dockerfile", "FROM alpine:$ALPINE_VERSION\n"));
        assert!(!named("x/tmplv3.Dockerfile", "ARG V=3\nFROM alpine:$V\n"));
        assert!(!named("x/Dockerfile", "FROM alpine:$ALPINE_VERSION\n"));
    }

    #[test]
    fn marks_that_no_builder_reads_make_a_template() {
        for text in [
            "FROM {{ base }}\n",
            "FROM ${docker.base.image}\n",
            "ARG V=${templateOption:variant}\nFROM a:$V\n",
            "FROM a\n%%INSTALL%%\n",
            "FROM %%BASE%%:1\n",
            "FROM @base.image@\n",
            "FROM registry/@IMAGE@:1\n",
            "FROM a\n{% if x %}\nRUN b\n{% endif %}\n",
            "FROM a\n@SETUP@\n",
            "FROM a\nCOPY ${project.build.finalName}.jar /app.jar\n",
            "FROM <%= image %>\n",
        ] {
            assert!(dockerfile(text), "{text}");
        }
        for text in [
            "FROM a\nRUN docker inspect -f '{{.Id}}' x\n",
            "FROM a\nRUN docker inspect -f \\\n  {{.Id}} x\n",
            "FROM a\nRUN cat <<E > /x\n{{ name }}\n%%A%%\nE\n",
            "FROM a\nRUN echo ${a.b} ${templateOption:x}\n",
            "FROM a\nENV A=\\${a.b} B=${C:-d.e} D=${E}\n",
            "FROM a\nLABEL a=%%NAME%%\n",
            "FROM a@sha256:0123\n",
            "FROM a\nENV X=${Y:z}\n",
        ] {
            assert!(!dockerfile(text), "{text}");
        }
    }

    #[test]
    fn marks_inside_a_scalar_are_text() {
        let template = |text: &str| {
            let source = Source::new("compose.yaml", text.into());
            is_yaml_template(&yaml::parse(&source), &yaml_marks(text))
        };
        for text in [
            "services:\n{% for s in all %}\n  a:\n    image: b\n{% endfor %}\n",
            "services:\n  {{ name }}:\n    image: b\n",
            "services:\n  a:\n    image: {{ registry }}/b\n",
            "services:\n  a:\n    image: %%IMAGE%%\n",
            "services:\n  a:\n    ports:\n      - {{ port }}\n",
        ] {
            assert!(template(text), "{text}");
        }
        for text in [
            "services:\n  a:\n    image: b\nconfigs:\n  c:\n    content: |\n      {{ x }}\n      %%a%%\n      {% y %}\n",
            "configs:\n  c:\n    content: >-\n\n      {{ x }}\n",
            "services:\n  a:\n    command: \"a\n      {{.Id}}\n      b\"\n",
            "services:\n  a:\n    image: b\n    # {{ x }}\n    #\n",
            "services:\n  a:\n    image: b\n    x-a: <% c\n",
            "services:\n  a:\n    image: b\n    command: '{{.Id}}'\n",
        ] {
            assert!(!template(text), "{text}");
        }
    }
}
