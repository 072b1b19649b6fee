use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

/// As the CIS benchmark wants it.
const MOST: u32 = 5;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(restart) = &spec.restart else { return };
    let unbounded = match restart.value() {
        Some("on-failure") => true,
        Some(value) => value
            .strip_prefix("on-failure:")
            .and_then(|count| count.parse::<u32>().ok())
            .is_some_and(|count| count > MOST),
        None => false,
    };
    if unbounded {
        let written: &str = restart.value().unwrap_or_default();
        let message = format!(
            "{} is restarted again and again when it fails (`{written}`); write `on-failure:{MOST}`",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, restart.at, message);
    }
}
