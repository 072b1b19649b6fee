use super::cache_mounts;
use super::paths::{self, is_below};
use crate::dockerfile::{Dockerfile, FromRef, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

/// Programs that take a result out of the cache while it is mounted.
const TAKE_OUT: [&str; 9] =
    ["cp", "mv", "install", "rsync", "tar", "ln", "--root", "--artifact-dir", "--out-dir"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut left = MOST;
    for run in file.instructions.iter().filter(|one| matches!(one.kind, Kind::Run(_))) {
        let Some(stage) = run.stage else { continue };
        let text = file.source.slice(run.span);
        for cache in cache_mounts::of(file, run) {
            // What nobody knows the place of may be anywhere.
            if !cache.target.starts_with('/') || text.split_whitespace().any(takes_out) {
                continue;
            }
            let Some(rest) = left.checked_sub(1) else { return };
            left = rest;
            let taken = file.instructions[run.index + 1..]
                .iter()
                .find_map(|one| takes(file, one, stage, &cache.target));
            let Some(span) = taken else { continue };
            let message = format!(
                "`{}` is a cache mount, so what the build writes there is in no layer and cannot be copied; copy the result elsewhere \
                 in the same `RUN`",
                cache.target
            );
            out.at(file.source, cache.mount.span, message).see(
                file.source,
                span,
                "it is copied from there here",
            );
        }
    }
}

/// So many mounts are followed in one file.
const MOST: usize = 1_000;

fn takes_out(word: &str) -> bool {
    TAKE_OUT.contains(&word.split('=').next().unwrap_or(word))
}

/// Where an instruction copies from a place of a stage that only a cache has.
fn takes(file: &Dockerfile, one: &Instruction, stage: usize, target: &str) -> Option<Span> {
    let Kind::Copy(transfer) = &one.kind else { return None };
    let FromRef::Stage(from) = file.resolve_from(one.flag("from")?.value.as_ref()?, one) else { return None };
    if from != stage {
        return None;
    }
    let below = |text: &str| {
        let path = format!("/{}", text.trim_start_matches('/'));
        path != target && is_below(&path, target)
    };
    let sources = transfer.sources.iter();
    let mut taken = sources.filter(|word| file.expand(word, one).text().is_some_and(below));
    // A later instruction may have written it.
    let writes = |other: &Instruction| match &other.kind {
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            let expanded = file.expand(&transfer.destination, other);
            expanded.text().is_none_or(|text| is_below(&paths::resolve(file, other, text), target))
        }
        Kind::Run(_) => {
            cache_mounts::of(file, other).iter().all(|cache| cache.target != target)
                && file.source.slice(other.span).contains(target)
        }
        _ => false,
    };
    taken.next().filter(|_| !file.stage_instructions(stage).iter().any(writes)).map(|word| word.span)
}
