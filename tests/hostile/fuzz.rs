//! Every reader on texts that nobody wrote: pieces of pages, of the corpus and of shapes, cut, doubled and spliced.
//!
//! The texts are the same on every machine, only how many are tried depends on the time: some seconds for each reader,
//! or `HULLGUARD_FUZZ_SECONDS`. What makes a reader panic is written to the folder of temporary files.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hullguard::compose::Env;
use hullguard::gap::Reason;
use hullguard::github::event::Event;
use hullguard::outcome::Outcome;
use hullguard::rule::{Policy, Profile};
use hullguard::secrets::about::About;
use hullguard::text::Source;
use hullguard::{baseline, config, fix, scan, secrets};

use crate::tree::Memory;

/// A little random generator (xorshift), so that everybody sees the same texts.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
    fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.roll(from.len())]
    }
}

/// What is put into texts: the signs of every language that is read.
const SIGNS: &[&str] = &[
    "\n",
    "\r\n",
    "\\\n",
    "\\",
    "\t",
    " ",
    "\0",
    "\u{feff}",
    "\u{e9}",
    "\u{1f433}",
    "'",
    "\"",
    "`",
    "$",
    "${",
    "$(",
    "$((",
    "}",
    ")",
    "(",
    "{",
    "[",
    "]",
    "<<",
    "<<-'E'",
    "\nE\n",
    "<<<",
    "<(",
    ">",
    "|",
    "||",
    "&",
    "&&",
    ";",
    ";;",
    "#",
    "!",
    "*",
    "?",
    ":",
    "- ",
    "-",
    "--",
    "=",
    ",",
    "&a ",
    "*a",
    "<<: *a",
    "---\n",
    "!reset ",
    "| \n",
    ">-\n",
    "%",
    "@",
    "~",
    "/",
    "//",
    "FROM ",
    "RUN ",
    "COPY ",
    "ONBUILD ",
    "ENV ",
    "ARG ",
    "HEALTHCHECK CMD ",
    "SHELL [",
    " AS x",
    "--from=x ",
    "--mount=type=secret,",
    "apt-get update",
    "apt-get install -y ",
    "rm -rf ",
    "sudo ",
    "curl x | sh",
    "services:\n",
    "  a:\n",
    "    image: ",
    "extends: ",
    "include:\n",
    "password=",
    "api_key: ",
    "https://a:b@",
    "-----BEGIN ",
    "# hullguard: ignore=all",
    "# hadolint ignore=DL3008",
    "{\"a\":",
    "[[rules]]\n",
    "regex = '''",
    "1",
    "99999999999999999999",
    "null",
];

fn changed(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut text = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..=dice.roll(8) {
        let (from, to) = (dice.roll(text.len() + 1), dice.roll(text.len() + 1));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 200));
        match dice.roll(7) {
            0 => drop(text.drain(from..to)),
            1 => {
                let piece = text[from..to].to_vec();
                text.splice(from..from, piece);
            }
            2 => {
                let other = &seeds[dice.roll(seeds.len())];
                let start = dice.roll(other.len() + 1);
                let end = (start + dice.roll(200)).min(other.len());
                text.splice(from..from, other[start..end].to_vec());
            }
            3 => text.truncate(from),
            4 if from < text.len() => text[from] = dice.roll(256) as u8,
            _ => drop(text.splice(from..from, dice.pick(SIGNS).bytes())),
        }
    }
    text.truncate(20_000);
    text
}

