//! Fetches commits that the clone has not, by git itself: it knows proxies, certificates and protocols.
//!
//! The token is in the environment of that one process, for the job's own server only. It is in no argument, where
//! other processes could read it, in no file, and in nothing that is printed.

use std::env;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use git2::Repository;

use crate::github::Token;

/// How many commits more are asked for at first.
const MORE: u32 = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    More,
    All,
}

pub(super) struct Remote {
    pub(super) server_url: String,
    pub(super) token: Option<Token>,
}

impl Remote {
    /// Asks `origin` for a commit or a ref.
    ///
    /// # Errors
    /// git's own last word.
    pub(super) fn fetch(&self, repository: &Repository, wanted: &str, depth: Depth) -> Result<(), String> {
        let folder = repository.workdir().unwrap_or_else(|| repository.path());
        let mut git = Command::new("git");
        git.current_dir(folder).args(["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"]);
        if repository.is_shallow() {
            git.arg(match depth {
                Depth::More => format!("--deepen={MORE}"),
                Depth::All => "--unshallow".to_owned(),
            });
        }
        git.args(["--end-of-options", "origin", wanted]);
        // What a trace shows is the header, and a prompt would wait for nobody.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_TRACE")) {
            git.env_remove(name);
        }
        git.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        // Behind what the job has set itself.
        let set = env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(0);
        for (at, (key, value)) in (set..).zip(self.settings(folder)) {
            git.env(format!("GIT_CONFIG_KEY_{at}"), key).env(format!("GIT_CONFIG_VALUE_{at}"), value);
            git.env("GIT_CONFIG_COUNT", usize::to_string(&(at + 1)));
        }
        git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let done = git.output().map_err(|error| format!("git cannot be run: {error}"))?;
        if done.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&done.stderr);
        Err(said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("git fetch failed").to_owned())
    }

    fn settings(&self, folder: &std::path::Path) -> Vec<(String, String)> {
        // In a container the workspace is another user's, and the job's own all the same. No hook of a repository runs.
        let mut settings = vec![
            ("safe.directory".to_owned(), folder.to_string_lossy().trim_end_matches('/').to_owned()),
            ("core.hooksPath".to_owned(), "/dev/null".to_owned()),
        ];
        if let Some(token) = &self.token {
            let key = format!("http.{}/.extraheader", self.server_url.trim_end_matches('/'));
            let basic = STANDARD.encode(format!("x-access-token:{}", token.expose()));
            // The empty one takes back what actions/checkout left, for two of them are refused.
            settings.push((key.clone(), String::new()));
            settings.push((key, format!("AUTHORIZATION: basic {basic}")));
        }
        settings
    }
}
