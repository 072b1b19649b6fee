//! What BuildKit refuses only when it builds, once variables are replaced: platforms, signals, file modes, checksums,
//! sources, targets of mounts.
//!
//! Source: `dockerfile2llb/convert*.go` of moby/buildkit and what they call, August 2026. A value that depends on
//! something outside the file is not looked at; the default of an ARG is, because a build without arguments fails then.

use super::mounts::is_bool;
use super::{
    Base, Dockerfile, ErrorKind, Flag, FromRef, Instruction, Kind, Modifier, MountKind, SyntaxError,
    Transfer, Value, Word, expand, heredoc,
};
use crate::text::Span;

/// Source: `containerd/platforms`, `database.go`.
const SYSTEMS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "macos",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];
const ARCHITECTURES: [&str; 30] = [
    "386",
    "aarch64",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
    "armel",
    "armhf",
    "i386",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
    "x86-64",
    "x86_64",
];

/// Source: `moby/sys/signal`, `signal_linux.go`; `RTMIN+n` and `RTMAX-n` are read apart.
const SIGNALS: [&str; 34] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
];

/// What `ADD` knows in the query of a repository's URL. Source: `dfgitutil/git_ref.go`.
const GIT_OPTIONS: [&str; 10] = [
    "branch",
    "checksum",
    "commit",
    "fetch-by-commit",
    "keep-git-dir",
    "mtime",
    "ref",
    "subdir",
    "submodules",
    "tag",
];

/// Adds what is wrong to the errors of the file.
pub(super) fn check(file: &mut Dockerfile) {
    let mut errors = Vec::new();
    for instruction in &file.instructions {
        one(file, instruction.inner(), &mut |span, message| {
            errors.push(SyntaxError { span, kind: ErrorKind::Value, message });
        });
    }
    file.errors.append(&mut errors);
}

fn one(file: &Dockerfile, at: &Instruction, error: &mut dyn FnMut(Span, String)) {
    expand::each_word(at, &mut |word| required(file, at, word, error));
    match &at.kind {
        Kind::From(from) => {
            platform(file, at, error);
            if !from.image.has_variable() && file.expand(&from.image, at).text() == Some("") {
                error(from.image.span, "the name of the image is empty; write one".to_owned());
            }
            let index = at.stage.and_then(|stage| file.stages.get(stage));
            if let Some(Base::Stage(stage)) = index.map(|stage| &stage.base)
                && let Some(text) = file.expand(&from.image, at).text()
                && text.bytes().any(|b| b.is_ascii_uppercase())
                && let Some(name) = file.stage_name(*stage)
            {
                let message = format!(
                    "`FROM` finds a stage only by its name in lower case; write `{}`",
                    name.to_ascii_lowercase()
                );
                error(from.image.span, message);
            }
        }
        Kind::Copy(transfer) | Kind::Add(transfer) => copy(file, at, transfer, error),
        Kind::Run(_) => mounts(file, at, error),
        Kind::Stopsignal(word) => {
            if let Some(text) = file.expand(word, at).text().filter(|text| !is_signal(text)) {
                let message =
                    format!("`{text}` is not a signal; write a name such as `SIGTERM`, or its number");
                error(word.span, message);
            }
        }
        Kind::Volume(words) => {
            for word in words.iter().filter(|word| !word.text.trim().is_empty()) {
                if file.expand(word, at).text() == Some("") {
                    error(word.span, "the path of the volume is empty; write a path".to_owned());
                }
            }
        }
        _ => {}
    }
}

/// `${name?message}` and `${name:?message}` without a value.
fn required(file: &Dockerfile, at: &Instruction, word: &Word, error: &mut dyn FnMut(Span, String)) {
    if !word.text.contains('?') {
        return;
    }
    for variable in file.variables(word).iter().filter(|variable| variable.modifier == Modifier::Required) {
        let rest = Span { start: variable.name_span.end, end: variable.span.end };
        let needs_text = file.source.slice(rest).starts_with(':');
        let is_missing = match file.lookup(variable.name, at).value {
            Value::Unset => true,
            Value::Known(text) | Value::Default(text) => needs_text && text.is_empty(),
            Value::Unknown => false,
        };
        if is_missing {
            let message = format!("`{}` must have a value here, and has none; set it", variable.name);
            error(variable.span, message);
        }
    }
}

fn platform(file: &Dockerfile, at: &Instruction, error: &mut dyn FnMut(Span, String)) {
    let Some(value) = at.flag("platform").and_then(|flag| flag.value.as_ref()) else { return };
    // An empty flag is none for BuildKit.
    let expanded = file.expand(value, at);
    let Some(text) = expanded.text().filter(|_| !value.text.is_empty()) else { return };
    let message = match text {
        "" => "the platform is empty, so the build stops; declare the variable with `ARG` before the first `FROM`"
            .to_owned(),
        text if !is_platform(text) => {
            format!("`{text}` is not a platform; write the system and the architecture, such as `linux/amd64`")
        }
        _ => return,
    };
    error(value.span, message);
}

