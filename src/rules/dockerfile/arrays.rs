//! Text that is meant as a JSON array and is none: what keeps it from being one, and the edits that make it one.
//!
//! BuildKit takes such text for shell form, or for paths, and says nothing. What is valid JSON is the parser's business.

use std::ops::Range;

use crate::dockerfile::{Command, Dockerfile, Instruction, Kind, Word};
use crate::shell::{CommandKind, Script};
use crate::text::{Edit, Joined};

/// A text that is no JSON array, though it looks like one.
pub(super) struct Broken<'a> {
    pub(super) text: Joined<'a>,
    /// The first thing that is wrong, and what to do about it.
    pub(super) why: &'static str,
    pub(super) at: Range<usize>,
    /// What makes it an array; `None` where its meaning is not plain.
    pub(super) edits: Option<Vec<Edit>>,
}

/// Reads the arguments of an instruction; `None` unless they were meant as an array and are none.
pub(super) fn broken<'a>(file: &'a Dockerfile, instruction: &'a Instruction) -> Option<Broken<'a>> {
    let text = match &instruction.kind {
        Kind::Copy(transfer) | Kind::Add(transfer) if !transfer.json => {
            paths(file, transfer.sources.iter().chain([&transfer.destination]))?
        }
        Kind::Volume(words) => paths(file, words.iter())?,
        _ => match instruction.command()? {
            Command::Shell(line) if instruction.heredocs.is_empty() => line.clone(),
            _ => return None,
        },
    };
    // A lone test would end at once, so it is not meant as the command of a container.
    let starts = matches!(instruction.kind, Kind::Cmd(_) | Kind::Entrypoint(_));
    if !looks_like_array(&text.text) || instruction.script().is_some_and(|script| is_command(script, starts))
    {
        return None;
    }
    // PowerShell begins with `[` as well: `[Net.ServicePointManager]::…`.
    let is_other_shell = instruction.command().is_some() && instruction.script().is_none();
    let inside = text.text.trim_start_matches(['[', ' ', '\t']);
    if is_other_shell && text.text.starts_with('[') && !inside.starts_with(is_quote) {
        return None;
    }
    let reading = Reading::of(&text.text);
    let (why, at) = reading.first?;
    let place = |range: Range<usize>| text.span(range);
    let edits = reading.plain.then(|| {
        reading.edits.into_iter().map(|(range, insert)| Edit { span: place(range), insert }).collect()
    });
    Some(Broken { text, why, at, edits })
}

/// The words of COPY, ADD and VOLUME as one text, if they stand on one line.
fn paths<'a, 'w>(
    file: &'a Dockerfile,
    words: impl Iterator<Item = &'w Word<'w>> + Clone,
) -> Option<Joined<'a>> {
    let first = words.clone().next()?;
    let last = words.last()?;
    // `[abc]*.txt` is a pattern.
    let begins =
        first.text.starts_with('[') && (!first.text.contains(']') || first.text[1..].starts_with(is_quote));
    let span = first.span.cover(last.span);
    let text = file.source.slice(span);
    (begins && !text.contains('\n')).then(|| Joined::unbroken(text, span.start as usize))
}

fn is_quote(c: char) -> bool {
    c == '"' || c == '\'' || is_curly(c)
}

/// What word processors make of quotes.
fn is_curly(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '‛' | '`' | '´')
}

/// It begins with a bracket, or with a string and a comma.
fn looks_like_array(text: &str) -> bool {
    let marks = ["{{", "%%", "[%", "[<", "<%", "[..."];
    if marks.iter().any(|mark| text.contains(mark)) {
        return false;
    }
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, '[')) => !text.starts_with("[["),
        Some((_, quote)) if is_quote(quote) => {
            let closes = |c: char| if is_curly(quote) { is_curly(c) } else { c == quote };
            let end = chars.find(|&(_, c)| closes(c)).map(|(at, c)| at + c.len_utf8());
            end.is_some_and(|end| text[end..].trim_start().starts_with(',') && text[end..].contains(is_quote))
        }
        _ => false,
    }
}