/// Texts of this kind: from the pages of the rules, and from the corpus if it is here.
fn seeds(fences: &[&str], corpus: &str) -> Vec<Vec<u8>> {
    let mut seeds = vec![b"FROM a:1\nRUN <<E\napt-get update\napt-get $(\nE\n".to_vec()];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in files(&root.join("rules"), "md") {
        let page = std::fs::read_to_string(page).expect("a page");
        for part in page.split("\n```").skip(1).step_by(2) {
            let (info, body) = part.split_once('\n').unwrap_or_default();
            if fences.iter().any(|fence| info.starts_with(fence)) {
                seeds.push(body.as_bytes().to_vec());
            }
        }
    }
    let corpus = files(&root.join("../../shared/corpus").join(corpus), "");
    seeds.extend(corpus.iter().step_by(1 + corpus.len() / 200).filter_map(|file| std::fs::read(file).ok()));
    seeds.retain(|seed| seed.len() < 20_000);
    seeds
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if extension.is_empty() || path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Hands texts to a reader as long as there is time. Whoever sets the time is told how many there were.
#[expect(clippy::print_stderr, reason = "a figure for people")]
fn fuzz(name: &str, seeds: &[Vec<u8>], read: impl Fn(&[u8], &[u8])) {
    let asked = std::env::var("HULLGUARD_FUZZ_SECONDS").ok().and_then(|n| n.parse().ok());
    let end = Instant::now() + Duration::from_secs(asked.unwrap_or(4));
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut tried = 0;
    while Instant::now() < end {
        let (one, other) = (changed(seeds, &mut dice), changed(seeds, &mut dice));
        let start = Instant::now();
        let went = catch_unwind(AssertUnwindSafe(|| read(&one, &other)));
        let slow = start.elapsed() > Duration::from_secs(20);
        if went.is_err() || slow {
            let file = std::env::temp_dir().join(format!("hullguard-fuzz-{name}-{tried}"));
            std::fs::write(&file, &one).expect("a file");
            std::fs::write(file.with_extension("other"), &other).expect("a file");
            let what = if slow { "took longer than 20 seconds" } else { "panicked" };
            panic!("{name} {what} on text {tried}; it is in {}", file.display());
        }
        tried += 1;
    }
    assert!(tried > 0, "{name}: no text was tried");
    if let Some(seconds) = asked {
        eprintln!("{name}: {tried} texts in {seconds} s");
    }
}

/// Checks files with all rules, and fixes them.
fn check(files: &[(&str, &[u8])]) {
    let mut tree = Memory::default();
    for (path, bytes) in files {
        tree.files.insert((*path).to_owned(), bytes.to_vec());
    }
    let candidates = tree.candidates();
    let policy = Policy { profile: Profile::Strict, ..Policy::default() };
    let run = |tree: &dyn hullguard::blob::Tree| -> Outcome {
        let outcome = scan::scan(&candidates, tree, &policy, &scan::Watch::default());
        let panicked = outcome.findings.iter().find(|finding| finding.rule.id == "rule-panicked");
        assert!(panicked.is_none(), "{}", panicked.map(|finding| &*finding.message).unwrap_or_default());
        // A panic costs one file, and is one all the same.
        assert!(outcome.failed.iter().all(|told| told.reason != Reason::Panicked), "{:?}", outcome.failed);
        outcome
    };
    let seen = fix::Seen::new(&tree);
    let first = run(&seen);
    let fixed = fix::until_stable(&seen, first, true, &mut |tree| run(tree));
    for (path, bytes) in &fixed.files {
        let lines = |text: &[u8]| -> Vec<Cow<'static, [u8]>> {
            text.split_inclusive(|&b| b == b'\n').map(|line| Cow::Owned(line.to_vec())).collect()
        };
        let old = &tree.files[&**path];
        fix::diff(path, (old, &lines(old)), (bytes, &lines(bytes)));
    }
}

#[test]
fn dockerfiles_and_their_fixes() {
    let seeds = seeds(&["dockerfile", "Dockerfile"], "dockerfiles");
    assert!(seeds.len() > 30);
    fuzz("dockerfile", &seeds, |one, _| check(&[("Dockerfile", one)]));
}

#[test]
fn shell_in_every_place() {
    let seeds = seeds(&["dockerfile", "Dockerfile", "sh", "console"], "dockerfiles");
    fuzz("shell", &seeds, |one, other| {
        let one: Vec<u8> = [b"FROM a:1\nRUN <<E\n", one, b"\nE\nHEALTHCHECK CMD ", other].concat();
        check(&[("Dockerfile", &one)]);
    });
}

