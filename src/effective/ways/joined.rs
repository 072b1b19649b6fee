//! Ways through another container whose processes this one shares.

use super::super::holding::Holding;
use super::{Trail, WAYS, is_true};
use crate::privilege::Gain;
use crate::rules::runtime::neighbours;

const ID: &str = "joined-processes";

/// With the processes of another service, `/proc/…/root` is its file system, as long as that service may do no more
/// than this one; to write into its processes takes SYS_PTRACE.
pub(super) fn processes(holding: &Holding) -> Option<Trail> {
    let (other, at) = neighbours::joined(holding.cx, holding.spec.pid.as_ref()?)?;
    let other = Holding::of(holding.cx, other);
    let ways = WAYS.iter().filter(|known| known.gains == Gain::Root && known.id != ID);
    let way = ways.filter_map(|known| (known.find)(&other)).find(Trail::is_open)?;
    let (spec, name) = (other.spec, &other.spec.name);
    let trail = Trail::new(format!("it shares the processes of `{name}`"), at);
    let needs_code = is_true(spec.privileged).is_some()
        || !spec.cap_add.is_empty()
        || !spec.devices.is_empty()
        || other.host_network().is_some();
    let trail = if needs_code {
        let ptrace = holding.capabilities.given("SYS_PTRACE")?;
        trail.step(format!("it writes code into those of `{name}` with SYS_PTRACE"), [ptrace])
    } else {
        trail.step(format!("it uses the files of `{name}` through `/proc`"), [])
    };
    let mut trail = trail.by_root(holding)?;
    trail.steps.extend(way.steps);
    Some(trail)
}
