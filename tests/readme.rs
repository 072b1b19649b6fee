//! The documents are followed word for word, by `tests/readme.py`. What needs a network or a wheel is left out here.

use std::path::Path;
use std::process::Command;

#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this one did nothing")]
fn every_command_of_the_documents_runs() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut python = Command::new("python3");
    python.arg(top.join("tests/readme.py")).args(["--program", env!("CARGO_BIN_EXE_hullguard")]);
    match python.output() {
        Ok(done) => assert!(
            done.status.success(),
            "{}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        ),
        Err(error) => eprintln!("skipped: there is no python3 here: {error}"),
    }
}
