//! Pushes with git's own hands to a bare remote: through the plain hook, and through pre-commit and prek where they are
//! installed. Whatever way a secret takes, it is found; what the remote has already is not told again.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::ways::{SILENT, WAYS, words};
use super::{HULLGUARD, Repo, Told, git, token};

/// Who runs the hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runner {
    Git,
    PreCommit,
    Prek,
}

impl Runner {
    fn program(self) -> Option<&'static str> {
        match self {
            Self::Git => None,
            Self::PreCommit => Some("pre-commit"),
            Self::Prek => Some("prek"),
        }
    }
    #[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this one did nothing")]
    fn is_here(self) -> bool {
        let Some(program) = self.program() else { return true };
        let here = Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success());
        if !here {
            eprintln!("skipped: there is no {program} here");
        }
        here
    }
}

/// A clone of a bare repository, and that. The remote has `old.env` and `lines.env` with a secret each.
pub(super) struct Ground {
    pub(super) repo: Repo,
    pub(super) server: TempDir,
}

impl Ground {
    fn new(runner: Runner) -> Self {
        let server = tempfile::tempdir().expect("the test's own ground holds");
        let repo = Repo::new();
        repo.git(&["init", "-q", "--bare", "-b", "main", &bare(&server, "origin")]);
        repo.git(&["remote", "add", "origin", &bare(&server, "origin")]);
        repo.write("old.env", format!("TOKEN={}\n", token(50)));
        repo.write("lines.env", format!("A=1\nTOKEN={}\nB=2\n", token(51)));
        repo.commit("first");
        repo.write("plain.txt", "x\n");
        repo.commit("second");
        repo.git(&["push", "-q", "-u", "origin", "main"]);
        let ground = Self { repo, server };
        ground.install(runner);
        ground
    }
    fn install(&self, runner: Runner) {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Some(program) = runner.program() else {
            let hook = self.repo.path().join(".git/hooks/pre-push");
            fs::copy(top.join("hooks/pre-push"), &hook).expect("it can be copied");
            return fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("it is ours");
        };
        // The hook as it is published, but with the program that was just built.
        let published = fs::read_to_string(top.join(".pre-commit-hooks.yaml")).expect("it is there");
        let start = published.find("- id: hullguard-push\n").expect("it is there");
        let rest = &published[start..];
        let end = rest[1..].find("\n- id:").map_or(rest.len(), |at| at + 2);
        let hook = rest[..end].replace("language: python", "language: system").replace('\n', "\n    ");
        let config = format!("repos:\n- repo: local\n  hooks:\n    {}\n", hook.trim_end());
        fs::write(self.repo.path().join(".pre-commit-config.yaml"), config).expect("it can be written");
        fs::write(self.repo.path().join(".git/info/exclude"), ".pre-commit-config.yaml\n")
            .expect("it can be written");
        let mut command = git(self.repo.path(), &[]);
        let mut install = Command::new(program);
        install.args(["install", "-t", "pre-push"]).current_dir(self.repo.path());
        install.envs(
            command.env("PRE_COMMIT_HOME", self.server.path()).get_envs().filter_map(|(k, v)| Some((k, v?))),
        );
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
            install.env_remove(name);
        }
        let done = install.output().expect("it starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    /// A commit that adds a secret.
    pub(super) fn secret(&self) -> String {
        self.repo.write("new.env", format!("A=1\nTOKEN={}\n", token(60)));
        self.repo.commit("secret")
    }
    pub(super) fn clean(&self, file: &str) -> String {
        self.repo.write(file, "clean\n");
        self.repo.commit(file)
    }
    pub(super) fn branch(&self, name: &str) {
        self.repo.git(&["checkout", "-q", "-b", name]);
    }
    pub(super) fn checkout(&self, name: &str) {
        self.repo.git(&["checkout", "-q", name]);
    }
    fn push_from(&self, folder: &Path, args: &[&str]) -> Told {
        let mut command = git(folder, &[&["push"], args].concat());
        let program = Path::new(HULLGUARD).parent().expect("it lies in a folder").to_owned();
        let path = env::var_os("PATH").unwrap_or_default();
        let all: Vec<PathBuf> = [program].into_iter().chain(env::split_paths(&path)).collect();
        command.env("PATH", env::join_paths(all).expect("paths"));
        for name in ["PRE_COMMIT_HOME", "PREK_HOME"] {
            command.env(name, self.server.path());
        }
        for (name, _) in env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with("PRE_COMMIT") && name != "PRE_COMMIT_HOME"
        }) {
            command.env_remove(name);
        }
        Told::of(&command.output().expect("git is installed"))
    }
    pub(super) fn url(&self) -> String {
        bare(&self.server, "origin")
    }
}

