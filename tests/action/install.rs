//! `action/install.sh` against a server on this machine: only the file that the table names is ever run.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const NAME: &str = "hullguard-1.2.3-x86_64-unknown-linux-musl.tar.gz";

/// A copy of the action with a table, a tool cache, and an archive that a mirror serves.
struct Setup {
    folder: TempDir,
    archive: Vec<u8>,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a test has its folder to itself");
        let path = folder.path();
        for name in ["action", "tools", "temp", "bin"] {
            fs::create_dir(path.join(name)).expect("a test has its folder to itself");
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("action/install.sh");
        fs::copy(script, path.join("action/install.sh")).expect("a test has its folder to itself");
        fs::write(path.join("bin/hullguard"), "#!/bin/sh\necho it is run\n")
            .expect("a test has its folder to itself");
        fs::set_permissions(path.join("bin/hullguard"), fs::Permissions::from_mode(0o755))
            .expect("a test has its folder to itself");
        let tar = Command::new("tar")
            .args(["-czf", "a.tar.gz", "-C", "bin", "hullguard"])
            .current_dir(path)
            .status();
        assert!(tar.expect("a test has its folder to itself").success());
        let archive = fs::read(path.join("a.tar.gz")).expect("a test has its folder to itself");
        let sum = format!("{:x}", Sha256::digest(&archive));
        let other = "0".repeat(64);
        let table = format!("# a word\n{other}  {}\n{sum}  {NAME}\n", NAME.replace("x86_64", "aarch64"));
        fs::write(path.join("action/checksums.txt"), table).expect("a test has its folder to itself");
        Self { folder, archive }
    }

    fn run(&self, mirror: &str, version: &str) -> Output {
        self.run_with(&[("HULLGUARD_MIRROR", mirror), ("HULLGUARD_VERSION", version)])
    }

    fn run_with(&self, more: &[(&str, &str)]) -> Output {
        let path = self.folder.path();
        fs::write(path.join("output"), "").expect("a test has its folder to itself");
        let mut bash = Command::new("bash");
        bash.arg(path.join("action/install.sh")).env_remove("http_proxy").env("no_proxy", "*");
        bash.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64").env("RUNNER_TEMP", path.join("temp"));
        bash.env("RUNNER_TOOL_CACHE", path.join("tools")).env("GITHUB_OUTPUT", path.join("output"));
        bash.env_remove("GH_TOKEN").envs(more.iter().copied());
        bash.output().expect("bash is there")
    }

    /// A program of that name before all others, as a shell script, and the `PATH` that finds it.
    fn program(&self, name: &str, script: &str) -> String {
        let folder = self.folder.path().join("programs");
        fs::create_dir_all(&folder).expect("a test has its folder to itself");
        fs::write(folder.join(name), format!("#!/bin/sh\n{script}\n"))
            .expect("a test has its folder to itself");
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755))
            .expect("a test has its folder to itself");
        format!("{}:{}", folder.display(), std::env::var("PATH").expect("there is a PATH"))
    }

    /// What the binary that was installed says.
    fn said(&self) -> String {
        let output =
            fs::read_to_string(self.folder.path().join("output")).expect("a test has its folder to itself");
        let binary = output.trim().strip_prefix("path=").expect("the path is set");
        String::from_utf8(Command::new(binary).output().expect("it runs").stdout)
            .expect("a test has its folder to itself")
    }
}

/// Serves these bytes, once, whatever is asked for.
fn mirror(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a test has its folder to itself");
    let url = format!("http://{}/releases/", listener.local_addr().expect("a test has its folder to itself"));
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a test has its folder to itself");
        let mut asked = [0; 4096];
        let length = stream.read(&mut asked).expect("a test has its folder to itself");
        assert!(String::from_utf8_lossy(&asked[..length]).starts_with(&format!("GET /releases/{NAME} ")));
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
        stream.write_all(&[head.as_bytes(), &bytes].concat()).expect("a test has its folder to itself");
    });
    url
}

