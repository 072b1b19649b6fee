use super::{known_images, pulled};
use crate::container::{At, ContainerSpec};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::last_part;

const SERVERS: [&str; 2] = ["dropbear", "sshd"];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(at) = started(spec).or_else(|| image(spec)) else { return };
    let message = format!(
        "{} runs an SSH server, which is another way in; remove it and use `docker exec`",
        pulled::name(spec)
    );
    pulled::on(cx, spec, out, at, message);
}

/// The command that starts a server, alone or among others of a script.
fn started(spec: &ContainerSpec) -> Option<At> {
    let texts = [&spec.entrypoint, &spec.command].into_iter().flatten().flat_map(|one| one.form.texts());
    let starts = |text: &str| {
        let mut commands = text.split([';', '&', '|', '\n']).map(str::split_whitespace);
        let program = |words: &mut std::str::SplitWhitespace| {
            words
                .find(|word| !["exec", "sudo"].contains(word))
                .is_some_and(|word| SERVERS.contains(&last_part(word)))
        };
        commands.any(|mut words| program(&mut words))
    };
    texts.filter(|text| text.value().is_some_and(starts)).map(|text| text.at).next()
}

fn image(spec: &ContainerSpec) -> Option<At> {
    let is_server = known_images::of(spec)?.name() == "openssh-server";
    spec.image.as_ref().filter(|_| is_server).map(|image| image.at)
}