/// A shell can run it: `[ -f x ] && y`, a test that stands for itself.
fn is_command(script: &Script, starts: bool) -> bool {
    let Some(first) = script.pipelines.first().and_then(|pipeline| pipeline.commands.first()) else {
        return true;
    };
    let CommandKind::Simple { words, .. } = &first.kind else { return true };
    let [bracket, inside @ .., last] = &words[..] else { return false };
    if &*bracket.text != "[" || &*last.text != "]" {
        return false;
    }
    let text = |at: usize| inside.get(at).map_or("", |word| &*word.text);
    let joins = ["-a", "-o", "!", "(", "="];
    match inside.len() {
        0 | 1 => !starts || script.pipelines.len() > 1,
        _ if inside.iter().any(|word| word.text.ends_with(',')) => false,
        2 => text(0).starts_with(['-', '!']),
        3 if matches!(text(0), "!" | "(") => true,
        3 => matches!(text(1), "=" | "==" | "!=" | "<" | ">" | "=~") || text(1).starts_with('-'),
        _ => inside.iter().any(|word| joins.contains(&&*word.text)),
    }
}

const COMMA: &str = "a comma is missing between two strings; add it";

/// What a lenient reader makes of a text.
#[derive(Default)]
struct Reading {
    first: Option<(&'static str, Range<usize>)>,
    edits: Vec<(Range<usize>, String)>,
    plain: bool,
}

impl Reading {
    fn of(text: &str) -> Self {
        let mut reading = Self { plain: true, ..Self::default() };
        let end = text.trim_end().len();
        let mut at = usize::from(text.starts_with('['));
        if at == 0 {
            reading.fault("the `[` at its start is missing; add it", 0..0, "[");
        }
        // The end of the last string, and the comma behind it.
        let (mut before, mut comma) = (None, None);
        loop {
            at += text[at..end].len() - text[at..end].trim_start().len();
            let Some(c) = text[at..end].chars().next() else {
                if let Some(comma) = comma {
                    reading.fault("there is a comma after the last string; remove it", comma, "");
                }
                reading.fault("the `]` at its end is missing; add it", end..end, "]");
                break;
            };
            match c {
                ']' => {
                    if let Some(comma) = comma {
                        reading.fault("there is a comma after the last string; remove it", comma, "");
                    }
                    reading.rest(text, at + 1, end);
                    break;
                }
                ',' if comma.is_some() || before.is_none() => {
                    reading.fault("there is a comma without a string before it; remove it", at..at + 1, "");
                    at += 1;
                }
                ',' => {
                    comma = Some(at..at + 1);
                    at += 1;
                }
                _ => {
                    if let (Some(before), None) = (before, &comma) {
                        reading.fault(COMMA, before..before, ",");
                    }
                    comma = None;
                    at = reading.member(text, at, end, c);
                    before = Some(at);
                }
            }
        }
        reading
    }

    fn fault(&mut self, why: &'static str, at: Range<usize>, insert: &str) {
        self.first.get_or_insert((why, at.clone()));
        self.edit(at, insert);
    }

    /// Two insertions at one place become one, so that their order is kept.
    fn edit(&mut self, at: Range<usize>, insert: &str) {
        match self.edits.last_mut() {
            Some((last, text)) if last.start == last.end && *last == at => text.push_str(insert),
            _ => self.edits.push((at, insert.to_owned())),
        }
    }

    /// What stands behind the closing bracket.
    fn rest(&mut self, text: &str, start: usize, end: usize) {
        let rest = text[start..end].trim_start();
        if rest.starts_with('#') {
            self.fault("there is a comment after it; move the comment to its own line", start..end, "");
        } else if !rest.is_empty() {
            self.fault(
                "there is text after its `]`; remove it, or write it as strings inside the array",
                end - rest.len()..end,
                "",
            );
            self.plain = false;
        }
    }

