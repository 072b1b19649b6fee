//! What is known already, from outside: baselines, lists of other scanners, allowlists, comments. Here is what the
//! tests share.

mod baseline;
mod lists;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::hullguard;

struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Done {
    let done = hullguard(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
    Done { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let done = run(folder, &[&["check", "--format", "json"], arguments].concat());
    serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err))
}

/// `rule path:line` of the findings that are open.
fn open(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let report = json(folder, arguments);
    let findings = report["findings"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let one = |f: &Value| format!("{} {}:{}", text(&f["rule"]), text(&f["path"]), f["start"]["line"]);
    findings.iter().filter(|finding| finding["status"] == "open").map(one).collect()
}

fn reasons(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let report = json(folder, arguments);
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().filter_map(|finding| Some(finding["reason"].as_str()?.to_owned())).collect()
}

/// A repository, as far as a run asks: a folder that holds `.git`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("a folder can be made");
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a file lies somewhere")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

/// A value that looks drawn by lot, and is the same in every run.
fn drawn(seed: u64) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        LETTERS[(state >> 33) as usize % 62] as char
    };
    (0..40).map(|_| next()).collect()
}

const BASELINE: &str = ".hullguard-baseline.jsonl";

fn baseline(folder: &Path) -> String {
    fs::read_to_string(folder.join(BASELINE)).expect("it was written")
}
