//! Whatever a file does to the program, it costs that file's findings and a word, never the run; and what changes under
//! a fix is left alone.

use std::fs;

use hullguard::blob::{Origin, Tree};
use hullguard::gap::{Gap, Reason};
use hullguard::rule::Policy;
use hullguard::scan::{self, Watch};
use serde_json::Value;

use crate::cases::hullguard;
use crate::tree::Memory;

/// A tree in which reading a file that is called so panics.
struct Treacherous(Memory, &'static str);

impl Tree for Treacherous {
    fn origin(&self) -> Origin {
        Origin::WorkTree
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        assert!(!path.contains(self.1), "what stands in the file");
        self.0.read(path)
    }
    fn exists(&self, path: &str) -> bool {
        self.0.exists(path)
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        self.0.is_tracked(path)
    }
}

#[test]
fn a_panic_costs_one_file() {
    for broken in ["bad/Dockerfile", "bad/compose.yaml", "bad/notes.md", "bad/other.yml"] {
        let mut memory = Memory::default();
        for folder in ["a", "bad", "z", "y", "x"] {
            memory.add(&format!("{folder}/Dockerfile"), "FROM debian\nMAINTAINER x\n");
            memory.add(&format!("{folder}/compose.yaml"), "services: {a: {image: b, privileged: true}}\n");
            memory.add(&format!("{folder}/notes.md"), "a\n");
            memory.add(&format!("{folder}/other.yml"), "services: {a: {image: b, build: .}}\n");
        }
        let mut candidates = memory.candidates();
        for file in &mut candidates {
            file.document = !file.path.ends_with(".md");
        }
        let tree = Treacherous(memory, broken);
        let outcome = scan::scan(&candidates, &tree, &Policy::default(), &Watch::default());
        let failed: Vec<_> = outcome.failed.iter().map(|told| (&*told.path, told.reason)).collect();
        assert!(failed.contains(&(broken, Reason::Panicked)), "{broken}: {failed:?}");
        assert!(outcome.is_incomplete());
        assert!(outcome.failed.iter().all(|told| !told.why.contains("stands in the file")));
        for folder in ["a", "z"] {
            let found = |rule: &str| {
                outcome.findings.iter().any(|f| f.rule.id == rule && f.place.path.starts_with(folder))
            };
            assert!(found("maintainer-deprecated") && found("privileged-container"), "{broken}: {folder}");
        }
    }
}

#[test]
fn comments_that_end_a_file_end_no_run() {
    let folder = tempfile::tempdir().expect("a folder");
    for comment in [
        "# hullguard: ignore=all",
        "# pragma: allowlist nextline secret",
        "// hullguard: ignore=latest-tag",
        "secretlint-disable-next-line",
        "# hullguard: ignore-file=all",
        "#hullguard:",
        "hullguard: ignore=",
    ] {
        for name in ["notes.md", "Dockerfile", "compose.yaml", ".env"] {
            for before in ["", "a\n", "\u{feff}", "FROM a\r\n"] {
                fs::write(folder.path().join(name), format!("{before}{comment}")).expect("written");
                for args in [&["check"][..], &["check", "--format", "json"]] {
                    let done = hullguard(folder.path()).args(args).output().expect("it starts");
                    let said = String::from_utf8_lossy(&done.stderr);
                    assert!(
                        done.status.code().is_some_and(|code| code < 2),
                        "{name} {before:?}{comment}: {said}"
                    );
                    if name != "notes.md" && name != "Dockerfile" {
                        break; // one format says enough
                    }
                }
                fs::remove_file(folder.path().join(name)).expect("it is there");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_fixed_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("Dockerfile");
    fs::write(&file, "FROM a:1\nADD a /b\nUSER c\n").expect("written");
    fs::hard_link(&file, folder.path().join("other")).expect("linked");
    let done =
        hullguard(folder.path()).args(["check", "--fix", "--format", "json"]).output().expect("it starts");
    assert_eq!(done.status.code(), Some(2));
    let told: Value = serde_json::from_slice(&done.stdout).expect("it is JSON");
    assert_eq!(told["files"]["failed"][0]["reason"], "not-fixed", "{told}");
    assert!(fs::read_to_string(&file).expect("it is there").contains("ADD"));
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 2);
}

/// How a text ends: nothing behind an operator, and every kind of line end.
#[test]
fn no_end_of_a_text_costs_it() {
    let starts = [
        "FROM a:1\nENV DB_PASSWORD=Summer24!x\\\n",
        "FROM a:1\nRUN curl -u ann:Summer24!x https://b.c | sh",
        "curl -u ann:Summer24!x https://b.c | sh",
        "FROM a:1\nRUN npm install \u{feff}-y\nRUN pip install \u{feff} é@1\nRUN yarn add @é/b@1 ö",
        "services:\n  a:\n    image: b\n    environment:\n      DB_PASSWORD: Summer24!x",
    ];
    for start in starts {
        for middle in ["", " <<<", " <<", " <", " \"", " '", " \\", " $(", " #", " &&", " -p"] {
            for end in ["", "\n", "\r", "\r\n", "\n\r", "\r\r", "\n\n", "\0", "\u{feff}"] {
                let mut tree = Memory::default();
                for path in ["Dockerfile", "compose.yaml", "notes.sh"] {
                    tree.add(path, &format!("{start}{middle}{end}"));
                }
                let (candidates, policy) = (tree.candidates(), Policy::default());
                let outcome = scan::scan(&candidates, &tree, &policy, &Watch::default());
                let panicked = outcome.failed.iter().any(|told| told.reason == Reason::Panicked)
                    || outcome.findings.iter().any(|finding| finding.rule.id == "rule-panicked");
                assert!(!panicked, "{start:?} {middle:?} {end:?}: {:?}", outcome.failed);
            }
        }
    }
}
