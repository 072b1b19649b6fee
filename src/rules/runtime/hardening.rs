//! What the four rules on hardening share: `capabilities-not-dropped`, `memory-limit-missing`,
//! `no-new-privileges-missing`, `writable-root-filesystem`. `filter` gathers them in `default` as `hardening-missing`.

use super::{exposure, settings};
use crate::container::ContainerSpec;
use crate::rule::{Context, Profile};

/// Nobody can tell what the container has, or it needs nothing: nothing starts it again when it ends, or, in `default`, it runs for
/// developers only, or on a platform that hardens its apps by itself.
pub fn is_beside_the_point(cx: &Context, spec: &ContainerSpec) -> bool {
    let is_internal = || cx.purpose_at(spec.at).is_internal();
    let quiet = cx.policy.profile < Profile::Strict;
    !spec.is_complete()
        || !settings::is_service(spec)
        || quiet && (is_internal() || exposure::is_platforms(cx, spec))
}
