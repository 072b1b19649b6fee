//! One signal ends every run within a second, whatever it is doing.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts `check .` in a folder.
fn start(folder: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_hullguard"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("hullguard runs")
}

/// Sends a signal after a while; gives how long the run went on, and its code.
fn ended_by(mut child: Child, signal: &str) -> (Duration, Option<i32>) {
    std::thread::sleep(Duration::from_millis(400));
    assert!(child.try_wait().expect("it can be waited for").is_none(), "it is done before the signal");
    let sent = Instant::now();
    let kill = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    let code = child.wait().expect("it ends").code();
    (sent.elapsed(), code)
}

fn assert_ends(folder: &Path, arguments: &[&str], what: &str) {
    for signal in ["TERM", "INT"] {
        let (time, code) = ended_by(start(folder, arguments), signal);
        // Half a second more for a machine that has other things to do.
        assert!(time < Duration::from_millis(1500), "{what}: {signal} took {time:?}");
        assert!(matches!(code, Some(2 | 130 | 143)), "{what}: {signal} ended it with {code:?}");
    }
}

#[test]
fn in_the_middle_of_one_huge_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.env"), "token:".repeat(1_000_000)).unwrap();
    assert_ends(folder.path(), &["."], "a line of names");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Dockerfile");
    std::fs::write(&file, format!("FROM a\n{}", "RUN apt-get install a\n".repeat(180_000))).unwrap();
    assert_ends(folder.path(), &["."], "a huge Dockerfile");
    let before = std::fs::metadata(&file).unwrap().len();
    assert_ends(folder.path(), &[".", "--fix-unsafe"], "a fix");
    assert_eq!(std::fs::metadata(&file).unwrap().len(), before, "a fix that did not end wrote something");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file is left");
}

#[test]
fn while_a_fifo_gives_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("mkfifo").arg(folder.path().join("fifo")).status();
    assert!(made.expect("mkfifo runs").success());
    // Whatever opens it waits for a writer that never comes.
    let config = folder.path().join("fifo");
    let mut child = start(folder.path(), &[".", "--config", config.to_str().unwrap()]);
    std::thread::sleep(Duration::from_millis(300));
    if child.try_wait().unwrap().is_none() {
        let (time, _) = ended_by(child, "TERM");
        assert!(time < Duration::from_millis(1500), "took {time:?}");
    }
}
