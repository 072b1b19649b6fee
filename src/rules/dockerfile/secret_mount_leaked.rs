use super::paths;
use super::secret_files::Removed;
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Mount, MountKind};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::shell::{Call, Redirect, Script, Word};
use crate::text::{Span, last_part};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let mounts = run.mounts();
        let secrets: Vec<Secret> = mounts.iter().filter_map(Secret::of).collect();
        if secrets.is_empty() {
            continue;
        }
        for script in run.scripts() {
            for leak in leaks(file, run, script, &secrets, &mounts) {
                let ships = in_image(file, run);
                let layer = if ships { "this layer of the image" } else { "the build cache" };
                let message = match leak.kind {
                    Kind::Written => {
                        format!(
                            "the mounted secret is written to a file that stays in {layer}; use it from the mount, or delete the file in this `RUN`"
                        )
                    }
                    Kind::Printed => {
                        "the mounted secret is printed into the log of the build; remove this".to_owned()
                    }
                };
                let finding = out.at(file.source, leak.span, message);
                finding.see(file.source, leak.mount, "mounted here");
                if !ships && leak.kind == Kind::Written {
                    finding.severity(Severity::Note);
                }
            }
        }
    }
}

/// How a step gets a secret: as a file, as a variable, or both.
struct Secret {
    mount: Span,
    path: Option<String>,
    variable: Option<String>,
}

impl Secret {
    fn of(mount: &Mount<'_>) -> Option<Self> {
        if mount.kind() != Some(MountKind::Secret) {
            return None;
        }
        let variable = mount.option(&["env"]).and_then(|option| option.value.as_ref());
        let variable = variable.map(|word| word.text.to_string());
        let id = mount.id().or_else(|| mount.source());
        let path = match mount.target() {
            Some(target) => Some(target.text.to_string()),
            // With a variable there is a file only if a target is named.
            None if variable.is_some() => None,
            None => id.map(|id| format!("/run/secrets/{}", id.text)),
        };
        Some(Self { mount: mount.span, path, variable })
    }
    /// A word reads the file or the variable.
    fn is_in(&self, word: &Word) -> bool {
        let by_path = self.path.as_ref().is_some_and(|path| word.text.contains(&**path));
        let by_name = self.variable.as_ref();
        by_path || by_name.is_some_and(|name| word.parameters.iter().any(|used| *used.name == **name))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Written,
    Printed,
}

struct Leak {
    kind: Kind,
    span: Span,
    mount: Span,
}

fn leaks(
    file: &Dockerfile,
    run: &Instruction,
    script: &Script,
    secrets: &[Secret],
    mounts: &[Mount<'_>],
) -> Vec<Leak> {
    let removed = Removed::by(file, run, &script.facts().removals);
    let stays = |path: &str| {
        let target = paths::resolve(file, run, path);
        let mounted =
            mounts.iter().filter_map(Mount::target).any(|mount| paths::is_below(&target, &mount.text));
        !["/dev", "/proc"].iter().any(|folder| paths::is_below(&target, folder))
            && !mounted
            && !removed.holds(&target)
    };
    let mut found = Vec::new();
    for call in script.calls() {
        let Some(secret) = secrets.iter().find(|secret| call.args().iter().any(|word| secret.is_in(word)))
        else {
            continue;
        };
        let mut leak = |kind, span| found.push(Leak { kind, span, mount: secret.mount });
        match call.name() {
            Some("cp" | "install") => {
                let operands = call.operands();
                if let [.., source, target] = &operands[..]
                    && secret.is_in(source)
                    && stays(&copied_to(&source.text, &target.text))
                {
                    leak(Kind::Written, target.span);
                }
            }
            Some("echo" | "printf" | "cat" | "base64" | "sed" | "envsubst") => match written(&call) {
                Some(target) if stays(&target.text) => leak(Kind::Written, target.span),
                None if is_printed(&call) => leak(Kind::Printed, call.span()),
                _ => {}
            },
            _ => {}
        }
    }
    found
}

/// Where a copy ends up: in a folder under its own name.
fn copied_to(source: &str, target: &str) -> String {
    let name = last_part(source);
    if target.ends_with('/') { format!("{target}{name}") } else { target.to_owned() }
}

/// The file that gets what a call prints.
fn written<'s>(call: &Call<'s>) -> Option<&'s Word> {
    let to_file = |redirect: &&Redirect| {
        matches!(redirect.operator, ">" | ">>" | ">|") && matches!(redirect.descriptor, None | Some(1))
    };
    call.redirects().iter().rev().find(to_file).map(|redirect| &redirect.target)
}

/// What the call prints goes to the log: no other command reads it, and no variable takes it.
fn is_printed(call: &Call<'_>) -> bool {
    let last = call.position + 1 == call.pipeline.commands.len();
    let prints = !call.is("sed") || !call.has_flag('i', "in-place");
    last && prints && !call.place.in_substitution && call.redirects().is_empty()
}
