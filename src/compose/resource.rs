//! Networks, volumes, secrets and configs at top level.

use super::Resource;
use super::read::{Reader, keys};
use super::value::{Field, Shape};

/// `named`: a name may stand in place of `external: true`, as podman-compose reads it.
pub(super) fn resource(reader: &mut Reader<'_>, field: &Field<'_>, named: bool) -> Resource {
    let value = &field.value;
    let external = value.get("external");
    // The old form names the resource below `external`.
    let old = external.filter(|value| matches!(value.shape, Shape::Map(_)));
    let flags = ["", "true", "false", "y", "n", "yes", "no", "on", "off"];
    let named = external
        .filter(|_| named)
        .and_then(|value| reader.text(value))
        .filter(|text| text.value().is_some_and(|value| !flags.contains(&&*value.to_ascii_lowercase())));
    let is_external = match (old, &named) {
        (None, None) => reader.flag(value, "external").is_some_and(|flag| flag.is_true()),
        _ => true,
    };
    let old_name = old.and_then(|old| reader.text_of(old, "name")).or(named);
    Resource {
        key: field.name.into(),
        at: field.at,
        keys: keys(value),
        name: reader.text_of(value, "name").or(old_name),
        external: is_external,
        driver: reader.text_of(value, "driver"),
        driver_opts: reader.pairs(value, "driver_opts", &['=']),
        file: reader.text_of(value, "file"),
        environment: reader.text_of(value, "environment"),
        content: reader.text_of(value, "content"),
        internal: reader.flag(value, "internal"),
        attachable: reader.flag(value, "attachable"),
        labels: reader.pairs(value, "labels", &['=']),
    }
}
