//! What the address of a download promises: one version of a file, or whatever it is that day.

/// What an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// A version or a commit: what comes should be the same each time.
    Version,
    /// What moves by design: `latest`, a branch, `HEAD`.
    Moving,
    /// The state of a repository or a clock, fetched only so that the cache is left when it changes.
    State,
    /// Nothing can be told.
    Unclear,
}

/// Words in an address that stand for whatever is newest.
const MOVING: [&str; 16] = [
    "canary",
    "current",
    "dev",
    "develop",
    "edge",
    "head",
    "latest",
    "main",
    "master",
    "nightly",
    "releases-latest",
    "snapshot",
    "snapshots",
    "stable",
    "tip",
    "trunk",
];

/// Parts of the names of variables that hold a version.
const VERSIONS: [&str; 9] =
    ["COMMIT", "DIGEST", "HASH", "RELEASE", "REVISION", "SHA", "TAG", "VER", "VERSION"];

/// Reads an address; variables without a known value may still stand in it.
pub(super) fn names(url: &str) -> Names {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if is_state(&host.to_ascii_lowercase(), path) {
        return Names::State;
    }
    // `?release=1.5`
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let numbered = query.split(['&', '#']).filter_map(|pair| pair.split_once('=')).any(|(key, value)| {
        matches!(key, "release" | "tag" | "ver" | "version")
            && value.starts_with(|c: char| c.is_ascii_digit())
    });
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts = || path.split('/').filter(|part| !part.is_empty());
    let words = || parts().flat_map(|part| part.split(['-', '_', '.']));
    // A branch decides, whatever version stands in the name of a file of it: `/master/php-7.4.1.ini`.
    if parts().any(is_moving) {
        return Names::Moving;
    }
    if numbered || parts().any(is_version) || has_version_variable(path) {
        return Names::Version;
    }
    if words().any(is_moving) { Names::Moving } else { Names::Unclear }
}

/// What comes from this address can be changed by anyone between: it is neither encrypted nor on a network of one's own,
/// as far as its host is known.
pub(super) fn is_cleartext(url: &str) -> bool {
    let Some((scheme, rest)) = url.trim().trim_matches(['"', '\'']).split_once("://") else { return false };
    let scheme = scheme.rsplit('+').next().unwrap_or(scheme);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or(host);
    let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    ["http", "ftp", "git"].iter().any(|open| scheme.eq_ignore_ascii_case(open))
        && host.contains('.')
        && !host.contains(['$', '{', '%', '<', '['])
        && !is_private(&host)
}

/// By its name or number the host is on the network of whoever builds.
fn is_private(host: &str) -> bool {
    let numbers: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
    let by_number = match numbers[..] {
        [0 | 10 | 127, _, _, _] | [192, 168, _, _] | [169, 254, _, _] => true,
        [172, second, _, _] => (16..32).contains(&second),
        _ => false,
    };
    by_number || [".local", ".internal", ".lan", ".localdomain", ".svc"].iter().any(|end| host.ends_with(end))
}

fn is_moving(word: &str) -> bool {
    MOVING.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_state(host: &str, path: &str) -> bool {
    let api = host == "api.github.com" && path.starts_with("repos/") || path.starts_with("api/v4/projects/");
    let asks = ["/git/", "/commits", "/branches", "/tags", "/events", "/compare", "/releases"];
    api && asks.iter().any(|part| path.contains(part)) && !path.contains("/assets/")
        || matches!(
            host,
            "worldtimeapi.org" | "worldclockapi.com" | "www.random.org" | "www.uuidgenerator.net"
        )
}

/// It holds a number of three parts, or of two behind a `v`, or it is a commit or a digest.
fn is_version(part: &str) -> bool {
    let is_hex = part.bytes().all(|b| b.is_ascii_hexdigit());
    let mixed = part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().any(|b| b.is_ascii_alphabetic());
    if is_hex && (part.len() == 40 || part.len() == 64 || mixed && (7..=12).contains(&part.len())) {
        return true;
    }
    let mut rest = part;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = &rest[at..];
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
        let count = number[..end].split('.').filter(|part| !part.is_empty()).count();
        let moves = number[end..].starts_with(['x', 'X', '*']);
        let behind_v = rest[..at].ends_with(['v', 'V']);
        if !moves && (count >= 3 || count == 2 && behind_v) {
            return true;
        }
        rest = &number[end..];
    }
    false
}

/// `${VERSION}`, `$NVM_VERSION`
fn has_version_variable(path: &str) -> bool {
    path.match_indices('$').any(|(at, _)| {
        let name = path[at + 1..].trim_start_matches('{');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        name[..end].to_ascii_uppercase().split('_').any(|word| {
            VERSIONS.contains(&word) || VERSIONS.iter().any(|known| known.len() > 4 && word.ends_with(known))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Names, names};

    #[test]
    fn versions_are_told_from_what_moves() {
        for (url, what) in [
            ("https://raw.githubusercontent.com/nvm-sh/nvm/v0.39.5/install.sh", Names::Version),
            (
                "https://raw.githubusercontent.com/o/r/3f786850e387550fdab836ed7e6dc881de23001b/x.sh",
                Names::Version,
            ),
            ("https://raw.githubusercontent.com/o/r/v$NVM_VERSION/install.sh", Names::Version),
            ("https://github.com/o/r/releases/download/${VERSION}/x", Names::Version),
            ("https://example.org/tool-1.2.3.tar.gz", Names::Version),
            ("https://install.example.com/?release=1.5", Names::Version),
            ("https://raw.githubusercontent.com/o/r/master/install.sh", Names::Moving),
            ("https://github.com/o/r/raw/HEAD/install.sh", Names::Moving),
            ("https://github.com/o/r/releases/latest/download/x-1.2.3.tgz", Names::Moving),
            ("https://repo.example.org/Miniconda3-latest-Linux.sh", Names::Moving),
            ("https://raw.githubusercontent.com/o/r/main/php-7.4.1.ini", Names::Moving),
            ("https://api.github.com/repos/o/r/git/refs/heads/master", Names::State),
            ("https://api.github.com/repos/o/r/commits?per_page=1", Names::State),
            ("https://gitlab.com/api/v4/projects/1/repository/branches/main", Names::State),
            ("https://deb.nodesource.com/setup_18.x", Names::Unclear),
            ("https://bootstrap.pypa.io/pip/3.6/get-pip.py", Names::Unclear),
            ("https://sh.rustup.rs", Names::Unclear),
            ("https://get.docker.com/", Names::Unclear),
        ] {
            assert_eq!(names(url), what, "{url}");
        }
    }
}