#[test]
fn compose_files_and_what_they_name() {
    let seeds = seeds(&["yaml", "yml"], "compose");
    assert!(seeds.len() > 30);
    fuzz("compose", &seeds, |one, other| {
        let named = [other, b"\ninclude: [compose.yaml, b.yml]\n"].concat();
        let main = [one, b"\ninclude: [b.yml]\nx-a: &a {extends: {file: b.yml, service: a}}\n"].concat();
        check(&[
            ("compose.yaml", &main),
            ("compose.override.yaml", other),
            ("b.yml", &named),
            ("Dockerfile", b"FROM a:1\n"),
        ]);
        Env::parse(&Arc::new(Source::new(".env", other.to_vec())));
    });
}

#[test]
fn secrets_in_anything() {
    let mut seeds = seeds(&[""], "compose");
    seeds.truncate(3000);
    fuzz("secrets", &seeds, |one, other| {
        for path in ["a.env", "a.py", "a.md", "a.json", "a"] {
            secrets::find(one, About::path(path));
        }
        check(&[("a.env", one), ("a.py", other)]);
    });
}

#[test]
fn configurations_and_lists() {
    let mut seeds = seeds(&["yaml", "toml", "json"], "none");
    for text in [
        "profile: strict\nexclude: [a]\nignore:\n- {path: a, reason: b, expires: 2030-01-01}\nrules:\n  latest-tag: off\n",
        "[[rules]]\nid = 'a'\nregex = '''a(b+)'''\nsecretGroup = 1\nkeywords = ['a']\n[[rules.allowlists]]\nstopwords = ['a']\n",
        "{\"version\":\"1.5.0\",\"results\":{\"a\":[{\"type\":\"b\",\"filename\":\"a\",\"hashed_secret\":\"00\",\"line_number\":1}]}}",
        "a/b:rule:1\n0123456789:a/b:rule:1\n# c\n",
        "{\"version\":1,\"findings\":[{\"rule\":\"latest-tag\",\"path\":\"a\",\"fingerprint\":\"00\"}]}",
    ] {
        seeds.extend(std::iter::repeat_n(text.as_bytes().to_vec(), 1 + seeds.len() / 8));
    }
    fuzz("configuration", &seeds, |one, other| {
        let _ = config::of(&Source::new("hullguard.yaml", one.to_vec()), "");
        let _ = config::gitleaks::read(".gitleaks.toml", one, &|_| Ok(other.to_vec()));
        for name in ["hullguard-baseline.json", ".secrets.baseline", ".gitleaksignore", "a"] {
            let _ = baseline::read(name, one);
        }
    });
}

#[test]
fn events_of_github() {
    let seeds: Vec<Vec<u8>> = [
        "{\"pull_request\":{\"number\":1,\"head\":{\"sha\":\"0123456789012345678901234567890123456789\"},\"base\":{\"sha\":\"0123456789012345678901234567890123456789\",\"ref\":\"a\"}}}",
        "{\"before\":\"0000000000000000000000000000000000000000\",\"after\":\"0123456789012345678901234567890123456789\",\"ref\":\"refs/heads/a\",\"repository\":{\"default_branch\":\"main\"}}",
        "{\"merge_group\":{\"head_sha\":\"a\",\"base_sha\":\"b\",\"head_ref\":\"c\"},\"action\":\"a\"}",
        "{\"workflow_run\":{\"head_sha\":\"a\"},\"schedule\":\"a\",\"inputs\":null}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    fuzz("event", &seeds, |one, other| {
        let Ok(payload) = serde_json::from_slice(one) else { return };
        for name in [
            "push",
            "pull_request",
            "pull_request_target",
            "merge_group",
            "schedule",
            "workflow_dispatch",
            "x",
        ] {
            let said = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            let event = Event {
                name: name.into(),
                payload: serde_json::Value::clone(&payload),
                sha: said(other),
                git_ref: said(one),
            };
            let _ = event.task();
        }
    });
}
