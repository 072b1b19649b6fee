//! What the commands of a script do with images.

use std::collections::HashMap;

use super::{Act, BuildArg, Push, What};
use crate::shell::{self, Call, Word};
use crate::text::{Joined, Source, Span};

/// Programs that neither log in nor scan, whatever their arguments are.
const HARMLESS: [&str; 38] = [
    "[", "apt-get", "awk", "basename", "cat", "cd", "chmod", "cosign", "cp", "cut", "date", "df", "dirname",
    "echo", "exit", "export", "false", "find", "git", "grep", "head", "jq", "ls", "mkdir", "mv", "printf",
    "pwd", "rm", "sed", "set", "sleep", "sort", "source", "tail", "test", "tr", "true", "unset",
];

/// Names that hold secrets of the pipeline, each with the name of the secret.
pub(super) type Secrets = HashMap<Box<str>, Box<str>>;

/// What a script does, in its order. `secrets` are its variables that hold some; `extent` is its step.
pub(super) fn acts(source: &Source, script: &Joined, secrets: &Secrets, extent: Span, found: &mut Vec<Act>) {
    let script = shell::parse(&masked(script));
    for call in script.calls() {
        let Some(what) = what(source, &call, secrets) else { continue };
        let is_conditional = call.place.conditional || call.place.tested;
        let pushes = matches!(what, What::Build { .. }) && is_pushed(&call);
        let mut act = |what| found.push(Act { what, at: call.span(), extent, is_conditional });
        act(what);
        if pushes {
            act(What::Push(Push { images: tags(&call), promotes: false }));
        }
    }
}

/// `${{ … }}` as a variable of the same length, for a shell would not read it.
pub(super) fn masked<'t>(script: &Joined<'t>) -> Joined<'t> {
    if !script.text.contains("${{") {
        return script.clone();
    }
    let mut masked = Joined::empty(script.offset(0));
    let mut done = 0;
    while let Some(start) = script.text[done..].find("${{").map(|at| done + at) {
        let Some(end) = script.text[start..].find("}}").map(|at| start + at + 2) else { break };
        masked.push_from(&script.text[done..start], script, done);
        masked.push(&format!("${}", "X".repeat(end - start - 1)), script.offset(start));
        done = end;
    }
    masked.push_from(&script.text[done..], script, done);
    masked
}

/// What a command does; nothing if that has nothing to do with images.
#[expect(clippy::unnested_or_patterns, reason = "one program a line")]
fn what(source: &Source, call: &Call, secrets: &Secrets) -> Option<What> {
    let Some(name) = call.name() else { return Some(What::Unknown { may_scan: true }) };
    let words: Vec<&str> =
        call.args().iter().map(|word| &*word.text).filter(|word| !word.starts_with('-')).collect();
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let scan = || Some(What::Scan { name: name.into() });
    let push = |images: &[&str], promotes| {
        Some(What::Push(Push { images: images.iter().map(|&image| image.into()).collect(), promotes }))
    };
    match (name, word(0), word(1)) {
        ("docker" | "podman" | "nerdctl" | "buildah", "login", _) | ("docker", "logout", _) => {
            Some(What::Login)
        }
        ("docker" | "podman" | "nerdctl" | "buildah", "push", image) => push(&[image], false),
        ("docker" | "podman" | "nerdctl", "image", "push") => push(&[word(2)], false),
        ("docker", "compose", "push") | ("docker-compose", "push", _) => push(&[], false),
        ("docker" | "podman" | "nerdctl", "manifest", "push") => push(&[word(2)], true),
        ("docker", "buildx", "imagetools") if word(2) == "create" => push(&[], true),
        ("docker" | "podman" | "nerdctl", "build", _)
        | ("docker" | "podman" | "nerdctl", "buildx" | "image" | "builder", "build" | "bake")
        | ("docker", "compose", "build")
        | ("docker-compose", "build", _)
        | ("buildah", "build" | "bud" | "build-using-dockerfile", _)
        | ("executor", ..) => {
            let args = build_args(source, call, secrets);
            Some(What::Build { args, from_files: words.iter().all(|word| !word.contains("://")) })
        }
        ("docker", "scout" | "scan", _) => scan(),
        ("docker" | "podman" | "nerdctl", "run", _)
            if words.iter().any(|word| super::actions::names_scanner(word)) =>
        {
            scan()
        }
        ("docker" | "podman" | "nerdctl" | "buildah", ..) => None,
        ("trivy", "image" | "i" | "sbom", _)
        | (
            "grype" | "clairctl" | "clair-scanner" | "inline_scan" | "sysdig-cli-scanner" | "lw-scanner",
            ..,
        )
        | ("snyk", "container", _)
        | ("twistcli", "images", "scan")
        | ("wizcli" | "mondoo" | "cnspec" | "osv-scanner" | "kubescape", "scan" | "docker", _)
        | ("jf" | "jfrog", "docker" | "xr" | "scan", _)
        | ("aws", "ecr", "start-image-scan" | "describe-image-scan-findings" | "wait")
        | ("anchore-cli", "image", _)
        | ("scannercli" | "aquasec" | "xeol", ..) => scan(),
        ("skopeo" | "crane" | "regctl" | "oras", "login" | "auth" | "registry", _)
        | ("aws", "ecr", "get-login" | "get-login-password")
        | ("az", "acr", "login")
        | ("gcloud", "auth", _)
        | ("doctl", "registry", "login") => Some(What::Login),
        ("skopeo", "copy", from) if from.starts_with("docker://") => push(&[word(2)], true),
        ("skopeo", "copy", _) => push(&[word(2)], false),
        ("crane" | "regctl", "copy" | "cp" | "tag", _) => push(&[word(2)], true),
        ("crane", "push", _) => push(&[word(2)], false),
        _ if writes_login(source, call) => Some(What::Login),
        (name, ..) if HARMLESS.binary_search(&name).is_ok() => None,
        _ => Some(What::Unknown { may_scan: super::actions::names_scanner(source.slice(call.span())) }),
    }
}

