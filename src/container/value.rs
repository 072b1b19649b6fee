//! What is written: where it stands, and how much of it is known.

use std::num::NonZeroU32;
use std::ops::Range;

use crate::text::Span;

/// A file of the run; the caller numbers them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FileId(pub u32);

/// Where a value stands: the line where it is written, which for a value behind an anchor is the anchor's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct At {
    pub file: FileId,
    /// The value, quotes included.
    pub span: Span,
    /// See [`ContainerSpec::via`].
    pub pull: Option<PullId>,
}

impl At {
    pub fn new(file: FileId, span: Span) -> Self {
        Self { file, span, pull: None }
    }
}

/// Index in [`ContainerSpec::pulls`], counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PullId(pub NonZeroU32);

/// How a value that stands elsewhere got into this container.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pull {
    pub how: PullKind,
    /// The alias (`*name`), the merge key's value, or the value of `extends`.
    pub file: FileId,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum PullKind {
    /// `*name`, with or without `<<`.
    Alias,
    Extends,
}

/// A text setting, as written and as Compose (or a shell) would read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// Quotes and escapes removed, variables still in.
    pub raw: Box<str>,
    pub known: Known<Box<str>>,
    pub at: At,
    /// Bytes between `at.span.start` and the first byte of `raw`, if `raw` stands verbatim in the source.
    pub skip: Option<u8>,
}

impl Text {
    /// The value after interpolation; `None` if nobody can know it from the repository.
    pub fn value(&self) -> Option<&str> {
        match &self.known {
            Known::AsWritten => Some(&self.raw),
            Known::Written(value) | Known::Default(value) => Some(value),
            Known::Unknown => None,
        }
    }
    /// The value is what a `${X:-default}` falls back to; the environment may say otherwise.
    pub fn from_default(&self) -> bool {
        matches!(self.known, Known::Default(_))
    }
    pub fn is_unknown(&self) -> bool {
        self.known == Known::Unknown
    }
    /// Whether the value is known and equal to `text`.
    pub fn is(&self, text: &str) -> bool {
        self.value() == Some(text)
    }
    /// The place in the source of a part of `raw`; of all of it where escapes, folding or YAML quoting are in the way.
    pub fn part(&self, range: Range<usize>) -> Span {
        match self.skip {
            Some(skip) => {
                let start = self.at.span.start as usize + usize::from(skip);
                Span::new(start + range.start, start + range.end)
            }
            None => self.at.span,
        }
    }
}

/// How much is known of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Known<T> {
    /// No variable in it: it is what is written.
    #[default]
    AsWritten,
    /// Known for sure, from `.env` or by reading what is written (`"yes"` as true).
    Written(T),
    /// Known only from the default of a `${X:-default}`.
    Default(T),
    /// A variable without a value, or text that is no such value.
    Unknown,
}

/// A number or a truth value, read from text as Compose reads it (`"yes"`, `512m`, `0.5`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting<T> {
    /// `None` if it cannot be known.
    pub value: Option<T>,
    /// Known only from the default of a `${X:-default}`.
    pub from_default: bool,
    /// It is not what the setting takes (`privileged: maybe`); `value` is `None` then.
    pub invalid: bool,
    pub at: At,
}

impl Setting<bool> {
    pub fn is_true(&self) -> bool {
        self.value == Some(true)
    }
    pub fn is_false(&self) -> bool {
        self.value == Some(false)
    }
}

/// The name of a setting that is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    pub name: Box<str>,
    /// The key alone, for a list merged from several files that of the last.
    pub at: At,
    /// Key and value.
    pub entry: Span,
}

/// A name with a value: environment, labels, build arguments, sysctls, hosts. From a mapping or from `name=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    pub key: Text,
    /// `None`: only the name is written (an environment variable is passed through then).
    pub value: Option<Text>,
    /// Key and value, or the list item.
    pub at: At,
}
