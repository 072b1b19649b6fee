//! The report for a terminal, in the manner of rustc: header, place, source line, carets, help.
//!
//! Own code rather than a crate for snippets: an excerpt is one line that is already cut and masked, so what is left
//! to draw is one row of carets (measured: 0.7 µs a finding against 2.5 with annotate-snippets 0.12); and such crates
//! write `:::`, which GitHub's runner may take for a command.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

use super::{Detail, Options, ending, escape, is_open};
use crate::finding::{Finding, Place, Related, Safety, Status, Suppressor};
use crate::gap::Reason;
use crate::outcome::{Outcome, Told};
use crate::rule::{Confidence, Severity};

/// How many skipped files are named.
const SKIPPED: usize = 10;
/// More findings than these are told by rule, where a person looks at a terminal.
const FEW: usize = 50;
/// How many places of a rule are named there.
const PLACES: usize = 3;
/// How many rules and places are named of what is told together.
const NAMED: usize = 5;
const TAB: &str = "    ";

pub fn write(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    let look = Look { colour: options.colour, width: options.width };
    let shown =
        |finding: &&Finding| options.detail != Detail::Quiet && (options.show_suppressed || is_open(finding));
    let few = outcome.findings.iter().filter(shown).nth(FEW).is_none();
    if few || options.detail != Detail::Short || options.show_suppressed {
        let mut by_file: HashMap<&str, Vec<&Finding>> = HashMap::new();
        for finding in outcome.findings.iter().filter(|finding| is_minor(finding)) {
            by_file.entry(&finding.place.path).or_default().push(finding);
        }
        for finding in outcome.findings.iter().filter(shown) {
            text.clear();
            let minor = by_file.get(&*finding.place.path).filter(|all| all.len() > 1 && is_minor(finding));
            match minor.map(Vec::as_slice) {
                Some(all) if std::ptr::eq(all[0], finding) => together(all, look, &mut text),
                Some(_) => continue,
                None => render(finding, look, &mut text),
            }
            text.push('\n');
            out.write_all(text.as_bytes())?;
        }
    } else {
        let errors = || outcome.findings.iter().filter(|f| is_open(f) && f.severity == Severity::Error);
        for finding in errors().take(FEW) {
            render(finding, look, &mut text);
            text.push('\n');
        }
        let rest = outcome.findings.iter().filter(|f| is_open(f) && f.severity < Severity::Error);
        by_rule(errors().skip(FEW).chain(rest), look, &mut text);
        let all = outcome.findings.iter().filter(shown).count();
        let _ = writeln!(text, "--full lists all {all} findings\n");
        out.write_all(text.as_bytes())?;
    }
    text.clear();
    let mut tell = |kind: &str, style, Told { path, why, .. }: &Told| {
        paint(&mut text, options.colour, style, kind);
        let told = format!(": {}: {}", escape::line(path), escape::line(why));
        let _ = writeln!(text, "{}", look.fold(&told, kind.len()));
    };
    if let Some(error) = &outcome.error {
        for (index, line) in error.lines().enumerate() {
            let lead = if index == 0 { "error: " } else { "  " };
            let _ = writeln!(text, "{lead}{}", escape::line(line));
        }
        return out.write_all(text.as_bytes());
    }
    outcome.failed.iter().for_each(|told| tell("error", RED, told));
    let named = outcome.skipped.iter().filter(|told| !told.reason.is_counted());
    if options.detail == Detail::Verbose {
        outcome.skipped.iter().for_each(|told| tell("skipped", GREEN, told));
    } else if options.detail != Detail::Quiet {
        named.take(SKIPPED).for_each(|told| tell("skipped", GREEN, told));
    }
    ending::write(outcome, options, &mut text);
    out.write_all(text.as_bytes())
}

/// How the report looks where it is read.
#[derive(Clone, Copy, Default)]
struct Look {
    colour: bool,
    /// As in [`Options`].
    width: Option<usize>,
}