/// `os[(version+feature…)][/architecture[/variant]]`, or an architecture that is known.
fn is_platform(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let option = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.%-".contains(&b));
    let (system, version) = match parts[0].split_once('(') {
        Some((system, rest)) => (system, rest.strip_suffix(')')),
        None => (parts[0], Some("")),
    };
    let fits = version.is_some_and(|version| {
        let mut options = version.split('+');
        options.next().is_some_and(option) && options.all(|feature| !feature.is_empty() && option(feature))
    });
    let dotted = |part: &&str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
    };
    let known = |list: &[&str], text: &str| list.contains(&&*text.to_ascii_lowercase());
    fits && !system.is_empty()
        && name(system)
        && parts.len() <= 3
        && parts[1..].iter().all(dotted)
        && (parts.len() > 1 || known(&SYSTEMS, system) || known(&ARCHITECTURES, parts[0]))
}

/// System and architecture of a platform, spelt as Docker does; `None` if it is not one. Of a system or an architecture
/// alone, the other is the builder's.
pub fn platform_parts(text: &str) -> Option<(String, String)> {
    if !is_platform(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let mut parts = lower.split('/');
    let first = parts.next()?.split('(').next()?;
    let system = if first == "macos" { "darwin" } else { first };
    let architecture = |text: &str| match text {
        "x86_64" | "x86-64" => "amd64".to_owned(),
        "aarch64" => "arm64".to_owned(),
        "i386" => "386".to_owned(),
        "armhf" | "armel" => "arm".to_owned(),
        other => other.to_owned(),
    };
    Some(match parts.next() {
        Some(second) => (system.to_owned(), architecture(second)),
        None if SYSTEMS.contains(&first) => (system.to_owned(), system.to_owned()),
        None => ("linux".to_owned(), architecture(first)),
    })
}

fn is_signal(text: &str) -> bool {
    if let Ok(number) = text.parse::<i64>() {
        return number != 0;
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let nth = |rest: &str, sign: char, most: u8| {
        let Some(digits) = rest.strip_prefix(sign) else { return rest.is_empty() };
        !digits.starts_with(['0', '+']) && digits.parse::<u8>().is_ok_and(|n| n <= most)
    };
    SIGNALS.contains(&name)
        || name.strip_prefix("RTMIN").is_some_and(|rest| nth(rest, '+', 15))
        || name.strip_prefix("RTMAX").is_some_and(|rest| nth(rest, '-', 14))
}

fn copy(file: &Dockerfile, at: &Instruction, transfer: &Transfer, error: &mut dyn FnMut(Span, String)) {
    let value = |name: &str| at.flag(name)?.value.as_ref();
    if let Some(word) = value("from")
        && let FromRef::Outside(name) = file.resolve_from(word, at)
    {
        stage_or_image(&name, word, error);
    }
    if let Some(word) = value("chmod")
        && let Some(text) = file.expand(word, at).text().filter(|text| !text.is_empty() && !is_mode(text))
    {
        let message =
            format!("`{text}` is not a file mode; write one such as `755`, `0644` or `u=rwX,go=rX`");
        error(word.span, message);
    }
    let is_add = matches!(at.kind, Kind::Add(_));
    let is_file = |source: &&Word| heredoc::marker(&source.text, 0).is_none();
    for word in transfer.sources.iter().filter(is_file) {
        let expanded = file.expand(word, at);
        let Some(text) = expanded.text() else { continue };
        let from = Origin::of(text);
        match from {
            Origin::Http if !is_add => {
                error(word.span, "`COPY` cannot download; use `ADD` for a URL".to_owned());
            }
            Origin::Git if !is_add => {
                error(word.span, "`COPY` cannot clone a repository; use `ADD` for it".to_owned());
            }
            Origin::Git => {
                let asked = (value("checksum"), at.flag("keep-git-dir"));
                if let Some(option) = wrong_git_option(text).or_else(|| contradicted(file, at, text, asked)) {
                    let message = format!(
                        "`{option}` is not a valid option in the URL of a repository; correct or remove it"
                    );
                    error(word.span, message);
                }
            }
            _ => {}
        }
    }
    let Some(word) = value("checksum") else { return };
    let expanded = file.expand(word, at);
    if expanded.text() == Some("") {
        return;
    }
    let mut files = transfer.sources.iter().filter(is_file);
    let (Some(source), None) = (files.next(), files.next()) else {
        let span = at.flag("checksum").map_or(word.span, |flag| flag.span);
        error(span, "`--checksum` is for one source; write one `ADD` for each source".to_owned());
        return;
    };
    let source = file.expand(source, at);
    let Some(from) = source.text().map(Origin::of) else { return };
    match (from, expanded.text()) {
        (Origin::Local, _) => {
            let span = at.flag("checksum").map_or(word.span, |flag| flag.span);
            error(span, "`--checksum` is only for URLs and repositories; remove it".to_owned());
        }
        (Origin::Http, Some(text)) if !is_digest(text) => {
            let message = format!("`{text}` is not a checksum; write `sha256:` and 64 hexadecimal digits");
            error(word.span, message);
        }
        _ => {}
    }
}

/// A bare word that is no stage names an image or a context, and both are in lower case.
fn stage_or_image(name: &str, word: &Word, error: &mut dyn FnMut(Span, String)) {
    let is_bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if is_bare && name.bytes().any(|b| b.is_ascii_uppercase()) {
        let message =
            format!("there is no stage `{name}`, and names of images are in lower case; correct it");
        error(word.span, message);
    }
}

/// Where BuildKit takes a source from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Local,
    Http,
    Git,
    /// `github.com/…`, which is a repository for `--checksum` and a path for all else.
    Either,
}

impl Origin {
    fn of(text: &str) -> Self {
        if text.starts_with("github.com/") {
            return Origin::Either;
        }
        let scheme = text
            .split_once("://")
            .filter(|(scheme, _)| !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric()));
        let Some((scheme, rest)) = scheme else {
            return if is_scp(text) { Origin::Git } else { Origin::Local };
        };
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let path = path.find('/').map_or("", |slash| &path[slash..]);
        match &*scheme.to_ascii_lowercase() {
            "ssh" | "git" => Origin::Git,
            "http" | "https" if path.strip_suffix(".git").is_some() => Origin::Git,
            _ if matches!(scheme, "http" | "https") => Origin::Http,
            _ => Origin::Local,
        }
    }
}

