use std::collections::HashMap;

use super::{froms, purpose};
use crate::bake::Known;
use crate::container::{ContainerSpec, Text};
use crate::dockerfile::{Base, Dockerfile, FromRef, Stage};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // A service that builds a target nobody can name may build any.
    let unknown_target = |service: &ContainerSpec| {
        let target = service.build.as_ref().and_then(|build| build.target.as_ref());
        target.is_some_and(Text::is_unknown)
    };
    let baked = || cx.project.baked.iter().filter_map(|target| target.stage.as_ref());
    if file.stages.len() < 2
        || baked().any(|stage| stage.value().is_none())
        || cx.project.builders_of(file.source.path()).any(|(_, service)| unknown_target(service))
    {
        return;
    }
    let Some(used_by_others) = uses(file) else { return };
    // Whoever names no target builds the last one, whether or not it ships.
    let others = &file.stages[..file.stages.len() - 1];
    for stage in others.iter().filter(|stage| !stage.ships && !used_by_others[stage.index]) {
        let Some(from) = file.from_of(stage.index) else { continue };
        let (place, who) = match &from.name {
            None => (from.image.span, "this stage".to_owned()),
            // Somebody may well build it for its own sake, unless it is no more than another image.
            Some(name) if !purpose::is_for_stages(&name.text) && !is_bare(file, stage, &name.text) => {
                continue;
            }
            Some(name) if baked().filter_map(Known::value).any(|built| built == name.text) => continue,
            Some(name) => (name.span, format!("`{}`", name.text)),
        };
        out.at(
            file.source,
            place,
            format!("no other stage uses {who}, so BuildKit skips it; copy from it or delete it"),
        );
    }
}

/// The stage is an image from outside under another name, and nothing else. A file of nothing but such stages is a list
/// of images for a program that updates them.
fn is_bare(file: &Dockerfile, stage: &Stage, name: &str) -> bool {
    let only_from = |stage: &Stage| stage.instructions.len() == 1;
    matches!(stage.base, Base::Image(_))
        && only_from(stage)
        && !file.stages.iter().all(only_from)
        && !purpose::is_for_developers(name)
}

/// Where more names of base images have a variable in them, any stage may be one of them.
const NAMES: usize = 1000;

/// For each stage whether another one is built on it or copies from it; `None` if a `--from` cannot be read. Only
/// the last stage of a chain is worth a finding: once it is gone, the next one is reported.
fn uses(file: &Dockerfile) -> Option<Vec<bool>> {
    let mut used = vec![false; file.stages.len()];
    // From which stage on a name with a variable in it is used last: it may be any stage before that.
    let mut names: HashMap<(&str, &str), usize> = HashMap::new();
    for stage in &file.stages {
        if let Base::Stage(base) = stage.base {
            used[base] = true;
        }
        // `FROM base-${TARGETARCH}` may stand on any stage whose name fits.
        let image = file.from_of(stage.index).map_or("", |from| &from.image.text);
        if let Some((start, rest)) = image.split_once('$') {
            let end = rest.rsplit_once('}').map_or("", |(_, end)| end);
            names.insert((start, end), stage.index);
        }
    }
    if names.len() > NAMES {
        return None;
    }
    for ((start, end), before) in names {
        let fits = |name: &str| name.starts_with(start) && name.ends_with(end);
        for (other, used) in used.iter_mut().enumerate().take(before) {
            *used |= file.stage_name(other).is_some_and(fits);
        }
    }
    // A broken COPY may have named a stage.
    let mut readable = !file.all().any(|one| one.has_error && one.keyword.text.eq_ignore_ascii_case("copy"));
    froms::each(file, |instruction, word| match file.resolve_from(word, instruction) {
        FromRef::Stage(stage) | FromRef::Later(stage) => used[stage] = true,
        FromRef::Variable | FromRef::Unknown => readable = false,
        _ => {}
    });
    // A misspelt name was meant for some stage; `copy-from-unknown-stage` reports it.
    readable.then_some(used)
}
