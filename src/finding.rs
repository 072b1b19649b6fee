//! What the tool says: findings, their places, their fixes.
//!
//! A finding is owned and self-contained: the document and its source may be dropped once it is made. Rules put
//! findings into [`Findings`]; everything above reads [`Finding`].

use std::fmt;
use std::sync::Arc;

use crate::blob::{Commit, Origin};
use crate::container::At;
use crate::custom::Sha1;
use crate::date::Date;
use crate::rule::{Confidence, Context, Rule, Severity};
use crate::text::{Edit, Position, Source, Span, Spot};
use crate::trust::Trust;

/// One thing that is wrong, at one place.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    pub place: Place,
    /// One sentence in plain text; names from files stand in backquotes. No secret value is in it.
    pub message: String,
    pub related: Vec<Related>,
    pub fix: Option<Fix>,
    pub status: Status,
    /// Stable over edits elsewhere in the file; see [`fingerprint`].
    pub fingerprint: u128,
    /// For secrets.
    pub secret: Option<Box<Secret>>,
    pub values: Values,
    /// The name of the container that it is about, for counting; nothing shows it.
    pub container: Option<Box<str>>,
}

/// Which values a finding is about. Two findings that look alike once their secrets are masked may be about two secrets.
///
/// For comparisons within a run only: it says too much of a value that can be guessed, so nothing prints it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// The secret, or all that is masked on the finding's lines. `None` for a finding that is not about secrets.
    pub(crate) own: Option<u128>,
    /// The secrets in the same place that have no finding of their own, because this one explains them.
    pub(crate) covers: Vec<u128>,
    /// The same secrets in the same place as other rules report them: for a rule on documents, what a search of any text
    /// finds there; for a secret of such a search, the rules that would explain it if they ran.
    pub(crate) kin: Vec<Kin>,
    /// For rules on documents that tell of a secret: the value's hash, where a list of another scanner has it.
    pub(crate) listed: Option<Sha1>,
    /// Secrets that are the same wherever they stand: they are hidden in names of files, refs and people, too.
    pub(crate) everywhere: Vec<Box<str>>,
}

/// How another rule reports the same secret in the same place. Whoever accepts one accepts the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kin {
    pub(crate) rule: &'static str,
    pub(crate) fingerprint: u128,
    /// How sure a search of any text is of it.
    pub(crate) trust: Option<Trust>,
}

impl Kin {
    pub(crate) fn of(finding: &Finding) -> Self {
        let trust = finding.secret.as_ref().map(|secret| secret.trust);
        Self { rule: finding.rule.id.get(), fingerprint: finding.fingerprint, trust }
    }
}

impl Values {
    /// The rule of the kin. None if there are several: naming one of them accepts only a part of what was found.
    pub(crate) fn kin_rule(&self) -> Option<&'static str> {
        let first = self.kin.first()?.rule;
        self.kin.iter().all(|kin| kin.rule == first).then_some(first)
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values(***)")
    }
}

/// What is known of a secret besides its place; never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// How sure it is, and why.
    pub trust: Trust,
    /// The profile does not report it, because it is not sure enough. It is here for whoever asks why.
    pub doubtful: bool,
    /// The same for the same secret anywhere in a run; `None` where it could be guessed, and so may stand in two places by
    /// chance. It is not for reports.
    pub(crate) identity: Option<u128>,
    /// How many bytes of it are the documented prefix of its kind, which may be shown.
    pub(crate) prefix: u8,
    /// It looks like one only because of the name before it, so a rule that knows the document explains it better.
    pub(crate) by_name: bool,
    /// The user's allowlist that it is on.
    pub(crate) allowed: Option<Box<str>>,
    /// The hash of its value, if a list of the user's holds it. It is not for reports.
    pub(crate) listed: Option<crate::custom::Sha1>,
    /// For secrets in a history.
    pub past: Option<Box<Past>>,
}

impl Secret {
    pub fn confidence(&self) -> Confidence {
        self.trust.confidence()
    }
}

/// Where a secret of a history comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The commit that brought it; a tag's message has none.
    pub commit: Option<Arc<Commit>>,
    /// Where people look at that commit, if the repository's host is known.
    pub url: Option<Box<str>>,
    /// The history is cut off at that commit, so the secret may be older.
    pub boundary: bool,
    /// Nobody asks of a range of commits.
    pub now: Option<Now>,
}

/// Who can still get a secret of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// HEAD's tree has it, and where.
    pub in_head: bool,
    pub head_path: Option<String>,
    /// Refs whose tips have it, the first few by name.
    pub refs: Vec<String>,
    pub refs_total: usize,
    /// No ref leads to it; whoever has this repository has it until git cleans up.
    pub dangling: bool,
    /// How many versions of files hold it.
    pub versions: usize,
}

impl fmt::Display for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = |commit: &Commit| commit.id.get(..10).unwrap_or(&commit.id).to_owned();
        match (&self.commit, &self.now) {
            (Some(commit), None) => write!(f, "added in commit {}", id(commit)),
            (Some(commit), Some(now)) => {
                let (older, day) =
                    (if self.boundary { "or before " } else { "" }, Date::of_seconds(commit.time));
                write!(f, "added {older}in commit {} of {day} by {}, {now}", id(commit), commit.author)
            }
            (None, Some(now)) => write!(f, "{now}"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.head_path, self.in_head, self.dangling) {
            (Some(path), ..) => write!(f, "is in HEAD as `{path}`"),
            (None, true, _) => write!(f, "is in HEAD's history"),
            (None, false, true) => write!(f, "no ref reaches it"),
            (None, false, false) => write!(f, "is not in HEAD"),
        }
    }
}

