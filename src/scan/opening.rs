//! Whether a text begins as a Dockerfile does. Asked where a name says no more than "perhaps", or nothing at all.
//!
//! Only the first instruction is looked at; reading the file is `dockerfile`'s.

/// Docker's instructions.
const INSTRUCTIONS: [&str; 18] = [
    "FROM",
    "ARG",
    "RUN",
    "CMD",
    "LABEL",
    "MAINTAINER",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "SHELL",
];

/// Whether the first instruction is FROM or ARG, with arguments that fit. Prose (`From here on …`) and other languages
/// (`from x import y`) may begin with the same word. `sure`: nothing else speaks against a Dockerfile, so that a FROM in
/// capital letters is enough and its mistakes are told.
pub(super) fn is_dockerfile(text: &str, sure: bool) -> bool {
    let Some(line) = first_instruction(text) else { return false };
    let mut words = line.split_whitespace().take_while(|word| !word.starts_with('#'));
    let Some(keyword) = words.next() else { return false };
    let arguments: Vec<&str> = words.skip_while(|word| word.starts_with("--")).take(4).collect();
    if keyword.eq_ignore_ascii_case("from") {
        return match arguments[..] {
            [image] => !image.ends_with([';', ',', '.']),
            [_, word, _] if word.eq_ignore_ascii_case("as") => true,
            [] => line.ends_with(['\\', '`']),
            _ => sure && keyword == "FROM",
        };
    }
    let is_assignment = |word: &&str| {
        let name = word.split('=').next().unwrap_or_default();
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let fits = match arguments[..] {
        [] => false,
        [one] => is_assignment(&one),
        [first, ..] => keyword == "ARG" && is_assignment(&first) && (sure || line.contains('=')),
    };
    keyword.eq_ignore_ascii_case("arg") && fits
}

/// Whether some instruction comes first and a FROM somewhere: a broken Dockerfile, of which the user said that it is one.
pub(super) fn may_be_dockerfile(text: &str) -> bool {
    let first = first_instruction(text).and_then(|line| line.split_whitespace().next());
    first.is_some_and(|word| INSTRUCTIONS.contains(&word))
        && text.lines().any(|line| line.starts_with("FROM "))
}

/// The first line that is neither blank nor a comment; directives are comments.
fn first_instruction(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::is_dockerfile;

    #[test]
    fn a_dockerfile_begins_with_from_or_arg() {
        for text in [
            "FROM golang:1.22\n",
            "# syntax=docker/dockerfile:1\n\n# a comment\nfrom alpine as base\n",
            "ARG VERSION\nFROM a\n",
            "ARG A=1 B=2\nFROM a\n",
            "FROM --platform=$BUILDPLATFORM node:20 AS build\n",
            "FROM a # why\n",
            "FROM \\\n  alpine\n",
        ] {
            assert!(is_dockerfile(text, false), "{text}");
        }
        for text in [
            "",
            "# FROM a\n",
            "package main\n\nfunc main() {}\n",
            "from dockerfile import parse\n",
            "From here on things are different\n",
            "from there;\n",
            "RUN make\n",
            "id\tseverity\nDL3000\terror\n",
            "ARG is an instruction\n",
            "arg names are listed\n",
            "FROM_IMAGE=alpine\n",
        ] {
            assert!(!is_dockerfile(text, false), "{text}");
        }
        assert!(is_dockerfile("FROM node 18\n", true) && !is_dockerfile("FROM node 18\n", false));
    }
}
