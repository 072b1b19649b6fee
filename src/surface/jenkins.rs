//! Containers of Jenkinsfiles: `agent { docker { … } }` of a pipeline, and `docker.image(…).inside(…)` of a script. The
//! commands of their `sh` steps are shell code.

use memchr::memmem;

use super::code::{groovy, offset};
use super::fill::Filler;
use super::words::{at, piece};
use super::{Found, command};
use crate::container::{ContainerSpec, Lifetime, Surface};
use crate::text::{Joined, Source, Span};

/// Bytes of a block, or between the name of an image and what it is used for, that are looked at.
const MOST: usize = 4096;

/// What names an image in a script.
const IMAGE: &[u8] = b"docker.image(";

/// All of them, in no order.
pub(super) fn containers(source: &Source) -> Vec<Found> {
    let text = source.text();
    let agents = text.match_indices("docker").filter_map(|(start, _)| agent(source, start));
    let inside = [".inside", ".withRun"].into_iter().flat_map(|method| text.match_indices(method));
    let inside = inside.filter_map(|(start, method)| scripted(source, start, method));
    agents.chain(inside).collect()
}

/// `docker { image 'maven:3' args '-v …' }`, or `dockerfile { args '…' }`.
fn agent(source: &Source, start: usize) -> Option<Found> {
    let text = source.text();
    if is_in_word(text, start) {
        return None;
    }
    let rest = &text[start + "docker".len()..];
    let rest = rest.strip_prefix("file").unwrap_or(rest).trim_start().strip_prefix('{')?;
    let block = &rest[..block_end(rest)?];
    let (image, args) = (setting(text, block, "image"), setting(text, block, "args"));
    if image.is_none() && args.is_none() {
        return None;
    }
    let head = Span::new(start, offset(text, rest) - 1);
    let extent = Span::new(start, offset(text, block) + block.len() + 1);
    Some(found(source, head, extent, image.as_ref(), args.as_ref()))
}

/// `docker.image('maven:3').inside('-v …') { … }`; what comes before may be a variable.
fn scripted(source: &Source, start: usize, method: &str) -> Option<Found> {
    let text = source.text();
    let name = Span::new(start + 1, start + method.len());
    let rest = text[name.end as usize..].strip_prefix('(')?;
    let (args, end) = groovy(text, offset(text, rest.trim_start()))?;
    let first = start.saturating_sub(MOST);
    let before = &text.as_bytes()[first..start];
    let line = memchr::memrchr2(b'\n', b';', before).map_or(0, |end| end + 1);
    let image = memmem::rfind(&before[line..], IMAGE).map(|at| first + line + at + IMAGE.len());
    let image = image.and_then(|at| groovy(text, at));
    Some(found(source, name, Span::new(start, end), image.as_ref().map(|(image, _)| image), Some(&args)))
}

fn found(source: &Source, name: Span, extent: Span, image: Option<&Joined>, args: Option<&Joined>) -> Found {
    let mut spec = ContainerSpec::new(Surface::Job, "", at(name));
    spec.lifetime = Lifetime::Job;
    spec.image = image.map(|image| piece(image, 0..image.text.len()));
    let filler = Filler::new(spec);
    let filler = match args {
        Some(args) => command::flags_in(source, filler, args),
        None => filler,
    };
    Found { spec: filler.finish(), extent }
}

/// The text of a setting in a block.
fn setting(text: &str, block: &str, name: &str) -> Option<Joined<'static>> {
    let start = offset(text, block);
    let mut all = block.match_indices(name).filter(|(at, _)| !is_in_word(text, start + at));
    all.find_map(|(at, _)| {
        let value = block[at + name.len()..].trim_start_matches([' ', '\t', '(']);
        groovy(text, offset(text, value)).map(|(value, _)| value)
    })
}

/// What comes before makes one word, or one name, of it.
fn is_in_word(text: &str, start: usize) -> bool {
    text[..start].ends_with(|c: char| c.is_alphanumeric() || "_.'\"/".contains(c))
}

/// Where the brace is that closes a block.
fn block_end(text: &str) -> Option<usize> {
    let mut depth = 0;
    let braces = text.bytes().take(MOST).enumerate().filter(|(_, byte)| matches!(byte, b'{' | b'}'));
    for (at, brace) in braces {
        match (brace, depth) {
            (b'{', _) => depth += 1,
            (_, 0) => return Some(at),
            _ => depth -= 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::containers;
    use crate::text::Source;

    #[test]
    fn agents_and_images_of_scripts_are_read() {
        let text = "agent { docker { image 'maven:3.9'\n args \"-u root -v /:/host ${X}\" } }\n\
                    agent { dockerfile { args '--privileged' } }\n// docker { image }\n\
                    docker.image(\"node:22\").inside('--net=host') { sh 'docker { }' }\n\
                    img.withRun('-e A=b')\nimg.inside { }\n";
        let source = Source::new("Jenkinsfile", text.as_bytes().to_vec());
        let read = containers(&source).into_iter().map(|found| {
            let spec = found.spec;
            let image = spec.image.as_ref().map(|image| image.raw.to_string());
            let keys: Vec<String> = spec.keys.iter().map(|key| key.name.to_string()).collect();
            (image, keys.join(" "), spec.privileged.is_some())
        });
        let some = |text: &str| Some(text.to_owned());
        let wanted = [
            (some("maven:3.9"), "user volumes".to_owned(), false),
            (None, String::new(), true),
            (some("node:22"), "network_mode".to_owned(), false),
            (None, "environment".to_owned(), false),
        ];
        assert_eq!(read.collect::<Vec<_>>(), wanted);
    }
}
