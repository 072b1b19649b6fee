use super::{command_words, known_images, pulled, settings};
use crate::container::{ContainerSpec, Mount, MountKind, Surface, Text};
use crate::finding::Findings;
use crate::image::ImageRef;
use crate::rule::Context;
use crate::text::last_part;

/// Data stores that mostly hold what can be made again, or hold nothing.
const CACHES: [&str; 8] =
    ["dragonfly", "keydb", "memcached", "pgbouncer", "redis", "redis-stack", "redis-stack-server", "valkey"];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is_asked = matches!(spec.surface, Surface::ComposeService | Surface::Run | Surface::ServiceCreate);
    if !is_asked || !settings::is_service(spec) || !spec.is_complete() || spec.build.is_some() {
        return;
    }
    let keeps_data = |image: &ImageRef| known_images::is_datastore(image) && !CACHES.contains(&image.name());
    if !known_images::of(spec).as_ref().is_some_and(keeps_data) || runs_another(spec) {
        return;
    }
    // In memory, it is lost on purpose.
    if !spec.tmpfs.is_empty() || !spec.volumes_from.is_empty() || spec.mounts.iter().any(may_hold_data) {
        return;
    }
    let message = format!(
        "the data of {} is lost when the container is removed; mount a named volume where its image keeps data",
        pulled::name(spec)
    );
    out.on(cx, spec.image.as_ref().map_or(spec.at, |image| image.at), message);
}

/// It starts something else than the image's server: a client that sets the server up, a shell.
fn runs_another(spec: &ContainerSpec) -> bool {
    const CLIENTS: [&str; 12] = [
        "bash",
        "cqlsh",
        "curl",
        "influx",
        "kafka-topics",
        "mariadb",
        "mc",
        "mongosh",
        "mysql",
        "pg_dump",
        "psql",
        "sh",
    ];
    let line = command_words::of(spec).into_iter().next();
    let first = line.as_ref().and_then(|line| line.words.first());
    spec.entrypoint.is_some() || first.is_some_and(|word| CLIENTS.contains(&word.program()))
}

/// Anything but a file or a folder of scripts for the first start.
fn may_hold_data(mount: &Mount) -> bool {
    let target = mount.target.as_ref().and_then(Text::value);
    let is_set_up = |target: &str| target.contains("initdb.d") || last_part(target).contains('.');
    mount.kind == MountKind::Tmpfs || mount.source.is_some() && !target.is_some_and(is_set_up)
}
