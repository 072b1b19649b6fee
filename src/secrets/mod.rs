//! What a secret looks like, and where one stands in a text.
//!
//! [`find`] scans any text: the gate looks at every byte and leads to what may be a secret; known tokens are matched by
//! `patterns`, structures (URLs, logins) by `structures`, `keys`, `headers`, `cookies` and `jwt`, values under names of credentials by `syntax`
//! and `assigned`, passwords that no name announces by `calls` and `commands`; `near` tells what only resembles a token. Rules for
//! Dockerfiles and containers ask `names` and `values`; what must not be shown of a text is `shown`'s. Files, git
//! and reports are left to others, and no value leaves through a message.

pub mod about;
mod assigned;
mod calls;
mod checksum;
mod commands;
mod cookies;
mod cursor;
pub mod custom;
mod decode;
mod fakes;
mod gate;
mod headers;
mod jwt;
mod keys;
mod merit;
pub mod names;
mod near;
mod patterns;
pub(crate) mod programs;
mod provider;
mod random;
mod reach;
mod strength;
mod structures;
mod syntax;
pub mod values;
mod vocabulary;

use std::ops::Range;

use crate::rule::{Check, Checksum, Confidence, Rule};
use crate::rules;
use crate::trust::{Sign, Trust};
use about::{About, Kind};
use gate::{GATE, Lead};
use merit::Merit;
pub use reach::{Touched, reach};

/// The longest value that is looked at under any name; bytes. A longer one must look like a key in base64.
const LONGEST: usize = 512;

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
    rank: Rank,
    merit: Merit,
}

impl Hit {
    /// A hit of which nothing more is known.
    fn new(rule: &'static Rule, span: Range<usize>, trust: Trust, rank: Rank) -> Self {
        let merit = Merit::default();
        Self { rule, span, trust, guessable: false, encoded: false, prefix: 0, name: None, rank, merit }
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
        let pattern = self.rule.checks().iter().find_map(|check| match check {
            Check::Secret(pattern) => pattern.checksum,
            _ => None,
        });
        !self.merit.sound && pattern.is_some_and(Checksum::proves)
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
enum Rank {
    Token,
    Structure,
    Assigned,
}

/// Whether a value is, or holds, a token of a known kind.
pub fn holds_token(value: &str) -> bool {
    find(value.as_bytes(), About::default())
        .iter()
        .any(|hit| hit.rank == Rank::Token && hit.confidence() > Confidence::Low)
}

/// Every secret in a text, ascending and apart. Linear in the text's length.
pub fn find(text: &[u8], about: About) -> Vec<Hit> {
    find_in(text, std::iter::once(0..text.len()), about, |_| true)
}

/// The secrets whose anchors begin in the windows, which ascend and do not touch. All of the text may be looked at.
pub fn find_in(
    text: &[u8],
    windows: impl IntoIterator<Item = Range<usize>>,
    about: About,
    wanted: impl Fn(&Hit) -> bool,
) -> Vec<Hit> {
    let mut search = Search { text, about, binary: is_binary(text), hits: Vec::new(), done: 0 };
    for window in windows {
        // An anchor that begins in the window may end behind it, but not on another line.
        let whole = text.get(window.end).is_none_or(|&b| b == b'\n');
        let end = if whole { window.end } else { (window.end + 64).min(text.len()) };
        GATE.each(text, window.start, end, |lead, start, stop| {
            if start < window.end {
                search.follow(lead, start, stop);
            }
        });
    }
    let mut hits = merit::apart(search.hits);
    hits.retain(|hit| wanted(hit) && !fakes::is_known(&text[hit.span.clone()]));
    hits
}

/// UTF-16 as UTF-8, anything else as it is.
pub fn as_utf8(bytes: Vec<u8>) -> Vec<u8> {
    match Wide::of(&bytes) {
        Some(wide) => wide.part(&bytes).0,
        None => bytes,
    }
}

/// A text in UTF-16.
#[derive(Clone, Copy, Debug)]
pub struct Wide {
    big_endian: bool,
}

impl Wide {
    /// How the text is written, told by its beginning: behind a byte order mark stands text of any script; without one
    /// every other byte is a zero, and between them stands ASCII.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let sample = &bytes[..bytes.len().min(512)];
        let marked = match sample {
            [0xff, 0xfe, ..] => Some(Self { big_endian: false }),
            [0xfe, 0xff, ..] => Some(Self { big_endian: true }),
            _ => None,
        };
        // What begins like a mark by chance has halves of characters in it. The last one may be cut.
        let is_text = |wide: &Self| {
            let mut characters = char::decode_utf16(wide.units(&sample[2..]));
            let bad = characters.find(|c| !matches!(c, Ok(c) if *c != '\0'));
            sample.len() > 8 && bad.is_none_or(|bad| bad.is_err() && characters.next().is_none())
        };
        if let Some(wide) = marked.filter(is_text) {
            return Some(wide);
        }
        memchr::memchr(0, sample)?;
        let is_wide = |zero: usize| {
            let text = |b: u8| (b' '..=b'~').contains(&b) || b.is_ascii_whitespace();
            let good = sample.chunks_exact(2).filter(|pair| pair[zero] == 0 && text(pair[1 - zero])).count();
            good >= 4 && good * 10 >= sample.len() / 2 * 6
        };
        let big_endian = !is_wide(1);
        (!big_endian || is_wide(0)).then_some(Self { big_endian })
    }

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u16> {
        let unit = move |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        bytes.chunks_exact(2).map(unit)
    }

    /// A part of the text, which begins at an even byte, as UTF-8; and for each byte of that, and its end, where in the
    /// part it comes from.
    pub fn part(self, bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
        let (mut text, mut places) = (String::new(), Vec::new());
        let mut at = 0;
        for c in char::decode_utf16(self.units(bytes)) {
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            text.push(c);
            places.resize(text.len(), at);
            at += 2 * c.len_utf16();
        }
        places.push(at);
        (text.into_bytes(), places)
    }
}

/// git's own test: a zero byte among the first 8,000.
pub fn is_binary(text: &[u8]) -> bool {
    memchr::memchr(0, &text[..text.len().min(8000)]).is_some()
}

struct Search<'t> {
    text: &'t [u8],
    about: About,
    binary: bool,
    hits: Vec<Hit>,
    /// Names that end before here were looked at.
    done: usize,
}

