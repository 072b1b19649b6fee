//! `docker build`, `docker buildx build`, `podman build` and `buildah bud` among the commands of a script, and the steps of
//! workflows that use `docker/build-push-action`: an image is made, and nothing is run.

use super::Found;
use super::words::{at, known, piece, text, value};
use crate::compose::short::Short;
use crate::container::{At, Build, ContainerSpec, Gap, Lifetime, Surface, Text};
use crate::shell::{Call, Word};
use crate::text::{Source, Span};
use crate::yaml::Node;

/// Flags of `docker build` that take the next word.
const WITH_VALUE: [&str; 37] = [
    "add-host",
    "allow",
    "annotation",
    "attest",
    "build-arg",
    "build-context",
    "builder",
    "cache-from",
    "cache-to",
    "cgroup-parent",
    "cpu-period",
    "cpu-quota",
    "cpu-shares",
    "cpuset-cpus",
    "cpuset-mems",
    "file",
    "format",
    "iidfile",
    "isolation",
    "label",
    "layers",
    "memory",
    "memory-swap",
    "metadata-file",
    "network",
    "no-cache-filter",
    "output",
    "platform",
    "policy",
    "progress",
    "secret",
    "security-opt",
    "shm-size",
    "ssh",
    "tag",
    "target",
    "ulimit",
];
/// Those that have a letter.
const LETTERS: [(&str, &str); 5] =
    [("c", "cpu-shares"), ("f", "file"), ("m", "memory"), ("o", "output"), ("t", "tag")];

/// An argument of `docker build`.
pub enum Argument<'w> {
    Operand(&'w Word),
    Flag {
        name: &'w str,
        /// The word that the flag stands in.
        word: &'w Word,
        /// Its value, with the word that holds nothing else.
        value: Option<(&'w str, Option<&'w Word>)>,
    },
}

/// The arguments of a call that builds an image; `None` if it builds none.
pub fn arguments<'c>(call: &Call<'c>) -> Option<impl Iterator<Item = Argument<'c>> + use<'c>> {
    let words = call.args();
    let verb = |at: usize| words.get(at).map_or("", |word| &*word.text);
    let start = match (call.name().unwrap_or_default(), verb(0), verb(1)) {
        ("docker" | "podman" | "nerdctl", "build", _) | ("buildah", "build" | "bud", _) => 1,
        ("docker" | "podman", "buildx" | "image" | "builder", "build") => 2,
        _ => return None,
    };
    let mut words = words[start..].iter();
    Some(std::iter::from_fn(move || {
        let word = words.next()?;
        let Some(flag) = word.text.strip_prefix('-').filter(|flag| !flag.is_empty()) else {
            return Some(Argument::Operand(word));
        };
        let name = flag.strip_prefix('-').unwrap_or(flag);
        let (name, joined) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
        let letter = LETTERS.iter().find(|(letter, _)| flag == *letter);
        let name = letter.map_or(name, |(_, name)| name);
        let value = match joined {
            Some(value) => Some((value, None)),
            None if WITH_VALUE.binary_search(&name).is_ok() => {
                words.next().map(|word| (&*word.text, Some(word)))
            }
            None => None,
        };
        Some(Argument::Flag { name, word, value })
    }))
}

/// What a call builds, as far as that may do harm to the machine.
pub(super) fn image(source: &Source, call: &Call, lifetime: Lifetime) -> Option<Found> {
    let short = Short::new(known);
    let place = call.name_span();
    let mut build = Build { at: at(call.span()), ..Build::default() };
    for argument in arguments(call)? {
        let (name, text) = match argument {
            Argument::Operand(word) => {
                build.context = Some(text(source, word));
                continue;
            }
            Argument::Flag { name, value: Some((_, Some(word))), .. } => (name, text(source, word)),
            Argument::Flag { name, word, value: Some((value, None)) } => {
                let whole = text(source, word);
                let end = whole.raw.len();
                (name, short.piece(&whole, end - value.len()..end))
            }
            Argument::Flag { .. } => continue,
        };
        match name {
            "allow" => build.entitlements.push(text),
            "build-arg" => build.args.push(short.pair(&text, &['='])),
            "build-context" => build.additional_contexts.push(short.pair(&text, &['='])),
            "network" => build.network = Some(text),
            _ => {}
        }
    }
    // A pipeline's own arguments are judged with the secrets that it has.
    if lifetime == Lifetime::Job {
        build.args.clear();
    }
    Some(found(build, at(place), lifetime, call.span()))
}

/// What a step of a workflow builds with `docker/build-push-action` or `docker/bake-action`.
pub(super) fn step(step: Node) -> Option<Found> {
    let uses = step.get("uses")?;
    let name = uses.as_str()?;
    if !name.starts_with("docker/build-push-action") && !name.starts_with("docker/bake-action") {
        return None;
    }
    let with = step.get("with")?;
    let place = uses.resolved().span();
    let mut build = Build { at: at(with.span()), ..Build::default() };
    build.network = with.get("network").and_then(value);
    build.context = with.get("context").and_then(value);
    build.entitlements = listed(with.get("allow"));
    let contexts = listed(with.get("build-contexts"));
    build.additional_contexts = contexts.iter().map(|text| Short::new(known).pair(text, &['='])).collect();
    Some(found(build, at(place), Lifetime::Job, step.span()))
}

/// The items of an input, one a line or with commas between.
fn listed(input: Option<Node>) -> Vec<Text> {
    let Some(joined) = input.and_then(Node::joined) else { return Vec::new() };
    let mut found = Vec::new();
    let mut start = 0;
    for item in joined.text.split(['\n', ',']) {
        let trimmed = item.trim();
        let at = start + (item.len() - item.trim_start().len());
        start += item.len() + 1;
        if !trimmed.is_empty() {
            found.push(piece(&joined, at..at + trimmed.len()));
        }
    }
    found
}

fn found(build: Build, place: At, lifetime: Lifetime, extent: Span) -> Found {
    let mut spec = ContainerSpec::new(Surface::Build, "", place);
    spec.lifetime = lifetime;
    spec.gaps.push(Gap { at: place, why: "who runs the image is written elsewhere".into() });
    spec.build = Some(Box::new(build));
    Found { spec, extent }
}

#[cfg(test)]
mod tests {
    use super::{Argument, WITH_VALUE, arguments, listed};
    use crate::shell;
    use crate::text::{Joined, Source};
    use crate::yaml;

    #[test]
    fn arguments_are_told_apart() {
        assert!(WITH_VALUE.is_sorted());
        let script =
            shell::parse(&Joined::unbroken("docker buildx build --network=host --push -f a -t b .", 0));
        let calls = script.calls();
        let read = arguments(&calls[0]).expect("it builds").map(|argument| match argument {
            Argument::Operand(word) => word.text.to_string(),
            Argument::Flag { name, value, .. } => format!("{name} {:?}", value.map(|(text, _)| text)),
        });
        let wanted = ["network Some(\"host\")", "push None", "file Some(\"a\")", "tag Some(\"b\")", "."];
        assert_eq!(read.collect::<Vec<_>>(), wanted);
        let script = shell::parse(&Joined::unbroken("docker run build", 0));
        assert!(arguments(&script.calls()[0]).is_none());
    }

    #[test]
    fn inputs_are_lists() {
        let source = Source::new("a.yml", b"a: |\n  b.c\n\n   d, e\n".to_vec());
        let file = yaml::parse(&source);
        let found = listed(file.root().and_then(|root| root.get("a")));
        let texts: Vec<&str> = found.iter().map(|text| source.slice(text.at.span)).collect();
        assert_eq!(texts, ["b.c", "d", "e"]);
    }
}
