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
    if spec.lifetime.is_short() {
        return;
    }
    let commands = [&spec.entrypoint, &spec.command].into_iter().flatten();
    let texts = commands.flat_map(|command| command.form.texts());
    for text in texts.filter(|text| !text.is_unknown()) {
        let Some(installer) = always_installs(&text.raw) else { continue };
        let message = format!(
            "{} installs packages with `{installer}` at every start; install them in a Dockerfile",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, text.at, message);
        return;
    }
}

/// The installer that a script calls outside of every `if`.
fn always_installs(script: &str) -> Option<String> {
    let mut depth = 0_usize;
    script.split([';', '&', '|', '\n', '(', '"', '\'']).find_map(|command| {
        match command.split_whitespace().next() {
            Some("if") => depth += 1,
            Some("fi") => depth = depth.saturating_sub(1),
            _ => {}
        }
        installs(command).filter(|_| depth == 0)
    })
}

/// The installer that a command calls with the name of a package, options left out. Without one it installs what a mounted
/// project lists, which no image could hold.
fn installs(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().filter(|word| !word.starts_with('-')).take(4).collect();
    let begins = |known: &&&[&str]| words.len() > known.len() && words.starts_with(known);
    INSTALLERS.iter().find(begins).map(|known| known.join(" "))
}