impl Look {
    /// A sentence that begins behind so many columns, broken between words. Lines after the first are indented.
    fn fold<'t>(&self, text: &'t str, mut used: usize) -> Cow<'t, str> {
        let Some(width) = self.width else { return Cow::Borrowed(text) };
        let mut folded = String::with_capacity(text.len() + 16);
        for (index, word) in text.split(' ').enumerate() {
            let wide: usize = word.chars().map(|c| c.width().unwrap_or(0)).sum();
            if index > 0 && used + 1 + wide > width {
                folded.push_str(BREAK);
                used = BREAK.len() - 1;
            } else if index > 0 {
                folded.push(' ');
                used += 1;
            }
            folded.push_str(word);
            used += wide;
        }
        Cow::Owned(folded)
    }
}

/// Where a sentence goes on in the next line.
const BREAK: &str = "\n  ";

/// What is too much to be told one by one: a paragraph a rule, with the first places.
fn by_rule<'f>(findings: impl Iterator<Item = &'f Finding>, look: Look, out: &mut String) {
    let colour = look.colour;
    let mut rules: BTreeMap<(Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        rules.entry((Reverse(finding.severity), finding.rule.id.get())).or_default().push(finding);
    }
    for ((Reverse(severity), id), findings) in rules {
        let (first, style) = (findings[0], style(severity));
        let label = format!("{}[{id}]", severity.name());
        let files: BTreeSet<&str> = findings.iter().map(|finding| &*finding.place.path).collect();
        let (found, files) = (count(findings.len(), "finding"), count(files.len(), "file"));
        header(out, look, style, &label, &format!("{}: {found} in {files}", first.rule.title));
        for Finding { place, .. } in findings.iter().take(PLACES) {
            paint(out, colour, BLUE, " -->");
            let _ =
                writeln!(out, " {}:{}:{}", escape::line(&place.path), place.start.line, place.start.column);
        }
        if findings.len() > PLACES {
            let _ = writeln!(out, "     and {} more", findings.len() - PLACES);
        }
        out.push('\n');
    }
}

/// A note on a secret: in tests and samples there are many. Of a history each is told with its commit.
fn is_minor(finding: &Finding) -> bool {
    let of_file = finding.secret.as_ref().is_some_and(|secret| secret.past.is_none());
    of_file && finding.severity == Severity::Note && is_open(finding)
}

/// The minor findings of one file as one note.
fn together(all: &[&Finding], look: Look, out: &mut String) {
    let mut rules: Vec<&str> = all.iter().map(|finding| finding.rule.id.get()).collect();
    rules.sort_unstable();
    rules.dedup();
    if rules.len() > NAMED {
        rules.truncate(NAMED);
        rules.push("…");
    }
    let label = format!("note[{}]", rules.join(", "));
    let found = count(all.len(), "secret");
    header(out, look, GREEN, &label, &format!("{found} in one file; `--format json` lists each"));
    let places: Vec<&Place> = all.iter().map(|finding| &finding.place).collect();
    arrows(out, look.colour, &places, 1);
}

/// One finding as it stands in the report, without colour.
pub fn finding(finding: &Finding) -> String {
    let mut text = String::new();
    render(finding, Look::default(), &mut text);
    text
}

