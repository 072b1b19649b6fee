//! Image references: `[registry/]repository[:tag][@digest]`.
//!
//! The grammar is that of github.com/distribution/reference, with the short names of Docker Hub. Variables must be
//! replaced before; whether an image exists is for `registry` to find out.

use crate::text::last_part;
use std::fmt;
use std::ops::Range;

/// A reference, taken apart. Every part is a slice of the text it was read from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ImageRef<'t> {
    text: &'t str,
    /// The host, port included, if one is written.
    pub registry: Option<&'t str>,
    /// The path as written, without registry, tag and digest: `library/` is not added.
    pub repository: &'t str,
    pub tag: Option<&'t str>,
    /// `sha256:…`, without `@`.
    pub digest: Option<&'t str>,
}

/// Why a text is no image reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError {
    pub kind: ImageErrorKind,
    /// The bytes of the text that are wrong.
    pub range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageErrorKind {
    Empty,
    /// 64 hexadecimal digits alone are an image's id, not a name.
    Identifier,
    /// The repository holds upper-case letters.
    Uppercase,
    /// The repository is empty, or a part of its path is.
    EmptyPath,
    /// The repository holds a character, or an order of separators, that it may not.
    Repository,
    /// The repository, registry included, is longer than 255 bytes.
    TooLong,
    /// The host is not one.
    Registry,
    /// Nothing stands behind `:`.
    EmptyTag,
    /// The tag holds a character that it may not, or begins with `.` or `-`.
    Tag,
    /// The tag is longer than 128 characters.
    LongTag,
    /// A second `:` stands behind the tag.
    DoubleColon,
    /// The digest is not `algorithm:hex`.
    Digest,
    /// The digest has not as many digits as its algorithm gives.
    DigestLength,
    /// Its algorithm is not one that registries know.
    DigestAlgorithm,
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self.kind {
            ImageErrorKind::Empty => "the image has no name",
            ImageErrorKind::Identifier => "64 hexadecimal digits are an image id, not a name",
            ImageErrorKind::Uppercase => "an image name must be in lower case",
            ImageErrorKind::EmptyPath => "a part of the image's path is empty",
            ImageErrorKind::Repository => {
                "an image name consists of letters and digits, with single `.`, `_`, `__` or dashes between them"
            }
            ImageErrorKind::TooLong => "an image name has at most 255 bytes",
            ImageErrorKind::Registry => "this is not a host name",
            ImageErrorKind::EmptyTag => "there is no tag after `:`",
            ImageErrorKind::Tag => {
                "a tag consists of letters, digits, `_`, `.` and `-`, and cannot begin with `.` or `-`"
            }
            ImageErrorKind::LongTag => "a tag has at most 128 characters",
            ImageErrorKind::DoubleColon => "an image has one tag",
            ImageErrorKind::Digest => "a digest consists of an algorithm, `:` and lower-case hexadecimal digits",
            ImageErrorKind::DigestLength => "the digest has too few or too many digits for its algorithm",
            ImageErrorKind::DigestAlgorithm => "the algorithm of a digest is `sha256`, `sha384` or `sha512`",
        })
    }
}

impl std::error::Error for ImageError {}

/// The host that a reference without one means.
pub const DOCKER_HUB: &str = "docker.io";

/// Reads a reference.
pub fn parse(text: &str) -> Result<ImageRef<'_>, ImageError> {
    let fail = |kind, range: Range<usize>| Err(ImageError { kind, range });
    if text.is_empty() {
        return fail(ImageErrorKind::Empty, 0..0);
    }
    if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return fail(ImageErrorKind::Identifier, 0..64);
    }
    let (named, digest) = match text.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (text, None),
    };
    let host_end = host_end(named);
    let path_start = host_end.map_or(0, |end| end + 1);
    let path = &named[path_start..];
    let (repository, tag) = match path.split_once(':') {
        Some((repository, tag)) => (repository, Some(tag)),
        None => (path, None),
    };
    let registry = host_end.map(|end| &named[..end]);
    if let Some(registry) = registry.filter(|registry| !is_host(registry)) {
        return fail(ImageErrorKind::Registry, 0..registry.len());
    }
    check_repository(repository, path_start)?;
    if path_start + repository.len() > 255 {
        return fail(ImageErrorKind::TooLong, 0..path_start + repository.len());
    }
    if let Some(tag) = tag {
        check_tag(tag, path_start + repository.len() + 1)?;
    }
    if let Some(digest) = digest {
        check_digest(digest, named.len() + 1)?;
    }
    Ok(ImageRef { text, registry, repository, tag, digest })
}

