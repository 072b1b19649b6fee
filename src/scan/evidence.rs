//! Whether a YAML file is a Compose file: other files have `services:`, too.
//!
//! A name that says so, or the user, is believed; any other file must have what only Compose has. What Compose makes of
//! it is left to `compose`.

use crate::yaml::{Node, Yaml};

/// Sections that hold containers.
const CONTAINERS: [&str; 2] = ["services", "jobs"];
/// Other sections that a file of Compose may consist of.
const SECTIONS: [&str; 6] = ["include", "volumes", "networks", "secrets", "configs", "models"];
/// What else stands at the top of a file of Compose.
const BESIDE: [&str; 2] = ["name", "version"];
/// One of them makes a mapping a container.
const MARKS: [&str; 4] = ["image", "build", "extends", "provider"];
/// What Compose says of a container and others hardly do.
const TELLING: [&str; 33] = [
    "build",
    "cap_add",
    "cap_drop",
    "cgroup",
    "command",
    "container_name",
    "depends_on",
    "deploy",
    "devices",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "extends",
    "extra_hosts",
    "group_add",
    "healthcheck",
    "links",
    "logging",
    "mem_limit",
    "network_mode",
    "networks",
    "ports",
    "privileged",
    "restart",
    "security_opt",
    "shm_size",
    "stdin_open",
    "sysctls",
    "tmpfs",
    "ulimits",
    "volumes",
    "working_dir",
];

/// What a YAML file has of Compose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Sections that only Compose reads, in the way that it reads them.
    Sure,
    /// `services:`, as other programs have it, too.
    Services,
    /// A section besides `services:`; enough for a file whose name says Compose.
    Section,
    /// Containers without `services:` above them, as in Compose's first format.
    Bare,
    /// A pipeline (Woodpecker, Drone, GitLab, GitHub) has `services:` beside its steps, or as a list.
    Pipeline,
    None,
}

pub(super) fn evidence(yaml: &Yaml<'_>) -> Evidence {
    let mut found = Evidence::None;
    for root in yaml.documents().filter(|root| root.is_mapping()) {
        let of_document = of_document(root);
        match of_document {
            Evidence::Sure | Evidence::Pipeline => return of_document,
            Evidence::Services => found = Evidence::Services,
            Evidence::Section | Evidence::Bare if found == Evidence::None => found = of_document,
            _ => {}
        }
    }
    found
}

fn of_document(root: Node<'_>) -> Evidence {
    if is_pipeline(root) {
        return Evidence::Pipeline;
    }
    let sections: Vec<Node> = CONTAINERS.iter().filter_map(|name| root.get(name)).collect();
    let mut all = sections.iter().flat_map(|section| section.entries()).map(|entry| entry.value);
    if all.any(|value| is_container(value) && is_telling(value, root)) {
        return Evidence::Sure;
    }
    if root.get("services").is_some() || sections.iter().any(|jobs| jobs.is_mapping()) {
        return Evidence::Services;
    }
    if SECTIONS.iter().any(|name| root.get(name).is_some()) {
        return Evidence::Section;
    }
    if root.entries().iter().any(|entry| is_container(entry.value)) { Evidence::Bare } else { Evidence::None }
}

fn is_container(value: Node<'_>) -> bool {
    MARKS.iter().any(|mark| value.get(mark).is_some())
}

/// Whether more than `image: something` speaks for a container: other keys of Compose's, sections beside it, or an image
/// that is written as a reference.
fn is_telling(value: Node<'_>, root: Node<'_>) -> bool {
    let image = value.get("image").and_then(Node::as_str).unwrap_or_default();
    let reference = image.contains(':') && !image.contains("://") || image.contains("${");
    reference
        || TELLING.iter().any(|key| value.get(key).is_some())
        || ["volumes", "networks", "secrets", "configs"]
            .iter()
            .any(|name| root.get(name).is_some_and(Node::is_mapping))
}

fn is_pipeline(root: Node<'_>) -> bool {
    let steps = ["steps", "pipeline", "stages", "clone"].iter().any(|name| root.get(name).is_some());
    let drone = root.get("kind").and_then(Node::as_str) == Some("pipeline");
    let list = root.get("services").is_some_and(Node::is_sequence);
    let worker =
        |job: Node<'_>| ["steps", "runs-on", "uses", "docker"].iter().any(|key| job.get(key).is_some());
    let jobs = root.get("jobs");
    let hired =
        jobs.is_some_and(|jobs| jobs.is_sequence() || jobs.entries().iter().any(|job| worker(job.value)));
    steps || drone || list || hired
}

/// Whether a text plainly has what [`evidence`] looks for: all keys at its top are Compose's, and `services` holds a mapping.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // By itself it ends a line, too.
    if memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n')) {
        return false;
    }
    let says = |line: &&str| !matches!(line.trim_start().bytes().next(), None | Some(b'#'));
    let mut lines = text.lines().filter(says).peekable();
    // The mark before the first document adds nothing.
    lines.next_if(|line| line.trim_end() == "---");
    let mut found = false;
    while let Some(line) = lines.next() {
        if line.starts_with(' ') {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else { return false };
        if key == "services" {
            let is_above = matches!(value.trim_start().bytes().next(), None | Some(b'#'));
            let is_key = |line: &&str| {
                line.starts_with(' ') && line.trim_start().starts_with(|c: char| c.is_ascii_alphanumeric())
            };
            if !is_above || !lines.peek().is_some_and(is_key) {
                return false;
            }
            found = true;
        } else if !(SECTIONS.contains(&key) || BESIDE.contains(&key) || key.starts_with("x-")) {
            return false;
        }
    }
    found
}

