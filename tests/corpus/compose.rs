//! Real Compose files and what chance makes of them: places are right, texts are those of another YAML reader, and
//! nothing panics or hangs.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hullguard::compose::{self, ComposeFile, Nearby};
use hullguard::container::{ContainerSpec, FileId, Text};
use hullguard::text::{Source, Span};
use hullguard::yaml::{self, Kind, Node, Style, Yaml};
use serde::Deserialize as _;
use serde_yaml::Value;

fn files(see: &mut dyn FnMut(&str, Vec<u8>)) -> bool {
    let Some(folder) = super::folder("compose") else { return false };
    for path in super::files(&folder) {
        let bytes = std::fs::read(&path).expect("a file of the corpus");
        see(&path.strip_prefix(&folder).expect("it was found there").to_string_lossy(), bytes);
    }
    true
}

fn parsed(path: &str, bytes: Vec<u8>, check: impl FnOnce(&Source, &ComposeFile<'_>)) {
    let source = Source::new(path, bytes);
    let file = compose::parse(&source, FileId(0));
    check(&source, &file);
}

/// Every place lies inside the text, on borders of characters, and says what it should.
fn places_are_right(source: &Source, yaml: &Yaml<'_>, strict: bool) {
    let text = source.text();
    let inside = |span: Span, what: &str| {
        assert!(text.get(span.range()).is_some(), "{}: {what} {span:?}", source.path());
    };
    for error in &yaml.errors {
        inside(error.span, "error");
    }
    for &comment in &yaml.comments {
        inside(comment, "comment");
        assert!(!strict || text[comment.range()].starts_with('#'), "{}: {comment:?}", source.path());
    }
    for node in yaml.nodes() {
        inside(node.span(), "node");
        inside(node.span_with_props(), "node with properties");
        if let Some(parent) = node.parent()
            && strict
        {
            let holds = parent.span().contains(node.span()) || node.is_absent();
            assert!(holds, "{}: {parent:?} does not hold {node:?}", source.path());
        }
        for entry in node.raw_entries() {
            let key = entry.key.resolved();
            if strict && key.verbatim().is_some() {
                let written = text[key.span().range()].trim_matches(['"', '\'']);
                assert_eq!(written, key.key_text(), "{}", source.path());
            }
            if let Some(span) = yaml::entry_lines(&entry) {
                inside(span, "lines");
            }
        }
        if let Some(joined) = node.joined() {
            assert!(node.kind() != Kind::Scalar || joined.text == node.as_str().unwrap_or_default());
            let len = joined.text.len();
            for (at, c) in joined.text.char_indices() {
                let offset = joined.offset(at);
                assert!(offset <= text.len(), "{}: {node:?}", source.path());
                let plain = strict && c.is_alphanumeric() && node.style() != Some(Style::Double);
                assert!(!plain || text[offset..].starts_with(c), "{}: {node:?} {at} of {len}", source.path());
            }
        } else {
            assert!(node.as_str().is_none() || !strict, "{}: no way back from {node:?}", source.path());
        }
    }
}

fn texts(spec: &ContainerSpec) -> Vec<&Text> {
    let mut all: Vec<&Text> = Vec::new();
    all.extend([&spec.image, &spec.user, &spec.network_mode, &spec.pid, &spec.restart].into_iter().flatten());
    for list in [&spec.cap_add, &spec.cap_drop, &spec.security_opt, &spec.tmpfs, &spec.expose, &spec.profiles]
    {
        all.extend(list);
    }
    for pair in spec.environment.iter().chain(&spec.labels).chain(&spec.extra_hosts).chain(&spec.sysctls) {
        all.push(&pair.key);
        all.extend(&pair.value);
    }
    for mount in &spec.mounts {
        all.extend([&mount.source, &mount.target].into_iter().flatten());
        all.extend(&mount.options);
    }
    for port in &spec.ports {
        all.extend([&port.host_ip, &port.protocol].into_iter().flatten());
        all.extend([&port.published, &port.target].into_iter().flatten().map(|ports| &ports.text));
    }
    all
}

fn model_is_right(source: &Source, file: &ComposeFile<'_>) {
    let model = compose::join(&[file], &Nearby::nothing());
    for spec in &model.services {
        for key in &spec.keys {
            assert!(source.text().get(key.entry.range()).is_some(), "{}: {key:?}", source.path());
        }
        for text in texts(spec) {
            let written = source.text().get(text.at.span.range());
            assert!(written.is_some(), "{}: {text:?}", source.path());
            if text.skip.is_some() {
                assert_eq!(source.slice(text.part(0..text.raw.len())), &*text.raw, "{}", source.path());
            }
        }
        if let Some(place) = spec.insertion {
            let edit = place.edit(source, "x-hullguard: 1");
            let mut fixed = source.text().to_owned();
            fixed.insert_str(edit.span.start as usize, &edit.insert);
            let fixed = Source::new(&**source.path(), fixed.into_bytes());
            let again = compose::parse(&fixed, FileId(0));
            let found = again
                .services()
                .iter()
                .any(|s| *s.key_str() == *spec.name && s.value.get("x-hullguard").is_some());
            assert!(found || !file.yaml.errors.is_empty(), "{}: {} after {edit:?}", source.path(), spec.name);
        }
    }
}

#[test]
fn places_in_real_files_are_right() {
    let mut rejected = Vec::new();
    files(&mut |path, bytes| {
        parsed(path, bytes, |source, file| {
            places_are_right(source, &file.yaml, file.yaml.errors.is_empty());
            model_is_right(source, file);
            if !file.yaml.errors.is_empty() {
                rejected.push(format!("{path}: {:?}", file.yaml.errors));
            }
        });
    });
    assert!(rejected.is_empty(), "{rejected:#?}");
}

/// The same tree as another reader's, aliases followed and merge keys left alone in both.
fn same(node: Node<'_>, value: &Value, path: &str) {
    let place = || format!("{path}: {node:?} is not {value:?}");
    match value {
        Value::Null => assert_eq!(node.kind(), Kind::Null, "{}", place()),
        Value::Bool(yes) => {
            let words = if *yes { ["true", "True", "TRUE"] } else { ["false", "False", "FALSE"] };
            assert!(words.contains(&node.as_str().unwrap_or_default()), "{}", place());
        }
        Value::Number(number) => {
            let text = node.as_str().unwrap_or_default().replace('_', "");
            let plain = text.parse::<f64>().ok();
            let prefixed = ["0x", "0o", "0b"].iter().any(|prefix| text.starts_with(prefix));
            let close = plain
                .zip(number.as_f64())
                .is_some_and(|(one, other)| (one - other).abs() <= one.abs() * 1e-9);
            assert!(
                close || prefixed || plain.is_some_and(f64::is_nan) || text.starts_with('.'),
                "{}",
                place()
            );
        }
        // What is absent, but has the tag of a text, is an empty text.
        Value::String(text) => assert_eq!(node.as_str().unwrap_or_default(), text, "{}", place()),
        Value::Sequence(items) => {
            assert_eq!(node.items().len(), items.len(), "{}", place());
            node.items().zip(items).for_each(|(node, value)| same(node, value, path));
        }
        Value::Mapping(map) => {
            assert_eq!(node.raw_entries().len(), map.len(), "{}", place());
            for (entry, (key, value)) in node.raw_entries().zip(map) {
                if let Value::String(key) = key {
                    assert_eq!(entry.key_str(), key, "{path}");
                }
                same(entry.value, value, path);
            }
        }
        Value::Tagged(tagged) => {
            assert_eq!(node.resolved().tag(), Some(&*tagged.tag.to_string()), "{}", place());
            same(node, &tagged.value, path);
        }
    }
}

#[test]
fn texts_are_those_of_another_reader() {
    let mut only_here = Vec::new();
    let mut compared = 0;
    let found = files(&mut |path, bytes| {
        let Ok(text) = String::from_utf8(bytes.clone()) else { return };
        // The other reader does not step over a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let documents: Result<Vec<Value>, _> =
            serde_yaml::Deserializer::from_str(text).map(Value::deserialize).collect();
        parsed(path, bytes, |_, file| match documents {
            Ok(documents) => {
                assert!(file.yaml.errors.is_empty(), "{path}: {:?}", file.yaml.errors);
                assert_eq!(file.yaml.documents().count(), documents.len(), "{path}");
                file.yaml.documents().zip(&documents).for_each(|(node, value)| same(node, value, path));
                compared += 1;
            }
            Err(error) => {
                only_here.push((path.to_owned(), error.to_string(), file.yaml.duplicate_keys().len()));
            }
        });
    });
    // The other reader refuses keys that stand twice, and tells us so; we read on and tell the user.
    for (path, error, duplicates) in &only_here {
        assert!(*duplicates > 0, "{path}: {error}");
    }
    super::say(&format!("{compared} trees are equal; refused for double keys: {}", only_here.len()));
    assert!(!found || compared > 250, "{compared}: {only_here:#?}");
}

#[test]
fn chance_breaks_nothing() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below.max(1) as u64) as usize
    };
    let spice: [&[u8]; 18] = [
        b"\t",
        b"\n",
        b"\r\n",
        b"  ",
        b"- ",
        b": ",
        b"{",
        b"}",
        b"[",
        b"]",
        b"&a ",
        b"*a",
        b"<<: *a\n",
        b"\"",
        b"'",
        b"\0",
        b"\xff",
        b"${",
    ];
    files(&mut |path, bytes| {
        for _ in 0..4 {
            let mut bytes = bytes.clone();
            for _ in 0..=next(4) {
                let at = next(bytes.len());
                let end = (at + next(40)).min(bytes.len());
                match next(3) {
                    0 => drop(bytes.drain(at..end)),
                    1 => drop(bytes.splice(at..at, spice[next(spice.len())].iter().copied())),
                    _ => {
                        let piece = bytes[at..end].to_vec();
                        let to = next(bytes.len());
                        drop(bytes.splice(to..to, piece));
                    }
                }
            }
            let start = Instant::now();
            parsed(path, bytes, |source, file| {
                places_are_right(source, &file.yaml, false);
                model_is_right(source, file);
                let _ =
                    (file.variables(), file.yaml.duplicate_keys(), file.yaml.nodes().map(Node::kind).count());
            });
            assert!(start.elapsed() < Duration::from_secs(20), "{path} took {:?}", start.elapsed());
        }
    });
}

