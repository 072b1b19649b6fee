//! What the runner gives to a step: a clone, variables, a payload, and files to write to.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

pub(super) const GOOD: &str =
    "FROM debian:12.8\nRUN useradd app\nCOPY app /bin/\nUSER app\nCMD [\"/bin/app\"]\n";
/// `GOOD` without its USER line.
pub(super) const ROOT: &str = "FROM debian:12.8\nRUN useradd app\nCOPY app /bin/\nCMD [\"/bin/app\"]\n";
pub(super) const NONE: &str = "0000000000000000000000000000000000000000";

/// The repository as it is on the server.
pub(super) struct Server(TempDir);

impl Server {
    pub(super) fn new() -> Self {
        let server = Self(tempfile::tempdir().expect("a test has its folder to itself"));
        server.git(&["init", "-q", "-b", "main"]);
        // As GitHub does.
        server.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        server
    }
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
    pub(super) fn git(&self, args: &[&str]) -> String {
        git(self.path(), args)
    }
    pub(super) fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().expect("a test has its folder to itself"))
            .expect("a test has its folder to itself");
        fs::write(path, text).expect("a test has its folder to itself");
    }
    /// Commits these files; an empty text deletes one.
    pub(super) fn commit(&self, files: &[(&str, &str)]) -> String {
        for (file, text) in files {
            match *text {
                "" => fs::remove_file(self.path().join(file)).expect("a test has its folder to itself"),
                text => self.write(file, text),
            }
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "c"]);
        self.git(&["rev-parse", "HEAD"])
    }
    /// What actions/checkout makes of it.
    pub(super) fn checkout(&self, args: &[&str]) -> Job {
        let job = Job {
            folder: tempfile::tempdir().expect("a test has its folder to itself"),
            variables: Vec::new(),
        };
        let url = format!("file://{}", self.path().display());
        let work = job.work();
        let mut all = vec!["clone", "-q"];
        all.extend(args);
        all.extend([url.as_str(), work.to_str().expect("a test has its folder to itself")]);
        git(job.folder.path(), &all);
        job
    }
}

pub(super) struct Job {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

pub(super) struct Told {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
    pub(super) summary: String,
    outputs: String,
}

impl Job {
    pub(super) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }
    /// A variable of the step, an input or one of the runner's.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }
    pub(super) fn run(&self, event: &str, sha: &str, git_ref: &str, payload: &Value) -> Told {
        self.told(Command::new(env!("CARGO_BIN_EXE_hullguard")), event, sha, git_ref, payload)
    }
    /// The same with a log of the programs that are started; `None` where strace cannot be had.
    #[cfg(target_os = "linux")]
    pub(super) fn traced(
        &self,
        log: &Path,
        event: &str,
        sha: &str,
        git_ref: &str,
        payload: &Value,
    ) -> Option<Told> {
        let works = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
        works.ok().filter(|out| out.status.success())?;
        let mut command = Command::new("strace");
        command.args(["-f", "-e", "trace=execve", "-s", "4096", "-o"]).arg(log);
        command.arg(env!("CARGO_BIN_EXE_hullguard"));
        Some(self.told(command, event, sha, git_ref, payload))
    }
    fn told(&self, mut command: Command, event: &str, sha: &str, git_ref: &str, payload: &Value) -> Told {
        let file = |name: &str| self.folder.path().join(name);
        fs::write(file("event.json"), payload.to_string()).expect("a test has its folder to itself");
        for name in ["output", "summary"] {
            fs::write(file(name), "").expect("a test has its folder to itself");
        }
        command.arg("action").current_dir(self.work());
        clean(&mut command);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", event)
            .env("GITHUB_EVENT_PATH", file("event.json"))
            .env("GITHUB_SHA", sha)
            .env("GITHUB_REF", git_ref)
            .env("GITHUB_REPOSITORY", "octo/repo")
            .env("GITHUB_SERVER_URL", "https://github.invalid")
            .env("GITHUB_API_URL", "http://127.0.0.1:9")
            .env("GITHUB_WORKSPACE", self.work())
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .env("INPUT_REPORT", "log")
            .env("HULLGUARD_SHELLCHECK", "off");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let Output { status, stdout, stderr } = command.output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("all output is text");
        Told {
            code: status.code().unwrap_or(-1),
            out: text(stdout),
            err: text(stderr),
            summary: fs::read_to_string(file("summary")).expect("a test has its folder to itself"),
            outputs: fs::read_to_string(file("output")).expect("a test has its folder to itself"),
        }
    }
}

impl Told {
    /// An output of the step, read as the runner does.
    pub(super) fn output(&self, name: &str) -> String {
        let mut lines = self.outputs.lines();
        while let Some(head) = lines.next() {
            let (key, word) = head.split_once("<<").expect("an output begins with its name");
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != word).collect();
            if key == name {
                return value.join("\n");
            }
        }
        panic!("no output {name} in {}", self.outputs)
    }
    /// The rules of the annotations.
    pub(super) fn rules(&self) -> Vec<&str> {
        let titles = self.out.lines().filter(|line| line.starts_with("::"));
        let titles = titles.filter_map(|line| line.split_once(",title=")?.1.split_once("::"));
        titles.map(|(title, _)| title).collect()
    }
    #[track_caller]
    pub(super) fn expect(&self, code: i32, rules: &[&str]) {
        let Self { out, err, .. } = self;
        assert_eq!((self.code, self.rules().as_slice()), (code, rules), "{out}\n{err}");
    }
}

/// A proxy that lets everybody through and leads nowhere. It remembers what it was told.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut part = [0; 4096];
                let mut hear = |stream: &mut TcpStream| {
                    let count = stream.read(&mut part).unwrap_or_default();
                    log.lock().expect("no test panics with it").extend(&part[..count]);
                };
                hear(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                hear(&mut stream);
            }
        });
        Self { address, heard }
    }
    pub(super) fn heard(&self) -> Vec<u8> {
        self.heard.lock().expect("no test panics with it").clone()
    }
}

fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_runners = ["GIT_", "GITHUB_", "INPUT_", "RUNNER_"].iter().any(|start| text.starts_with(start));
        if is_runners || text.to_lowercase().ends_with("_proxy") {
            command.env_remove(&name);
        }
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
}

pub(super) fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    clean(&mut command);
    command.current_dir(folder).args(args);
    for (name, value) in [("NAME", "Ann"), ("EMAIL", "ann@example.org"), ("DATE", "2024-03-01T12:00:00Z")] {
        command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    let out = command.output().expect("git is installed");
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}