/// Whether a text may have `services:` at the top of a document. Cheap, for most YAML files have not.
pub(super) fn may_have_services(text: &str) -> bool {
    if memchr::memmem::find(text.as_bytes(), b"services").is_none() {
        return false;
    }
    // How far the keys of the document are indented.
    let mut top = None;
    for line in text.lines() {
        let line = line.trim_end();
        let (line, starts) = match line.strip_prefix("---").or_else(|| line.strip_prefix("...")) {
            Some(rest) => (rest.trim_start(), true),
            None => (line, false),
        };
        if starts {
            top = None;
        }
        let bare = line.trim_start_matches(' ');
        if bare.is_empty() || bare.starts_with(['#', '%']) {
            continue;
        }
        let indent = line.len() - bare.len();
        // A mapping in braces, or one with properties, is read to see.
        if top.is_none() && bare.starts_with(['{', '&', '!', '?']) {
            return true;
        }
        let key = bare.trim_start_matches(['"', '\'']).strip_prefix("services");
        let keyed = key.is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'));
        if keyed && *top.get_or_insert(indent) == indent {
            return true;
        }
        top.get_or_insert(indent);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Source;
    use crate::yaml;

    fn of(text: &str) -> Evidence {
        let source = Source::new("a.yml", text.into());
        evidence(&yaml::parse(&source))
    }

    #[test]
    fn services_alone_are_no_compose_file() {
        for text in [
            "services: {camera: {image: still}}\n",
            "services:\n  App\\Foo:\n    class: Foo\n",
            "services:\n  api:\n    image: img/logo.png\n",
            "services:\n  api:\n    image: http://x/logo.png\n",
        ] {
            assert_eq!(of(text), Evidence::Services, "{text}");
        }
        for text in [
            "services: {camera: {image: still, restart: always}}\n",
            "  services:\n    a:\n      image: nginx:1\n",
            "{\n  \"services\": {\"a\": {\"build\": \".\"}}\n}\n",
            "services:\n  a:\n    image: b\nvolumes:\n  data:\n",
            "jobs:\n  a:\n    image: b:1\n    privileged: true\n",
            "---\nx: 1\n---\nservices:\n  a:\n    image: b\n    ports: [1]\n",
        ] {
            assert_eq!(of(text), Evidence::Sure, "{text}");
        }
        for text in [
            "services:\n  - docker:dind\njob:\n  image: a\n",
            "steps:\n  a:\n    image: b\nservices:\n  db:\n    image: c:1\n",
            "on: push\njobs:\n  a:\n    runs-on: x\n    services:\n      b:\n        image: c\n",
            "jobs:\n  - job: a\n",
        ] {
            assert_eq!(of(text), Evidence::Pipeline, "{text}");
        }
        assert_eq!(of("web:\n  image: a\n"), Evidence::Bare);
        assert_eq!(of("volumes:\n  a:\n"), Evidence::Section);
        assert_eq!(of("a: [\n"), Evidence::None);
    }

    #[test]
    fn a_plain_file_is_told_by_its_lines() {
        for text in [
            "services:\n  a:\n    image: b\n",
            "# a\n---\nservices:\n  a:\n    image: b\n",
            "# a\nversion: '3'\nx-a: &a\n  b: c\n\nservices: # d\n\n  # e\n  a:\n    <<: *a\nvolumes:\r\n  data:\n",
        ] {
            assert!(is_plain(text) && matches!(of(text), Evidence::Sure | Evidence::Services), "{text}");
        }
        for text in [
            "services:\n  - a\n",
            "services:\n- a\n",
            "services: [a]\n",
            "services:\n",
            "services:\n  a:\n    image: b\nsteps:\n  c: d\n",
            "services:\n  a:\n    image: b\n# c\rsteps:\n",
            "services:\n  a:\n    image: b\n---\nsteps:\n  c: d\n",
            "services:\n  a:\n    image: b\n\"steps\":\n  c: d\n",
            "a: \"\nservices:\n  b:\n\"\n",
            "version: '3'\n",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn services_are_looked_for_where_keys_of_the_document_stand() {
        for text in [
            "services:\n",
            "# a\n\n  x: 1\n  services :\n",
            "---\n\"services\":\n",
            "a: 1\n---\n    services:\n",
            "{ \"services\": {} }\n",
            "--- {services: {}}\n",
        ] {
            assert!(may_have_services(text), "{text}");
        }
        for text in ["a:\n  services:\n", "jobs:\n  a:\n    services:\n", "x: services\n", "services\n"] {
            assert!(!may_have_services(text), "{text}");
        }
    }
}
