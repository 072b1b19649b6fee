//! A secret that was found, and what speaks for it.

use std::ops::Range;

use super::{checksum, kinds};
use crate::rule::{Checksum, Confidence, Pattern, Rule};
use crate::table;
use crate::trust::Trust;

/// A secret in a text.
#[derive(Clone, Debug)]
pub struct Hit {
    pub rule: &'static Rule,
    /// The secret itself, in bytes of the text.
    pub span: Range<usize>,
    /// How sure it is, and why.
    pub trust: Trust,
    /// The value could be guessed from a hash of it: somebody thought it up.
    pub guessable: bool,
    /// It was found in what the span decodes to.
    pub encoded: bool,
    /// How many bytes of it are the fixed text that its kind begins with.
    pub prefix: u8,
    /// The name that it was given, where it is one only by its name.
    pub name: Option<Range<usize>>,
    pub(super) rank: Rank,
    pub(super) merit: Merit,
    /// Nothing but its looks speaks for it, so it must not be a token that somebody altered.
    pub(super) by_looks: bool,
}

impl Hit {
    /// A hit of which nothing more is known.
    pub(super) fn new(rule: &'static Rule, span: Range<usize>, trust: Trust, rank: Rank) -> Self {
        let merit = Merit::default();
        Self {
            rule,
            span,
            trust,
            guessable: false,
            encoded: false,
            prefix: 0,
            name: None,
            rank,
            merit,
            by_looks: false,
        }
    }
    /// One that a structure shows, of the kind with this id.
    pub(super) fn of_structure(id: &str, span: Range<usize>, trust: Trust, guessable: bool) -> Option<Self> {
        let rule = table::find(id)?;
        Some(Self { guessable, ..Self::new(rule, span, trust, Rank::Structure) })
    }
    pub fn confidence(&self) -> Confidence {
        self.trust.confidence()
    }
    /// A checksum in the token holds, which nobody makes up.
    pub fn is_proven(&self) -> bool {
        self.merit.checked
    }
    /// It has the shape of a token whose checksum proves it, and a wrong one: made up, or altered.
    pub fn is_altered(&self) -> bool {
        let proves =
            || kinds::pattern(self.rule).and_then(|pattern| pattern.checksum).is_some_and(Checksum::proves);
        !self.merit.sound && proves()
    }
    /// It is told where nobody asks for what is doubtful. Everybody tries a scanner with a made-up token, so one whose
    /// checksum is wrong is, too.
    pub fn is_told(&self) -> bool {
        self.confidence() > Confidence::Low || self.is_altered()
    }
    /// Nothing but the name before it speaks for its being a secret, or a structure that documents have, too.
    pub fn is_by_name(&self) -> bool {
        self.rank != Rank::Token
    }
    /// Nothing but the name before it.
    pub fn is_assigned(&self) -> bool {
        self.rank == Rank::Assigned
    }
}

/// Of two hits in one place the first kind is the better explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Token,
    Structure,
    Assigned,
}

/// What speaks for an explanation, what counts most first. A wrong checksum speaks against it; the longer the fixed text
/// that the token begins with, the less it can be anything else (`sk_live_a2V5` before `sk_live_`, any provider's before
/// a bare JWT); then a checksum that holds, then a word nearby that says whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Merit {
    pub(super) sound: bool,
    prefix: u8,
    pub(super) checked: bool,
    near: bool,
}

impl Merit {
    pub(super) fn of(pattern: &Pattern, token: &[u8], prefix: usize, near: bool) -> Self {
        let holds = pattern.checksum.map(|kind| checksum::holds(kind, token));
        Self {
            sound: holds != Some(false),
            prefix: prefix.min(255) as u8,
            checked: holds == Some(true),
            near,
        }
    }
}
