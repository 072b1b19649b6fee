//! Whatever bytes are in names, lines and messages of a pull request: the runner obeys nothing but what is ours, and the
//! summary has no markup that is not ours.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use markdown::mdast::Node;
use markdown::{ParseOptions, to_mdast};
use serde_json::json;

use super::runner::{GOOD, Server, Told};
use crate::tokens;

/// What the runner knows, in its source `ActionCommandManager.cs`.
const COMMANDS: [&str; 15] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

const PIECES: [&[u8]; 32] = [
    b"::error::x",
    b"::error file=a,line=1::x",
    b"::add-mask::a",
    b"::stop-commands::x",
    b" ::warning::x",
    b"::",
    b"##[error]x",
    b"##[add-mask]a",
    b"###[[##[group]x",
    b"%0A::error::x",
    b"%0D%0A",
    b"\n",
    b"\r",
    b"\x0b",
    b"\x85",
    b"\xe2\x80\xa8",
    b"\x1b[31m",
    b"\xe2\x80\xae",
    b"\xff\xfe",
    b",",
    b"]",
    b"`",
    b"```",
    b"|",
    b"\\",
    b"<img src=x>",
    b"</details>",
    b"-->",
    b"@octocat",
    b"https://x.org",
    b"[a](b)",
    b"$$\"]",
];

/// Draws with a fixed seed.
struct Lot(u64);

impl Lot {
    fn draw(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
    fn hostile(&mut self) -> Vec<u8> {
        let count = 1 + self.draw(6);
        let piece = |_| match self.draw(36) {
            piece if piece < PIECES.len() => PIECES[piece].to_vec(),
            _ => vec![self.draw(256) as u8],
        };
        (0..count).flat_map(piece).collect()
    }
    /// A name of a file: no slash in it, and not one of git's own.
    fn name(&mut self) -> Vec<u8> {
        let mut name = self.hostile();
        name.retain(|b| !b"/\0".contains(b));
        name.truncate(200);
        [b"x".to_vec(), name].concat()
    }
}

/// The command that the runner reads in a line, and what it is about.
fn command(line: &str) -> Option<(&str, &str)> {
    let known = |info: &str| COMMANDS.contains(&info.split(' ').next().unwrap_or_default());
    let new = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"));
    let old = line.split_once("##[").and_then(|(_, rest)| rest.split_once(']'));
    let (info, data) = new.filter(|(info, _)| known(info)).or(old.filter(|(info, _)| known(info)))?;
    info.split_once(' ').or(Some((info, data)))
}

/// A repository whose every text is hostile, in a pull request.
fn told(lot: &mut Lot) -> Told {
    let server = Server::new();
    let base = server.commit(&[("Dockerfile", GOOD)]);
    for _ in 0..8 {
        let folder = server.path().join(OsStr::from_bytes(&lot.name()));
        fs::create_dir_all(&folder).expect("a name that the system takes");
        let mut text = [b"FROM a AS ".to_vec(), lot.hostile(), b"\nADD ".to_vec(), lot.hostile()].concat();
        text.extend(
            [b" /x\nENV ".to_vec(), lot.hostile(), b"=1\nCOPY --from=".to_vec(), lot.hostile()].concat(),
        );
        text.extend([b" / /\n# hullguard: ".to_vec(), lot.hostile(), b"\n".to_vec()].concat());
        fs::write(folder.join("Dockerfile"), &text).expect("a test has its folder to itself");
        let key = [b"x = ", tokens::github(tokens::RANDOM).as_bytes(), b" ", &*lot.hostile()].concat();
        fs::write(folder.join("key"), key).expect("a test has its folder to itself");
        let service = [b"services:\n  \"".to_vec(), lot.hostile(), b"\":\n    privileged: true\n".to_vec()];
        fs::write(folder.join("compose.yaml"), service.concat()).expect("a test has its folder to itself");
    }
    let head = server.commit(&[]);
    let payload = json!({"pull_request": {"number": 7, "head": {"sha": head}, "base": {"sha": base}}});
    server.checkout(&[]).run("pull_request", &head, "refs/pull/7/merge", &payload)
}

fn is_ours(url: &str) -> bool {
    let hosts =
        ["https://github.invalid/octo/repo/", "https://github.com/hullguard/hullguard/", "https://docs."];
    hosts.iter().any(|host| url.starts_with(host)) || !url.contains("x.org") && url.starts_with("https://git")
}

fn read(node: &Node) {
    match node {
        Node::Html(html) => {
            let own = ["<details><summary>", "</summary>", "</details>"];
            let left_out = "<details><summary>Skipped files</summary>";
            assert!(own.contains(&&*html.value) || html.value == left_out, "{}", html.value);
        }
        Node::Link(link) => assert!(is_ours(&link.url), "{}", link.url),
        Node::Image(_) | Node::ImageReference(_) | Node::LinkReference(_) | Node::FootnoteReference(_) => {
            panic!("{node:?}")
        }
        Node::Text(text) => {
            assert!(!text.value.contains("@octocat") && !text.value.contains("https://x"), "{}", text.value);
        }
        _ => {}
    }
    node.children().into_iter().flatten().for_each(read);
}

#[test]
fn nothing_is_obeyed_but_what_is_ours() {
    let mut lot = Lot(7);
    for _ in 0..12 {
        let told = told(&mut lot);
        assert!(matches!(told.code, 1 | 2), "{}", told.err);
        let mut commands = 0;
        // More than the runner takes for ends of lines.
        for line in told.out.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
            let Some((name, about)) = command(line) else { continue };
            commands += 1;
            assert!(["error", "warning", "notice"].contains(&name), "{line}");
            let title = about.rsplit_once("title=").expect("ours have a title").1;
            let title = title.split("::").next().unwrap_or_default();
            assert!(title == "hullguard" || hullguard::rules::find(title).is_some(), "{line}");
            assert!(line.starts_with("::"), "{line}");
        }
        assert!((10..=30).contains(&commands), "{}", told.out);
        for line in told.err.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
            assert_eq!(command(line), None);
        }
        assert!(told.summary.len() > 4_000, "{}", told.summary);
        read(&to_mdast(&told.summary, &ParseOptions::gfm()).expect("there is no wrong Markdown"));
    }
}
