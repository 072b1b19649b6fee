//! Whom to tell: a repository, a commit, perhaps a pull request, and the token that may.

use std::fmt;

use super::refused::Refused;
use crate::report::escape;

/// Where findings go. All of it comes from the runner's environment and the event.
#[derive(Clone, Debug)]
pub struct Target {
    /// `https://api.github.com`, or that of a GitHub Enterprise Server: `GITHUB_API_URL`.
    pub api_url: String,
    /// `https://github.com`: `GITHUB_SERVER_URL`.
    pub server_url: String,
    /// `owner/name`.
    pub repository: String,
    /// The commit that was checked, and that check runs and comments stand on: a pull request's own last commit, not
    /// the merge that the runner makes of it.
    pub head_sha: String,
    /// What code scanning files alerts under, `refs/heads/main` or `refs/pull/1/head`; it must lead to `head_sha`.
    pub git_ref: String,
    pub pull_request: Option<u64>,
    pub token: Option<Token>,
    /// Who the token comments as, where that is known. Else comments of bots with our mark are taken for ours.
    pub login: Option<String>,
}

impl Target {
    /// A route of the API below the repository: `/check-runs`.
    pub(super) fn route(&self, rest: &str) -> Result<String, Refused> {
        let is_part = |part: &str| {
            !matches!(part, "" | "." | "..")
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        match self.repository.split_once('/') {
            Some((owner, name)) if is_part(owner) && is_part(name) => {
                Ok(format!("/repos/{owner}/{name}{rest}"))
            }
            _ => Err(Refused::here("the repository's name is not `owner/name`")),
        }
    }
    /// The pull request's number.
    pub(super) fn pull(&self) -> Result<u64, Refused> {
        self.pull_request.ok_or_else(|| Refused::here("there is no pull request"))
    }
    /// The commit, which GitHub wants as a whole SHA-1.
    pub(super) fn commit(&self) -> Result<&str, Refused> {
        let sha = &*self.head_sha;
        let is_sha1 = sha.len() == 40 && sha.bytes().all(|b| b.is_ascii_hexdigit());
        if is_sha1 { Ok(sha) } else { Err(Refused::here("the commit has no SHA-1 id")) }
    }
    /// The page of a line at the commit.
    pub(super) fn line_url(&self, path: &str, line: u32) -> String {
        format!(
            "{}/{}/blob/{}/{}#L{line}",
            self.server_url,
            self.repository,
            self.head_sha,
            escape::uri(path)
        )
    }
}

/// A token of GitHub's. Nothing shows it: it has no `Display`, and its `Debug` keeps it to itself.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// `None` for what cannot be one, blanks around it aside.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())).then(|| Self(text.to_owned()))
    }
    /// For the two places that send it: the client here, and `git fetch`.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(repository: &str) -> Target {
        Target {
            api_url: String::new(),
            server_url: "https://github.com".into(),
            repository: repository.into(),
            head_sha: "a".repeat(40),
            git_ref: String::new(),
            pull_request: None,
            token: Token::new(" hush\n"),
            login: None,
        }
    }

    #[test]
    fn the_token_is_not_shown() {
        assert!(!format!("{:?}", target("o/r")).contains("hush"));
        assert!(Token::new("a\nb").is_none() && Token::new(" ").is_none());
    }

    #[test]
    fn routes_stay_below_the_repository() {
        assert_eq!(target("o/r.x").route("/check-runs").unwrap(), "/repos/o/r.x/check-runs");
        for wrong in ["o", "o/", "o/..", "o/r/x", "o/r?x", "o/r#", "../r"] {
            assert!(target(wrong).route("").is_err(), "{wrong}");
        }
        assert_eq!(
            target("o/r").line_url("a b/#.c", 3),
            format!("https://github.com/o/r/blob/{}/a%20b/%23.c#L3", "a".repeat(40))
        );
    }
}
