//! Addresses of git repositories that others can change: how firmly they say what they are.

/// How firmly an address says what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pin {
    Commit,
    Tag,
    Nothing,
    /// Anybody on the way can change it.
    Plain,
}

/// `None` if the address is a folder, an image, a file or another service.
pub fn pin(context: &str) -> Option<Pin> {
    let (address, fragment) = context.split_once('#').unwrap_or((context, ""));
    let is_git = address.starts_with("git://")
        || address.starts_with("git@")
        || address.starts_with("ssh://")
        || address.starts_with("github.com/")
        || address.strip_suffix(".git").is_some_and(|rest| rest.contains("://"));
    if address.starts_with("http://") || address.starts_with("git://") {
        return Some(Pin::Plain);
    }
    if !is_git {
        // A tarball or a file: its address is all that there is.
        return None;
    }
    let (reference, _) = fragment.split_once(':').unwrap_or((fragment, ""));
    let is_commit = reference.len() >= 40 && reference.bytes().all(|b| b.is_ascii_hexdigit());
    let version = reference.strip_prefix("refs/tags/").unwrap_or(reference);
    let version = version.strip_prefix('v').unwrap_or(version);
    Some(if is_commit {
        Pin::Commit
    } else if reference.starts_with("refs/tags/") || version.starts_with(|c: char| c.is_ascii_digit()) {
        Pin::Tag
    } else {
        Pin::Nothing
    })
}

#[cfg(test)]
mod tests {
    use super::{Pin, pin};

    #[test]
    fn remote_addresses_are_told_from_folders() {
        for (context, want) in [
            (".", None),
            ("../git@home", None),
            ("./x.git", None),
            ("docker-image://alpine:3.20", None),
            ("service:base", None),
            ("https://example.com/context.tar.gz", None),
            ("https://github.com/a/b.git", Some(Pin::Nothing)),
            ("https://github.com/a/b.git#main:docker", Some(Pin::Nothing)),
            ("git@github.com:a/b.git#v1.2", Some(Pin::Tag)),
            ("github.com/a/b#refs/tags/stable", Some(Pin::Tag)),
            ("https://github.com/a/b.git#0123456789abcdef0123456789abcdef01234567:x", Some(Pin::Commit)),
            ("http://example.com/a.git#main", Some(Pin::Plain)),
        ] {
            assert_eq!(pin(context), want, "{context}");
        }
    }
}
