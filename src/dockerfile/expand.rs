//! Words with their variables replaced, and the variables of a word with their places.
//!
//! What a name stands for comes from `scope`; how `$` and quotes are read, from `lex`.

use std::borrow::Cow;
use std::ops::Range;

use super::instructions::Reading;
use super::lex::{self, LexError, LexErrorKind, Operator, Part, Reference};
use super::scope::{Entries, Value};
use super::{Dockerfile, ErrorKind, Instruction, Kind, Mount, SyntaxError, Transfer, Word, globs, heredoc};
use crate::text::Span;

/// What a word reads as once quotes, escapes and variables are gone. Unknown is a third answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expanded<'w> {
    /// It cannot be otherwise.
    Known(Cow<'w, str>),
    /// It is so unless the caller passes a build argument, or the base image sets a variable.
    Default(Cow<'w, str>),
    /// It depends on something outside the file.
    Unknown,
}

impl Expanded<'_> {
    /// The text, known or by default.
    pub fn text(&self) -> Option<&str> {
        match self {
            Expanded::Known(text) | Expanded::Default(text) => Some(text),
            Expanded::Unknown => None,
        }
    }
    /// The text, only if it cannot be otherwise.
    pub fn known(&self) -> Option<&str> {
        match self {
            Expanded::Known(text) => Some(text),
            _ => None,
        }
    }
}

/// `$name` or `${name…}` in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable<'w> {
    /// From `$` to the last byte.
    pub span: Span,
    pub name: &'w str,
    pub name_span: Span,
    pub modifier: Modifier,
}

/// What stands behind the name in `${name…}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// Nothing.
    None,
    /// `-` or `:-`: a value if it is not set.
    Default,
    /// `+` or `:+`: a value if it is set.
    Alternate,
    /// `?` or `:?`: an error if it is not set.
    Required,
    /// `#`, `%`, `/`: a part of the value.
    Edit,
}

/// No value grows beyond this many bytes; a file that makes one grow further gets "unknown".
const MAX_VALUE: usize = 4096;

impl Dockerfile<'_> {
    /// Replaces what is known in a word of an instruction: all words of an instruction see the variables from before
    /// it, those of ARG also the ones to their left.
    pub fn expand<'w>(&self, word: &'w Word, at: &Instruction) -> Expanded<'w> {
        self.expand_text(&word.text, word.span, at)
    }
    fn expand_text<'w>(&self, text: &'w str, span: Span, at: &Instruction) -> Expanded<'w> {
        if !text.contains(['$', '"', '\'', self.escape]) {
            return Expanded::Known(Cow::Borrowed(text));
        }
        if !text.contains('$') {
            // No variable, so nothing needs to be looked up.
            return expand_with(text, self.escape, &|_| Value::Unset);
        }
        let entries = self.entries(at, span);
        expand_with(text, self.escape, &|name| entries.value(name))
    }

    /// A text of a script with the variables that ARG and ENV give replaced; `None` where one of them may be the script's
    /// own.
    pub fn expand_in_script(&self, text: &str, at: &Instruction) -> Option<String> {
        if !text.contains('$') {
            return Some(text.to_owned());
        }
        let entries = self.scope_at(at, 0);
        let value = |name: &str| match entries.value(name) {
            Value::Unset => Value::Unknown,
            value => value,
        };
        expand_with(text, '\\', &value).text().map(str::to_owned)
    }

    /// The variables of a word, nested ones included, in the order they stand.
    pub fn variables<'w>(&self, word: &'w Word) -> Vec<Variable<'w>> {
        let mut found = Vec::new();
        if word.has_variable()
            && let Ok(parts) = lex::parts(&word.text, self.escape, true)
        {
            collect(&parts, &word.text, &|range| word.place(range), &mut found);
        }
        found
    }

    /// The variables that BuildKit expands in the body of a heredoc of COPY or ADD; none if its name is quoted.
    pub fn heredoc_variables(&self, heredoc: &super::Heredoc) -> Vec<Variable<'_>> {
        let mut found = Vec::new();
        if heredoc.expand {
            let body = self.source.slice(heredoc.body);
            let start = heredoc.body.start as usize;
            if let Ok(parts) = lex::parts(body, '\\', false) {
                let place = |range: Range<usize>| Span::new(start + range.start, start + range.end);
                collect(&parts, body, &place, &mut found);
            }
        }
        found
    }
}

