//! What a file is, from its name first and its content second.
//!
//! Names that cannot be Dockerfiles or YAML never get here: `input` leaves them out. A name that says "perhaps" is
//! decided by its content: `opening` knows how a Dockerfile begins, `evidence` what a Compose file has, `template` what
//! is none yet. Reading is `mod.rs`'s business.

use std::sync::Arc;

use super::evidence::{self, Evidence};
use super::{opening, template};
use crate::gap::Reason;
use crate::text::{self, Source};
use crate::{compose, daemon, yaml};

/// What to read a text as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Dockerfile,
    Compose,
    Daemon,
    /// It looks like a document but is none that can be checked; a sentence says why.
    Skip(Reason, &'static str),
    /// Nothing of ours, not worth a word.
    Other,
}

/// What a file's name says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// `Dockerfile`, `Containerfile`, `api.dockerfile`
    Dockerfile,
    /// `Dockerfile.dev`, `Dockerfile.go`, `dockerfile_test.go`: a Dockerfile if it begins as one.
    Perhaps,
    /// Such a name with a template's ending.
    Template,
    /// `compose.yaml`, `docker-compose.prod.yml`, `docker-stack.yml` …
    Compose,
    /// `daemon.json`: the settings of an engine, perhaps of another one.
    Daemon,
    /// Some other YAML file.
    Yaml,
    Other,
}

/// Names that builders look for by themselves.
const DOCKERFILE: [&str; 2] = ["Dockerfile", "Containerfile"];
const FIRST_FORMAT: &str = "no `services:`; Compose does not support this first file format any more";
const NO_YAML: &str = "not valid YAML, and no `services:` found";
const NO_FROM: &str = "not read as a Dockerfile: it does not begin with FROM or ARG";
/// Endings that say what else a file is, so that nobody wants to hear that it is no Dockerfile.
const FOREIGN: [&str; 53] = [
    "dockerignore",
    "md",
    "mdx",
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
    "pyc",
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
    "pdf",
    "csv",
    "tsv",
    "env",
    "ini",
    "diff",
    "patch",
    "vim",
    "log",
    "orig",
    "rej",
    "bak",
    "swp",
    "snap",
];
const TEMPLATE: [&str; 12] =
    ["j2", "jinja", "jinja2", "tmpl", "tpl", "template", "m4", "in", "erb", "mustache", "gotmpl", "hbs"];
const WORDS: [&str; 2] = ["dockerfile", "containerfile"];

/// Reads the last part of a path.
pub fn name(path: &str) -> Name {
    let base = text::last_part(path).to_ascii_lowercase();
    if daemon::is_name(path) {
        return Name::Daemon;
    }
    let ending = ending(&base);
    let yaml = matches!(ending, "yml" | "yaml");
    let says_compose = base.contains("compose") || says_stack(&base);
    if let Some(word) = WORDS.iter().find(|word| base.contains(**word)) {
        let before = base.strip_suffix(word);
        // Whether the word stands by itself.
        let apart = base.split(['.', '-', '_']).any(|part| part == *word);
        return match ending {
            _ if before.is_some_and(|before| before.is_empty() || before.ends_with('.')) => Name::Dockerfile,
            _ if TEMPLATE.contains(&ending) && apart => Name::Template,
            _ if yaml && says_compose => Name::Compose,
            _ => Name::Perhaps,
        };
    }
    match yaml {
        true if says_compose => Name::Compose,
        true => Name::Yaml,
        false => Name::Other,
    }
}

/// In small letters, without the dot.
fn ending(base: &str) -> &str {
    base.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Whether `stack` is a word of a name: `stack.yml`, `docker-stack.prod.yml`.
fn says_stack(base: &str) -> bool {
    base.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "stack")
}

