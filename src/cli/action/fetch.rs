//! Fetches commits that the clone has not, by git itself: it knows proxies, certificates and protocols.
//!
//! The token is in the environment of that one process, for the job's own server only. It is in no argument, where
//! other processes could read it, in no file, and in nothing that is printed. git reads the machine's configuration and
//! that of [`Borrowed`], never the repository's: of that the remote's address is taken, and the header that
//! actions/checkout left.

use std::env;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use git2::Repository;

use super::borrowed::Borrowed;
use crate::github::Token;
use crate::scan::Watch;

/// How many commits more are asked for at first.
const MORE: u32 = 100;
/// How long one fetch may take, and how much of what git says is kept.
const LONGEST: Duration = Duration::from_secs(15 * 60);
const SAID: u64 = 64 << 10;
/// Between two looks whether git is done.
const OFTEN: Duration = Duration::from_millis(20);
/// What a remote's address may begin with. `ext::` and its like run programs.
const PROTOCOLS: &str = "file:git:http:https:ssh";
/// Variables of git's that say which repository is meant, or what may be run for it.
const OTHERS: [&str; 14] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    More,
    All,
}

pub(super) struct Remote<'w> {
    pub(super) server_url: String,
    /// `owner/name`.
    pub(super) repository: String,
    pub(super) token: Option<Token>,
    pub(super) watch: &'w Watch,
}

impl Remote<'_> {
    /// Asks `origin` for a commit or a ref; of `+from:to` the second is the ref that it becomes.
    ///
    /// # Errors
    /// git's own last word.
    pub(super) fn fetch(&self, repository: &Repository, wanted: &str, depth: Depth) -> Result<(), String> {
        let url = self.url(repository)?;
        let borrowed =
            Borrowed::of(repository).map_err(|error| format!("no temporary folder can be made: {error}"))?;
        let mut git = Command::new("git");
        git.current_dir(borrowed.folder());
        git.args(["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--refmap="]);
        if repository.is_shallow() {
            git.arg(match depth {
                Depth::More => format!("--deepen={MORE}"),
                Depth::All => "--unshallow".to_owned(),
            });
        }
        git.args(["--end-of-options", &url, wanted]);
        // What a trace shows is the header, and a prompt would wait for nobody.
        let traces = env::vars_os().map(|(name, _)| name);
        let traces = traces.filter(|name| name.to_string_lossy().starts_with("GIT_TRACE"));
        for name in traces.chain(OTHERS.map(Into::into)) {
            git.env_remove(name);
        }
        git.env("GIT_DIR", borrowed.folder()).env("GIT_OBJECT_DIRECTORY", borrowed.objects());
        git.env("GIT_ALLOW_PROTOCOL", PROTOCOLS);
        git.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        // Behind what the job has set itself.
        let set = env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(0);
        for (at, (key, value)) in (set..).zip(self.settings(repository)) {
            git.env(format!("GIT_CONFIG_KEY_{at}"), key).env(format!("GIT_CONFIG_VALUE_{at}"), value);
            git.env("GIT_CONFIG_COUNT", usize::to_string(&(at + 1)));
        }
        git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = git.spawn().map_err(|error| format!("git cannot be run: {error}"))?;
        self.wait(child)?;
        borrowed.give_back(wanted.split_once(':').map(|(_, to)| to))
    }

    /// Where `origin` is. Over ssh the key would be the one that its configuration names; the token opens the same server.
    fn url(&self, repository: &Repository) -> Result<String, String> {
        let origin = repository.find_remote("origin").map_err(|error| error.message().to_owned())?;
        let url = origin.url().ok().filter(|url| !url.is_empty()).ok_or("`origin` has no address")?;
        let is_ssh =
            url.starts_with("ssh://") || !url.contains("://") && url.contains('@') && url.contains(':');
        Ok(if is_ssh && self.token.is_some() && !self.repository.is_empty() {
            format!("{}/{}", self.server_url.trim_end_matches('/'), self.repository)
        } else {
            url.to_owned()
        })
    }

    fn settings(&self, repository: &Repository) -> Vec<(String, String)> {
        let mut settings = vec![
            ("core.hooksPath".to_owned(), "/dev/null".to_owned()),
            ("maintenance.auto".to_owned(), "false".to_owned()),
            ("gc.auto".to_owned(), "0".to_owned()),
            ("http.followRedirects".to_owned(), "initial".to_owned()),
            // A server that says nothing for a minute has gone.
            ("http.lowSpeedLimit".to_owned(), "1".to_owned()),
            ("http.lowSpeedTime".to_owned(), "60".to_owned()),
        ];
        let key = format!("http.{}/.extraheader", self.server_url.trim_end_matches('/'));
        if let Some(token) = &self.token {
            let basic = STANDARD.encode(format!("x-access-token:{}", token.expose()));
            // The empty one takes back what the machine's configuration has, for two of them are refused.
            settings.push((key.clone(), String::new()));
            settings.push((key, format!("AUTHORIZATION: basic {basic}")));
        } else if let Ok(header) = repository.config().and_then(|config| config.get_string(&key)) {
            settings.push((key, header));
        }
        settings
    }

    /// Waits for git, until the run is ended or it takes too long.
    fn wait(&self, mut git: Child) -> Result<(), String> {
        let stderr = git.stderr.take();
        let reader = thread::spawn(move || {
            let mut said = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.by_ref().take(SAID).read_to_end(&mut said);
                // git must not wait for somebody to read the rest.
                let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            }
            String::from_utf8_lossy(&said).into_owned()
        });
        let start = Instant::now();
        let ended = loop {
            match git.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(_)) => break None,
                Err(error) => break Some(error.to_string()),
                Ok(None) if self.watch.is_stopped() => break Some("interrupted".to_owned()),
                Ok(None) if start.elapsed() > LONGEST => break Some("git took too long".to_owned()),
                Ok(None) => thread::sleep(OFTEN),
            }
        };
        if let Some(why) = ended {
            let _ = git.kill();
            let _ = git.wait();
            return Err(why);
        }
        let said = reader.join().unwrap_or_default();
        Err(said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("git fetch failed").to_owned())
    }
}
