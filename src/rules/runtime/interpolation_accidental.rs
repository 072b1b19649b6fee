use super::pulled;
use crate::compose::{Operator, Piece, pieces};
use crate::container::{At, Command, ContainerSpec, HealthTest, Known, Surface, Text};
use crate::finding::Findings;
use crate::rule::Context;
use crate::secrets::names;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if spec.surface != Surface::ComposeService {
        return;
    }
    let commands = spec.entrypoint.iter().chain(&spec.command);
    let commands = commands.chain(spec.hooks.iter().filter_map(|hook| hook.command.as_ref()));
    let test = spec.healthcheck.as_ref().and_then(|check| check.test.as_ref());
    let texts = commands.flat_map(|command: &Command| command.form.texts());
    for text in texts.chain(test.map_or(&[][..], HealthTest::texts)) {
        for (name, range) in unknown(text) {
            if !is_own(spec, name) {
                continue;
            }
            let message = format!(
                "Compose replaces `${name}` with the value of whoever starts it, not with that of {}, where it is set; write \
                 `$${name}`",
                pulled::name(spec)
            );
            let at = At { span: text.part(range), ..text.at };
            pulled::on(cx, spec, out, at, message);
        }
    }
    for pair in &spec.environment {
        let Some(value) = pair.value.as_ref().filter(|_| names::is_credential(&pair.key.raw)) else {
            continue;
        };
        if let Some((_, range)) =
            unknown(value).into_iter().find(|(name, range)| is_part(&value.raw, name, range))
        {
            let message = format!(
                "Compose takes a part of `{}` for a variable and removes it; write `$$` for a dollar sign",
                pair.key.raw
            );
            let at = At { span: value.part(range.start..range.start + 1), ..value.at };
            pulled::on(cx, spec, out, at, message);
        }
    }
}

/// The variables without a default in a text whose value is not known.
fn unknown(text: &Text) -> Vec<(&str, std::ops::Range<usize>)> {
    if text.known != Known::Unknown {
        return Vec::new();
    }
    let of = |piece| match piece {
        Piece::Variable(variable) if matches!(variable.operator, Operator::Bare | Operator::Braced) => {
            Some((&text.raw[variable.name], variable.range))
        }
        _ => None,
    };
    pieces(&text.raw).into_iter().filter_map(of).collect()
}

/// The container itself sets the variable, to something without variables.
fn is_own(spec: &ContainerSpec, name: &str) -> bool {
    spec.environment.iter().any(|pair| {
        pair.key.is(name) && pair.value.as_ref().is_some_and(|value| value.known == Known::AsWritten)
    })
}

/// A dollar sign in the middle of a password: people name variables in capital letters, and put braces around them.
fn is_part(value: &str, name: &str, range: &std::ops::Range<usize>) -> bool {
    range.start > 0
        && !value[range.start..].starts_with("${")
        && name.contains(|c: char| c.is_ascii_lowercase())
        && value[..range.start].contains(|c: char| c.is_ascii_alphanumeric())
}
