//! The values that stand under a credential's name in any text, over as many lines as they take.
//!
//! No language is known here, and it errs on the side of hiding: a Dockerfile's continued line, a block of YAML, a value
//! below its key in JSON, a string over several lines, the next argument of a command. What a single value looks like
//! is `lexer`'s, what code looks up `code`'s, programs whose flags have no telling name are `commands`', here-documents
//! `blocks`'.

use std::ops::Range;

use super::code;
use super::lexer::Lexer;
use crate::secrets::names;
use crate::secrets::values::{Value, judge, repeats_name};

/// Types between a name and its value: `password: str = "…"`.
const TYPES: [&str; 7] = ["str", "string", "String", "bytes", "any", "Any", "SecretStr"];
/// Words of a sentence behind a credential's name.
const GO_ON: [&str; 18] = [
    "in", "of", "for", "from", "to", "and", "or", "if", "as", "with", "not", "on", "are", "must", "should",
    "can", "may", "will",
];
/// What takes the name of a variable, and no value behind it.
const BY_NAME: [&str; 9] =
    ["-e", "--env", "--build-arg", "export", "unset", "printenv", "read", "readonly", "local"];

/// So long a value may be found to stand for another; bytes.
pub(super) const JUDGED: usize = 512;

/// Adds the values of a text, in any order. Linear in the text's length.
pub(super) fn read(text: &str, out: &mut Vec<Range<usize>>) {
    let lexer = Lexer::new(text);
    let mut reader = Reader { lexer: &lexer, done: 0, out };
    for at in names::stems(text) {
        if at >= reader.done {
            reader.name(at);
        }
    }
}

/// How a value is tied to its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// `name: value`
    Colon,
    /// `name=value`
    Equals,
    /// `name value`, `--name value`
    Blank,
    /// `"--name", "value"`, `("name", "value")`
    Comma,
}

struct Reader<'l, 'o> {
    lexer: &'l Lexer<'l>,
    /// What stands before here was looked at.
    done: usize,
    out: &'o mut Vec<Range<usize>>,
}

impl Reader<'_, '_> {
    /// Looks at the name around the byte `at`.
    fn name(&mut self, at: usize) {
        let bytes = self.lexer.bytes;
        let named = |b: &u8| b.is_ascii_alphanumeric() || b"_-.".contains(b);
        let start = at - bytes[self.done..at].iter().rev().take_while(|b| named(b)).count();
        let end = at + bytes[at..].iter().take_while(|b| named(b)).count();
        self.done = end;
        let name = &self.lexer.text[start..end];
        let header = name.to_ascii_lowercase().ends_with("authorization");
        if (header || names::is_credential(name))
            && let Some(end) = self.value(start..end, header)
        {
            self.done = self.done.max(end);
        }
    }

    /// Takes the value of a name, and says where it ends.
    fn value(&mut self, name: Range<usize>, header: bool) -> Option<usize> {
        let lexer = self.lexer;
        let before = &lexer.bytes[..name.start];
        let dashed = lexer.bytes[name.start] == b'-';
        let mut at = lexer.skip(name.end, b"\\");
        let quote = before.last().copied().filter(|b| b"\"'`".contains(b));
        let closed = quote.is_some_and(|quote| lexer.byte(at) == Some(quote));
        at = if closed || matches!(lexer.byte(at), Some(b'"' | b'\'')) { at + 1 } else { name.end };
        at += usize::from(matches!(lexer.byte(at), Some(b']')));
        let behind = lexer.blanks(at);
        // `"--password=two words"`: the quote before the name ends the value.
        let open = quote.filter(|_| !closed);
        if lexer.byte(name.start.wrapping_sub(1)) == Some(b'<') && lexer.byte(behind) == Some(b'>') {
            return self.until(behind + 1, b'<');
        }
        // `$TOKEN value`, `https://x/a.key value`, `id=token value`: not a name that the next word is the value of.
        let other = before.last().is_some_and(|b| b"$/=".contains(b)) || before.ends_with(b"${");
        match lexer.byte(behind) {
            Some(tie @ (b'=' | b':')) => {
                let compares = tie == b'=' && lexer.byte(behind + 1) == Some(b'=');
                let at = if compares {
                    lexer.skip(behind, b"=")
                } else {
                    let more = matches!(lexer.byte(behind + 1), Some(b'=' | b'-' | b'?' | b'+' | b'>'));
                    behind + 1 + usize::from(more)
                };
                // `if token == other {`
                let spaced = behind > name.end && lexer.blanks(at) > at;
                if compares && spaced && !matches!(lexer.byte(lexer.blanks(at)), Some(b'"' | b'\'' | b'`')) {
                    return None;
                }
                let tie = if tie == b'=' { Tie::Equals } else { Tie::Colon };
                self.after(lexer.blanks(at), &name, tie, open, header)
            }
            Some(b',') if closed || dashed => {
                let next = lexer.blanks_and_lines(behind + 1);
                let word =
                    lexer.bytes[next..].iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
                // `("NAME", default="value")`
                let next =
                    if word > 0 && lexer.byte(next + word) == Some(b'=') { next + word + 1 } else { next };
                let called = before.len() > 1 && b"({".contains(&before[before.len() - 2]);
                if self.is_flag(next) {
                    return None;
                }
                self.paired(next, &name).or_else(|| {
                    (dashed || called).then(|| self.after(next, &name, Tie::Comma, open, header)).flatten()
                })
            }
            None | Some(b'\n' | b'\r') => {
                let next = lexer.blanks_and_lines(behind);
                self.paired(next, &name).or_else(|| {
                    // `- --password` and on the next line `- value`.
                    let listed = dashed && lexer.lead(name.start).ends_with("- ");
                    let item = lexer.bytes[next..].starts_with(b"- ") && !self.is_flag(next + 2);
                    (listed && item)
                        .then(|| self.after(lexer.blanks(next + 2), &name, Tie::Colon, None, header))
                        .flatten()
                })
            }
            Some(_) if other => self.paired(behind, &name),
            Some(_) if lexer.continues(behind).is_some() => {
                self.after(behind, &name, Tie::Blank, open, header)
            }
            Some(_) if behind > at => {
                self.paired(behind, &name).or_else(|| self.after(behind, &name, Tie::Blank, open, header))
            }
            Some(_) => None,
        }
    }

