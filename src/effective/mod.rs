//! What a process of a container may really do: what Compose says, what its Dockerfile says, what is known of images,
//! and Docker's defaults, together.
//!
//! [`of`] makes three things of a container: what it holds, as a table (`holding.rs`) and as single grants (`grants.rs`),
//! and which ways to the host that opens (`ways.rs`). What is not written or not known closes no way and opens none by itself: it becomes a condition.

mod capabilities;
mod confined;
mod grants;
pub mod harden;
mod holding;
pub mod network;
pub mod proof;
mod user;
mod ways;

use crate::container::{At, ContainerSpec, Surface};
use crate::privilege::{Place, Privileges};
use crate::rule::Context;
use crate::rules::runtime::known_images;
use crate::text::Source;
use holding::Holding;

/// `None` for what is no Linux container: a provider, a piece of a service, Windows.
pub fn of(cx: &Context, spec: &ContainerSpec) -> Option<Privileges> {
    if is_other(cx, spec) {
        return None;
    }
    let holding = Holding::of(cx, spec);
    Some(Privileges {
        place: place(cx, spec.at),
        service: spec.name.to_string(),
        held: holding.rows(),
        grants: grants::of(&holding),
        user_unknown: holding.user.who == user::Who::Unknown,
        ways: ways::open(&holding),
        unknown: spec.gaps.iter().map(|gap| gap.why.to_string()).collect(),
    })
}

/// It is no Linux container.
fn is_other(cx: &Context, spec: &ContainerSpec) -> bool {
    let is_build = spec.surface == Surface::Build;
    is_build || spec.fragment || spec.provider.is_some() || known_images::runs_windows(cx, spec)
}

fn place(cx: &Context, at: At) -> Place {
    in_file(cx.project.source(at), at.span.start)
}

/// `offset` in bytes.
fn in_file(source: &Source, offset: u32) -> Place {
    Place { path: source.path().clone(), line: source.line_of(offset as usize) }
}
