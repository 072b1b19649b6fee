//! Findings follow the path to the host that a setting opens: how bad they are, why they are less bad than elsewhere, and
//! the steps of the path.
//!
//! The rules know one setting each and take it for what it is with the rest as Docker has it. What the rest of the
//! container, its Dockerfile and its engine make of it is added here, for the rules whose pages have the tag `host-path`.

use super::holding::Holding;
use super::user::Who;
use super::ways::{self, Found};
use crate::container::ContainerSpec;
use crate::finding::Draft;
use crate::purpose::Purpose;
use crate::rule::{Context, FOLLOWS_PATH};
use crate::text::Spot;

/// Looks at what was found of one container.
pub fn follow(cx: &Context, spec: &ContainerSpec, drafts: &mut [Draft]) {
    let mut mine = drafts.iter_mut().filter(|draft| draft.rule.tags.has(FOLLOWS_PATH.0)).peekable();
    if mine.peek().is_none() || super::is_other(cx, spec) {
        return;
    }
    let holding = Holding::of(cx, spec);
    let ways = ways::found(&holding);
    for draft in mine {
        one(&holding, &ways, draft);
    }
}

fn one(holding: &Holding, ways: &[Found], draft: &mut Draft) {
    if let Some(confined) = &holding.confined {
        lower(draft, &confined.excuse(holding, is_refused(holding, draft)));
        draft.see(&confined.spot.source, confined.spot.span, confined.label());
    } else if let Some((way, first)) = through(holding, ways, draft) {
        if first == 0 && way.trail.is_open() {
            prove(holding, way, draft);
        }
    } else if is_user(holding, draft) && ways.is_empty() && holding.spec.is_complete() {
        lower(draft, "no path to the host is known");
    } else if holding.user.who == Who::Other && holding.stays_itself() {
        let mut as_root = Holding::of(holding.cx, holding.spec);
        as_root.user.who = Who::Root;
        if through(holding, &ways::found(&as_root), draft).is_some() {
            lower(draft, "its user is not root and cannot become it");
        }
    }
}

/// The surest way with a step that the finding's place makes possible, and which step that is.
fn through<'w>(holding: &Holding, ways: &'w [Found], draft: &Draft) -> Option<(&'w Found, usize)> {
    ways.iter().find_map(|way| {
        let mut steps = way.trail.steps.iter();
        Some((way, steps.position(|step| step.is_at(holding, &draft.source, draft.span))?))
    })
}

/// The steps after the finding's own, each where it is written; what is not written follows what is.
fn prove(holding: &Holding, way: &Found, draft: &mut Draft) {
    let mut known: Vec<(Spot, String)> = Vec::new();
    for step in way.trail.steps.iter().skip(1) {
        if let Some(spot) = step.spots(holding).next() {
            known.push((spot, step.text.clone()));
        } else if let Some((_, text)) = known.last_mut() {
            text.push_str(", so ");
            text.push_str(&step.text);
        }
    }
    for (spot, text) in known {
        draft.step(spot, text);
    }
}

/// It is about the container's user.
fn is_user(holding: &Holding, draft: &Draft) -> bool {
    holding.spec.user.as_ref().is_some_and(|user| user.at.span == draft.span)
}

/// An engine that maps users refuses `privileged` and the host's processes and network.
/// Source: <https://docs.docker.com/engine/security/userns-remap/>, "User namespace known limitations".
fn is_refused(holding: &Holding, draft: &Draft) -> bool {
    let own = [holding.privileged, holding.host_pid(), Holding::of_host(holding.spec.network_mode.as_ref())];
    own.into_iter().flatten().any(|at| at.span == draft.span)
}

/// One step less bad, and the message says why: after what is wrong, before what to do.
fn lower(draft: &mut Draft, why: &str) {
    let severity = draft.severity.unwrap_or(draft.rule.severity).softened(Purpose::Development);
    draft.severity(severity);
    draft.message = match draft.message.rsplit_once("; ") {
        Some((wrong, advice)) => format!("{wrong}, but {why}; {advice}"),
        None => format!("{}, but {why}", draft.message),
    };
}