/// `user@host:path`
fn is_scp(text: &str) -> bool {
    let Some((user, rest)) = text.split_once('@') else { return false };
    let Some((host, _)) = rest.split_once(':') else { return false };
    let fits = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    fits(user, b"-_") && fits(host, b"-.")
}

/// The first option in the query of a repository's URL that BuildKit refuses.
fn wrong_git_option(text: &str) -> Option<&str> {
    let query = text.split('#').next()?.split_once('?')?.1;
    let mut seen: Vec<&str> = Vec::new();
    query.split('&').filter(|pair| !pair.is_empty() && !pair.contains('%')).find(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let is_second = seen.contains(&key);
        seen.push(key);
        let fits = match key {
            "submodules" | "keep-git-dir" | "fetch-by-commit" => value.is_empty() || is_bool(value),
            "mtime" => matches!(value, "checkout" | "commit"),
            _ => GIT_OPTIONS.contains(&key) && !value.is_empty(),
        };
        is_second || !fits
    })
}

/// The option in the URL of a repository that says something else than a flag or the fragment.
fn contradicted<'t>(
    file: &Dockerfile,
    at: &Instruction,
    text: &'t str,
    (checksum, keep): (Option<&Word>, Option<&Flag>),
) -> Option<&'t str> {
    let (url, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (fragment, subdir) = fragment.split_once(':').unwrap_or((fragment, ""));
    let query = url.split_once('?')?.1;
    let pairs = || query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let asked =
        |name: &str| pairs().find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value);
    let reference = Some(fragment).filter(|text| !text.is_empty()).or_else(|| asked("ref"));
    let names_another = |folder: &str, value: &str| {
        let name = value.strip_prefix(folder).unwrap_or(value);
        reference.is_some_and(|known| known.strip_prefix(folder) != Some(name))
    };
    let keeps =
        keep.map(|flag| flag.value.as_ref().is_none_or(|value| value.text.eq_ignore_ascii_case("true")));
    let checksum = checksum.map(|word| file.expand(word, at));
    let checksum = checksum.as_ref().and_then(|text| text.text()).filter(|text| !text.is_empty());
    query.split('&').find(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "keep-git-dir" => {
                keeps.is_some_and(|keeps| keeps != (value.is_empty() || value.starts_with(['1', 't', 'T'])))
            }
            "checksum" | "commit" => checksum.is_some_and(|text| text != value),
            "ref" => !fragment.is_empty() && fragment != value,
            "subdir" => !subdir.is_empty() && subdir != value,
            "tag" => names_another("refs/tags/", value),
            "branch" => asked("tag").is_some() || names_another("refs/heads/", value),
            _ => false,
        }
    })
}