/// It writes the file in which Docker keeps its logins.
fn writes_login(source: &Source, call: &Call) -> bool {
    source.slice(call.command.span).contains("config.json")
}

/// Whether what a command builds is pushed at once.
fn is_pushed(call: &Call) -> bool {
    if call.is("executor") {
        return !call
            .args()
            .iter()
            .any(|word| word.text.starts_with("--no-push") || word.text.starts_with("--no_push"));
    }
    let is_on = |word: &Word| match word.text.strip_prefix("--push") {
        Some(value) => value.is_empty() || value == "=true",
        None => word.text.contains("push=true") && !word.text.contains("push-by-digest=true"),
    };
    call.args().iter().any(is_on)
}

/// The names that a build gives its image.
fn tags(call: &Call) -> Vec<Box<str>> {
    let flags = ["-t", "--tag", "-d", "--destination"];
    values(call.args(), &flags).map(|(value, _)| value.into()).collect()
}

/// The values of some flags, each with the word that it is in.
fn values<'w>(words: &'w [Word], flags: &'w [&str]) -> impl Iterator<Item = (&'w str, &'w Word)> {
    words.iter().enumerate().filter_map(move |(at, word)| {
        let (name, value) = word.text.split_once('=').unwrap_or((&word.text, ""));
        if !flags.contains(&name) {
            return None;
        }
        if name.len() < word.text.len() {
            return Some((value, word));
        }
        words.get(at + 1).map(|next| (&*next.text, next))
    })
}

/// The build arguments that get a secret.
fn build_args(source: &Source, call: &Call, secrets: &Secrets) -> Vec<BuildArg> {
    let arg = |(text, word): (&str, &Word)| {
        let name = text.split('=').next().unwrap_or_default();
        let from_parameter = || word.parameters.iter().find_map(|parameter| secrets.get(&parameter.name));
        let by_name = || secrets.get(name).filter(|_| !text.contains('='));
        let secret = named(source.slice(word.span))
            .or_else(|| from_parameter().cloned())
            .or_else(|| by_name().cloned())?;
        Some(BuildArg { name: name.into(), at: word.span, secret })
    };
    values(call.args(), &["--build-arg"]).filter_map(arg).collect()
}

/// The secret that an expression of GitHub names: `${{ secrets.NAME }}`.
pub(super) fn named(text: &str) -> Option<Box<str>> {
    let inside = text.split_once("${{")?.1;
    let inside = &inside[..inside.find("}}")?];
    if inside.contains("github.token") {
        return Some("GITHUB_TOKEN".into());
    }
    // What is computed of it may be something else: `secrets.X != ''`.
    let name = inside.trim().strip_prefix("secrets.")?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then(|| name.into())
}

#[cfg(test)]
mod tests {
    use super::{HARMLESS, named};

    #[test]
    fn secrets_are_named_by_expressions() {
        assert!(HARMLESS.is_sorted());
        assert_eq!(named("A=${{ secrets.TOKEN }}").as_deref(), Some("TOKEN"));
        assert_eq!(named("${{github.token}}").as_deref(), Some("GITHUB_TOKEN"));
        assert_eq!(named("${{ secrets.A != '' }}"), None);
        assert_eq!(named("${{ secrets.A"), None);
    }
}