    /// `name: DB_PASSWORD` and then `value: …`, in whatever notation; `at` is where the second key may stand.
    fn paired(&mut self, at: usize, name: &Range<usize>) -> Option<usize> {
        let lexer = self.lexer;
        let at = lexer.skip(at, b"\"'");
        let word = lexer.bytes.get(at..at + 5)?;
        let behind = lexer.skip(at + 5, b"\"'");
        let behind = lexer.blanks(behind);
        let tied = matches!(lexer.byte(behind), Some(b':' | b'='));
        (word.eq_ignore_ascii_case(b"value") && tied)
            .then(|| self.after(lexer.blanks(behind + 1), name, Tie::Colon, None, false))
            .flatten()
    }

    /// Takes a value that begins at `at`, or on a line below.
    fn after(
        &mut self,
        at: usize,
        name: &Range<usize>,
        tie: Tie,
        open: Option<u8>,
        header: bool,
    ) -> Option<usize> {
        let mut at = at;
        if tie == Tie::Colon {
            // Tags and anchors of YAML.
            while matches!(self.lexer.byte(at), Some(b'!' | b'&')) {
                let end = self.lexer.word_end(at);
                let next = self.lexer.blanks(end);
                if next == end && !self.lexer.ends_line(end) {
                    break;
                }
                at = next;
            }
        }
        if tie == Tie::Colon
            && let Some(line_end) = self.lexer.block_indicator(at)
        {
            return self.block(line_end, name, true);
        }
        if let Some(next) = self.lexer.continues(at) {
            // A flag, or the next command of a shell, is no value. Behind a comment is nothing of it.
            let stops = self.lexer.lead(name.start).trim_start().starts_with('#')
                || tie == Tie::Blank
                    && matches!(self.lexer.byte(next), None | Some(b'-' | b'&' | b'|' | b';'));
            return if stops { None } else { self.word(next, name, tie, None, header) };
        }
        if self.lexer.ends_line(at) {
            return self.below(at, name, tie);
        }
        self.word(at, name, tie, open, header)
    }

    /// A value on the lines below its key: a string, a block that is indented, the items of a list.
    fn below(&mut self, at: usize, name: &Range<usize>, tie: Tie) -> Option<usize> {
        if !matches!(tie, Tie::Colon | Tie::Equals) {
            return None;
        }
        let lexer = self.lexer;
        let next = lexer.blanks_and_lines(lexer.line_end(at));
        match lexer.byte(next)? {
            b'"' | b'\'' => {
                let end = lexer.quoted(next)?;
                let key = matches!(lexer.byte(lexer.blanks(end.1)), Some(b':' | b'='));
                (!key).then(|| self.word(next, name, tie, None, false)).flatten()
            }
            b'-' if lexer.byte(next + 1) == Some(b' ') => self.items(next, name),
            _ => self.block(lexer.line_end(at), name, false),
        }
    }