/// `3 errors, 2 warnings, 1 note in 12 files; 2 suppressed`.
pub fn summary(outcome: &Outcome) -> String {
    let counts = counts(outcome);
    let files = if outcome.checked == 0 && outcome.searched > 0 {
        format!("{} searched for secrets", count(outcome.searched, "file"))
    } else if outcome.searched > outcome.checked {
        format!("{}, {} of them linted", count(outcome.searched, "file"), outcome.checked)
    } else {
        count(outcome.checked, "file")
    };
    let objects = || format!("{} of git's history", count(outcome.objects, "object"));
    let mut text = match (outcome.objects, outcome.searched.max(outcome.checked)) {
        (0, _) => format!("{counts} in {files}"),
        (_, 0) => format!("{counts} in {}", objects()),
        (_, _) => format!("{counts} in {files}, and in {}", objects()),
    };
    let suppressed = outcome.findings.iter().filter(|f| !is_open(f)).count();
    if suppressed > 0 {
        let _ = write!(text, "; {suppressed} suppressed");
    }
    let skipped = |reason| outcome.skipped.iter().filter(|told| told.reason == reason).count();
    let named = outcome.skipped.iter().filter(|told| !told.reason.is_counted()).count();
    if named > 0 {
        let _ = write!(text, "; {} skipped", count(named, "file"));
    }
    for (reason, noun, what) in [
        (Reason::Archive, "archive", "not opened"),
        (Reason::Submodule, "submodule", "not searched"),
        (Reason::Excluded, "path", "excluded"),
    ] {
        if skipped(reason) > 0 {
            let _ = write!(text, "; {} {what}", count(skipped(reason), noun));
        }
    }
    // What a history lacks is no file, and one gap may be many objects.
    let is_missing = |told: &&Told| outcome.objects > 0 && told.reason == Reason::MissingObject;
    let missing = outcome.failed.iter().filter(is_missing).count();
    let unread = outcome.failed.len() - missing;
    if unread > 0 {
        let _ = write!(text, "; {} could not be checked", count(unread, "file"));
    }
    if missing > 0 {
        text.push_str("; a part of git's history is missing");
    }
    let unshown = outcome.unshown;
    if unshown.old > 0 {
        let _ = write!(text, "; {} not new", unshown.old);
    }
    if unshown.warnings + unshown.notes > 0 {
        let _ = write!(text, "; {} hidden", count(unshown.warnings + unshown.notes, "milder finding"));
    }
    if outcome.interrupted {
        text.push_str("; interrupted before the end");
    }
    text
}

/// `3 errors, 2 warnings, 1 note`, or `no findings`: those that are open.
pub(crate) fn counts(outcome: &Outcome) -> String {
    let open = |severity| outcome.findings.iter().filter(|f| is_open(f) && f.severity == severity).count();
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (open(severity), severity.name()))
        .filter(|&(n, _)| n > 0)
        .map(|(n, name)| count(n, name))
        .collect();
    if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
}

pub(crate) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const GREEN: &str = "\x1b[1;32m";
pub(super) const CYAN: &str = "\x1b[1;36m";
const BLUE: &str = "\x1b[1;34m";
pub(super) const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";

pub(super) fn paint(out: &mut String, colour: bool, style: &str, text: &str) {
    if colour {
        let _ = write!(out, "{style}{text}\x1b[0m");
    } else {
        out.push_str(text);
    }
}

pub(super) fn style(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => GREEN,
    }
}

/// One finding, as the report shows it.
pub(super) fn one(finding: &Finding, options: &Options) -> String {
    let mut text = String::new();
    render(finding, Look { colour: options.colour, width: options.width }, &mut text);
    text
}

/// Who suppresses a finding, in words.
pub(super) fn by(suppressor: Suppressor) -> &'static str {
    match suppressor {
        Suppressor::Inline => "a comment",
        Suppressor::Config => "the configuration",
        Suppressor::Baseline => "the baseline",
    }
}

/// The flag that applies a fix.
pub(super) fn flag(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "--fix",
        Safety::Unsafe => "--fix-unsafe",
    }
}

