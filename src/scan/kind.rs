//! What a file is, from its name first and its content second.
//!
//! Names that cannot be Dockerfiles or YAML never get here: `input` leaves them out. Reading is `mod.rs`'s business.

use crate::gap::Reason;
use crate::text::{self, Source};
use crate::{compose, yaml};

/// What to read a text as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Dockerfile,
    Compose,
    /// It looks like a document but is none that can be checked; a sentence says why.
    Skip(Reason, &'static str),
    /// Nothing of ours, not worth a word.
    Other,
}

/// What a file's name says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// `Dockerfile`, `api.dockerfile`, `Containerfile.dev` …
    Dockerfile,
    /// Such a name with a template's ending.
    Template,
    /// `compose.yaml`, `docker-compose.prod.yml` …
    Compose,
    /// Some other YAML file.
    Yaml,
    Other,
}

/// Names that builders look for by themselves.
const DOCKERFILE: [&str; 2] = ["Dockerfile", "Containerfile"];
const FIRST_FORMAT: &str = "no `services:`; Compose no longer reads the first file format";
/// Endings after `Dockerfile.` that make the file something else than a Dockerfile.
const NOT_DOCKERFILE: [&str; 42] = [
    "dockerignore",
    "md",
    "rst",
    "adoc",
    "txt",
    "html",
    "htm",
    "json",
    "yml",
    "yaml",
    "toml",
    "xml",
    "lock",
    "py",
    "pyi",
    "go",
    "rs",
    "js",
    "mjs",
    "ts",
    "tsx",
    "java",
    "kt",
    "rb",
    "php",
    "c",
    "h",
    "cpp",
    "cs",
    "lua",
    "sh",
    "bash",
    "ps1",
    "bat",
    "png",
    "svg",
    "jpg",
    "log",
    "orig",
    "rej",
    "bak",
    "swp",
];
const TEMPLATE: [&str; 12] =
    ["j2", "jinja", "jinja2", "tmpl", "tpl", "template", "m4", "in", "erb", "mustache", "gotmpl", "hbs"];

/// Reads the last part of a path.
pub fn name(path: &str) -> Name {
    let base = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = base.rsplit_once('.').map_or("", |(_, extension)| extension);
    let yaml = matches!(extension, "yml" | "yaml");
    let dockerfile = ["dockerfile", "containerfile"].iter().any(|word| {
        base.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
            || base.strip_suffix(word).is_some_and(|rest| rest.ends_with(['.', '-', '_']))
            || base.contains(&format!(".{word}."))
    });
    if dockerfile && !base.starts_with('.') || base == ".dockerfile" {
        return match extension {
            _ if TEMPLATE.contains(&extension) => Name::Template,
            _ if yaml && base.contains("compose") => Name::Compose,
            _ if NOT_DOCKERFILE.contains(&extension) => Name::Other,
            _ => Name::Dockerfile,
        };
    }
    match yaml {
        true if base.contains("compose") || base.starts_with("docker-stack") => Name::Compose,
        true => Name::Yaml,
        false => Name::Other,
    }
}

/// Reads name and content. `explicit`: the user named the file, so a content that fits is enough.
pub fn kind(path: &str, text: &str, explicit: bool) -> Kind {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let name = name(path);
    let base = path.rsplit('/').next().unwrap_or(path);
    // Whoever gives a file such a name, or names it, is told when it cannot be read; others may be anything.
    let promised = explicit || DOCKERFILE.contains(&base) || compose::is_project_file(base);
    match (name, text::not_text(text)) {
        // No builder reads a Dockerfile that is no text; Compose does read UTF-16.
        (Name::Dockerfile, Some(_)) if promised => return Kind::Dockerfile,
        (Name::Dockerfile | Name::Compose, Some((reason, why))) => return Kind::Skip(reason, why),
        (Name::Yaml, Some((reason, why))) if explicit => return Kind::Skip(reason, why),
        _ => {}
    }
    match name {
        Name::Template => Kind::Skip(Reason::Template, "a template"),
        Name::Dockerfile if is_template(text) => Kind::Skip(Reason::Template, "a template"),
        Name::Dockerfile => Kind::Dockerfile,
        Name::Yaml if is_pipeline(text) => Kind::Other,
        Name::Compose | Name::Yaml => match yaml_kind(text, name == Name::Compose || explicit) {
            Kind::Other | Kind::Skip(Reason::OtherFormat, FIRST_FORMAT) if promised && is_broken(text) => {
                Kind::Compose
            }
            kind => kind,
        },
        Name::Other if explicit && has_services(text) => yaml_kind(text, true),
        Name::Other if explicit && has_from(text) => Kind::Dockerfile,
        Name::Other => Kind::Other,
    }
}

/// Whether a text is no YAML.
fn is_broken(text: &str) -> bool {
    !yaml::parse(&Source::new("", text.into())).errors.is_empty()
}

/// Template syntax where no Dockerfile or YAML could have it: at the start of a line, or in an image.
fn is_template(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let marks = ["{{", "{%", "<%", "changequote(", "m4_", "include(`", "define(`", "{#", "%%", "@@"];
        marks.iter().any(|mark| line.starts_with(mark))
            || (line.len() > 5
                && line.is_char_boundary(5)
                && line[..5].eq_ignore_ascii_case("from ")
                && (line.contains("{{") || line.contains("<%")))
    })
}