    /// Reads one member that begins with `c`; gives its end.
    fn member(&mut self, text: &str, start: usize, end: usize, c: char) -> usize {
        if !is_quote(c) {
            let length =
                text[start..end].find([' ', '\t', ',', ']']).unwrap_or(end - start).max(c.len_utf8());
            let word = &text[start..start + length];
            self.fault("a string has no quotes; put it in double quotes", start..start, "\"");
            self.edit(start + length..start + length, "\"");
            self.plain &=
                !word.contains(['$', '"', '\'', '\\', '[', '&', '|', ';', '<', '>', '(', ')', '{', '}']);
            return start + length;
        }
        let closes = |other: char| if is_curly(c) { is_curly(other) || other == '"' } else { other == c };
        let inside = start + c.len_utf8();
        let mut escaped = false;
        let mut close = None;
        for (offset, other) in text[inside..end].char_indices() {
            let at = inside + offset;
            if escaped && c == '"' {
                escaped = false;
                if !matches!(other, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') {
                    self.fault(
                        "JSON does not have this escape sequence; write `\\\\` for a backslash",
                        at - 1..at - 1,
                        "\\",
                    );
                }
            } else if closes(other) {
                close = Some((at, other));
                break;
            } else if other == '\\' {
                escaped = c == '"';
                if c != '"' {
                    self.edit(at..at, "\\");
                }
            } else if other == '"' {
                self.edit(at..at, "\\");
            } else if other.is_control() {
                self.fault(
                    "a string contains a control character; remove it",
                    at..at + other.len_utf8(),
                    " ",
                );
                self.plain = false;
            }
        }
        if c != '"' {
            let why = if c == '\'' {
                "single quotes are not valid in JSON; use double quotes"
            } else {
                "curly quotes are not valid in JSON; use plain double quotes"
            };
            self.fault(why, start..inside, "\"");
        }
        match close {
            Some((at, '"')) => at + 1,
            Some((at, other)) => {
                self.edit(at..at + other.len_utf8(), "\"");
                at + other.len_utf8()
            }
            None => {
                self.fault("a string has no closing quote; add it", start..inside, "");
                self.plain = false;
                end
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the edits of a reading made.
    fn mended(text: &str) -> Option<String> {
        let reading = Reading::of(text);
        reading.first.as_ref()?;
        let mut edits = reading.edits;
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut text = text.to_owned();
        for (range, insert) in edits {
            text.replace_range(range, &insert);
        }
        reading.plain.then_some(text)
    }

    #[test]
    fn edits_make_an_array() {
        for (text, array) in [
            (r"['node','x.js']", r#"["node","x.js"]"#),
            (r#"["a","b",]"#, r#"["a","b"]"#),
            (r#"["a" "b"]"#, r#"["a", "b"]"#),
            ("[node, x.js]", r#"["node", "x.js"]"#),
            ("[“node”, “x.js”]", r#"["node", "x.js"]"#),
            (r#"["a", "b""#, r#"["a", "b"]"#),
            (r#"["a",, "b"]"#, r#"["a", "b"]"#),
            (r#""a", "b"]"#, r#"["a", "b"]"#),
            (r#""a", "b""#, r#"["a", "b"]"#),
            (r#"["a", 'say "b"']"#, r#"["a", "say \"b\""]"#),
            (r#"["a"] # why"#, r#"["a"]"#),
            (r#"["C:\app\x.exe"]"#, r#"["C:\\app\\x.exe"]"#),
        ] {
            assert_eq!(mended(text).as_deref(), Some(array), "{text}");
        }
        for text in [r#"["a"] && b"#, "[$a, b]", r#"["a, b]"#] {
            assert!(mended(text).is_none() && Reading::of(text).first.is_some(), "{text}");
        }
        assert!(Reading::of(r#"["a", "b\n"]"#).first.is_none());
    }

    #[test]
    fn what_a_shell_can_run_is_no_array() {
        let script = |text: &str| crate::shell::parse(&Joined::unbroken(text, 0));
        for text in
            ["[ -f x ] && y", "[ -f x ]", "[ a = b ]", "[ ! -d x ] || y", "[[ a ]]", "[ -f a -a -f b ]"]
        {
            assert!(is_command(&script(text), true), "{text}");
        }
        for text in
            ["['a','b']", "[ 'a', 'b' ]", r#"["a" "b"]"#, r#"[ "node" "x.js" ]"#, "[a, b]", r#"[ "a", "b""#]
        {
            assert!(!is_command(&script(text), false), "{text}");
        }
        assert!(
            is_command(&script("[ '/bin/bash' ]"), false) && !is_command(&script("[ '/bin/bash' ]"), true)
        );
        assert!(
            !looks_like_array("node x.js") && !looks_like_array(r#""a b" c"#) && !looks_like_array("[{{x}}]")
        );
    }
}