fn collect<'w>(
    parts: &[Part],
    text: &'w str,
    place: &dyn Fn(Range<usize>) -> Span,
    out: &mut Vec<Variable<'w>>,
) {
    for part in parts {
        let Part::Variable(reference) = part else { continue };
        out.push(Variable {
            span: place(reference.range.clone()),
            name: &text[reference.name.clone()],
            name_span: place(reference.name.clone()),
            modifier: match reference.operator {
                Operator::Plain => Modifier::None,
                Operator::Default { .. } => Modifier::Default,
                Operator::Alternate { .. } => Modifier::Alternate,
                Operator::Required { .. } => Modifier::Required,
                _ => Modifier::Edit,
            },
        });
        collect(&reference.word, text, place, out);
        collect(&reference.by, text, place, out);
    }
}

/// Expands a text with the values that `look_up` gives.
pub(super) fn expand_with<'w>(text: &'w str, escape: char, look_up: &dyn Fn(&str) -> Value) -> Expanded<'w> {
    let Ok(parts) = lex::parts(text, escape, true) else { return Expanded::Unknown };
    match evaluate(&parts, text, look_up) {
        Some((value, true)) => Expanded::Known(Cow::Owned(value)),
        Some((value, false)) => Expanded::Default(Cow::Owned(value)),
        None => Expanded::Unknown,
    }
}

/// The text, and whether it is certain; `None` if it is unknown.
fn evaluate(parts: &[Part], text: &str, look_up: &dyn Fn(&str) -> Value) -> Option<(String, bool)> {
    let (mut out, mut certain) = (String::new(), true);
    for part in parts {
        match part {
            Part::Text(range) => out.push_str(&text[range.clone()]),
            Part::Extra(c) => out.push(*c),
            Part::Variable(reference) => {
                let (value, known) = substitute(reference, text, look_up)?;
                out.push_str(&value);
                certain &= known;
            }
        }
        if out.len() > MAX_VALUE {
            return None;
        }
    }
    Some((out, certain))
}

/// `${name#pattern}` or `${name%pattern}`: value, pattern, whether the longest match is meant.
type Trim = fn(&str, &str, bool) -> Option<String>;

fn substitute(reference: &Reference, text: &str, look_up: &dyn Fn(&str) -> Value) -> Option<(String, bool)> {
    let value = look_up(&text[reference.name.clone()]);
    let word = || evaluate(&reference.word, text, look_up);
    // `None` where the variable is not set.
    let (current, certain) = match value {
        Value::Known(value) => (Some(value), true),
        Value::Default(value) => (Some(value), false),
        Value::Unset => (None, true),
        Value::Unknown => match reference.operator {
            // What stands there if nobody sets it is the default; anything else would be a guess.
            Operator::Default { .. } => return word().map(|(text, _)| (text, false)),
            _ => return None,
        },
    };
    let is_set = |colon: bool| current.as_ref().is_some_and(|value| !colon || !value.is_empty());
    match reference.operator {
        Operator::Plain => Some((current.unwrap_or_default().into(), certain)),
        Operator::Default { colon } if is_set(colon) => Some((current?.into(), certain)),
        Operator::Alternate { colon } if !is_set(colon) => Some((String::new(), certain)),
        Operator::Default { .. } | Operator::Alternate { .. } => {
            word().map(|(text, known)| (text, certain && known))
        }
        // Without a value the build stops; what would come after is not known.
        Operator::Required { colon } if !is_set(colon) => None,
        Operator::Required { .. } => Some((current?.into(), certain)),
        Operator::TrimStart | Operator::TrimEnd => {
            let (pattern, known) = word()?;
            let (mark, trim): (_, Trim) = if reference.operator == Operator::TrimStart {
                ('#', globs::trim_start)
            } else {
                ('%', globs::trim_end)
            };
            let (pattern, longest) =
                pattern.strip_prefix(mark).map_or((&*pattern, false), |pattern| (pattern, true));
            Some((trim(&current.unwrap_or_default(), pattern, longest)?, certain && known))
        }
        Operator::Replace { all } => {
            let ((pattern, known), (by, known_too)) = (word()?, evaluate(&reference.by, text, look_up)?);
            let pattern = pattern.replace("\\/", "/").replace("\\}", "}");
            let replaced = globs::replace(&current.unwrap_or_default(), &pattern, &by, all)?;
            Some((replaced, certain && known && known_too))
        }
        Operator::Unsupported => None,
    }
}

