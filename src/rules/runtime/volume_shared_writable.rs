use std::collections::HashMap;

use super::{known_images, pulled};
use crate::container::{ContainerSpec, Mount, MountKind};
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    let mut writers: HashMap<&str, Vec<(&ContainerSpec, &Mount)>> = HashMap::new();
    let (readers, others): (Vec<_>, Vec<_>) = project.containers.iter().partition(|spec| only_reads(spec));
    for spec in others {
        for (name, mount) in spec.mounts.iter().filter_map(writable) {
            writers.entry(name).or_default().push((spec, mount));
        }
    }
    for spec in readers {
        for (name, mount) in spec.mounts.iter().filter_map(writable) {
            let Some(&(writer, place)) = writers.get(name).and_then(|all| all.first()) else { continue };
            let message = format!(
                "{} only reads what {} writes to the volume `{name}`, but may change it; mount it with `:ro`",
                pulled::name(spec),
                pulled::name(writer)
            );
            pulled::on(cx, spec, out, mount.at, message).see_on(cx, place.at, "it is written here");
        }
    }
}

/// The program serves pages or collects logs, as its image starts it.
fn only_reads(spec: &ContainerSpec) -> bool {
    let is_reader = known_images::of(spec).is_some_and(|image| known_images::is_reader(&image));
    is_reader && spec.command.is_none() && spec.entrypoint.is_none()
}

/// The name of a volume that the container may write to.
fn writable(mount: &Mount) -> Option<(&str, &Mount)> {
    let is_writable = mount.kind == MountKind::Volume && mount.read_only == Some(false);
    let name = mount.source.as_ref().filter(|_| is_writable)?;
    Some((name.value()?, mount))
}
