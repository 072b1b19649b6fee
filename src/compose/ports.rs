//! Published ports and devices, short and long.
//!
//! The short form is go-connections' `nat.ParsePortSpec`: the container's port stands last, the host's before it,
//! and all before that is the address, in brackets or not.

use super::ProblemKind;
use super::read::{Reader, last_of_each};
use super::value::{Shape, Value};
use crate::container::{At, Device, Known, Port, Ports, Text};

impl Reader<'_> {
    pub(super) fn ports(&mut self, service: &Value<'_>) -> Vec<Port> {
        let Some(value) = service.get("ports") else { return Vec::new() };
        if matches!(value.shape, Shape::Scalar(_) | Shape::Map(_)) {
            self.problem(value.at, "`ports` must be a list");
        }
        let ports = value.items().iter().filter_map(|item| match &item.shape {
            Shape::Scalar(_) => self.text(item).map(|text| self.short_port(&text)),
            Shape::Map(_) => Some(self.long_port(item)),
            _ => None,
        });
        let ports: Vec<Port> = ports.collect();
        for port in &ports {
            if let Some(message) = fault(port) {
                self.refuse(ProblemKind::InvalidValue, port.at, message);
            }
        }
        last_of_each(ports, identity)
    }

    pub(super) fn short_port(&self, text: &Text) -> Port {
        let (spec, protocol) = match text.raw.rfind('/').filter(|&at| !text.raw[at..].contains('}')) {
            Some(at) => (self.piece(text, 0..at), Some(self.piece(text, at + 1..text.raw.len()))),
            None => (text.clone(), None),
        };
        let mut parts = self.split(&spec, ':', |_| false);
        let target = parts.pop();
        let published = parts.pop().filter(|part| !part.raw.is_empty());
        let host_ip = match parts.len() {
            0 => None,
            1 => parts.pop(),
            // A bare IPv6 address: put it together again.
            _ => {
                let from = parts.iter().map(|part| part.raw.len() + 1).sum::<usize>() - 1;
                Some(if parts[0].skip.is_some() || spec.known == Known::AsWritten {
                    self.piece(&spec, 0..from)
                } else {
                    let joined = parts.iter().map(|part| &*part.raw).collect::<Vec<_>>().join(":");
                    Text { raw: joined.clone().into(), known: Known::Default(joined.into()), ..spec.clone() }
                })
            }
        };
        let mut host_ip = host_ip.filter(|ip| !ip.raw.is_empty()).map(|ip| self.without_brackets(ip));
        let published = published.map(ports_of);
        let target = target.map(ports_of);
        // `${PORTS}` alone may hold an address too.
        if published.is_none() && host_ip.is_none() && target.as_ref().is_some_and(|t| t.text.is_unknown()) {
            host_ip = target.as_ref().map(|t| t.text.clone());
        }
        let invalid = target.as_ref().is_none_or(is_bad)
            || published.as_ref().is_some_and(is_bad)
            || host_ip
                .as_ref()
                .and_then(Text::value)
                // `${BIND:-}:80:80` has an empty address, as `:80:80` has.
                .is_some_and(|ip| !ip.is_empty() && ip.parse::<std::net::IpAddr>().is_err());
        Port { host_ip, published, target, protocol, mode: None, long: false, invalid, at: text.at }
    }

    fn without_brackets(&self, ip: Text) -> Text {
        if ip.raw.len() >= 2 && ip.raw.starts_with('[') && ip.raw.ends_with(']') {
            return self.piece(&ip, 1..ip.raw.len() - 1);
        }
        ip
    }

    fn long_port(&mut self, item: &Value<'_>) -> Port {
        let port = long(
            item.at,
            self.text_of(item, "host_ip").filter(|text| !text.is("")),
            self.text_of(item, "published").filter(|text| !text.is("")),
            self.text_of(item, "target"),
            self.text_of(item, "protocol"),
            self.text_of(item, "mode"),
        );
        if let Some(published) = port.published.as_ref().filter(|ports| is_bad(ports)) {
            let message = "`published` must be a port or a range of ports; write an address in `host_ip`";
            self.problem(published.text.at, message);
        }
        port
    }

    pub(super) fn devices(&mut self, service: &Value<'_>) -> Vec<Device> {
        let Some(value) = service.get("devices") else { return Vec::new() };
        let devices = value.items().iter().filter_map(|item| {
            if let Shape::Map(_) = item.shape {
                return Some(Device {
                    source: self.text_of(item, "source")?,
                    target: self.text_of(item, "target"),
                    permissions: self.text_of(item, "permissions"),
                    at: item.at,
                });
            }
            self.text(item).and_then(|text| self.short_device(&text))
        });
        last_of_each(devices.collect(), |device: &Device| {
            device.target.as_ref().unwrap_or(&device.source).value().map(str::to_owned)
        })
    }

    pub(super) fn short_device(&self, text: &Text) -> Option<Device> {
        // `vendor.com/class=name` is a CDI device: no path, no parts.
        let path = text.raw.starts_with(['/', '$', '.']);
        let mut parts = if path { self.split(text, ':', |_| false) } else { vec![text.clone()] }.into_iter();
        let source = parts.next()?;
        Some(Device { source, target: parts.next(), permissions: parts.next(), at: text.at })
    }
}

