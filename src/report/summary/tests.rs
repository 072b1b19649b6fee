//! Tests of the summary: what it says, that it fits, and that nothing from a repository is more than text in it.

use std::mem::discriminant;
use std::sync::Arc;

use ::markdown::mdast::Node;
use ::markdown::{ParseOptions, to_mdast};

use super::*;
use crate::blob::{Commit, Origin};
use crate::finding::{Past, Secret, Status, Suppressor, Values};
use crate::gap::{Gap, Reason};
use crate::graph::{Builder, End, Flow, FlowKind, Outside, StageGraph, StageNode, Target};
use crate::place::place;
use crate::privilege::{self, Change, Grant};
use crate::report::graph::{Drawing, draw};
use crate::rule::{Confidence, Family, Severity};
use crate::rules::RULES;
use crate::text::{Source, Span};
use crate::trust::{Sign, Trust};

fn finding(path: &str, severity: Severity, message: &str) -> Finding {
    let source = Source::new(path, b"FROM a\nFROM b\n".to_vec());
    Finding {
        rule: RULES.iter().find(|rule| rule.family == Family::Dockerfile).expect("there is one"),
        severity,
        place: place(&source, Span::new(7, 11), &Origin::WorkTree, &[]),
        message: message.into(),
        related: Vec::new(),
        fix: None,
        status: Status::Open,
        fingerprint: 0,
        secret: None,
        values: Values::default(),
        container: None,
    }
}

fn secret(path: &str, message: &str) -> Finding {
    let rule = RULES.iter().find(|rule| !rule.revoke.is_empty()).expect("there is one");
    let secret = Secret {
        trust: Trust::of(&[Sign::Shape], Confidence::High),
        doubtful: false,
        identity: None,
        prefix: 0,
        by_name: false,
        allowed: None,
        listed: None,
        past: None,
    };
    Finding { rule, secret: Some(Box::new(secret)), ..finding(path, Severity::Error, message) }
}

/// One of each end and each kind, with `text` for every name.
fn change(path: &str, text: &str) -> Change {
    let place = privilege::Place { path: path.into(), line: 1 };
    let grant = Grant { what: text.to_owned(), usual: false, place: Some(place.clone()) };
    let service = text.to_owned();
    Change {
        service,
        place,
        is_new: false,
        gained: vec![grant],
        lost: Vec::new(),
        opened: None,
        closed: false,
    }
}

fn graph(path: &str, text: &str) -> StageGraph {
    let name = || text.to_owned();
    let stage = |ships| StageNode {
        name: Some(name()),
        line: 1,
        span: Span::new(if ships { 7 } else { 0 }, if ships { 14 } else { 7 }),
        ships,
        needed: ships,
    };
    let flow = |(index, kind)| Flow {
        from: End::Outside(index),
        to: 1,
        kind,
        onbuild: false,
        refused: index == 2,
        line: 1,
        what: name(),
    };
    let kinds = [FlowKind::From, FlowKind::Copy, FlowKind::Mount, FlowKind::Add];
    StageGraph {
        path: path.into(),
        stages: vec![stage(false), stage(true)],
        outside: vec![
            Outside::Image(name()),
            Outside::Unknown(name()),
            Outside::Remote(name()),
            Outside::Elsewhere(name()),
        ],
        flows: kinds.into_iter().enumerate().map(flow).collect(),
        builders: [Target::Stage(1), Target::Unknown(format!("x{text}"))]
            .map(|target| Builder { name: name(), target })
            .into(),
    }
}

