//! Mounts, secrets and configs of a service, short and long.
//!
//! The short form is compose-go's `format/volume.go`: a letter before a colon is a drive, a source that looks like a
//! path is bound, what is no option is passed over.

use std::collections::HashMap;

use super::Resource;
use super::read::{Reader, last_of_each};
use super::value::{Shape, Value};
use crate::container::{ContainerSpec, Grant, Known, Mount, MountKind, Text};

const PROPAGATIONS: [&str; 6] = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

impl Reader<'_> {
    pub(super) fn mounts(&mut self, service: &Value<'_>) -> Vec<Mount> {
        let Some(value) = service.get("volumes") else { return Vec::new() };
        if matches!(value.shape, Shape::Scalar(_) | Shape::Map(_)) {
            self.problem(value.at, "`volumes` must be a list");
        }
        let mounts = value.items().iter().filter_map(|item| match &item.shape {
            Shape::Scalar(_) => self.text(item).map(|text| self.short_mount(&text)),
            Shape::Map(_) => Some(self.long_mount(item)),
            _ => None,
        });
        last_of_each(mounts.collect(), |mount: &Mount| {
            mount.target.as_ref().and_then(Text::value).map(str::to_owned)
        })
    }

    pub(super) fn short_mount(&self, text: &Text) -> Mount {
        let drive = |piece: &str| piece.len() == 1 && piece.as_bytes()[0].is_ascii_alphabetic();
        let short = text.value().is_some_and(|value| value.len() <= 2);
        let parts = if short { vec![text.clone()] } else { self.split(text, ':', drive) };
        let mut parts = parts.into_iter();
        let (source, target) = match (parts.next(), parts.next()) {
            (first, None) => (None, first),
            (first, second) => (first, second),
        };
        let options: Vec<Text> = parts
            .flat_map(|part| self.split(&part, ',', |_| false))
            .filter(|option| !option.raw.is_empty())
            .collect();
        let mut read_only = Some(false);
        for option in &options {
            match option.value() {
                Some("ro") => read_only = Some(true),
                Some("rw") => read_only = Some(false),
                Some(_) => {}
                None => read_only = None,
            }
        }
        let propagation =
            options.iter().rev().find(|option| PROPAGATIONS.iter().any(|word| option.is(word))).cloned();
        Mount {
            kind: source.as_ref().map_or_else(|| alone(target.as_ref()), kind_of_source),
            source,
            target,
            read_only,
            options,
            propagation,
            create_host_path: None,
            long: false,
            at: text.at,
        }
    }

    fn long_mount(&mut self, item: &Value<'_>) -> Mount {
        let source = self.text_of(item, "source");
        let kind = self.text_of(item, "type");
        let kind = match kind.as_ref().map(Text::value) {
            Some(Some("bind")) => MountKind::Bind,
            Some(Some("tmpfs")) => MountKind::Tmpfs,
            Some(Some("npipe")) => MountKind::Npipe,
            Some(Some("cluster")) => MountKind::Cluster,
            Some(Some("image")) => MountKind::Image,
            Some(Some("volume")) => MountKind::Volume,
            Some(_) => MountKind::Unknown,
            // Compose asks for a type; without one, the source tells.
            None => source.as_ref().map_or(MountKind::Volume, kind_of_source),
        };
        let read_only = match self.flag(item, "read_only") {
            Some(flag) => flag.value,
            None => Some(false),
        };
        let bind = item.get("bind");
        Mount {
            kind,
            source,
            target: self.text_of(item, "target"),
            read_only,
            options: Vec::new(),
            propagation: bind.and_then(|bind| self.text_of(bind, "propagation")),
            create_host_path: bind.and_then(|bind| self.flag(bind, "create_host_path")),
            long: true,
            at: item.at,
        }
    }

    /// `secrets:` or `configs:` of a service or a build.
    pub(super) fn grants(&mut self, parent: &Value<'_>, name: &str) -> Vec<Grant> {
        let Some(value) = parent.get(name) else { return Vec::new() };
        let grants = value.items().iter().filter_map(|item| {
            if let Shape::Map(_) = item.shape {
                return Some(Grant {
                    source: self.text_of(item, "source")?,
                    target: self.text_of(item, "target"),
                    mode: self.text_of(item, "mode"),
                    uid: self.text_of(item, "uid"),
                    gid: self.text_of(item, "gid"),
                    at: item.at,
                });
            }
            let source = self.text(item)?;
            Some(Grant { source, target: None, mode: None, uid: None, gid: None, at: item.at })
        });
        last_of_each(grants.collect(), |grant: &Grant| {
            grant.target.as_ref().unwrap_or(&grant.source).value().map(str::to_owned)
        })
    }
}

/// A volume whose driver binds a folder of the host is a bind mount of it, under another name.
pub(super) fn bind_volumes(services: &mut [ContainerSpec], volumes: &[Resource]) {
    let option = |volume: &Resource, name: &str| {
        let found = volume.driver_opts.iter().find(|pair| pair.key.is(name));
        found.and_then(|pair| pair.value.clone())
    };
    let bound =
        volumes.iter().filter(|volume| volume.driver.as_ref().is_none_or(|driver| driver.is("local")));
    let bound: HashMap<&str, (Text, bool)> = bound
        .filter_map(|volume| {
            let options = option(volume, "o")?;
            let has = |word: &str| options.raw.split(',').any(|option| option.trim() == word);
            (has("bind") || has("rbind")).then_some(())?;
            Some((&*volume.key, (option(volume, "device")?, has("ro"))))
        })
        .collect();
    if bound.is_empty() {
        return;
    }
    for mount in services.iter_mut().flat_map(|service| &mut service.mounts) {
        let named = mount.source.as_ref().filter(|_| mount.kind == MountKind::Volume).and_then(Text::value);
        if let Some((device, read_only)) = named.and_then(|name| bound.get(name)) {
            mount.kind = MountKind::Bind;
            mount.source = Some(device.clone());
            mount.read_only = if *read_only { Some(true) } else { mount.read_only };
        }
    }
}

/// `${V}` alone may hold a whole `source:target`.
fn alone(target: Option<&Text>) -> MountKind {
    if target.is_some_and(Text::is_unknown) { MountKind::Unknown } else { MountKind::Volume }
}

fn kind_of_source(source: &Text) -> MountKind {
    let Some(value) = source.value() else {
        // A name has no slash in it, whatever the variables hold.
        let raw = &*source.raw;
        let path = raw.starts_with(['.', '/', '~']) || (source.known == Known::Unknown && raw.contains("}/"));
        return if path { MountKind::Bind } else { MountKind::Unknown };
    };
    let bytes = value.as_bytes();
    match bytes {
        [b'\\', b'\\', ..] => MountKind::Npipe,
        [b'.' | b'/' | b'~', ..] => MountKind::Bind,
        [drive, b':', ..] if drive.is_ascii_alphabetic() => MountKind::Bind,
        _ => MountKind::Volume,
    }
}