/// A port whose parts are written apart.
pub(super) fn long(
    at: At,
    host_ip: Option<Text>,
    published: Option<Text>,
    target: Option<Text>,
    protocol: Option<Text>,
    mode: Option<Text>,
) -> Port {
    let (published, target) = (published.map(ports_of), target.map(ports_of));
    let invalid = target.as_ref().is_none_or(is_bad) || published.as_ref().is_some_and(is_bad);
    Port { host_ip, published, target, protocol, mode, long: true, invalid, at }
}

fn is_bad(ports: &Ports) -> bool {
    ports.range.is_none() && !ports.text.is_unknown()
}

/// Why Compose refuses a port.
fn fault(port: &Port) -> Option<String> {
    // `long_port` says what is wrong with the host's port.
    let published = port.published.as_ref().filter(|_| !port.long);
    for ports in published.into_iter().chain(&port.target) {
        let Some(text) = ports.text.value().filter(|_| ports.range.is_none()) else { continue };
        let numbers = || text.split('-').filter_map(|number| number.trim().parse::<u64>().ok());
        let shown: String = text.chars().take(40).collect();
        return Some(if numbers().any(|number| number > 65535) {
            format!("port `{shown}` is above 65535; write a port up to 65535")
        } else if text.is_empty() {
            "the port of the container is missing; add it after the colon".to_owned()
        } else {
            format!("`{shown}` is not a port; write a number or a range such as `8000-8010`")
        });
    }
    if let Some(ip) = port.host_ip.as_ref().and_then(Text::value)
        && !ip.is_empty()
        && ip.parse::<std::net::IpAddr>().is_err()
    {
        let shown: String = ip.chars().take(40).collect();
        return Some(format!("`{shown}` is not an IP address; write one such as `127.0.0.1`"));
    }
    if let Some(protocol) = port.protocol.as_ref().and_then(Text::value)
        && !["", "tcp", "udp", "sctp"].iter().any(|known| protocol.eq_ignore_ascii_case(known))
    {
        let shown: String = protocol.chars().take(40).collect();
        return Some(format!("`{shown}` is not a protocol of ports; write `tcp`, `udp` or `sctp`"));
    }
    let length = |ports: &Option<Ports>| ports.as_ref()?.range.map(|(first, last)| last - first);
    match (length(&port.published), length(&port.target)) {
        (Some(published), Some(target)) if target > 0 && published != target && !port.long => {
            let message =
                "the ranges of the host and of the container have different lengths; make them equal";
            Some(message.to_owned())
        }
        _ => None,
    }
}

fn ports_of(text: Text) -> Ports {
    let range = text.value().and_then(|value| {
        let value = value.trim();
        let (first, last) = value.split_once('-').unwrap_or((value, value));
        let (first, last) = (port(first)?, port(last)?);
        (first <= last).then_some((first, last))
    });
    Ports { text, range }
}

fn port(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Address, both ports and protocol; `None` if some part is unknown.
fn identity(port: &Port) -> Option<String> {
    let part = |ports: &Option<Ports>| match ports {
        Some(ports) => ports.range.map(|(first, last)| format!("{first}-{last}")),
        None => Some(String::new()),
    };
    let text = |text: &Option<Text>, absent: &str| match text {
        Some(text) => text.value().map(str::to_owned),
        None => Some(absent.to_owned()),
    };
    let host = text(&port.host_ip, "0.0.0.0")?;
    let protocol = text(&port.protocol, "tcp")?;
    Some(format!("{host}:{}:{}/{protocol}", part(&port.published)?, part(&port.target)?))
}