fn summary(outcome: &Outcome, options: &Options) -> String {
    let mut out = Vec::new();
    write(outcome, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn web() -> Option<Web> {
    Web::new("https://github.com/", "octo/hull", "0123456789abcdef0123456789abcdef01234567")
}

#[test]
fn the_severest_comes_first_and_secrets_stand_apart() {
    let mut silenced = finding("a", Severity::Error, "silenced");
    silenced.status = Status::Suppressed { by: Suppressor::Inline, at: String::new(), why: String::new() };
    let findings = vec![
        finding("a", Severity::Note, "a note"),
        secret("b c/#", "a key"),
        finding("a", Severity::Error, "an `error` here"),
        silenced,
    ];
    let outcome = Outcome { findings, checked: 2, searched: 2, ..Outcome::default() };
    let text = summary(&outcome, &Options { web: web(), ..Options::default() });
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}"));
    assert!(at("**2 errors, 1 note in 2 files; 1 suppressed**") < at("### Secrets"));
    assert!(at("a key") < at("### Findings") && at("an `error` here") < at("a note"));
    assert!(text.contains("| error | high | "));
    assert!(text.contains(
        "(https://github.com/octo/hull/blob/0123456789abcdef0123456789abcdef01234567/b%20c/%23#L2)"
    ));
    assert!(text.contains("([revoke](https://"));
    assert!(!text.contains("silenced"));
    assert_eq!(
        summary(&Outcome::default(), &Options::default()),
        "## hullguard\n\n**no findings in 0 files**\n"
    );
}

#[test]
fn links_go_to_the_repository_or_nowhere() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for (server, repository, commit) in [
        ("javascript:x", "a/b", commit),
        ("https://x)y", "a/b", commit),
        ("https://x", "a", commit),
        ("https://x", "a/b/c", commit),
        ("https://x", "a/b", "main"),
        ("https://x", "a/b", ""),
    ] {
        assert_eq!(Web::new(server, repository, commit), None, "{server} {repository} {commit}");
    }
    let web = web();
    for path in ["../a", "/a", "a/../../b"] {
        assert!(!super::place(&finding(path, Severity::Note, "").place, web.as_ref()).contains("]("));
    }
    let mut staged = finding("a", Severity::Note, "").place;
    staged.origin = Origin::Index;
    assert!(!super::place(&staged, web.as_ref()).contains("]("), "the commit does not have it yet");
}

#[test]
fn secrets_of_a_history_link_to_their_commit() {
    let id = "fedcba9876543210fedcba9876543210fedcba98".to_owned();
    let mut found = secret("a/b", "a key");
    let (author, email) = (String::new(), String::new());
    let commit = Arc::new(Commit { id, author, email, time: 0 });
    found.place.origin = Origin::Commit(Arc::clone(&commit));
    let web = web();
    assert!(!row(&found, web.as_ref()).contains("[commit]"), "it is told of a tree");
    let past = Past { commit: Some(commit), url: None, boundary: false, now: None };
    found.secret.as_mut().expect("it is one").past = Some(Box::new(past));
    let shown = row(&found, web.as_ref());
    assert!(shown.contains("/blob/fedcba9876543210fedcba9876543210fedcba98/a/b#L2)"), "{shown}");
    assert!(shown.contains(" ([commit](https://github.com/octo/hull/commit/fedcba9876543210"), "{shown}");
    found.place.path = "commit message".into();
    assert!(!row(&found, web.as_ref()).contains("/blob/fedc"));
    assert!(!row(&found, None).contains("/commit/"));
}