/// Reads name and content. `explicit`: the user named the file, so a content that fits is enough.
pub fn kind(source: &Arc<Source>, explicit: bool) -> Kind {
    let (path, text) = (&**source.path(), source.text());
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let name = name(path);
    let base = text::last_part(path);
    let is_foreign = FOREIGN.contains(&ending(&base.to_ascii_lowercase()));
    // Whoever gives a file such a name, or names it, is told when it cannot be read; others may be anything.
    let promised = explicit || DOCKERFILE.contains(&base) || compose::is_project_file(base);
    match (name, text::not_text(text)) {
        // No builder reads a Dockerfile that is no text.
        (Name::Dockerfile, Some(_)) if promised => return Kind::Dockerfile,
        (Name::Dockerfile | Name::Compose | Name::Daemon, Some((reason, why))) => {
            return Kind::Skip(reason, why);
        }
        (Name::Perhaps, Some((reason, why))) if !is_foreign => return Kind::Skip(reason, why),
        (Name::Yaml, Some((reason, why))) if explicit => return Kind::Skip(reason, why),
        _ => {}
    }
    match name {
        Name::Template => Kind::Skip(Reason::Template, "a template"),
        Name::Dockerfile => dockerfile(source),
        Name::Perhaps if opening::is_dockerfile(text, !is_foreign) => dockerfile(source),
        Name::Perhaps if is_foreign => Kind::Other,
        Name::Perhaps if template::is_dockerfile_template(source) => {
            Kind::Skip(Reason::Template, "a template")
        }
        Name::Perhaps => Kind::Skip(Reason::OtherFormat, NO_FROM),
        Name::Compose => yaml_kind(source, true, promised),
        Name::Daemon if !daemon::is_of_engine(path, text) => Kind::Other,
        Name::Daemon if text.contains("{{") || text.contains("{%") => {
            Kind::Skip(Reason::Template, "a template")
        }
        Name::Daemon => Kind::Daemon,
        Name::Yaml if explicit => yaml_kind(source, true, true),
        Name::Yaml if evidence::may_have_services(text) => yaml_kind(source, false, false),
        Name::Other if explicit && evidence::may_have_services(text) => yaml_kind(source, true, false),
        Name::Other
            if explicit && (opening::is_dockerfile(text, false) || opening::may_be_dockerfile(text)) =>
        {
            dockerfile(source)
        }
        Name::Yaml | Name::Other => Kind::Other,
    }
}

/// What a file is that a service builds: a Dockerfile, whatever its name, unless it is no text or a template.
pub(super) fn built(source: &Arc<Source>) -> Kind {
    match (name(source.path()), text::not_text(source.text())) {
        (Name::Template, _) => Kind::Skip(Reason::Template, "a template"),
        (Name::Dockerfile, Some(_)) | (_, None) => dockerfile(source),
        (_, Some((reason, why))) => Kind::Skip(reason, why),
    }
}

/// Bytes of a Dockerfile that is linted: what is made of one takes some two hundred times its size, and no builder is given
/// such a file in earnest.
const LARGEST_DOCKERFILE: usize = 4 << 20;

fn dockerfile(source: &Arc<Source>) -> Kind {
    if source.text().len() > LARGEST_DOCKERFILE {
        Kind::Skip(Reason::TooLarge, "a Dockerfile over 4 MiB: searched for secrets, not linted")
    } else if template::is_dockerfile_template(source) {
        Kind::Skip(Reason::Template, "a template")
    } else {
        Kind::Dockerfile
    }
}