/// Another place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub place: Place,
    pub message: String,
    /// It is the same fault again, which has no finding of its own.
    pub again: bool,
    /// It is a step on the path that the finding's own place opens; steps are in order.
    pub is_step: bool,
}

/// A span in a file, with all that a report needs to show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub path: Arc<str>,
    pub origin: Origin,
    pub span: Span,
    pub start: Position,
    /// Where the character after the span stands.
    pub end: Position,
    /// The column after the last character of the first line; where a report that shows one line ends a longer span.
    pub line_end: u32,
    pub excerpt: Excerpt,
    /// GitHub's `primaryLocationLineHash` of the first line, without the `:N` count's colon taken off.
    pub line_hash: Option<Box<str>>,
}

impl Place {
    /// The place in a text that has so many bytes and lines before the one in which this was found.
    pub(crate) fn move_down(&mut self, bytes: u64, lines: u32) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.span.start = self.span.start.saturating_add(bytes);
        self.span.end = self.span.end.saturating_add(bytes);
        self.start.line = self.start.line.saturating_add(lines);
        self.end.line = self.end.line.saturating_add(lines);
    }
}

/// The first line of a span, as much of it as is worth showing. Secrets in it are masked.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Excerpt {
    pub text: Box<str>,
    /// What to mark in `text`, in bytes.
    pub mark: Span,
    /// Text was cut off before it or after it.
    pub cut: (bool, bool),
}

/// Whether a finding counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Open,
    Suppressed {
        by: Suppressor,
        /// The comment, line or entry that does it, as far as it is known: `line 3`, `hullguard.yaml:7`.
        at: String,
        /// What the person who suppressed it wrote, perhaps nothing.
        why: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppressor {
    /// A comment in the file.
    Inline,
    /// `ignore` in the configuration.
    Config,
    Baseline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// What the file does stays the same, or is what its writer plainly meant.
    Safe,
    /// A person should look at the result.
    Unsafe,
}

/// Byte edits, all in the finding's own file, that make it go away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative: "replace `ADD` by `COPY`".
    pub title: String,
    pub edits: Vec<Edit>,
    pub safety: Safety,
    /// The edits write a secret anew, so they are for the file alone and for no report.
    pub secret: bool,
}

/// Where rules put what they find in one file.
///
/// It knows the rule and the file at hand, so a rule says only where and what.
#[derive(Debug)]
pub struct Findings {
    rule: &'static Rule,
    pub(crate) list: Vec<Draft>,
}

/// A finding in the making; its places get their lines once all secrets of the file are known.
#[derive(Debug)]
pub struct Draft {
    pub(crate) rule: &'static Rule,
    pub(crate) source: Arc<Source>,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) related: Vec<Clue>,
    pub(crate) fix: Option<Fix>,
    pub(crate) severity: Option<Severity>,
    pub(crate) secret: Option<Box<Secret>>,
    /// For [`Values::own`].
    pub(crate) value: Option<u128>,
    /// For [`Finding::container`].
    pub(crate) container: Option<Box<str>>,
}

/// A [`Related`] in the making.
#[derive(Debug)]
pub(crate) struct Clue {
    pub(crate) spot: Spot,
    pub(crate) message: String,
    pub(crate) is_step: bool,
}

impl Findings {
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, list: Vec::new() }
    }
    /// From here on findings are this rule's.
    pub(crate) fn turn_to(&mut self, rule: &'static Rule) {
        self.rule = rule;
    }
    /// Says that something is wrong at `span` of `source`.
    pub fn at(&mut self, source: &Arc<Source>, span: Span, message: impl Into<String>) -> &mut Draft {
        debug_assert!(
            source.text().is_char_boundary(span.start as usize)
                && source.text().is_char_boundary(span.end as usize)
        );
        self.list.push(Draft {
            rule: self.rule,
            source: Arc::clone(source),
            span,
            message: message.into(),
            related: Vec::new(),
            fix: None,
            severity: None,
            secret: None,
            value: None,
            container: None,
        });
        self.list.last_mut().expect("one was just pushed")
    }
    /// Says that something is wrong with a container's setting, in whatever file it is written.
    pub fn on(&mut self, cx: &Context, at: At, message: impl Into<String>) -> &mut Draft {
        self.at(cx.project.source(at), at.span, message)
    }
}

impl Draft {
    /// Adds a place that explains the finding, in any file of the run.
    pub fn see(&mut self, source: &Arc<Source>, span: Span, message: impl Into<String>) -> &mut Self {
        self.clue(Spot { source: Arc::clone(source), span }, message.into(), false)
    }
    /// Adds the next step of the path that its own place opens.
    pub(crate) fn step(&mut self, spot: Spot, message: String) -> &mut Self {
        self.clue(spot, message, true)
    }
    fn clue(&mut self, spot: Spot, message: String, is_step: bool) -> &mut Self {
        self.related.push(Clue { spot, message, is_step });
        self
    }
    /// Adds a place in a container's settings.
    pub fn see_on(&mut self, cx: &Context, at: At, message: impl Into<String>) -> &mut Self {
        self.see(cx.project.source(at), at.span, message)
    }
    /// Offers edits in the finding's own file.
    pub fn fix(&mut self, safety: Safety, title: impl Into<String>, edits: Vec<Edit>) -> &mut Self {
        self.fix = Some(Fix { title: title.into(), edits, safety, secret: false });
        self
    }
    /// Another severity than the page's, for a variant that the page names.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }
}
