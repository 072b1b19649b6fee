//! The way of a byte: the gate leads to a matcher, which finds what may be a secret; it is judged, and of several
//! explanations of one place the best is kept.

use std::ops::Range;

use super::about::{About, Kind};
use super::hit::{Hit, Rank};
use super::kinds::SHORTEST_LOOSE;
use super::leads::{GATE, Lead, SHORTEST};
use super::strength::is_guessable;
use super::syntax::Assignment;
use super::wide::is_binary;
use super::{
    assigned, calls, commands, cookies, fakes, headers, jwt, keys, merit, names, near, patterns, printed,
    provider, rows, structures, syntax, within,
};
use crate::rule::Confidence::Low;
use crate::table;
use crate::trust::Sign;

/// The longest value that is looked at under any name; bytes. A longer one must look like a key in base64.
const LONGEST: usize = 512;

/// Whether a value is, or holds, a token of a known kind.
pub fn holds_token(value: &str) -> bool {
    find(value.as_bytes(), About::default())
        .iter()
        .any(|hit| hit.rank == Rank::Token && hit.confidence() > Low)
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
    let binary = is_binary(text);
    let mut search = Search { text, about, binary, hits: Vec::new(), done: 0, decoded: 0 };
    for window in windows {
        // An anchor that begins in the window may end behind it, but not on another line.
        let whole = text.get(window.end).is_none_or(|&b| b == b'\n');
        let end = if whole { window.end } else { (window.end + 64).min(text.len()) };
        let mut look = |part: Range<usize>| {
            GATE.each(text, part.start, part.end, |lead, start, stop| {
                if start < window.end {
                    search.follow(lead, start, stop);
                }
            });
        };
        if binary {
            printed::stretches(text, window.start..end, *SHORTEST).for_each(look);
        } else {
            look(window.start..end);
        }
    }
    let mut hits = merit::apart(search.hits);
    hits.retain(|hit| wanted(hit) && !fakes::is_known(&text[hit.span.clone()]));
    hits
}

struct Search<'t> {
    text: &'t [u8],
    about: About,
    binary: bool,
    hits: Vec<Hit>,
    /// Names that end before here were looked at.
    done: usize,
    /// Base64 that ends before here was.
    decoded: usize,
}

impl Search<'_> {
    fn follow(&mut self, lead: &Lead, start: usize, end: usize) {
        let (text, about) = (self.text, self.about);
        let hit = match *lead {
            Lead::Token { known, least, most } => patterns::at(text, start, (least, most), known, about),
            Lead::Pem => keys::armoured(text, start, about),
            Lead::Der(before) => keys::bare(text, start, before, about),
            Lead::Encoded => within::structure(text, start, about, find),
            _ if self.binary => None,
            Lead::Url => structures::url(text, start + 1, about),
            Lead::Pgpass => structures::pgpass(text, start..end, about),
            Lead::Command => {
                let cookie =
                    commands::cookies(text, &(start..end)).and_then(|at| cookies::sent(text, at, about));
                self.hits.extend(cookie.map(|hit| judged(text, hit)));
                calls::in_command(text, start..end, about)
            }
            Lead::Call => calls::at(text, start..end, about),
            Lead::Scheme => headers::behind_scheme(text, start..end, about),
            Lead::Cookie => cookies::at(text, start..end, about),
            Lead::Listed => cookies::listed(text, start..end, about),
            Lead::Jwt => jwt::at(text, start, about),
            Lead::WebKey => keys::web_key(text, start..end, about),
            Lead::Within => self.within(start..end),
            Lead::Provider => provider::behind(text, start..end, about),
            Lead::Name => self.name(start..end),
        };
        self.hits.extend(hit.map(|hit| judged(text, hit)));
    }

    /// What the base64 around an anchor holds, if an anchor before did not lead to it.
    fn within(&mut self, anchor: Range<usize>) -> Option<Hit> {
        let run = within::run(self.text, &anchor);
        if run.end.min(anchor.end + within::TOKEN) <= self.decoded {
            return None;
        }
        self.decoded = run.end;
        within::around(self.text, run, anchor, self.about, find)
    }

    fn name(&mut self, word: Range<usize>) -> Option<Hit> {
        let (text, about) = (self.text, self.about);
        if word.start < self.done || about.kind == Kind::Made {
            return None;
        }
        // `_pw` is one with what is before it.
        let start = word.start + usize::from(text[word.start].is_ascii_punctuation());
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
        let rows = rows::below(text, &name);
        if !rows.is_empty() {
            let hits = rows.into_iter().filter_map(|found| self.assigned(found));
            let hits: Vec<Hit> = hits.map(|hit| judged(text, hit)).collect();
            self.hits.extend(hits);
            return None;
        }
        self.assigned(assigned::bare(text, syntax::assignment(text, name)?))
    }

    /// A value under a name.
    fn assigned(&self, found: Assignment) -> Option<Hit> {
        let (text, about) = (self.text, self.about);
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
            && let Some(rule) = within::token(value, about)
        {
            return Some(Hit {
                encoded: true,
                ..Hit::new(rule, span, trust.and(Sign::Encoded), Rank::Token)
            });
        }
        // What its name does not make a secret may be a token of a kind that only words nearby tell.
        let may_be_token = || value.len() >= SHORTEST_LOOSE && (found.quoted || about.kind == Kind::Config);
        if judged.is_none() && !may_be_token() {
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
        let password = names::announced(written) == Some(names::Name::Password);
        let rule = table::find(if password { "assigned-password" } else { "assigned-secret" })?;
        let hit = Hit::new(rule, span, judged?, Rank::Assigned);
        Some(Hit { guessable, by_looks: !password, name: Some(found.name), ..hit })
    }
}

/// What looks like a token that somebody altered is told to those only who ask for what is doubtful.
fn judged(text: &[u8], mut hit: Hit) -> Hit {
    if hit.by_looks && hit.confidence() > Low && near::misses(text, &hit.span) {
        hit.trust = hit.trust.is(Sign::NearMiss, Low);
    }
    hit
}