#[test]
fn large_and_deep_texts_are_survived() {
    let start = Instant::now();
    let mut large = String::from("services:\n");
    let mut n = 0;
    while large.len() < 10 << 20 {
        n += 1;
        large += "  s";
        large += &n.to_string();
        large += ":\n    image: \"nginx:${TAG:-1}\" # why\n    ports: ['80:80']\n    environment: {A: b}\n";
    }
    parsed("large.yml", large.into_bytes(), |_, file| {
        assert_eq!(file.yaml.errors, []);
        assert_eq!(compose::join(&[file], &Nearby::nothing()).services.len(), n);
        assert!(file.yaml.duplicate_keys().is_empty());
    });
    // Work grows with the text, not with its square: many services, each extending, each wrong.
    let mut many = String::from("services:\n  s0: {image: a}\n");
    for n in 1..60_000 {
        let _ = writeln!(many, "  s{n}: {{extends: s0, privileged: maybe}}");
    }
    many += "---\n";
    let again = many.clone();
    many += &again;
    many += "  s: @\n";
    parsed("many.yml", many.into_bytes(), |_, file| {
        let model = compose::join(&[file], &Nearby::nothing());
        assert_eq!(model.services.len(), 60_000);
        assert!(!model.problems.is_empty());
    });
    for open in ["[", "{a: ", "- ", "? "] {
        parsed("deep.yml", open.repeat(100_000).into_bytes(), |_, file| {
            assert!(!file.yaml.errors.is_empty());
        });
    }
    let steps: String = (0..3_000).flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()]).collect();
    parsed("steps.yml", steps.into_bytes(), |_, file| assert!(!file.yaml.errors.is_empty()));
    // Squares take hours; the rest is what a loaded machine takes.
    assert!(start.elapsed() < Duration::from_secs(600), "{:?}", start.elapsed());
}