pub(super) fn bare(server: &TempDir, name: &str) -> String {
    server.path().join(format!("{name}.git")).to_string_lossy().into_owned()
}

fn all_ways(runner: Runner) {
    if !runner.is_here() {
        return;
    }
    for (name, way) in WAYS {
        let ground = Ground::new(runner);
        let args = way(&ground);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let told = ground.push_from(ground.repo.path(), &args);
        assert!(told.code != 0 && told.text.contains("new.env:2"), "{runner:?}, {name}: {}", told.text);
        assert!(!told.text.contains(&token(60)[8..20]), "{runner:?}, {name} shows it");
    }
    for (name, way) in SILENT {
        let ground = Ground::new(runner);
        let args = way(&ground);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let told = ground.push_from(ground.repo.path(), &args);
        assert!(told.code == 0 && told.places().is_empty(), "{runner:?}, {name}: {}", told.text);
    }
}

#[test]
fn every_way_to_push_is_seen_by_the_plain_hook() {
    all_ways(Runner::Git);
}

#[test]
fn every_way_to_push_is_seen_under_pre_commit() {
    all_ways(Runner::PreCommit);
}

#[test]
fn every_way_to_push_is_seen_under_prek() {
    all_ways(Runner::Prek);
}

/// A framework hands on one ref; what git says itself is looked at whole.
#[test]
fn the_plain_hook_sees_all_refs_of_a_push() {
    let push = |prepare: &dyn Fn(&Ground) -> Vec<String>| {
        let ground = Ground::new(Runner::Git);
        let args = prepare(&ground);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        ground.push_from(ground.repo.path(), &args)
    };
    let refused = |what: &str, place: &str, prepare: &dyn Fn(&Ground) -> Vec<String>| {
        let told = push(prepare);
        assert!(told.code != 0 && told.text.contains(place), "{what}: {}", told.text);
    };
    refused("the second of two branches", "new.env:2", &|g| {
        g.clean("main.txt");
        g.branch("feat");
        g.repo.git(&["reset", "-q", "--hard", "origin/main"]);
        g.secret();
        words(&["origin", "main", "feat"])
    });
    let message = |g: &Ground| {
        g.repo.git(&["tag", "-a", "-m", &format!("use {}", token(60)), "v1"]);
    };
    refused("a tag's message", "tag message:1", &|g| {
        message(g);
        words(&["origin", "v1"])
    });
    refused("the message of a tag of a tag", "tag message:1", &|g| {
        message(g);
        g.repo.git(&["tag", "-a", "-m", "more", "v2", "v1"]);
        g.repo.git(&["tag", "-d", "v1"]);
        words(&["origin", "v2"])
    });
    refused("a commit's message", "commit message:1", &|g| {
        g.repo.commit(&format!("use {}", token(60)));
        words(&["origin", "main"])
    });
    refused("a tag of a blob", "object ", &|g| {
        g.repo.write("loose", format!("TOKEN={}\n", token(60)));
        let blob = g.repo.git(&["hash-object", "-w", "loose"]);
        g.repo.git(&["tag", "blob", &blob]);
        words(&["origin", "blob"])
    });
    refused("a tag of a tree", "new.env:2", &|g| {
        g.secret();
        g.repo.git(&["tag", "-a", "-m", "tree", "tree", "HEAD^{tree}"]);
        g.repo.git(&["reset", "-q", "--hard", "HEAD~"]);
        words(&["origin", "tree"])
    });
    refused("notes", ":1", &|g| {
        g.repo.git(&["notes", "add", "-m", &format!("use {}", token(60))]);
        words(&["origin", "refs/notes/commits"])
    });
}

