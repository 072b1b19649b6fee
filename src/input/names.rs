//! What a file may be, by its name alone.
//!
//! Whether a YAML file is a Compose file, or a `Dockerfile-notes` a Dockerfile, only its content tells; `scan` asks it.

/// What a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    Dockerfile,
    /// Any YAML; most are no Compose files.
    Yaml,
    /// The source of a Dockerfile or Compose file for some template engine. It is told, never called broken.
    Template,
    Other,
}

/// Endings of template engines' sources.
const TEMPLATES: [&str; 13] = [
    "j2", "jinja", "jinja2", "tmpl", "tpl", "template", "m4", "in", "erb", "mustache", "gotmpl", "hbs", "ejs",
];

/// Endings that say that a file which begins with `Dockerfile` is about Dockerfiles rather than one.
const OTHERS: &[&str] = &[
    "adoc",
    "bak",
    "bat",
    "c",
    "cc",
    "cfg",
    "cpp",
    "cs",
    "css",
    "csv",
    "diff",
    "dockerignore",
    "ebnf",
    "gif",
    "go",
    "gz",
    "h",
    "hcl",
    "hs",
    "htm",
    "html",
    "ini",
    "ipynb",
    "java",
    "jpeg",
    "jpg",
    "js",
    "json",
    "jsonc",
    "jsx",
    "kt",
    "lock",
    "log",
    "lua",
    "md",
    "mdx",
    "mjs",
    "orig",
    "patch",
    "pdf",
    "php",
    "pl",
    "png",
    "properties",
    "ps1",
    "py",
    "pyc",
    "rb",
    "rej",
    "rs",
    "rst",
    "sarif",
    "scala",
    "sh",
    "snap",
    "sql",
    "sublime-syntax",
    "svelte",
    "svg",
    "swift",
    "swp",
    "tar",
    "tf",
    "tgz",
    "tmlanguage",
    "toml",
    "ts",
    "tsx",
    "txt",
    "vim",
    "vue",
    "xml",
    "zip",
];

/// Reads a file's name, without its folder.
pub fn classify(name: &str) -> Name {
    let name = name.to_ascii_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    if TEMPLATES.contains(&ending) {
        let of_compose = classify(stem) == Name::Yaml && is_compose(stem);
        let template = of_compose || classify(stem) != Name::Yaml && is_dockerfile(stem);
        return if template { Name::Template } else { Name::Other };
    }
    if matches!(ending, "yml" | "yaml") {
        // `compose.j2.yml` is as much a template as `compose.yml.j2`.
        let inner = stem.rsplit_once('.').map_or("", |(_, inner)| inner);
        let template = TEMPLATES.contains(&inner) && inner != "in" && is_compose(stem);
        return if template { Name::Template } else { Name::Yaml };
    }
    if is_dockerfile(&name) { Name::Dockerfile } else { Name::Other }
}

/// `dockerfile` alone, followed by `.x`, `-x` or `_x`, or after `x.`; the same for `containerfile`. Lower case.
fn is_dockerfile(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if OTHERS.contains(&ending) || name.ends_with('~') {
        return false;
    }
    ["dockerfile", "containerfile"].into_iter().any(|word| {
        let starts =
            name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
        let middle = || {
            name.match_indices(word).any(|(at, _)| {
                let after = &name[at + word.len()..];
                name[..at].ends_with('.') && (after.is_empty() || after.starts_with('.'))
            })
        };
        starts || middle()
    })
}

/// Whether the name says Compose; content detection does without it, templates need it. Lower case.
fn is_compose(name: &str) -> bool {
    name.starts_with("compose") || name.starts_with("docker-compose") || name.contains("podman-compose")
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
        ] {
            assert_eq!(classify(name), Name::Dockerfile, "{name}");
        }
    }

    #[test]
    fn names_of_others() {
        for name in [
            ".dockerignore",
            "Dockerfile.dockerignore",
            "Dockerfile.md",
            "Dockerfile.txt",
            "Dockerfile.py",
            "dockerfile_test.go",
            "Dockerfile.rs",
            "Dockerfile.json",
            "Dockerfile.sh",
            "dockerfile.html",
            "Dockerfile.png",
            "Dockerfiles",
            "MyDockerfile",
            "dockerfile2",
            "Dockerfile~",
            "README.md",
            "Makefile.in",
            "values.yaml.tpl",
        ] {
            assert_eq!(classify(name), Name::Other, "{name}");
        }
    }

    #[test]
    fn names_of_yaml_and_templates() {
        for name in ["compose.yml", "a.YAML", "Dockerfile.yml", "docker-compose.dev.yaml"] {
            assert_eq!(classify(name), Name::Yaml, "{name}");
        }
        for name in [
            "Dockerfile.j2",
            "Dockerfile-alpine.template",
            "Dockerfile.in",
            "Containerfile.m4",
            "api.Dockerfile.tmpl",
            "docker-compose.yml.j2",
            "compose.j2.yml",
            "Dockerfile.erb",
        ] {
            assert_eq!(classify(name), Name::Template, "{name}");
        }
    }
}