/// The end of the part before the first `/`, if it is a host: it has a dot, a port or an upper-case letter, or is
/// `localhost`.
fn host_end(named: &str) -> Option<usize> {
    let end = named.find('/')?;
    let first = &named[..end];
    let is_host =
        first.contains(['.', ':']) || first == "localhost" || first.bytes().any(|b| b.is_ascii_uppercase());
    is_host.then_some(end)
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if !address.is_empty() && is_address(address) => ("", port),
            _ => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_fits = port.is_empty()
        || port.strip_prefix(':').is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    port_fits && (host.starts_with('[') || name.split('.').all(label))
}

/// The inside of the brackets of an IPv6 host.
fn is_address(address: &str) -> bool {
    address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':')
}

fn check_repository(repository: &str, start: usize) -> Result<(), ImageError> {
    let fail = |kind, range: Range<usize>| Err(ImageError { kind, range });
    let whole = start..start + repository.len();
    let mut at = start;
    for part in repository.split('/') {
        if part.is_empty() {
            return fail(ImageErrorKind::EmptyPath, if repository.is_empty() { whole } else { at..at });
        }
        if let Some(upper) = part.bytes().position(|b| b.is_ascii_uppercase()) {
            let end = part.bytes().rposition(|b| b.is_ascii_uppercase()).unwrap_or(upper);
            return fail(ImageErrorKind::Uppercase, at + upper..at + end + 1);
        }
        if let Some(wrong) = wrong_in_path(part) {
            return fail(ImageErrorKind::Repository, at + wrong.start..at + wrong.end);
        }
        at += part.len() + 1;
    }
    Ok(())
}

/// Letters and digits, with `.`, `_`, `__` or dashes between them.
fn wrong_in_path(part: &str) -> Option<Range<usize>> {
    let bytes = part.as_bytes();
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut at = 0;
    while at < bytes.len() {
        if is_word(bytes[at]) {
            at += 1;
            continue;
        }
        let end = bytes[at..].iter().position(|&b| is_word(b)).map_or(bytes.len(), |n| at + n);
        let separator = &part[at..end];
        let fits = matches!(separator, "." | "_" | "__") || separator.bytes().all(|b| b == b'-');
        if !fits || at == 0 || end == bytes.len() {
            return Some(at..end);
        }
        at = end;
    }
    None
}

fn check_tag(tag: &str, start: usize) -> Result<(), ImageError> {
    let fail = |kind, range: Range<usize>| Err(ImageError { kind, range });
    let whole = start..start + tag.len();
    if tag.is_empty() {
        return fail(ImageErrorKind::EmptyTag, start - 1..start);
    }
    if let Some(colon) = tag.find(':') {
        return fail(ImageErrorKind::DoubleColon, start + colon..whole.end);
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    if let Some((at, c)) = tag.char_indices().find(|(_, c)| !c.is_ascii() || !fits(*c as u8)) {
        return fail(ImageErrorKind::Tag, start + at..start + at + c.len_utf8());
    }
    if tag.starts_with(['.', '-']) {
        return fail(ImageErrorKind::Tag, start..start + 1);
    }
    if tag.len() > 128 {
        return fail(ImageErrorKind::LongTag, whole);
    }
    Ok(())
}

fn check_digest(digest: &str, start: usize) -> Result<(), ImageError> {
    let fail = |kind| Err(ImageError { kind, range: start..start + digest.len() });
    let Some((algorithm, hex)) = digest.split_once(':') else { return fail(ImageErrorKind::Digest) };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return fail(ImageErrorKind::DigestAlgorithm),
    };
    if !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return fail(ImageErrorKind::Digest);
    }
    if hex.len() != length {
        return fail(ImageErrorKind::DigestLength);
    }
    Ok(())
}

