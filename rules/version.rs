//! What `hullguard --version` says about the build besides the number.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The commit, if it is known, and the target: `0123456789ab, x86_64-unknown-linux-musl`.
pub(crate) fn build() -> String {
    let target = env::var("TARGET").expect("cargo sets TARGET");
    commit().map_or(target.clone(), |commit| format!("{}, {target}", commit.get(..12).unwrap_or(&commit)))
}

/// The commit that is built. `HULLGUARD_COMMIT` says it where git's folder is not there, as in a container; a package
/// of cargo carries it in a file. Otherwise git is asked, but only for a release build: it is then built again when HEAD
/// moves, which would cost developers a build for each commit. Git's folder must be that of this package, and not one
/// that happens to lie further up.
fn commit() -> Option<String> {
    println!("cargo::rerun-if-env-changed=HULLGUARD_COMMIT");
    let hash = |text: &str| {
        let text = text.trim();
        (text.len() >= 12 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_owned())
    };
    if let Ok(named) = env::var("HULLGUARD_COMMIT")
        && !named.is_empty()
    {
        return hash(&named);
    }
    if let Ok(packaged) = fs::read_to_string(".cargo_vcs_info.json") {
        return hash(packaged.split_once("\"sha1\": \"")?.1.split('"').next()?);
    }
    if env::var("PROFILE").as_deref() != Ok("release") || !Path::new(".git").exists() {
        return None;
    }
    let git = |arguments: &[&str]| {
        let done = Command::new("git").args(arguments).output().ok().filter(|done| done.status.success())?;
        Some(String::from_utf8(done.stdout).ok()?.trim().to_owned())
    };
    // The log of HEAD has a new line whenever HEAD moves.
    for file in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", file])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    hash(&git(&["rev-parse", "HEAD"])?)
}