    /// Lines that are indented more than their key. Without a mark that says so they may be keys of their own.
    fn block(&mut self, line_end: usize, name: &Range<usize>, marked: bool) -> Option<usize> {
        let indent = self.lexer.key_column(name.start);
        let mut lines = Vec::new();
        let mut end = None;
        for line in self.lexer.lines_below(line_end) {
            let text = &self.lexer.text[line.clone()];
            let blank = text.len() - text.trim_start_matches([' ', '\t']).len();
            let content = line.start + blank..line.start + text.trim_end().len().max(blank);
            if content.is_empty() {
                continue;
            }
            if blank <= indent || (!marked && lines.is_empty() && is_key(&self.lexer.text[content.clone()])) {
                break;
            }
            end = Some(line.end);
            lines.push(content);
        }
        let only =
            if let [line] = lines.as_slice() { Some(self.lexer.text[line.clone()].trim()) } else { None };
        if only.is_some_and(|only| !hides(only)) {
            return end;
        }
        self.out.append(&mut lines);
        end
    }

    /// `passwords:` and below it `- value`. What stands under `secrets:` are names.
    fn items(&mut self, first: usize, name: &Range<usize>) -> Option<usize> {
        if self.lexer.text[name.clone()].to_ascii_lowercase().ends_with("secrets") {
            return None;
        }
        let column = self.lexer.lead(first).len();
        let mut end = None;
        let start = first - column;
        for line in self.lexer.lines_below(start.saturating_sub(1)) {
            let text = &self.lexer.text[line.clone()];
            let Some(item) = text.get(column..).and_then(|rest| rest.strip_prefix("- ")) else { break };
            if text[..column].trim().is_empty() && !is_key(item) && hides(item.trim()) {
                let from = line.end - item.len();
                self.out.push(from..from + item.trim_end().len());
            }
            end = Some(line.end);
        }
        end
    }

    /// A value that begins at `at`; `open` is a quote that opened before the name.
    fn word(
        &mut self,
        at: usize,
        name: &Range<usize>,
        tie: Tie,
        open: Option<u8>,
        header: bool,
    ) -> Option<usize> {
        let lexer = self.lexer;
        if tie == Tie::Blank && self.is_no_value(at, name) || tie == Tie::Colon && self.are_names(at, name) {
            return None;
        }
        let assigned = matches!(tie, Tie::Colon | Tie::Equals) && open.is_none() && !header;
        if assigned && let Some(end) = code::read(lexer, at, self.out) {
            return Some(end);
        }
        let mut pieces = Vec::new();
        let mut end = lexer.value(at, &mut pieces);
        if header {
            // `Authorization: Bearer value`
            let scheme = at + lexer.bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
            let token = lexer.blanks(scheme);
            let start = if token > scheme && !lexer.ends_line(token) { token } else { at };
            let length = lexer.bytes[start..].iter().take_while(|b| !b" \t\r\n\"'`\\".contains(b)).count();
            end = start + length;
            pieces.clear();
            pieces.push(start..end);
        } else if let Some(quote) = open.filter(|_| matches!(tie, Tie::Colon | Tie::Equals)) {
            if let Some(close) = lexer.closing(at, quote).filter(|&close| close <= lexer.line_end(at)) {
                pieces.clear();
                pieces.push(at..close);
                end = close;
            }
        } else if let Some(more) = self.rest_of_line(at, end, name, tie) {
            let first: String = pieces.iter().map(|piece| &lexer.text[piece.clone()]).collect();
            let whole = &lexer.text[at..more];
            if hides(&first) || hides(whole) {
                self.out.push(at..more);
            }
            return Some(more);
        } else if tie == Tie::Colon {
            // `password: Type = value`
            let next = lexer.blanks(end);
            if lexer.byte(next) == Some(b'=') && next > end && lexer.byte(next + 1) != Some(b'=') {
                let typed = lexer.blanks(next + 1);
                if !lexer.ends_line(typed) {
                    if TYPES.contains(&&lexer.text[at..end]) {
                        return self.word(typed, name, Tie::Equals, None, false);
                    }
                    end = lexer.value(typed, &mut pieces);
                }
            }
        }
        if tie == Tie::Equals && open.is_none() && lexer.instructs(name.start) {
            // `ENV NAME=two words`, which no builder reads.
            end = lexer.words_without(b'=', end, &mut pieces);
        } else if tie == Tie::Blank && matches!(&lexer.text[at..end], "is" | "was") {
            // In a comment.
            let next = lexer.blanks(end);
            end = lexer.value(next, &mut pieces);
        }
        let value: String = pieces.iter().map(|piece| &lexer.text[piece.clone()]).collect();
        if value.is_empty() {
            return Some(end);
        }
        // A long one is hidden whatever it is, so that no text is judged again and again.
        let shown =
            !hides(&value) || repeats_name(&lexer.text[name.clone()], value.trim_matches(['"', '\'']));
        if value.len() <= JUDGED && shown && !lexer.echoes(at) {
            return None;
        }
        if lexer.echoes(at) {
            let line_end = lexer.line_end(at);
            pieces.clear();
            pieces.push(at..line_end);
            end = line_end;
        }
        self.out.append(&mut pieces);
        Some(end)
    }