impl Search<'_> {
    fn follow(&mut self, lead: &Lead, start: usize, end: usize) {
        let (text, about) = (self.text, self.about);
        let hit = match *lead {
            Lead::Pattern { rule, pattern, least, most } => {
                patterns::at(text, start, (least, most), (rule, pattern), about)
            }
            Lead::Pem => keys::armoured(text, start, about),
            Lead::Der(before) => keys::bare(text, start, before, about),
            Lead::Encoded => structures::encoded(text, start, about),
            _ if self.binary => None,
            Lead::Url => structures::url(text, start + 1, about),
            Lead::Command => calls::in_command(text, start..end, about),
            Lead::Call => calls::at(text, start..end, about),
            Lead::Scheme => headers::behind_scheme(text, start..end, about),
            Lead::Cookie => cookies::at(text, start..end, about),
            Lead::Jwt => jwt::at(text, start, about),
            Lead::WebKey => keys::web_key(text, start..end, about),
            Lead::Within => decode::around(text, start..end, about),
            Lead::Provider => provider::behind(text, start..end, about),
            Lead::Name => self.name(start..end),
        };
        self.hits.extend(hit);
    }

    fn name(&mut self, word: Range<usize>) -> Option<Hit> {
        let (text, about) = (self.text, self.about);
        if word.start < self.done || about.kind == Kind::Made {
            return None;
        }
        // `_pw` is one with what is before it.
        let start = word.start + usize::from(!text[word.start].is_ascii_alphanumeric());
        let name = syntax::name_around(text, start..word.end);
        self.done = name.end;
        let shown = &text[name.clone()];
        if shown.len() >= 13 && shown[shown.len() - 13..].eq_ignore_ascii_case(b"authorization") {
            return headers::authorization(text, name.end, about);
        }
        let known = structures::netrc(text, &name, about);
        if let Some(hit) = known.or_else(|| calls::of_name(text, name.clone(), about)) {
            return Some(hit);
        }
        let found = assigned::bare(text, syntax::assignment(text, name)?);
        let too_long = found.value.len() > LONGEST && !assigned::is_long_key(text, &found);
        if too_long || patterns::is_digest(text, &found.value) {
            return None;
        }
        if let Some(hit) = structures::registry_auth(text, &found, about) {
            return Some(hit);
        }
        let judged = assigned::judge(text, &found, about);
        let judged = judged.and_then(|sure| structures::plainly(&text[found.value.clone()], sure));
        let value = &text[found.value.clone()];
        let shown = std::str::from_utf8(value).ok()?;
        let written = std::str::from_utf8(&text[found.name.clone()]).ok()?;
        let span = found.value.clone();
        if let Some(trust) = judged
            && let Some(rule) = decode::token_within(value, about)
        {
            return Some(Hit {
                encoded: true,
                ..Hit::new(rule, span, trust.and(Sign::Encoded), Rank::Token)
            });
        }
        if judged.is_none() && !(found.quoted || about.kind == Kind::Config) {
            return None;
        }
        let guessable = is_guessable(shown);
        if (!guessable || patterns::is_drawn(value))
            && (judged.is_some() || !names::is_harmless(written))
            && let Some(mut known) = patterns::assigned(text, found.name.clone(), span.clone(), about)
        {
            let surer = judged.filter(|judged| known.merit.sound && judged.confidence() > known.confidence());
            if let Some(judged) = surer {
                known.trust = known.trust.is(Sign::SecretName, judged.confidence());
            }
            return Some(known);
        }
        let mut trust = judged?;
        let password = assigned::name(written) == Some(assigned::Name::Password);
        if trust.confidence() > Confidence::Low && !password && near::misses(text, &span) {
            trust = trust.is(Sign::NearMiss, Confidence::Low);
        }
        let id = if password { "assigned-password" } else { "assigned-secret" };
        let rule = rules::find(id)?;
        let name = Some(found.name);
        Some(Hit { guessable, name, ..Hit::new(rule, span, trust, Rank::Assigned) })
    }
}

/// Somebody thought the value up, or what it encodes.
fn is_guessable(value: &str) -> bool {
    assigned::strength(value) != assigned::Strength::Drawn || decode::is_text(value.as_bytes())
}
