use super::{credentials, pulled};
use crate::container::{ContainerSpec, Pair};
use crate::dockerfile::{Instruction, Kind};
use crate::finding::Findings;
use crate::pipeline::{Pipeline, What};
use crate::rule::{Context, Severity};
use crate::secrets::{names, values};

/// Prefixes of variables that a bundler writes into the page, for everybody to read.
const PUBLIC: [&str; 8] =
    ["VITE_", "REACT_APP_", "NEXT_PUBLIC_", "NUXT_PUBLIC_", "PUBLIC_", "EXPO_PUBLIC_", "VUE_APP_", "GATSBY_"];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for arg in spec.build.iter().flat_map(|build| &build.args) {
        let name = &*arg.key.raw;
        if is_public(name) || !names::is_credential(name) || !carries(name, arg) {
            continue;
        }
        let elsewhere = never_ships(cx, spec, name);
        let (stays, severity) = if elsewhere {
            ("stays in the build cache and may be in the provenance record", Severity::Warning)
        } else {
            ("stays in the image's history", Severity::Error)
        };
        let secrets = pulled::word(spec, "build.secrets");
        let message = format!("build argument `{name}` {stays}; use {secrets} and `RUN --mount=type=secret`");
        pulled::on(cx, spec, out, arg.key.at, message).severity(severity);
    }
}

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    for (.., act) in file.acts() {
        let What::Build { args, .. } = &act.what else { continue };
        for arg in args.iter().filter(|arg| !is_public(&arg.name)) {
            // It ends with the job, or may be kept there for no other reason than that it is a setting.
            let is_short = matches!(&*arg.secret, "GITHUB_TOKEN" | "CI_JOB_TOKEN");
            let is_mild = is_short || !names::is_credential(&arg.name) && !names::is_credential(&arg.secret);
            let message = format!(
                "build argument `{}` gets the secret `{}` and stays in the image's history; pass it as a secret of the build \
                 and use `RUN --mount=type=secret`",
                arg.name, arg.secret
            );
            out.at(file.source, arg.at, message).severity(if is_mild {
                Severity::Warning
            } else {
                Severity::Error
            });
        }
    }
}

/// A bundler writes the value into the page.
fn is_public(name: &str) -> bool {
    PUBLIC.iter().any(|prefix| name.starts_with(prefix))
}

/// The Dockerfile is here, and no stage that ends up in the image declares the argument.
fn never_ships(cx: &Context, spec: &ContainerSpec, name: &str) -> bool {
    let Some(edge) = cx.project.build_of(spec) else { return false };
    let (Some(file), Some(stage)) = (edge.dockerfile, edge.stage) else { return false };
    let declares = |instruction: &Instruction| matches!(&instruction.kind, Kind::Arg(list) if list.iter().any(|arg| arg.key.text == name));
    !file.ancestry(stage).any(|stage| file.stage_instructions(stage).iter().any(declares))
}

/// The argument brings a secret along: written out, from a variable, or passed through by its name alone.
fn carries(name: &str, arg: &Pair) -> bool {
    let Some(value) = &arg.value else { return true };
    if value.raw.contains('$') && values::is_reference(&value.raw) {
        // A variable that falls back to nothing but a switch is a switch.
        let known = value.value().is_some_and(|known| values::judge(known) != values::Value::Literal);
        return !known || value.value() == Some("");
    }
    credentials::is_literal(name, &value.raw)
}
