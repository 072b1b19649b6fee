//! The short syntaxes that Compose files share with `docker run`: `source:target:ro`, `127.0.0.1:80:80`, `name=value`.

use std::ops::Range;

use super::ports;
use super::read::{self, Reader};
use crate::container::{At, Device, Known, Mount, Pair, Port, Setting, Text};

/// Reads short syntaxes in texts that are not of a Compose file.
pub struct Short(Reader<'static>);

impl Short {
    /// `known` says how much is known of a piece of text that has variables in it.
    pub fn new(known: fn(&str) -> Known<Box<str>>) -> Self {
        Self(Reader::foreign(known))
    }
    /// A piece of a text, as a text of its own.
    pub fn piece(&self, text: &Text, range: Range<usize>) -> Text {
        self.0.piece(text, range)
    }
    /// The pieces of a text between separators.
    pub fn split(&self, text: &Text, separator: char) -> Vec<Text> {
        self.0.split(text, separator, |_| false)
    }
    pub fn mount(&self, text: &Text) -> Mount {
        self.0.short_mount(text)
    }
    pub fn port(&self, text: &Text) -> Port {
        self.0.short_port(text)
    }
    pub fn device(&self, text: &Text) -> Option<Device> {
        self.0.short_device(text)
    }
    /// `name=value`; of several separators the first that is there counts.
    pub fn pair(&self, text: &Text, separators: &[char]) -> Pair {
        self.0.cut_pair(text, separators)
    }
}

/// A port whose parts are written apart, as `published=80,target=8080` has them.
pub fn long_port(
    at: At,
    published: Option<Text>,
    target: Option<Text>,
    protocol: Option<Text>,
    mode: Option<Text>,
) -> Port {
    ports::long(at, None, published, target, protocol, mode)
}
/// `true`, `yes`, `off` …
pub fn flag(text: &Text) -> Setting<bool> {
    read::setting(text, read::truth)
}
/// A whole number.
pub fn int(text: &Text) -> Setting<i64> {
    read::setting(text, read::int)
}
/// A number.
pub fn float(text: &Text) -> Setting<f64> {
    read::setting(text, |text| text.parse().ok())
}
/// A size: `512m`.
pub fn bytes(text: &Text) -> Setting<i64> {
    read::setting(text, read::bytes)
}