fn yaml_kind(text: &str, named: bool) -> Kind {
    let services = has_services(text);
    if !services && !named {
        return Kind::Other;
    }
    if is_template(text) {
        return if named { Kind::Skip(Reason::Template, "a template") } else { Kind::Other };
    }
    let at_line_start = |key: &str| text.starts_with(key) || text.contains(&format!("\n{key}"));
    match services {
        true if named || mentions_container(text) => Kind::Compose,
        true => Kind::Other,
        false
            if ["include:", "volumes:", "networks:", "secrets:", "configs:"]
                .iter()
                .any(|k| at_line_start(k)) =>
        {
            Kind::Compose
        }
        false if mentions_container(text) => Kind::Skip(Reason::OtherFormat, FIRST_FORMAT),
        false => Kind::Other,
    }
}

/// Pipelines of Woodpecker, Drone and GitLab have `services:`, too: beside their steps, or as a list.
fn is_pipeline(text: &str) -> bool {
    let key = |key: &str| text.lines().any(|line| line.starts_with(key));
    let mut below = text.lines().skip_while(|line| !line.starts_with("services:")).skip(1);
    let first = below.find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let list = first.is_some_and(|line| line.trim_start().starts_with('-'));
    list || ["steps:", "pipeline:", "kind: pipeline", "stages:"].iter().any(|name| key(name))
}

/// `services:` as a key of the document, block or flow style.
fn has_services(text: &str) -> bool {
    let keyed = |at: usize| {
        let before = text[..at].trim_end_matches(['"', '\'']);
        let after = text[at + "services".len()..].trim_start_matches(['"', '\'']).trim_start_matches(' ');
        after.starts_with(':') && (before.is_empty() || before.ends_with(['\n', '{']))
    };
    text.match_indices("services").any(|(at, _)| keyed(at))
}

/// `image` or `build` as an indented key.
fn mentions_container(text: &str) -> bool {
    ["image", "build"].iter().any(|key| {
        text.match_indices(key).any(|(at, _)| {
            let after = text[at + key.len()..].trim_start_matches(['"', '\'']);
            after.starts_with(':')
                && at > 0
                && matches!(text.as_bytes()[at - 1], b' ' | b'\t' | b'{' | b',' | b'"' | b'\'')
        })
    })
}

/// A line that begins with FROM.
fn has_from(text: &str) -> bool {
    text.lines().any(|line| line.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("from ")))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Name, kind, name};
    use crate::gap::Reason;

    #[test]
    fn names_speak() {
        for path in [
            "Dockerfile",
            "a/b/Dockerfile.dev",
            "Dockerfile-alpine",
            "api.dockerfile",
            "Containerfile",
            "build/api.Dockerfile",
            "dockerfile",
            "Dockerfile_x",
            "Containerfile.prod",
            "Dockerfile.22.04",
        ] {
            assert_eq!(name(path), Name::Dockerfile, "{path}");
        }
        for path in [
            ".dockerignore",
            "Dockerfile.dockerignore",
            "Dockerfile.md",
            "dockerfile.py",
            "mydockerfile",
            "a.rs",
        ] {
            assert_eq!(name(path), Name::Other, "{path}");
        }
        assert_eq!(name("Dockerfile.j2"), Name::Template);
        assert_eq!(name("x/docker-compose.prod.yml"), Name::Compose);
        assert_eq!(name(".github/workflows/ci.yml"), Name::Yaml);
    }

    #[test]
    fn content_decides() {
        assert_eq!(kind("a.yml", "services:\n  a:\n    image: b\n", false), Kind::Compose);
        assert_eq!(
            kind("a.yml", "jobs:\n  a:\n    services:\n      b:\n        image: c\n", false),
            Kind::Other
        );
        let woodpecker = "steps:\n  a:\n    image: b\nservices:\n  db:\n    image: c\n";
        assert_eq!(kind(".woodpecker.yml", woodpecker, true), Kind::Other);
        let gitlab = "services:\n  - docker:dind\njob:\n  image: a\n";
        assert_eq!(kind(".gitlab-ci.yml", gitlab, false), Kind::Other);
        assert_eq!(kind("values.yml", "services:\n  - a\n", false), Kind::Other);
        assert_eq!(
            kind("Dockerfile", "FROM {{ base }}\n", false),
            Kind::Skip(Reason::Template, "a template")
        );
        assert_eq!(
            kind("Dockerfile", "FROM a\nRUN docker inspect -f '{{.Id}}' x\n", false),
            Kind::Dockerfile
        );
        assert!(matches!(kind("docker-compose.yml", "web:\n  image: a\n", false), Kind::Skip(..)));
        assert_eq!(kind("x", "from alpine\n", true), Kind::Dockerfile);
    }

    #[test]
    fn broken_files_are_told_where_their_name_promises_something() {
        assert_eq!(kind("a/compose.yaml", "a: [\n", false), Kind::Compose);
        assert_eq!(kind("docker-compose.prod.yml", "a: [\n", false), Kind::Other);
        assert_eq!(kind("values.yml", "a: [\n", true), Kind::Compose);
        assert_eq!(kind("a.dockerfile", "FROM a\0\n", false), Kind::Dockerfile);
        let utf16 = "F\0R\0O\0M\0";
        assert_eq!(
            kind("a.dockerfile", utf16, false),
            Kind::Skip(Reason::Encoding, "UTF-16; save it as UTF-8")
        );
        assert_eq!(kind("a.dockerfile", utf16, true), Kind::Dockerfile);
        assert_eq!(kind("Dockerfile", utf16, false), Kind::Dockerfile);
        assert_eq!(
            kind("Dockerfile.x", &"\0".repeat(99), false),
            Kind::Skip(Reason::Binary, "binary content")
        );
    }
}
