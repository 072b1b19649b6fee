use super::*;

fn source(text: &str) -> Source {
    Source::new("test.yaml", text.as_bytes().to_vec())
}

#[test]
fn values_have_places() {
    let source = source("\u{feff}é: 1 # ü\r\nb:\r\n  - 'x'\r\n  - \"y\"\r\n");
    let yaml = parse(&source);
    assert_eq!(yaml.errors, []);
    let root = yaml.root().unwrap();
    assert_eq!(root.get("é").unwrap().as_str(), Some("1"));
    let b = root.entry("b").unwrap();
    assert_eq!(source.slice(b.key_span()), "b");
    assert_eq!(source.slice(b.value.span()), "- 'x'\r\n  - \"y\"");
    let items: Vec<_> = b.value.items().map(|item| source.slice(item.span())).collect();
    assert_eq!(items, ["'x'", "\"y\""]);
    assert_eq!(yaml.comments.iter().map(|&c| source.slice(c)).collect::<Vec<_>>(), ["# ü"]);
    assert_eq!(b.value.items().nth(1).unwrap().path(), "b[1]");
}

#[test]
fn merges_follow_compose() {
    let source = source(
        "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 0}\nd: {<<: *a, <<: *b}\nl: &l [*b, *a]\n\
         e: {<<: *l}\nf: &f {<<: *a, q: 9}\ng: {<<: *f}\nh: {\"<<\": 1}\n",
    );
    let yaml = parse(&source);
    assert_eq!(yaml.errors, []);
    let root = yaml.root().unwrap();
    let show = |key: &str| {
        let mut all: Vec<_> = root.get(key).unwrap().entries();
        all.sort_by_key(Entry::key_str);
        for entry in &all {
            assert_eq!(root.get(key).unwrap().get(entry.key_str()).unwrap().id(), entry.value.id());
        }
        all.iter().flat_map(|e| [e.key_str(), "=", e.value.as_str().unwrap(), " "]).collect::<String>()
    };
    assert_eq!(show("c"), "x=0 y=2 z=4 ");
    assert_eq!(show("d"), "x=1 y=2 z=4 ");
    assert_eq!(show("e"), "x=1 y=3 z=4 ");
    assert_eq!(show("g"), "q=9 x=1 y=2 ");
    assert_eq!(show("h"), "<<=1 ");
    let y = root.at(&["c", "y"]).unwrap();
    assert_eq!(source.slice(y.span()), "2");
    assert_eq!(source.slice(root.get("c").unwrap().entry("y").unwrap().merged.unwrap().span()), "*a");
    assert_eq!(root.get("a").unwrap().alias_count(), 4);
    let twice: Vec<_> = yaml.duplicate_keys().iter().map(|(_, second)| second.key_str()).collect();
    assert_eq!(twice, ["<<"]);
}

#[test]
fn tags_anchors_and_broken_aliases() {
    let source = source("a: !reset null\nb: !override\n  - 1\nc: *nope\nd: &x !!str 1\n&k e: *k\n");
    let yaml = parse(&source);
    let root = yaml.root().unwrap();
    assert_eq!(root.get("a").unwrap().tag(), Some("!reset"));
    let b = root.get("b").unwrap();
    assert_eq!((b.tag(), source.slice(b.span())), (Some("!override"), "- 1"));
    assert_eq!(source.slice(b.span_with_props()), "!override\n  - 1");
    assert_eq!(root.get("c").unwrap().kind(), Kind::BrokenAlias);
    assert_eq!(yaml.errors.iter().map(|e| source.slice(e.span)).collect::<Vec<_>>(), ["*nope"]);
    let d = root.get("d").unwrap();
    assert_eq!((d.anchor(), d.tag()), (Some("x"), Some("tag:yaml.org,2002:str")));
    assert_eq!(root.get("e").unwrap().as_str(), Some("e"));
}

#[test]
fn loops_end() {
    let source = source("a: &a\n  <<: *a\n  x: 1\nb: &b [*b]\n");
    let yaml = parse(&source);
    let root = yaml.root().unwrap();
    assert_eq!(root.get("a").unwrap().entries().len(), 1);
    assert_eq!(root.get("a").unwrap().get("nope"), None);
    assert_eq!(root.get("b").unwrap().items().len(), 1);
}