impl<'t> ImageRef<'t> {
    /// The last part of the repository's path: `node` in `docker.io/library/node:22`.
    pub fn name(&self) -> &'t str {
        last_part(self.repository)
    }
    /// The host that is asked: Docker Hub's if none is written, whichever of its names is.
    pub fn host(&self) -> &'t str {
        match self.registry {
            None | Some("index.docker.io") => DOCKER_HUB,
            Some(host) => host,
        }
    }
    pub fn is_docker_hub(&self) -> bool {
        self.host() == DOCKER_HUB
    }
    /// The repository as the registry knows it: `library/` is added for the images of Docker Hub that have no owner.
    pub fn full_repository(&self) -> String {
        if self.is_docker_hub() && !self.repository.contains('/') {
            format!("library/{}", self.repository)
        } else {
            self.repository.to_owned()
        }
    }
    /// The short form of registry and repository: `node`, `bitnami/redis`, `ghcr.io/owner/name`. Two references name
    /// the same repository if this is the same.
    pub fn familiar_name(&self) -> String {
        if self.is_docker_hub() {
            self.repository.strip_prefix("library/").unwrap_or(self.repository).to_owned()
        } else {
            format!("{}/{}", self.host(), self.repository)
        }
    }
    /// The tag that is meant: `latest` if neither tag nor digest is written, none if only a digest is.
    pub fn effective_tag(&self) -> Option<&'t str> {
        self.tag.or(if self.digest.is_none() { Some("latest") } else { None })
    }

    /// Where a part of the reference stands in its text.
    fn range(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
        start..start + part.len()
    }
    pub fn registry_range(&self) -> Option<Range<usize>> {
        self.registry.map(|registry| self.range(registry))
    }
    pub fn repository_range(&self) -> Range<usize> {
        self.range(self.repository)
    }
    /// Without `:`.
    pub fn tag_range(&self) -> Option<Range<usize>> {
        self.tag.map(|tag| self.range(tag))
    }
    /// Without `@`.
    pub fn digest_range(&self) -> Option<Range<usize>> {
        self.digest.map(|digest| self.range(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<&str>, &str, Option<&str>, Option<&str>) {
        let image = parse(text).unwrap();
        (image.registry, image.repository, image.tag, image.digest)
    }

    #[test]
    fn takes_references_apart() {
        let digest = format!("sha256:{}", "0".repeat(64));
        assert_eq!(parts("alpine"), (None, "alpine", None, None));
        assert_eq!(parts("alpine:3.20"), (None, "alpine", Some("3.20"), None));
        assert_eq!(parts("localhost:5000/a/b"), (Some("localhost:5000"), "a/b", None, None));
        assert_eq!(parts("ghcr.io/o/n:t"), (Some("ghcr.io"), "o/n", Some("t"), None));
        assert_eq!(parts("localhost/x"), (Some("localhost"), "x", None, None));
        assert_eq!(parts("owner/x"), (None, "owner/x", None, None));
        assert_eq!(parts("[2001:db8::1]:5000/x:t"), (Some("[2001:db8::1]:5000"), "x", Some("t"), None));
        let both = format!("a.b/c__d--e.f:T_1@{digest}");
        assert_eq!(parts(&both), (Some("a.b"), "c__d--e.f", Some("T_1"), Some(&*digest)));
        let image = parse(&both).unwrap();
        assert_eq!(&both[image.tag_range().unwrap()], "T_1");
        assert_eq!(&both[image.digest_range().unwrap()], digest);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        use ImageErrorKind::*;
        let long_tag = format!("a:{}", "t".repeat(129));
        let id = "a".repeat(64);
        let short = format!("a@sha256:{}", "0".repeat(63));
        let upper = format!("a@sha256:{}", "A".repeat(64));
        let long_name = "a".repeat(256);
        for (text, kind, wrong) in [
            ("", Empty, ""),
            ("Alpine", Uppercase, "A"),
            ("owner/myAPP", Uppercase, "APP"),
            ("a:", EmptyTag, ":"),
            ("a::b", DoubleColon, ":b"),
            ("a:1:2", DoubleColon, ":2"),
            ("a:b c", Tag, " "),
            ("a:-b", Tag, "-"),
            ("a:bé", Tag, "é"),
            ("a//b", EmptyPath, ""),
            ("/a", EmptyPath, ""),
            ("a/", EmptyPath, ""),
            ("a..b", Repository, ".."),
            ("a_", Repository, "_"),
            ("-a", Repository, "-"),
            ("a b", Repository, " "),
            ("https://x.y/z", Registry, "https:"),
            ("a@", Digest, ""),
            ("a@sha256", Digest, "sha256"),
            ("a@md5:00", DigestAlgorithm, "md5:00"),
            (&short, DigestLength, &short[2..]),
            (&upper, Digest, &upper[2..]),
            (&long_tag, LongTag, &long_tag[2..]),
            (&id, Identifier, &id),
            (&long_name, TooLong, &long_name),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!((error.kind, &text[error.range.clone()]), (kind, wrong), "{text}");
        }
    }

    #[test]
    fn normalises_names_of_docker_hub() {
        for (text, familiar, full) in [
            ("node:22", "node", "library/node"),
            ("docker.io/library/node", "node", "library/node"),
            ("index.docker.io/node", "node", "library/node"),
            ("docker.io/bitnami/redis", "bitnami/redis", "bitnami/redis"),
            ("ghcr.io/node", "ghcr.io/node", "node"),
        ] {
            let image = parse(text).unwrap();
            assert_eq!((&*image.familiar_name(), &*image.full_repository()), (familiar, full), "{text}");
        }
        assert_eq!(parse("a").unwrap().effective_tag(), Some("latest"));
        assert_eq!(parse("a/b/c").unwrap().name(), "c");
    }
}
