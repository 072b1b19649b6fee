//! Files in archives are searched, each with its path in the archive, and what is not is said.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use serde_json::Value;

use crate::cases::{git, hullguard};
use crate::secrets::maker::{BASE62, Random};

/// A zip of deflated files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(content).expect("memory takes all");
        let packed = packed.finish().expect("memory takes all");
        let number = |number: usize| u32::try_from(number).expect("it is small").to_le_bytes();
        let short = |number: usize| u16::try_from(number).expect("it is small").to_le_bytes();
        let header = out.len();
        let common = [
            &short(20)[..],
            &short(0),
            &short(8),
            &[0; 8],
            &number(packed.len()),
            &number(content.len()),
            &short(name.len()),
            &short(0),
        ]
        .concat();
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        list.extend([b"PK\x01\x02\0\0", &common[..], &[0; 10], &number(header), name.as_bytes()].concat());
    }
    let (count, size, start) = (files.len() as u16, list.len() as u32, out.len() as u32);
    out.extend(list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in files {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..263].copy_from_slice(b"ustar\0");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        out.extend(header);
        out.extend(*content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(content).expect("memory takes all");
    packed.finish().expect("memory takes all")
}

fn checked(top: &Path, more: &[&str]) -> Value {
    let mut command = hullguard(top);
    let done = command.args(["check", "--format", "json"]).args(more).output().expect("it runs");
    serde_json::from_slice(&done.stdout).expect("JSON")
}

/// The places of all findings.
fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("a list");
    let place = |finding: &Value| {
        format!("{}:{}", finding["path"].as_str().expect("a path"), finding["start"]["line"])
    };
    findings.iter().map(place).collect()
}

/// Lines, the last with a secret that no other text has.
fn secret(seed: u64) -> Vec<u8> {
    format!("a=b\n\nDB_PASSWORD={}\n", Random(seed).of(BASE62, 24)).into_bytes()
}

#[test]
fn files_in_archives_are_searched_where_they_are() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    let write = |name: &str, bytes: Vec<u8>| fs::write(top.join(name), bytes).expect("a file");
    write("a.zip", zip(&[("x/", b""), ("x/one.env", &secret(1)), ("two.env", &secret(2))]));
    write("b.jar", zip(&[("app.properties", &secret(3))]));
    write("c.tar", tar(&[("deep/./c.env", &secret(4))]));
    write("d.tgz", gzip(&tar(&[("../d.env", &secret(5))])));
    write("e.env.gz", gzip(&secret(6)));
    write("image.tar", tar(&[("abc/layer.tar", &tar(&[("app/.env", &secret(7))]))]));
    let report = checked(top, &[]);
    assert_eq!(
        places(&report),
        [
            "a.zip!two.env:3",
            "a.zip!x/one.env:3",
            "b.jar!app.properties:3",
            "c.tar!deep/c.env:3",
            "d.tgz!d.env:3",
            "e.env.gz!e.env:3",
            "image.tar!abc/layer.tar!app/.env:3"
        ]
    );
    assert_eq!(report["files"]["skipped"], serde_json::json!([]));
    // What names the archive speaks of all that is in it.
    write("hullguard.yaml", b"ignore:\n  - {path: \"*.tar\", reason: known}\n".to_vec());
    let open = checked(top, &[]);
    let findings = open["findings"].as_array().expect("a list");
    let suppressed = findings.iter().filter(|finding| finding["status"] == "suppressed").count();
    assert_eq!((findings.len(), suppressed), (7, 2));
}

#[test]
fn rows_of_a_database_are_searched_with_the_names_of_their_columns() {
    let Some(mut python) = python() else { return };
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    let made = "import sqlite3, sys
db = sqlite3.connect('a.sqlite')
db.execute('create table people (id integer primary key, name text, \"password\" varchar(80) not null, check (id > 0))')
db.execute('create table settings (name text, value text)')
for n in range(500): db.execute('insert into people (name, password) values (?, ?)', ('ann', ''))
db.execute('insert into people (name, password) values (?, ?)', ('bob' * 5000, sys.argv[1]))
db.execute('insert into settings values (?, ?)', ('smtp_password', sys.argv[2]))
db.commit()";
    let secrets = [31, 32].map(|seed| Random(seed).of(BASE62, 24));
    let done = python.current_dir(top).args(["-c", made]).args(&secrets).status().expect("it runs");
    assert!(done.success());
    assert_eq!(places(&checked(top, &[])), ["a.sqlite!people:501", "a.sqlite!settings:1"]);
}