#[test]
fn it_fits_and_says_what_did_not() {
    let mut findings: Vec<Finding> =
        (0..3000).map(|n| finding(&format!("{n}"), Severity::Warning, &"`x` ".repeat(n % 200))).collect();
    findings.extend((0..50).map(|n| secret(&format!("{n}"), "a key")));
    let told = |n: usize| Told::new("p@".repeat(n), Gap::new(Reason::Unreadable, "w".repeat(n)));
    let outcome = Outcome {
        findings,
        failed: (0..40).map(told).collect(),
        skipped: (0..400).map(told).collect(),
        graphs: (0..60).map(|n| graph(&format!("{n}"), "a")).collect(),
        ..Outcome::default()
    };
    for limit in [0, LEAST, LEAST + 1, 10_000, 65_536, 300_000, LIMIT] {
        let text = summary(&outcome, &Options { limit: Some(limit), web: web(), ..Options::default() });
        assert!(text.len() <= limit.max(LEAST), "{} of {limit}", text.len());
        let mut shown = text.lines().filter(|line| line.starts_with("| warning | [")).count();
        let said = text.lines().find_map(|line| {
            let rest = line.strip_prefix("_There is no room here for ")?;
            rest.strip_suffix(" more findings._").or_else(|| rest.strip_suffix(" findings._"))
        });
        shown += said.map_or(0, |n| n.parse::<usize>().expect("a number"));
        assert_eq!(shown, 3000, "shown and told together, with {limit}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        assert_eq!(text.matches("```").count() % 2, 0);
    }
    let whole = summary(&outcome, &Options::default());
    assert!(whole.contains("_The stages of 40 more Dockerfiles are not drawn here;"), "{}", whole.len());
}

#[test]
fn a_graph_too_large_for_github_is_told() {
    let mut large = graph("a", "a");
    let flow = large.flows[0].clone();
    large.outside = (0..600).map(|n| Outside::Image(format!("i{n}"))).collect();
    large.flows = (0..600).map(|n| Flow { from: End::Outside(n), ..flow.clone() }).collect();
    let outcome = Outcome { graphs: vec![large, graph("b", "b")], ..Outcome::default() };
    let text = summary(&outcome, &Options::default());
    assert!(text.contains("_GitHub cannot draw 1 stage graph "), "{text}");
    assert_eq!(text.matches("```mermaid").count(), 1);
}

const PIECES: [&str; 34] = [
    "`",
    "```",
    "|",
    "\\",
    "\\|",
    "\n",
    "\r\n",
    "<b>",
    "</code>",
    "</details>",
    "-->",
    "&lt;",
    "&#64;",
    "@octocat",
    "#1",
    "octo/hull#1",
    "GH-1",
    ":tada:",
    "https://x.org",
    "www.x.org",
    "a@x.org",
    "[a](b)",
    "![",
    "*",
    "_",
    "~~",
    "\"]",
    "#quot;",
    "%%{init}%%",
    "##[error]x",
    "::error::x",
    "\u{1b}[31m",
    "\u{202e}",
    "style:#f00;",
];

fn random() -> impl FnMut(usize) -> usize {
    let mut seed = 7u64;
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    }
}

fn hostile(random: &mut impl FnMut(usize) -> usize) -> String {
    let n = 1 + random(8);
    let piece = |_| match random(50) {
        piece if piece < PIECES.len() => PIECES[piece].to_owned(),
        _ => char::from(random(256) as u8).to_string(),
    };
    (0..n).map(piece).collect()
}

/// What is left of a text without its codes and without all that means nothing anywhere.
fn skeleton(text: &str, means: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let code = rest.strip_prefix('#');
        let end = code.and_then(|code| code.find(|c: char| !c.is_ascii_digit()).map(|end| (code, end)));
        if let Some((code, end)) = end.filter(|(code, end)| *end > 0 && code[*end..].starts_with(';')) {
            rest = &code[end + 1..];
            continue;
        }
        if means.contains(c) {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

fn parsed(text: &str) -> Node {
    to_mdast(text, &ParseOptions::gfm()).expect("there is no wrong Markdown")
}

/// What stands where in a page: elements, HTML as it is, and that there is text, in code or not. `look` sees each text.
fn outline(node: &Node, look: &mut dyn FnMut(&str, bool), out: &mut Vec<String>) {
    let mut text = |text: &str, is_code| {
        look(text, is_code);
        if out.last().is_none_or(|last| last != "text") {
            out.push("text".to_owned());
        }
    };
    match node {
        Node::Text(node) => return text(&node.value, false),
        Node::InlineCode(node) => return text(&node.value, true),
        Node::Html(node) => out.push(node.value.clone()),
        Node::Link(node) => {
            let text = node.url.strip_prefix("https://").filter(|rest| !rest.starts_with("x.org"));
            assert!(text.is_some(), "{}", node.url);
            assert!(!node.url.contains(['<', '"', ' ', '`', '|', '\n', ')']), "{}", node.url);
            out.push("link".to_owned());
        }
        node => out.push(format!("{:?}", discriminant(node))),
    }
    for child in node.children().into_iter().flatten() {
        outline(child, look, out);
    }
    out.push("end".to_owned());
}

/// Whatever names and messages hold, the summary has the elements that it has with harmless ones, and no others.
#[test]
fn hostile_text_is_text_in_markdown() {
    let of = |text: &mut dyn FnMut() -> String| {
        let path: Arc<str> = text().into();
        let told = vec![Told::new(Arc::clone(&path), Gap::new(Reason::Unreadable, text()))];
        let message = format!("`{}` and {}", text(), text());
        Outcome {
            findings: vec![
                finding(&path, Severity::Note, &message),
                finding(&path, Severity::Note, &text()),
                secret(&path, &text()),
            ],
            skipped: told.clone(),
            failed: told,
            graphs: vec![graph(&path, "x")],
            changes: vec![change(&path, &text())],
            ..Outcome::default()
        }
    };
    let options = Options { web: web(), ..Options::default() };
    let look = |text: &str, is_code: bool| {
        assert!(!text.contains("##["), "{text}");
        // What GitHub looks for once all is rendered, but not in code.
        for word in ["GH-1", "@octocat", "#1", ":tada:", "https://x.org", "www.x", "a@x"] {
            assert!(is_code || !text.contains(word), "{word} in {text}");
        }
    };
    let read = |outcome: &Outcome| {
        let (text, mut out) = (summary(outcome, &options), Vec::new());
        outline(&parsed(&text), &mut { look }, &mut out);
        (out, text)
    };
    let (benign, _) = read(&of(&mut || "x".to_owned()));
    let mut random = random();
    for _ in 0..500 {
        let (hostile, text) = read(&of(&mut || format!("x{}", hostile(&mut random))));
        assert_eq!(hostile, benign, "{text}");
    }
}

#[test]
fn what_is_escaped_reads_as_it_was() {
    let read = |page: &str| {
        let (mut seen, mut out) = (String::new(), Vec::new());
        outline(&parsed(page), &mut |text, _| seen.push_str(text), &mut out);
        seen.replace('\u{200b}', "")
    };
    let mut random = random();
    for _ in 0..2_000 {
        let text = format!("x{}x", hostile(&mut random));
        let plain = escape::plain(&text);
        assert_eq!(read(&markdown::text(&text)), plain);
        assert_eq!(read(&markdown::code(&text)), plain);
        let cell = |cell: &str| read(&format!("| |\n|-|\n| {cell} | |\n"));
        assert_eq!(cell(&markdown::text(&text)), plain);
        assert_eq!(cell(&markdown::code_in_cell(&text)), plain);
        let named = text.replace('`', "");
        assert_eq!(
            cell(&markdown::message_in_cell(&format!("a `{named}` b"))),
            format!("a {} b", escape::plain(&named))
        );
    }
}

#[test]
fn hostile_names_are_text_in_drawings() {
    let of = |text: &str| {
        let graphs = vec![graph(text, text), graph(text, text)];
        Outcome { findings: vec![finding(text, Severity::Error, "x")], graphs, ..Outcome::default() }
    };
    let means = "\"[]{}()|<>;#`%\\&\n\r";
    let drawn = |drawing, text: &str| draw(drawing, &of(text)).0;
    let mermaid = skeleton(&drawn(Drawing::Mermaid, "x"), means);
    let dot = drawn(Drawing::Dot, "x");
    let dot = (dot.matches('"').count(), dot.lines().count());
    let lines = drawn(Drawing::Text, "x").lines().count();
    let mut random = random();
    for _ in 0..500 {
        let text = hostile(&mut random);
        let shown = drawn(Drawing::Mermaid, &text);
        assert_eq!(skeleton(&shown, means), mermaid, "{text:?}\n{shown}");
        // In DOT a quote ends a text unless a backslash stands before it.
        let shown = drawn(Drawing::Dot, &text);
        let quotes = shown.replace("\\\\", "").replace("\\\"", "").matches('"').count();
        assert_eq!((quotes, shown.lines().count()), dot, "{text:?}\n{shown}");
        assert!(!shown.contains(['\u{1b}', '\r', '\u{202e}']) && !shown.contains("##["));
        let shown = drawn(Drawing::Text, &text);
        assert_eq!(shown.lines().count(), lines, "{text:?}\n{shown}");
        assert!(!shown.contains(['\u{1b}', '\r', '\u{202e}']) && !shown.contains("##["));
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")));
    }
}
