use super::hardened::{self, Variant};
use super::shell_missing::needs_shell;
use crate::dockerfile::{Base, Command, Dockerfile, Healthcheck, Instruction, Kind};
use crate::finding::Findings;
use crate::image::{self, ImageRef};
use crate::rule::Context;
use crate::shell::{Call, Script};

/// Programs that health checks use and that small images lack.
const TOOLS: [&str; 2] = ["curl", "wget"];
/// Official images without `curl` and `wget` in the variant `slim`, and without `curl` in `alpine`. Source: their
/// Dockerfiles in github.com/docker-library.
const LANGUAGES: [&str; 3] = ["node", "python", "ruby"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let Some(check) = file.healthcheck_of(stage.index) else { continue };
        let Some((tool, span)) = tool(check) else { continue };
        let Some(base) = without(file, stage.index, tool) else { continue };
        // Without a shell, the other rule says why it fails.
        let has_no_shell = needs_shell(file, stage.index, check).is_some();
        if has_no_shell || may_bring(file, stage.index, tool) {
            continue;
        }
        let message = format!(
            "`{base}` does not contain `{tool}`, so the container is never healthy; install it, or check with a program that is \
             there"
        );
        out.at(file.source, span, message);
    }
}

/// The program that a health check calls first, if it is one of [`TOOLS`].
fn tool(check: &Instruction) -> Option<(&'static str, crate::text::Span)> {
    let Kind::Healthcheck(Healthcheck::Cmd { command, .. }) = &check.kind else { return None };
    let known = |name: &str| TOOLS.into_iter().find(|tool| *tool == name);
    if check.scripts().is_empty()
        && let Command::Exec { words, .. } = command
    {
        let word = words.first()?;
        return Some((known(crate::text::last_part(&word.text))?, word.span));
    }
    let calls: Vec<_> = check.scripts().iter().flat_map(Script::calls).collect();
    // What follows `||` is there for images without the first.
    let names: Vec<&str> = calls.iter().filter_map(Call::name).collect();
    if TOOLS.iter().all(|tool| names.contains(tool)) {
        return None;
    }
    calls.iter().find_map(|call| Some((known(call.name()?)?, call.name_span())))
}

/// The name of a stage's base image, if it is known not to contain the tool.
fn without<'f>(file: &'f Dockerfile, stage: usize, tool: &str) -> Option<&'f str> {
    let Base::Image(text) = file.root_base(stage) else {
        return matches!(file.root_base(stage), Base::Scratch).then_some("scratch");
    };
    let image = image::parse(text).ok()?;
    let is_hardened = || hardened::base(file, stage).is_some_and(|(_, variant)| variant == Variant::Runtime);
    (lacks(&image, tool) || is_hardened()).then_some(text)
}

fn lacks(image: &ImageRef, tool: &str) -> bool {
    let name = image.familiar_name();
    let tag = image.tag.unwrap_or_default();
    let has = |mark: &str| tag.split('-').any(|part| part.starts_with(mark));
    let is_language = LANGUAGES.contains(&&*name);
    match tool {
        "curl" => {
            matches!(&*name, "alpine" | "busybox" | "debian" | "ubuntu")
                || is_language && (has("slim") || has("alpine"))
        }
        _ => matches!(&*name, "debian" | "ubuntu") || is_language && has("slim"),
    }
}

/// Some instruction of the image names the tool, or may bring it without naming it.
fn may_bring(file: &Dockerfile, stage: usize, tool: &str) -> bool {
    file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage)).any(|one| match &one.kind {
        Kind::Run(_) => {
            let calls: Vec<_> = one.scripts().iter().flat_map(Script::calls).collect();
            let is_opaque = calls.iter().any(|call| {
                let text = &*call.words[0].text;
                text.contains('/') || call.name().is_none_or(|name| RUNNERS.contains(&name))
            });
            let packages = one.scripts().iter().flat_map(|script| &script.facts().packages);
            let hidden = packages
                .flat_map(|call| &call.packages)
                .any(|package| package.kind == crate::shell::PackageKind::Variable);
            file.source.slice(one.span).contains(tool) || calls.is_empty() || is_opaque || hidden
        }
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            let target = file.expand(&transfer.destination, one);
            let from_image = one.flag("from").is_some();
            let is_system = target.text().is_none_or(|target| {
                ["/", "/usr", "/bin", "/usr/"].contains(&target) || from_image && target.contains("bin")
            });
            is_system || file.source.slice(one.span).contains(tool)
        }
        Kind::Onbuild(_) => true,
        _ => false,
    })
}

/// Programs that run what is not to be seen here.
const RUNNERS: [&str; 7] = ["ansible-playbook", "bash", "eval", "make", "nix-env", "sh", "source"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_images_lack_tools() {
        let lacks = |text: &str, tool: &str| lacks(&image::parse(text).expect(text), tool);
        assert!(lacks("alpine:3.22", "curl") && !lacks("alpine:3.22", "wget"));
        assert!(lacks("node:24-alpine3.22", "curl") && !lacks("node:24", "curl"));
        assert!(lacks("python:3.14-slim", "wget") && !lacks("example.org/python:3.14-slim", "curl"));
    }
}
