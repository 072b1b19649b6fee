//! Where people look at a commit: its page on the host that a repository was cloned from.
//!
//! Of the remote's address only host and path are taken, so a password in it goes nowhere.

use git2::{Oid, Repository};

use crate::shown;

/// The pages of a repository's commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages(String);

impl Pages {
    /// Those of `origin`, or of the only remote.
    pub fn of(repository: &Repository) -> Option<Self> {
        let remote = repository.find_remote("origin").ok().or_else(|| {
            let names = repository.remotes().ok()?;
            let only = names.get(0).ok().flatten().filter(|_| names.len() == 1)?;
            repository.find_remote(only).ok()
        })?;
        Self::at(remote.url().ok()?)
    }

    pub fn commit(&self, id: Oid) -> Box<str> {
        format!("{}{id}", self.0).into()
    }

    /// Of an address in any of the forms that git takes. Where the host says nothing of how its pages are named, none.
    fn at(address: &str) -> Option<Self> {
        let (host, path) = match address.split_once("://") {
            Some(("https" | "http" | "ssh" | "git" | "git+ssh" | "ssh+git", rest)) => rest.split_once('/')?,
            Some(_) => return None,
            // `user@host:path`, as scp has it.
            None => address.split_once(':').filter(|(host, _)| !host.contains('/'))?,
        };
        let host = host.rsplit('@').next()?;
        let host = host.split(':').next()?.to_ascii_lowercase();
        let host = match &*host {
            "ssh.github.com" => "github.com",
            "altssh.gitlab.com" => "gitlab.com",
            "altssh.bitbucket.org" => "bitbucket.org",
            host => host,
        };
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b));
        let whole = host.contains('.') && path.contains('/') && plain(host) && plain(path);
        if !whole || shown::masked(path) != path {
            return None;
        }
        let named = |word: &str| host.split(['.', '-']).any(|part| part == word);
        let commit = if host == "bitbucket.org" {
            "commits"
        } else if named("gitlab") {
            "-/commit"
        } else if ["github", "gitea", "forgejo", "codeberg"].into_iter().any(named) || host == "git.sr.ht" {
            "commit"
        } else {
            return None;
        };
        Some(Self(format!("https://{host}/{path}/{commit}/")))
    }
}

// hullguard: ignore-file=url-credentials the tests' samples
#[cfg(test)]
mod tests {
    use super::Pages;

    #[test]
    fn a_commit_has_a_page_whatever_form_the_address_has() {
        for (address, pages) in [
            ("https://github.com/acme/app.git", "https://github.com/acme/app/commit/"),
            ("https://bob:pa5Sw0rd@github.com/acme/app", "https://github.com/acme/app/commit/"),
            ("git@github.com:acme/app.git", "https://github.com/acme/app/commit/"),
            ("ssh://git@ssh.github.com:443/acme/app.git", "https://github.com/acme/app/commit/"),
            ("git://github.example.com/acme/app", "https://github.example.com/acme/app/commit/"),
            ("git@gitlab.com:acme/sub/app.git", "https://gitlab.com/acme/sub/app/-/commit/"),
            ("ssh://git@gitlab.acme.dev:2222/a/b.git", "https://gitlab.acme.dev/a/b/-/commit/"),
            ("git@bitbucket.org:acme/app.git", "https://bitbucket.org/acme/app/commits/"),
            ("https://codeberg.org/acme/app", "https://codeberg.org/acme/app/commit/"),
            ("ssh://gitea@git-gitea.acme.dev/a/b", "https://git-gitea.acme.dev/a/b/commit/"),
            ("git@git.sr.ht:~acme/app", "https://git.sr.ht/~acme/app/commit/"),
        ] {
            assert_eq!(Pages::at(address), Some(Pages(pages.to_owned())), "{address}");
        }
        for address in [
            "/srv/git/github.com/app.git",
            "../app",
            "file:///srv/github.com/a/b",
            "C:\\src\\github.com\\app",
            "github:acme/app",
            "https://git.acme.dev/acme/app",
            "https://github.com/acme",
            "https://github.com/acme/app?token=x",
            "https://github.com/a b/[x](y)",
        ] {
            assert_eq!(Pages::at(address), None, "{address}");
        }
    }
}