#[test]
fn what_the_table_names_is_run_and_kept() {
    let setup = Setup::new();
    for version in ["", "v1.2.3", "1.2.3"] {
        // Only the first time it is downloaded.
        let out = setup.run(&mirror(setup.archive.clone()), version);
        assert!(out.status.success(), "{out:?}");
        assert_eq!(setup.said(), "it is run\n");
    }
    let kept = setup.folder.path().join("tools/hullguard/1.2.3/x86_64-unknown-linux-musl").join(NAME);
    // What somebody else put there is not.
    fs::write(&kept, "something else").expect("a test has its folder to itself");
    let out = setup.run(&mirror(setup.archive.clone()), "");
    assert!(out.status.success(), "{out:?}");
    assert_eq!(setup.said(), "it is run\n");
}

#[test]
fn anything_else_is_not_run() {
    let setup = Setup::new();
    let mut other = setup.archive.clone();
    other.push(0);
    let out = setup.run(&mirror(other), "");
    assert_eq!(out.status.code(), Some(2), "{out:?}");
    assert!(String::from_utf8_lossy(&out.stdout).contains("is not the file"), "{out:?}");
    for version in ["9.9.9", "*", "1.2.3-x86_64-unknown-linux-musl.tar.gz #"] {
        let out = setup.run("http://127.0.0.1:9/", version);
        assert_eq!(out.status.code(), Some(2), "{version}: {out:?}");
    }
    // A commit that is no release.
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("action/checksums.txt");
    let table = fs::read_to_string(table).expect("it is there");
    let comment: String = table.split_inclusive('\n').filter(|line| line.starts_with('#')).collect();
    fs::write(setup.folder.path().join("action/checksums.txt"), comment)
        .expect("a test has its folder to itself");
    let out = setup.run("http://127.0.0.1:9/", "");
    assert_eq!(out.status.code(), Some(2), "{out:?}");
    assert!(String::from_utf8_lossy(&out.stdout).contains("is no release"), "{out:?}");
    assert_eq!(
        fs::read_to_string(setup.folder.path().join("output")).expect("a test has its folder to itself"),
        ""
    );
}

/// `gh attestation verify` is asked about the file that is run, and its answer counts.
#[test]
fn the_attestation_is_verified() {
    let setup = Setup::new();
    let archive = setup.folder.path().join("a.tar.gz");
    // The download is ours, so that no mirror has to be named.
    let copy = format!("while [ \"$1\" != -o ]; do shift; done; cp '{}' \"$2\"", archive.display());
    setup.program("curl", &copy);
    let asked = setup.folder.path().join("asked");
    let gh =
        |code: u8| format!("sha256sum \"$3\" > '{0}'; echo \"$@\" >> '{0}'; exit {code}", asked.display());
    let token = ("GH_TOKEN", "hush");
    let required = ("HULLGUARD_ATTESTATION", "required");
    let fresh = || {
        let _ = fs::remove_dir_all(setup.folder.path().join("tools"));
        let _ = fs::remove_file(&asked);
    };
    for (answer, more, code, word) in [
        (0, &[token][..], 0, ""),
        (1, &[token], 0, "::warning "),
        (0, &[token, required], 0, ""),
        (1, &[token, required], 2, "::error "),
        (4, &[required], 2, "::error "),
    ] {
        fresh();
        let path = setup.program("gh", &gh(answer));
        let out = setup.run_with(&[more, &[("PATH", &path)]].concat());
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(out.status.code(), Some(code), "{answer} {more:?}: {said}");
        assert!(
            word.is_empty() != said.contains(&format!("{word}title=hullguard::the attestation of {NAME}")),
            "{said}"
        );
        let asked = fs::read_to_string(&asked).expect("gh was asked");
        assert!(asked.starts_with(&format!("{:x}", Sha256::digest(&setup.archive))), "{asked}");
        assert!(asked.contains("--repo hullguard/hullguard "), "{asked}");
        assert!(
            asked.contains("--signer-workflow hullguard/hullguard/.github/workflows/release.yml"),
            "{asked}"
        );
    }
    // Nobody is asked without a token, for a mirror, or on another server; what was kept is verified where it must be.
    let path = setup.program("gh", &gh(1));
    for more in [
        &[][..],
        &[token, ("HULLGUARD_MIRROR", "https://mirror.example.org")],
        &[token, ("GITHUB_SERVER_URL", "https://git.example.org")],
    ] {
        fresh();
        let out = setup.run_with(&[more, &[("PATH", &path)]].concat());
        assert!(out.status.success() && !asked.exists(), "{more:?}: {out:?}");
    }
    let out = setup.run_with(&[token, required, ("PATH", &path)]);
    assert_eq!(out.status.code(), Some(2), "{out:?}");
}
