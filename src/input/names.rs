//! What a file may be, by its name alone: the walk reads nothing else.
//!
//! The names themselves are `scan::kind`'s; whether a YAML file is a Compose file, or a `Dockerfile-notes` a
//! Dockerfile, only its content tells, and `scan` asks it.

use crate::scan::kind;

/// What a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Or perhaps one: `Dockerfile.go`, `dockerfile-rules.tsv`.
    Dockerfile,
    /// Any YAML; most are no Compose files.
    Yaml,
    /// The settings of an engine.
    Daemon,
    /// The source of a Dockerfile or Compose file for some template engine. It is told, never called broken.
    Template,
    Other,
}

/// Endings of template engines' sources, for Compose files.
const TEMPLATES: [&str; 8] = ["j2", "jinja", "jinja2", "tmpl", "tpl", "template", "erb", "mustache"];

/// Reads a file's name, without its folder.
pub fn classify(name: &str) -> Name {
    match kind::name(name) {
        kind::Name::Dockerfile | kind::Name::Perhaps => Name::Dockerfile,
        kind::Name::Template => Name::Template,
        kind::Name::Compose | kind::Name::Yaml => Name::Yaml,
        kind::Name::Daemon => Name::Daemon,
        // `compose.yml.j2`: what it is a template of, the ending before tells.
        kind::Name::Other => match name.rsplit_once('.') {
            Some((stem, ending))
                if TEMPLATES.contains(&ending) && kind::name(stem) == kind::Name::Compose =>
            {
                Name::Template
            }
            _ => Name::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, classify};

    #[test]
    fn names_of_dockerfiles() {
        for name in [
            "Dockerfile",
            "dockerfile",
            "DOCKERFILE",
            "Dockerfile.dev",
            "Dockerfile-alpine",
            "Dockerfile_x",
            "api.dockerfile",
            "api.Dockerfile",
            "Containerfile",
            "Containerfile.x",
            "Dockerfile.windows-2022",
            "Dockerfile.alpine3.20",
            "prod.Dockerfile.arm64",
            "Dockerfile.go",
            "Dockerfile.rs",
            "dockerfile_test.go",
            "MyDockerfile",
            "Dockerfile~",
        ] {
            assert_eq!(classify(name), Name::Dockerfile, "{name}");
        }
    }

    #[test]
    fn names_of_others() {
        for name in [".dockerignore", "README.md", "Makefile.in", "values.yaml.tpl"] {
            assert_eq!(classify(name), Name::Other, "{name}");
        }
    }

    #[test]
    fn names_of_yaml_and_templates() {
        for name in ["compose.yml", "a.YAML", "docker-compose.dev.yaml"] {
            assert_eq!(classify(name), Name::Yaml, "{name}");
        }
        for name in [
            "Dockerfile.j2",
            "Dockerfile-alpine.template",
            "Dockerfile.in",
            "Containerfile.m4",
            "api.Dockerfile.tmpl",
            "docker-compose.yml.j2",
            "Dockerfile.erb",
        ] {
            assert_eq!(classify(name), Name::Template, "{name}");
        }
    }
}
