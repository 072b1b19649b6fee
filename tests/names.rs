//! Names of files: what a folder's run looks at, the hooks of pre-commit let through.

use std::path::Path;

use hullguard::scan::kind::{Name, name};

/// The pattern under `files:` of the hooks, which all share it.
fn pattern() -> regex::Regex {
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let text = std::fs::read_to_string(hooks).expect("the hooks are there").replace("\r\n", "\n");
    let (_, rest) = text.split_once("files: &files |-\n").expect("the pattern is a block");
    let lines: Vec<&str> = rest.lines().map_while(|line| line.strip_prefix("    ")).collect();
    regex::Regex::new(&lines.join("\n")).expect("it is a pattern that Python and Rust both read")
}

#[test]
fn the_hook_lets_every_perhaps_through() {
    let pattern = pattern();
    for path in [
        "Dockerfile",
        "a/Dockerfile",
        "Containerfile",
        "api.dockerfile",
        "Dockerfile.go",
        "Dockerfile.php",
        "Dockerfile.java",
        "Dockerfile.rs",
        "Dockerfile.py",
        "Dockerfile.js",
        "Dockerfile.rb",
        "Dockerfile.ts",
        "Dockerfile.md",
        "dockerfile-rules.tsv",
        "b/Dockerfile_x",
        "prod.Dockerfile.arm64",
        "MyDockerfile",
        "Dockerfile.j2",
        ".dockerfile",
        "compose.yaml",
        "docker-compose.prod.yml",
        "docker-stack.yml",
        "stack.yaml",
        "x/web-stack.yml",
    ] {
        assert!(
            matches!(name(path), Name::Dockerfile | Name::Perhaps | Name::Template | Name::Compose),
            "{path}"
        );
        assert!(pattern.is_match(path), "{path}");
    }
    for path in ["README.md", ".dockerignore", "docker.go", "a.yml", "compose.json", "Dockerfile.d/x"] {
        assert!(!pattern.is_match(path), "{path}");
    }
}