/// Python, which can make a database; not every machine has it.
fn python() -> Option<Command> {
    let has =
        Command::new("python3").args(["-c", "import sqlite3"]).status().is_ok_and(|done| done.success());
    has.then(|| Command::new("python3"))
}

#[test]
fn a_history_of_archives_is_searched_too() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    git(top, &["init", "-q", "."]);
    for seed in [11, 12] {
        fs::write(top.join("a.zip"), zip(&[("one.env", &secret(seed))])).expect("a file");
        git(top, &["add", "."]);
        git(top, &["commit", "-qm", "a"]);
    }
    assert_eq!(places(&checked(top, &["--history"])), ["a.zip!one.env:3", "a.zip!one.env:3"]);
    assert_eq!(places(&checked(top, &["--commits", "HEAD~1..HEAD"])), ["a.zip!one.env:3"]);
    // A secret that the last version has, too, is not new.
    fs::write(top.join("a.zip"), zip(&[("two.env", &secret(12))])).expect("a file");
    git(top, &["add", "."]);
    assert_eq!(places(&checked(top, &["--staged"])), [""; 0]);
    fs::write(top.join("a.zip"), zip(&[("one.env", &secret(12)), ("new.env", &secret(13))])).expect("a file");
    assert_eq!(places(&checked(top, &["--new-from", "HEAD"])), ["a.zip!new.env:3"]);
}

#[test]
fn archives_that_are_made_to_do_harm_do_none() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    let write = |name: &str, bytes: &[u8]| fs::write(top.join(name), bytes).expect("a file");
    let bomb = zip(&[("zeros", &vec![0; 8 << 20]), ("a.env", &secret(21))]);
    write("bomb.zip", &bomb);
    let many: Vec<(String, Vec<u8>)> = (0..10_100).map(|n| (n.to_string(), b"a".to_vec())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, text)| (name.as_str(), &text[..])).collect();
    write("many.tar", &tar(&many));
    let nested = |inner: Vec<u8>| gzip(&tar(&[("a.tgz", &inner)]));
    write("deep.tgz", &nested(nested(nested(secret(22)))));
    let whole = zip(&[("a.env", &secret(23))]);
    write("cut.zip", &whole[..whole.len() - 30]);
    write("cut.tgz", &gzip(&tar(&[("a.env", &secret(24))]))[..60]);
    write("xz.tar.xz", b"\xfd7zXZ\0\0");
    let mut locked = zip(&[("a.env", &secret(25))]);
    let list = locked.windows(4).position(|four| four == b"PK\x01\x02").expect("it has a list");
    locked[list + 8] |= 1;
    write("locked.zip", &locked);
    let report = checked(top, &[]);
    // What comes after the bomb is found, and nothing is silent.
    assert_eq!(places(&report), ["bomb.zip!a.env:3"]);
    let skipped = report["files"]["skipped"].as_array().expect("a list");
    let told: Vec<(&str, &str)> = skipped
        .iter()
        .map(|told| (told["path"].as_str().expect("a path"), told["reason"].as_str().expect("a word")))
        .collect();
    assert_eq!(
        told,
        [
            ("bomb.zip", "limit"),
            ("cut.tgz", "archive"),
            ("cut.zip", "archive"),
            ("deep.tgz", "archive"),
            ("locked.zip", "archive"),
            ("many.tar", "limit"),
            ("xz.tar.xz", "archive")
        ]
    );
    // Each byte of a damaged one, and each length: no panic is told.
    fs::create_dir(top.join("flip")).expect("a folder");
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        write(&format!("flip/{at}.zip"), &bytes);
        write(&format!("flip/{at}.cut"), &whole[..at]);
    }
    let report = checked(top, &["flip"]);
    assert_eq!(report["files"]["failed"], serde_json::json!([]));
}