/// An octal number up to 7777, or clauses as `chmod` reads them. Source: `tonistiigi/dchapes-mode`.
fn is_mode(text: &str) -> bool {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return u32::from_str_radix(text, 8).is_ok_and(|mode| mode <= 0o7777);
    }
    text.split(',').all(|clause| {
        let actions = clause.trim_start_matches(['a', 'u', 'g', 'o']);
        actions.starts_with(['+', '-', '=']) && actions.bytes().all(|b| b"+-=rstwXxugo".contains(&b))
    })
}

fn is_digest(text: &str) -> bool {
    let Some((algorithm, digits)) = text.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    digits.len() == length && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn mounts(file: &Dockerfile, at: &Instruction, error: &mut dyn FnMut(Span, String)) {
    let mut workdir = None;
    for mount in &at.mounts() {
        if let Some(word) = mount.from()
            && let FromRef::Outside(name) = file.resolve_from(word, at)
        {
            stage_or_image(&name, word, error);
        }
        match mount.kind() {
            Some(MountKind::Ssh) => {
                if let Some(source) = mount.source().filter(|source| !source.text.is_empty()) {
                    error(source.span, "an ssh mount has no `source`; remove it, or write `id=…`".to_owned());
                }
            }
            Some(MountKind::Bind | MountKind::Cache | MountKind::Tmpfs) => {
                let target = mount.target().map(|word| (word, file.expand(word, at)));
                let text = match &target {
                    Some((_, expanded)) => expanded.text(),
                    None => Some(""),
                };
                let Some(text) = text else { continue };
                let is_root = text == "/"
                    || !text.starts_with('/')
                        && workdir
                            .get_or_insert_with(|| file.workdir_path(at))
                            .as_ref()
                            .is_some_and(|workdir| is_root(&format!("{workdir}/{text}")));
                if is_root {
                    let span = target.as_ref().map_or(mount.span, |(word, _)| word.span);
                    error(span, "a mount cannot cover `/`; write another path after `target=`".to_owned());
                }
            }
            _ => {}
        }
    }
}

/// The absolute path leads to `/`.
fn is_root(path: &str) -> bool {
    let mut depth = 0usize;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth = depth.saturating_sub(1),
            _ => depth += 1,
        }
    }
    depth == 0
}

/// The first option of `# check=` that BuildKit refuses. Source: `linter.ParseLintOptions`.
pub(super) fn wrong_check_option(value: &str) -> Option<&str> {
    value.trim().splitn(3, ';').find(|part| match part.split_once('=') {
        Some((key, value)) => match key.trim() {
            "skip" | "experimental" => false,
            "error" => !is_bool(value.trim()),
            _ => true,
        },
        None => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_repository_do_not_contradict_each_other() {
        let is_refused = |source: &str| {
            let text = format!("FROM a\nADD {source} /x\n");
            let source = std::sync::Arc::new(crate::text::Source::new("Dockerfile", text.into_bytes()));
            !crate::dockerfile::parse(&source).errors.is_empty()
        };
        for query in ["?tag=v1", "?tag=v1#refs/tags/v1", "?branch=b&subdir=d", "?ref=r#r", "?subdir=d#r:d"] {
            assert!(!is_refused(&format!("https://a.b/c.git{query}")), "{query}");
        }
        for query in
            ["?tag=v1#v1", "?tag=v1&branch=b", "?branch=b&ref=r", "?ref=r#s", "?subdir=d#r:e", "?tag"]
        {
            assert!(is_refused(&format!("https://a.b/c.git{query}")), "{query}");
        }
    }

    #[test]
    fn values_are_read_as_buildkit_does() {
        for text in [
            "linux/amd64",
            "linux",
            "ARM64",
            "linux/arm/v7",
            "windows(10.0.17763)/amd64",
            "windows(10.0+win32k)/amd64",
            "any/thing",
        ] {
            assert!(is_platform(text), "{text}");
        }
        for text in
            ["", "x", "linux-amd64", "linux/", "linux/amd64/v8/x", "linux/*", "a b/c", "linux(1/amd64"]
        {
            assert!(!is_platform(text), "{text}");
        }
        for text in
            ["9", "-1", "+2", "SIGTERM", "term", "sigint", "RTMIN+3", "SIGRTMAX-14", "RTMAX", "SIGRTMIN"]
        {
            assert!(is_signal(text), "{text}");
        }
        for text in ["", "0", "FOO", "SIG", "SIGSIGTERM", "RTMIN+16", "RTMAX-0", "EXIT"] {
            assert!(!is_signal(text), "{text}");
        }
        for text in ["755", "0644", "7777", "00755", "u+x", "+x", "a=rX,u+w", "u=rwx,go=", "g=u", "u+r-w"] {
            assert!(is_mode(text), "{text}");
        }
        for text in ["8", "10000", "0o755", "u", "rwx", "u+y", "u+x,", "-1", "755 ", "+"] {
            assert_eq!(is_mode(text), text == "+", "{text}");
        }
    }
}