/// Tells which words BuildKit will fail to expand.
pub(super) fn check(instruction: &Instruction, cx: &mut Reading) {
    each_word(instruction, &mut |word| check_word(word, cx));
}

/// Calls `see` with each word in which BuildKit replaces variables.
pub(super) fn each_word(instruction: &Instruction, see: &mut dyn FnMut(&Word)) {
    match &instruction.kind {
        Kind::From(from) => see(&from.image),
        Kind::Arg(pairs) => pairs.iter().filter_map(|pair| pair.value.as_ref()).for_each(&mut *see),
        Kind::Env(pairs) | Kind::Label(pairs) => {
            pairs.iter().flat_map(|pair| std::iter::once(&pair.key).chain(&pair.value)).for_each(&mut *see);
        }
        Kind::Copy(Transfer { sources, destination, json })
        | Kind::Add(Transfer { sources, destination, json }) => {
            let is_file = |source: &&Word| *json || heredoc::marker(&source.text, 0).is_none();
            sources.iter().filter(is_file).chain([destination]).for_each(&mut *see);
        }
        Kind::Workdir(one) | Kind::User(one) | Kind::Stopsignal(one) => see(one),
        Kind::Expose(many) | Kind::Volume(many) => many.iter().for_each(&mut *see),
        _ => {}
    }
    let flags: &[&str] = match instruction.kind {
        Kind::From(_) => &["platform"],
        Kind::Copy(_) | Kind::Add(_) => &["chown", "chmod", "checksum"],
        _ => &[],
    };
    for flag in instruction.flags.iter().filter(|flag| flags.contains(&&*flag.name.text)) {
        if let Some(value) = &flag.value {
            see(value);
        }
    }
    if matches!(instruction.kind, Kind::Run(_)) {
        for flag in instruction.flags.iter().filter(|flag| flag.name.text == "mount") {
            let Some(mount) = flag.value.as_ref().and_then(Mount::parse) else { continue };
            let values = mount.options.iter().filter(|option| !option.key.text.eq_ignore_ascii_case("from"));
            values.filter_map(|option| option.value.as_ref()).for_each(&mut *see);
        }
    }
}

fn check_word(word: &Word, cx: &mut Reading) {
    if !word.text.contains(['$', '"', '\'']) {
        return;
    }
    if let Err(error) = lex::parts(&word.text, cx.escape, true) {
        let span = word.place(error.range.clone());
        cx.error(span, ErrorKind::Substitution, explain(&error));
    }
}

/// Tells which bodies of COPY and ADD heredocs BuildKit will fail to expand.
pub(super) fn check_bodies(text: &str, instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    for heredoc in instruction.heredocs.iter().filter(|heredoc| heredoc.expand) {
        let body = &text[heredoc.body.range()];
        if !body.contains('$') {
            continue;
        }
        if let Err(error) = lex::parts(body, '\\', false) {
            let start = heredoc.body.start as usize;
            // A body is long; the opening `${` alone says where.
            let first = start + error.range.start;
            let end = text[first..start + error.range.end]
                .find('\n')
                .map_or(start + error.range.end, |n| first + n);
            let message = format!("{}, or quote the name of the heredoc", explain(&error));
            errors.push(SyntaxError { span: Span::new(first, end), kind: ErrorKind::Substitution, message });
        }
    }
}

fn explain(error: &LexError) -> &'static str {
    match error.kind {
        LexErrorKind::SingleQuote => "the single quote is not closed; close it or escape it",
        LexErrorKind::DoubleQuote => "the double quote is not closed; close it or escape it",
        LexErrorKind::Brace => "`${` is not closed; add `}`",
        LexErrorKind::Slash => "`${name/…` has no second `/`; add one",
        LexErrorKind::BadSubstitution => "`${…}` contains no name; add one, or escape the `$`",
        LexErrorKind::Modifier => {
            "Docker does not support this form of `${…}`; use one of `:-`, `:+`, `:?`, `#`, `%`, `/`"
        }
        LexErrorKind::TooDeep => "`${…}` is nested too deeply; simplify it",
    }
}

impl<'a> Dockerfile<'a> {
    /// The variables that words at a place see.
    fn entries(&self, at: &Instruction, word: Span) -> Entries<'_, 'a> {
        let position = match &at.kind {
            Kind::Arg(pairs) => pairs.partition_point(|pair| pair.span.end <= word.start),
            _ => 0,
        };
        self.scope_at(at, position)
    }
}
