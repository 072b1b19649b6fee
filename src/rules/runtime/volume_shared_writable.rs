use std::collections::HashMap;

use crate::container::{ContainerSpec, Mount, MountKind};
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    let mut first: HashMap<&str, (&ContainerSpec, &Mount)> = HashMap::new();
    for spec in &project.containers {
        for (name, mount) in spec.mounts.iter().filter_map(written) {
            let (other, place) = *first.entry(name).or_insert((spec, mount));
            if other.name == spec.name {
                continue;
            }
            let message = format!(
                "`{}` and `{}` both write to the volume `{name}`, so each can change what the other runs or reads; mount it \
                 with `:ro` where it is only read",
                other.name, spec.name
            );
            out.on(cx, mount.at, message).see_on(cx, place.at, "the other mount is here");
        }
    }
}

/// The name of a volume that the container may write to.
fn written(mount: &Mount) -> Option<(&str, &Mount)> {
    let is_writable = mount.kind == MountKind::Volume && mount.read_only == Some(false);
    let name = mount.source.as_ref().filter(|_| is_writable)?;
    Some((name.value()?, mount))
}
