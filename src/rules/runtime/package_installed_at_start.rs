use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

/// What installs, as its first words.
const INSTALLERS: [&[&str]; 12] = [
    &["apk", "add"],
    &["apt", "install"],
    &["apt-get", "install"],
    &["dnf", "install"],
    &["gem", "install"],
    &["go", "install"],
    &["microdnf", "install"],
    &["npm", "install"],
    &["pip", "install"],
    &["pip3", "install"],
    &["yarn", "add"],
    &["yum", "install"],
];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let commands = [&spec.entrypoint, &spec.command].into_iter().flatten();
    let texts = commands.flat_map(|command| command.form.texts());
    for text in texts.filter(|text| !text.is_unknown()) {
        let mut commands = text.raw.split([';', '&', '|', '\n', '(', '"', '\'']);
        let Some(installer) = commands.find_map(installs) else { continue };
        let message = format!(
            "{} installs packages with `{installer}` at every start; install them in a Dockerfile",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, text.at, message);
        return;
    }
}

/// The installer that a command calls, options left out.
fn installs(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().filter(|word| !word.starts_with('-')).take(4).collect();
    let begins = |known: &&&[&str]| words.windows(2).next().is_some_and(|start| start == **known);
    INSTALLERS.iter().find(begins).map(|known| known.join(" "))
}