#[test]
fn a_linked_work_tree_and_a_submodule_push_what_is_theirs() {
    let ground = Ground::new(Runner::Git);
    let linked = ground.server.path().join("linked");
    ground.repo.git(&["worktree", "add", "-q", "-b", "linked", &linked.to_string_lossy()]);
    fs::write(linked.join("new.env"), format!("A=1\nTOKEN={}\n", token(60))).expect("it can be written");
    for args in [&["add", "-A"][..], &["commit", "-qm", "secret"]] {
        assert!(git(&linked, args).status().expect("git is installed").success());
    }
    let told = ground.push_from(&linked, &["origin", "HEAD"]);
    assert!(told.code != 0 && told.text.contains("new.env:2"), "{}", told.text);
    assert_eq!(ground.push_from(ground.repo.path(), &["origin", "main:refs/heads/copy"]).code, 0);

    let project = Ground::new(Runner::Git);
    let url = ground.url();
    project.repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "sub"]);
    project.repo.commit("with a library");
    let sub = project.repo.path().join("sub");
    fs::copy(
        ground.repo.path().join(".git/hooks/pre-push"),
        project.repo.path().join(".git/modules/sub/hooks/pre-push"),
    )
    .expect("it can be copied");
    fs::write(sub.join("new.env"), format!("A=1\nTOKEN={}\n", token(60))).expect("it can be written");
    for args in [&["add", "-A"][..], &["commit", "-qm", "secret"]] {
        assert!(git(&sub, args).status().expect("git is installed").success());
    }
    let told = project.push_from(&sub, &["origin", "HEAD:refs/heads/topic"]);
    assert!(told.code != 0 && told.text.contains("new.env:2"), "{}", told.text);
    // The project itself brings nothing but a pointer.
    let told = project.push_from(project.repo.path(), &["--recurse-submodules=no", "origin", "main"]);
    assert_eq!(told.code, 0, "{}", told.text);
}

#[test]
fn a_clone_that_is_cut_off_is_searched_or_says_so() {
    let ground = Ground::new(Runner::Git);
    let shallow = ground.server.path().join("shallow");
    let url = format!("file://{}", ground.url());
    ground.repo.git(&["clone", "-q", "--depth", "1", &url, &shallow.to_string_lossy()]);
    fs::copy(ground.repo.path().join(".git/hooks/pre-push"), shallow.join(".git/hooks/pre-push"))
        .expect("it can be copied");
    let commit = |text: &str| {
        fs::write(shallow.join("new.env"), text).expect("it can be written");
        for args in [&["add", "-A"][..], &["commit", "-qm", "more"]] {
            assert!(git(&shallow, args).status().expect("git is installed").success());
        }
    };
    commit("clean\n");
    assert_eq!(ground.push_from(&shallow, &["origin", "main"]).code, 0);
    let other = bare(&ground.server, "other");
    ground.repo.git(&["init", "-q", "--bare", &other]);
    let told = ground.push_from(&shallow, &[&other, "main"]);
    assert!(told.code != 0 && told.text.contains("git fetch --unshallow"), "{}", told.text);
    commit(&format!("A=1\nTOKEN={}\n", token(60)));
    let told = ground.push_from(&shallow, &["origin", "main"]);
    assert!(told.code != 0 && told.text.contains("new.env:2"), "{}", told.text);
}
