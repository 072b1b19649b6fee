//! What a release is made with: places that must agree, packages for npm and Homebrew, hooks, the image.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};

use crate::cases;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a script of `packaging/`; nothing if there is no Python.
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this one did nothing")]
fn script(name: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let done: Output =
        match Command::new("python3").arg(top().join("packaging").join(name)).args(arguments).output() {
            Ok(done) => done,
            Err(error) => {
                eprintln!("skipped: there is no python3 here: {error}");
                return None;
            }
        };
    let said = [done.stdout, done.stderr].concat();
    Some((done.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

/// The files that name the version, in a folder of their own.
fn copy() -> tempfile::TempDir {
    let work = tempfile::tempdir().expect("a folder");
    for folder in ["hooks", "docs"] {
        fs::create_dir(work.path().join(folder)).expect("a folder");
    }
    for name in [
        "Cargo.toml",
        "Cargo.lock",
        "pyproject.toml",
        "CHANGELOG.md",
        "README.md",
        "hooks/README.md",
        "docs/github.md",
    ] {
        fs::copy(top().join(name), work.path().join(name)).expect("it can be copied");
    }
    work
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn all_places_name_the_version() {
    let Some((right, said)) = script("agree.py", &[]) else { return };
    assert!(right, "{said}");
    let docker = format!("ghcr.io/hullguard/hullguard:{VERSION}");
    for (file, old, place) in [
        ("Cargo.toml", format!("version = \"{VERSION}\""), "Cargo.lock"),
        ("Cargo.lock", format!("name = \"hullguard\"\nversion = \"{VERSION}\""), "Cargo.lock"),
        ("pyproject.toml", format!("\nversion = \"{VERSION}\""), "pyproject.toml"),
        ("pyproject.toml", format!("hullguard=={VERSION}"), "pyproject.toml"),
        ("CHANGELOG.md", format!("## {VERSION} "), "CHANGELOG.md"),
        ("README.md", format!("rev: v{VERSION}"), "README.md"),
        ("README.md", docker, "README.md"),
        ("hooks/README.md", format!("rev: v{VERSION}"), "hooks/README.md"),
    ] {
        let work = copy();
        let text = fs::read_to_string(work.path().join(file)).expect("it can be read");
        assert!(text.contains(&old), "{file} has no `{old}`");
        let changed = text.replacen(&old, &old.replace(VERSION, "99.8.7"), 1);
        fs::write(work.path().join(file), changed).expect("it can be written");
        let (right, said) =
            script("agree.py", &[work.path().to_str().expect("UTF-8")]).expect("it ran before");
        assert!(!right && said.contains(&format!("error: {place}: ")), "{file}: {said}");
    }
}

#[test]
fn a_release_needs_a_date_and_all_its_files() {
    let work = copy();
    let root = work.path().to_str().expect("UTF-8").to_owned();
    let log = work.path().join("CHANGELOG.md");
    let text = fs::read_to_string(&log).expect("it can be read");
    let head = text.lines().find(|line| line.starts_with("## ")).expect("there is an entry");
    let release = |date: &str, more: &[&str]| {
        fs::write(&log, text.replace(head, &format!("## {VERSION} ({date})"))).expect("it can be written");
        script("agree.py", &[&["--release", VERSION][..], more, &[&root]].concat())
    };
    let Some((right, said)) = release("not released", &[]) else { return };
    assert!(!right && said.contains("give the entry"), "{said}");
    let readme = work.path().join("README.md");
    let words = fs::read_to_string(&readme).expect("it can be read");
    let words: String =
        words.split_inclusive('\n').filter(|line| !line.contains("not released yet")).collect();
    let (right, said) = release("2026-12-31", &[]).expect("it ran before");
    assert!(!right && said.contains("README.md: "), "{said}");
    fs::write(&readme, words).expect("it can be written");
    let (right, said) = release("2026-12-31", &[]).expect("it ran before");
    assert!(right, "{said}");

    let dist = work.path().join("dist");
    fs::create_dir(&dist).expect("a folder");
    let targets = [
        ("x86_64-unknown-linux-musl", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"),
        ("aarch64-unknown-linux-musl", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"),
        ("x86_64-apple-darwin", "macosx_10_12_x86_64"),
        ("aarch64-apple-darwin", "macosx_11_0_arm64"),
        ("x86_64-pc-windows-msvc", "win_amd64"),
    ];
    let names: Vec<String> = targets
        .iter()
        .flat_map(|(target, tags)| {
            [
                format!("hullguard-{VERSION}-{target}.tar.gz"),
                format!("hullguard-{VERSION}-py3-none-{tags}.whl"),
            ]
        })
        .collect();
    for name in &names {
        fs::write(dist.join(name), "").expect("it can be written");
    }
    let with = ["--dist", dist.to_str().expect("UTF-8")];
    let (right, said) = release("2026-12-31", &with).expect("it ran before");
    assert!(right, "{said}");
    for name in &names {
        let other = name.replace(VERSION, "99.8.7");
        fs::rename(dist.join(name), dist.join(&other)).expect("it is ours");
        let (right, said) = release("2026-12-31", &with).expect("it ran before");
        assert!(
            !right && said.contains("no file") && said.contains(&format!("{other}: not of version")),
            "{said}"
        );
        fs::rename(dist.join(&other), dist.join(name)).expect("it is ours");
    }
}

/// Archives of all platforms whose program is a script that says what it was given.
#[cfg(unix)]
fn archives(dist: &Path) {
    let program = dist.join("hullguard");
    fs::write(&program, "#!/bin/sh\necho \"ran with $*\"\nexit 7\n").expect("it can be written");
    fs::copy(&program, dist.join("hullguard.exe")).expect("it can be copied");
    let mut sums = String::new();
    for target in [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
    ] {
        let exe = if target.contains("windows") { "hullguard.exe" } else { "hullguard" };
        let name = format!("hullguard-1.2.3-{target}.tar.gz");
        let tar = Command::new("tar").args(["-czf", &name, exe]).current_dir(dist).status();
        assert!(tar.expect("tar is there").success());
        let sum = Sha256::digest(fs::read(dist.join(&name)).expect("it was just made"));
        let _ = writeln!(sums, "{sum:x}  {name}");
    }
    fs::write(dist.join("SHA256SUMS"), sums).expect("it can be written");
}

#[test]
#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this one did nothing")]
fn npm_packages_and_the_formula_hold_what_was_built() {
    let work = tempfile::tempdir().expect("a folder");
    let (dist, out) = (work.path().join("dist"), work.path().join("out"));
    fs::create_dir(&dist).expect("a folder");
    archives(&dist);
    let arguments = [dist.to_str().expect("UTF-8"), out.to_str().expect("UTF-8")];
    let Some((right, said)) = script("channels.py", &arguments) else { return };
    assert!(right, "{said}");

    let formula = fs::read_to_string(out.join("hullguard.rb")).expect("it was made");
    let sums = fs::read_to_string(dist.join("SHA256SUMS")).expect("it was made");
    for line in sums.lines().filter(|line| !line.contains("windows")) {
        let (sum, name) = line.split_once("  ").expect("two fields");
        let url = format!("url \"https://github.com/hullguard/hullguard/releases/download/v1.2.3/{name}\"");
        assert!(formula.contains(&format!("{url}\n      sha256 \"{sum}\"")), "{formula}");
    }
    let package = |name: &str| -> serde_json::Value {
        let text = fs::read(out.join("npm").join(name).join("package.json")).expect("it was made");
        serde_json::from_slice(&text).expect("it is JSON")
    };
    let others = package("hullguard")["optionalDependencies"].as_object().expect("a list").clone();
    assert_eq!(others.len(), 5);
    for (name, version) in &others {
        assert_eq!((version, &package(name)["version"]), (&"1.2.3".into(), &"1.2.3".into()), "{name}");
    }

    // As npm lays them out, and without the package of this platform.
    let modules = work.path().join("node_modules");
    fs::rename(out.join("npm"), &modules).expect("it is ours");
    let start = || {
        Command::new("node").arg(modules.join("hullguard/bin/hullguard.js")).args(["check", "a b"]).output()
    };
    let Ok(done) = start() else {
        eprintln!("skipped: there is no node here");
        return;
    };
    assert_eq!(
        (done.status.code(), &*String::from_utf8_lossy(&done.stdout)),
        (Some(7), "ran with check a b\n")
    );
    for name in others.keys() {
        fs::remove_dir_all(modules.join(name)).expect("it is ours");
    }
    let done = start().expect("it ran before");
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("is not installed"), "{done:?}");

    // A file that is not the one in the table, and one that is missing, are not packed.
    fs::write(dist.join("hullguard-1.2.3-x86_64-apple-darwin.tar.gz"), "other").expect("it can be written");
    let (right, said) = script("channels.py", &arguments).expect("it ran before");
    assert!(!right && said.contains("has the checksum"), "{said}");
    fs::remove_file(dist.join("hullguard-1.2.3-x86_64-apple-darwin.tar.gz")).expect("it is ours");
    let (right, said) = script("channels.py", &arguments).expect("it ran before");
    assert!(!right && said.contains("0 archives"), "{said}");
}

/// Each hook is there as a wheel, from PATH and from source, and does the same.
#[test]
fn hooks_come_in_three_ways() {
    let text = fs::read_to_string(top().join(".pre-commit-hooks.yaml")).expect("it is there");
    let hooks: Vec<BTreeMap<String, serde_yaml::Value>> = serde_yaml::from_str(&text).expect("it is YAML");
    let by_id: BTreeMap<&str, &BTreeMap<String, serde_yaml::Value>> =
        hooks.iter().map(|hook| (hook["id"].as_str().expect("a name"), hook)).collect();
    assert_eq!((hooks.len(), by_id.len()), (9, 9));
    for id in ["hullguard", "hullguard-secrets", "hullguard-push"] {
        for (suffix, language) in [("", "python"), ("-system", "system"), ("-src", "rust")] {
            let hook = by_id[&*format!("{id}{suffix}")];
            assert_eq!(hook["language"].as_str(), Some(language), "{id}{suffix}");
            let same = |key: &&String| !["id", "name", "language"].contains(&key.as_str());
            for key in by_id[id].keys().filter(same) {
                assert_eq!(hook.get(key), by_id[id].get(key), "{id}{suffix}: {key}");
            }
        }
    }
}

#[test]
fn our_dockerfile_is_clean_in_strict() {
    let out = cases::hullguard(top()).args(["check", "--profile", "strict", "Dockerfile"]).output();
    let out = out.expect("it starts");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    assert!(String::from_utf8_lossy(&out.stdout).starts_with("no findings in 1 file"), "{out:?}");
}

#[test]
fn the_version_names_the_target() {
    let said = |flag: &str| {
        let out = cases::hullguard(top()).arg(flag).output().expect("it starts");
        String::from_utf8(out.stdout).expect("it speaks UTF-8")
    };
    assert_eq!(said("-V"), format!("hullguard {VERSION}\n"));
    let long = said("--version");
    let build = long
        .strip_prefix(&format!("hullguard {VERSION} ("))
        .and_then(|rest| rest.strip_suffix(")\n"))
        .unwrap_or_else(|| panic!("{long}"));
    // Only release builds know the commit.
    let target = match build.split_once(", ") {
        Some((commit, target)) => {
            assert!(commit.len() == 12 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{long}");
            target
        }
        None => build,
    };
    assert!(target.starts_with(std::env::consts::ARCH) && target.split('-').count() >= 3, "{long}");
}