    /// A word behind a name that only goes on: a flag, or a word of a sentence (`for token in tokens`).
    fn is_no_value(&self, at: usize, name: &Range<usize>) -> bool {
        let word = &self.lexer.text[at..self.lexer.word_end(at)];
        let before = || self.lexer.lead(name.start).split_whitespace().next_back();
        // `--secret id=npm,env=NPM_TOKEN` names a secret of a build.
        GO_ON.contains(&word)
            || word.starts_with("id=")
            || self.is_flag(at)
            || before().is_some_and(|before| BY_NAME.contains(&before))
    }

    /// A flag begins here, perhaps in quotes.
    fn is_flag(&self, at: usize) -> bool {
        let start = self.lexer.skip(at, b"\"'");
        let length =
            self.lexer.bytes[start..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-');
        let end = start + length.count();
        let ends = self.lexer.byte(end).is_none_or(|b| b.is_ascii_whitespace() || b"\"',]=\\".contains(&b));
        ends && is_flag(&self.lexer.text[start..end])
    }

    /// `secrets: [db_password, root_token]`: a list of names, as [`Self::items`] has one.
    fn are_names(&self, at: usize, name: &Range<usize>) -> bool {
        let rest = &self.lexer.text[at..self.lexer.line_end(at)];
        let list = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        self.lexer.text[name.clone()].to_ascii_lowercase().ends_with("secrets")
            && list.is_some_and(|(list, _)| {
                list.chars()
                    .all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-' | ',' | ' ' | '"' | '\''))
            })
    }

    /// Where a value of several words ends, if it is one: in YAML, in files of settings, in the old form of ENV.
    fn rest_of_line(&self, at: usize, end: usize, name: &Range<usize>, tie: Tie) -> Option<usize> {
        let lexer = self.lexer;
        if matches!(lexer.byte(at), Some(b'"' | b'\'' | b'[' | b'{' | b'$')) || end == at {
            return None;
        }
        let lead = lexer.lead(name.start);
        let leads = lead.trim_start_matches([' ', '\t', '-', '"', '\'']).is_empty();
        // What stands behind is looked at for one name of a line only.
        let old_env = tie == Tie::Blank && lead.trim().eq_ignore_ascii_case("env");
        if !leads && !old_env {
            return None;
        }
        let line_end = lexer.comment_or_end(end);
        let rest = lexer.text[end..line_end].trim_end();
        if TYPES.contains(&&lexer.text[at..end]) && rest.trim_start().starts_with("= ") {
            return None;
        }
        let line_end = end + rest.len();
        let plain = || !rest.contains(['=', '&', '|', ';', '\\', '$', '"', '<', '>', '(', ')', '{', '}']);
        let whole = match tie {
            Tie::Colon => !rest.ends_with([',', '{', '[']),
            Tie::Equals => plain(),
            Tie::Blank => !leads,
            Tie::Comma => false,
        };
        (whole && !rest.trim().is_empty()).then_some(line_end)
    }

    /// All up to a byte, over the ends of lines.
    fn until(&mut self, at: usize, stop: u8) -> Option<usize> {
        let end = self.lexer.closing(at, stop)?;
        let value = self.lexer.text[at..end].trim();
        if !hides(value) || end - at > super::lexer::LONGEST {
            return None;
        }
        let start = at + (self.lexer.text[at..end].len() - self.lexer.text[at..end].trim_start().len());
        self.out.push(start..start + value.len());
        Some(end)
    }
}

/// `--port`, `-v`: no password looks so.
pub(super) fn is_flag(word: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    word.strip_prefix("--").is_some_and(is_name)
        || matches!(word.as_bytes(), [b'-', letter] if letter.is_ascii_alphabetic())
}

/// A line that is a key of its own.
fn is_key(line: &str) -> bool {
    let line = line.trim_start_matches("- ");
    let word = line.trim_start_matches(['"', '\'']);
    let end =
        word.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.\"'/".contains(c))).unwrap_or(word.len());
    let behind = word[end..].trim_start();
    end > 0 && (behind == ":" || behind.starts_with(": "))
}

/// Whether a value must not be shown. `${X:-literal}` holds its secret in the default.
pub(super) fn hides(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    // `|`, `&&`, `]`: a sign of the language.
    if value.len() < 4 && value.bytes().all(|b| b"|&<>=!()[]{};,:?+-*/.\\".contains(&b)) {
        return false;
    }
    judge(value) == Value::Literal || value.contains('-') || value.contains('\n')
}