/// `named`: the name says Compose, or the user. `promised`: so surely that a broken file is told as one.
fn yaml_kind(source: &Source, named: bool, promised: bool) -> Kind {
    let marks = template::yaml_marks(source.text());
    // Most files are told by their lines, and are read but once, for their rules.
    if named && marks.is_empty() && evidence::is_plain(source.text()) {
        return Kind::Compose;
    }
    let yaml = yaml::parse(source);
    let evidence = evidence::evidence(&yaml);
    // A mistake, if the name says Compose: services are no list there.
    let services = yaml.root().and_then(|root| root.get("services"));
    if promised && services.is_some_and(yaml::Node::is_sequence) {
        return Kind::Compose;
    }
    if evidence == Evidence::Pipeline || !named && evidence != Evidence::Sure {
        return Kind::Other;
    }
    if template::is_yaml_template(&yaml, &marks) {
        return Kind::Skip(Reason::Template, "a template");
    }
    match evidence {
        Evidence::Sure | Evidence::Services | Evidence::Section => Kind::Compose,
        Evidence::Bare | Evidence::None if promised && !yaml.errors.is_empty() => Kind::Compose,
        Evidence::Bare => Kind::Skip(Reason::OtherFormat, FIRST_FORMAT),
        Evidence::None if !yaml.errors.is_empty() => Kind::Skip(Reason::OtherFormat, NO_YAML),
        Evidence::None | Evidence::Pipeline => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Kind, Name, name};

    use crate::gap::Reason;
    use crate::text::Source;

    fn kind(path: &str, text: &str, explicit: bool) -> Kind {
        super::kind(&Arc::new(Source::new(path, text.into())), explicit)
    }

    #[test]
    fn names_speak() {
        for path in ["Dockerfile", "api.dockerfile", "Containerfile", "build/api.Dockerfile", "dockerfile"] {
            assert_eq!(name(path), Name::Dockerfile, "{path}");
        }
        for path in [
            "a/b/Dockerfile.dev",
            "Dockerfile-alpine",
            "Dockerfile_x",
            "Containerfile.prod",
            "Dockerfile.22.04",
            "Dockerfile.go",
            "dockerfile-rules.tsv",
            "Dockerfile.env",
            "Dockerfile.dockerignore",
            "MyDockerfile",
            "prod.Dockerfile.arm64",
        ] {
            assert_eq!(name(path), Name::Perhaps, "{path}");
        }
        for path in [".dockerignore", "a.rs", "docker.go"] {
            assert_eq!(name(path), Name::Other, "{path}");
        }
        assert_eq!(name("Dockerfile.j2"), Name::Template);
        for path in ["x/docker-compose.prod.yml", "docker-stack.yml", "stack.yaml", "web-stack.prod.yml"] {
            assert_eq!(name(path), Name::Compose, "{path}");
        }
        for path in [".github/workflows/ci.yml", "haystack.yml"] {
            assert_eq!(name(path), Name::Yaml, "{path}");
        }
    }

    #[test]
    fn a_name_that_says_perhaps_is_decided_by_content() {
        for ending in ["go", "php", "java", "rs", "py", "js", "rb", "ts", "tsv", "env", "ini", "md", "dev"] {
            let path = format!("Dockerfile.{ending}");
            assert_eq!(kind(&path, "# syntax=x\n\nARG V=1\nFROM a:$V\n", false), Kind::Dockerfile, "{path}");
            assert_ne!(kind(&path, "x: y\nFROM here on\n", false), Kind::Dockerfile, "{path}");
        }
        assert_eq!(kind("dockerfile-rules.tsv", "id\tFROM\nFROM\t1\n", false), Kind::Other);
        assert_eq!(kind("dockerfile_test.go", "package a\n", false), Kind::Other);
        assert_eq!(kind("Dockerfile.py", "from x import y\n", false), Kind::Other);
        // Somebody may think that it is one.
        assert_eq!(
            kind("Dockerfile.common", "RUN make\n", false),
            Kind::Skip(Reason::OtherFormat, super::NO_FROM)
        );
        assert_eq!(kind("Dockerfile.dev", "FROM a b\n", false), Kind::Dockerfile);
        assert_eq!(kind("api.dockerfile", "RUN make\n", false), Kind::Dockerfile);
    }

    #[test]
    fn content_decides() {
        let compose = "services:\n  a:\n    image: b:1\n";
        assert_eq!(kind("a.yml", compose, false), Kind::Compose);
        let other = "services: {camera: {image: still}}\n";
        assert_eq!(kind("a.yml", other, false), Kind::Other);
        assert_eq!(kind("camera-stack.yml", other, false), Kind::Compose);
        assert_eq!(kind("a.yml", other, true), Kind::Compose);
        let indented = "  # a\n  services:\n    a:\n      image: b:1\n";
        let braces = "{\n  services: {\n    a: {image: b:1}\n  }\n}\n";
        for text in [indented, braces] {
            assert_eq!(kind("a.yml", text, false), Kind::Compose, "{text}");
            assert_eq!(kind("compose.yml", text, false), Kind::Compose, "{text}");
        }
        assert_eq!(
            kind("a.yml", "jobs:\n  a:\n    services:\n      b:\n        image: c:1\n", false),
            Kind::Other
        );
        let woodpecker = "steps:\n  a:\n    image: b\nservices:\n  db:\n    image: c:1\n";
        assert_eq!(kind(".woodpecker.yml", woodpecker, true), Kind::Other);
        let gitlab = "services:\n  - docker:dind\njob:\n  image: a\n";
        assert_eq!(kind(".gitlab-ci.yml", gitlab, false), Kind::Other);
        assert_eq!(kind("values.yml", "services:\n  - a\n", false), Kind::Other);
        assert_eq!(kind("compose.yml", "services:\n  - a\n", false), Kind::Compose);
        assert_eq!(
            kind("Dockerfile", "FROM {{ base }}\n", false),
            Kind::Skip(Reason::Template, "a template")
        );
        let configs =
            "services:\n  a:\n    image: b\nconfigs:\n  c:\n    content: |\n      {{ x }}\n      $(date)\n";
        assert_eq!(kind("compose.yaml", configs, false), Kind::Compose);
        assert!(matches!(kind("docker-compose.yml", "web:\n  image: a\n", false), Kind::Skip(..)));
        assert_eq!(kind("x", "from alpine\n", true), Kind::Dockerfile);
        assert_eq!(kind("app", "from alpine import wine\n", true), Kind::Other);
    }

    #[test]
    fn broken_files_are_told_where_their_name_promises_something() {
        assert_eq!(kind("a/compose.yaml", "a: [\n", false), Kind::Compose);
        assert_eq!(
            kind("docker-compose.prod.yml", "a: [\n", false),
            Kind::Skip(Reason::OtherFormat, super::NO_YAML)
        );
        assert_eq!(kind("values.yml", "a: [\n", true), Kind::Compose);
        assert_eq!(kind("values.yml", "a: [\n", false), Kind::Other);
        assert_eq!(kind("a.dockerfile", "FROM a\0\n", false), Kind::Dockerfile);
        assert_eq!(
            kind("Dockerfile.x", &"\0".repeat(99), false),
            Kind::Skip(Reason::Binary, "binary content")
        );
        assert_eq!(kind("Dockerfile.png", &"\0".repeat(99), false), Kind::Other);
    }
}