fn render(finding: &Finding, look: Look, out: &mut String) {
    let colour = look.colour;
    let style = if is_open(finding) { style(finding.severity) } else { DIM };
    let places = std::iter::once(&finding.place).chain(finding.related.iter().map(|r| &r.place));
    let gutter = places.map(|place| digits(place.start.line)).max().unwrap_or(1);
    let label = format!("{}[{}]", finding.severity.name(), finding.rule.id);
    match &finding.secret {
        Some(secret) if secret.confidence() < Confidence::High => {
            let sure = secret.confidence().name();
            header(out, look, style, &label, &format!("{} ({sure} confidence)", finding.message));
        }
        _ => header(out, look, style, &label, &finding.message),
    }
    // What only counts has nothing to show; where it is, is enough.
    let brief = finding.rule.gathers || is_minor(finding);
    if brief {
        arrow(out, colour, &finding.place, 1);
        out.push('\n');
    } else {
        snippet(out, colour, &finding.place, gutter, style, '^');
    }
    let (again, others): (Vec<&Related>, Vec<&Related>) =
        finding.related.iter().filter(|_| !brief).partition(|related| related.again);
    if !again.is_empty() {
        header(out, look, GREEN, "note", "also here");
        let places: Vec<&Place> = again.iter().map(|related| &related.place).collect();
        arrows(out, colour, &places, gutter);
    }
    for related in others {
        header(out, look, GREEN, "note", &related.message);
        snippet(out, colour, &related.place, gutter, BLUE, '-');
    }
    if let Some(url) = finding.secret.as_ref().and_then(|secret| secret.past.as_ref()?.url.as_ref()) {
        paint(out, colour, CYAN, "commit");
        let _ = writeln!(out, ": {url}");
    }
    if let Status::Suppressed { by: suppressor, why, .. } = &finding.status {
        let by = by(*suppressor);
        paint(out, colour, CYAN, "suppressed");
        let why = if why.is_empty() { String::new() } else { format!(": {}", escape::line(why)) };
        let _ = writeln!(out, "{}", look.fold(&format!(": by {by}{why}"), "suppressed".len()));
    }
    if let Some(fix) = &finding.fix {
        paint(out, colour, CYAN, "help");
        let title = format!(": {} ({})", escape::line(&fix.title), flag(fix.safety));
        let _ = writeln!(out, "{}", look.fold(&title, "help".len()));
    }
}

/// A label in its style, and a sentence.
fn header(out: &mut String, look: Look, style: &str, label: &str, message: &str) {
    paint(out, look.colour, style, label);
    paint(out, look.colour, BOLD, &look.fold(&format!(": {}", escape::line(message)), label.len()));
    out.push('\n');
}

fn digits(n: u32) -> usize {
    n.checked_ilog10().unwrap_or(0) as usize + 1
}

/// The place, without the end of the line.
fn arrow(out: &mut String, colour: bool, place: &Place, gutter: usize) {
    paint(out, colour, BLUE, &format!("{:gutter$}-->", ""));
    let _ = write!(out, " {}:{}:{}", escape::line(&place.path), place.start.line, place.start.column);
}

/// The first places of one file in a line.
fn arrows(out: &mut String, colour: bool, places: &[&Place], gutter: usize) {
    arrow(out, colour, places[0], gutter);
    for other in places.iter().take(NAMED).skip(1) {
        let _ = write!(out, ", {}:{}", other.start.line, other.start.column);
    }
    out.push_str(if places.len() > NAMED { ", …\n" } else { "\n" });
}

/// The place and, where there is one, its source line with the mark under it.
fn snippet(out: &mut String, colour: bool, place: &Place, gutter: usize, style: &str, caret: char) {
    arrow(out, colour, place, gutter);
    out.push('\n');
    let excerpt = &place.excerpt;
    if excerpt.text.is_empty() {
        return;
    }
    let mut line = String::with_capacity(excerpt.text.len());
    // In cells of the terminal: where the mark begins, and how wide it is.
    let (mut before, mut width) = (0, 0);
    if excerpt.cut.0 {
        line.push('…');
        before = 1;
    }
    let mark = excerpt.mark.range();
    for (at, c) in excerpt.text.char_indices() {
        let from = line.len();
        if c == '\t' {
            line.push_str(TAB);
        } else {
            line.push_str(&escape::plain(c.encode_utf8(&mut [0; 4])));
        }
        let cells: usize = line[from..].chars().map(|c| c.width().unwrap_or(0)).sum();
        if at < mark.start {
            before += cells;
        } else if at < mark.end {
            width += cells;
        }
    }
    if excerpt.cut.1 {
        line.push('…');
    }
    let bar = |out: &mut String, number: &str, end: &str| {
        paint(out, colour, BLUE, &format!("{number:>gutter$} |"));
        out.push_str(end);
    };
    bar(out, "", "\n");
    bar(out, &place.start.line.to_string(), " ");
    out.push_str(&escape::line(line.trim_end()));
    out.push('\n');
    bar(out, "", " ");
    out.extend(std::iter::repeat_n(' ', before));
    paint(out, colour, style, &caret.to_string().repeat(width.max(1)));
    out.push('\n');
}