#[test]
fn one_bad_line_costs_one_line() {
    for (text, bad) in [
        ("a: 1\n\tb: 2\nc: 3\n", 1),
        ("a: 1\nb: @x\nc: 3\n", 1),
        ("a: 1\nb: [1, 2\nc: 3\nd: 4\n", 2),
        ("a: 1\nb: \"x\nc: 3\n", 1),
        ("a: b\0c\nc: 3\n", 1),
        ("a: 1\n{% if x %}\nc: 3\n{% endif %}\n", 2),
    ] {
        let source = source(text);
        let yaml = parse(&source);
        assert!(yaml.errors.len() >= bad, "{text:?}: {:?}", yaml.errors);
        assert!(yaml.root().unwrap().get("a").is_some(), "{text:?}: {:?}", yaml.errors);
    }
    let source = source("a: 1\nb: @x\nc: 3\n");
    assert_eq!(parse(&source).root().unwrap().get("c").unwrap().as_str(), Some("3"));
}

#[test]
fn later_documents_survive() {
    let source = source("a: 1\n---\nb: [\n---\nc: 1\n...\n");
    let yaml = parse(&source);
    assert_eq!(yaml.documents().last().unwrap().get("c").unwrap().as_str(), Some("1"));
}

#[test]
fn scalars_lead_back_to_the_source() {
    let text = "a: |\n  x é\n\n    y\nb: >-\n  one\n  two\n\n  three\nc: \"a\\tb\\\n  c\\u00e9 d\n  e\"\nd: 'it''s\n\n  x'\n\
                e: plain\n  more\nf: 'plain'\n";
    let source = source(text);
    let yaml = parse(&source);
    assert_eq!(yaml.errors, []);
    for entry in yaml.root().unwrap().entries() {
        let value = entry.value.as_str().unwrap();
        let joined = entry.value.joined().unwrap_or_else(|| panic!("{value:?}"));
        assert_eq!(joined.text, value);
        for (at, c) in value.char_indices().filter(|(_, c)| c.is_ascii_alphabetic() || *c == 'é') {
            let place = source.slice(joined.span(at..at + c.len_utf8()));
            assert!(place.starts_with(c) || place.starts_with('\\'), "{value:?} {c} {place:?}");
        }
    }
    assert_eq!(source.slice(yaml.root().unwrap().get("a").unwrap().span()), "|\n  x é\n\n    y");
}

#[test]
fn lines_for_deletion() {
    let text = "a:\n  x: 1 # why\n  y:\n    - p\n    - q # q\n  z: {k: 1, l: 2}\n";
    let source = source(text);
    let yaml = parse(&source);
    let a = yaml.root().unwrap().get("a").unwrap();
    let lines = |key: &str| entry_lines(&a.entry(key).unwrap()).map(|span| source.slice(span));
    assert_eq!(lines("x"), Some("  x: 1 # why\n"));
    assert_eq!(lines("y"), Some("  y:\n    - p\n    - q # q\n"));
    assert_eq!(entry_lines(&a.get("z").unwrap().entry("k").unwrap()), None);
    let q = a.get("y").unwrap().items().nth(1).unwrap();
    assert_eq!(item_lines(q).map(|span| source.slice(span)), Some("    - q # q\n"));
}

#[test]
fn extremes_are_survived() {
    for text in
        ["", "\u{feff}", "\n\n", "---\n", "# only\n", "\0", "%", "- ", "a:", "{", "\"", "&", "*", "? ", "!"]
    {
        let source = source(text);
        let _ = parse(&source).nodes().map(Node::path).collect::<Vec<_>>();
    }
    let deep = source(&"[".repeat(100_000));
    assert!(!parse(&deep).errors.is_empty());
    let deep = source(&"- ".repeat(100_000));
    assert!(!parse(&deep).errors.is_empty());
    let invalid = Source::new("x", b"a: \xff\nb: 1\n".to_vec());
    let yaml = parse(&invalid);
    assert_eq!(&*yaml.errors[0].message, "this byte is not UTF-8");
    assert_eq!(yaml.root().unwrap().get("b").unwrap().as_str(), Some("1"));
}
