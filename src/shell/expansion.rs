//! What a shell expands inside words: parameters, arithmetic, commands.
//!
//! Their text stays in the word as written; the scripts and parameters in them are kept beside it.

use super::lexer::Builder;
use super::parser::{PAREN, Parser};
use super::{Expansion, Parameter, Substitution};
use crate::text::Joined;

impl Parser<'_> {
    /// `$name`, `${…}`, `$(…)`, `$((…))`, `$'…'`, `$"…"`, or a plain dollar sign.
    pub(super) fn dollar(&mut self, out: &mut Builder, quoted: bool) {
        if self.opaque_here(out) {
            return;
        }
        let start = self.pos;
        match self.peek_at(1) {
            Some(b'\'') if !quoted => self.ansi_quotes(out),
            Some(b'"') if !quoted => self.pos += 1,
            Some(b'(') if self.peek_at(2) == Some(b'(') => match self.arithmetic_end(start + 3) {
                Some(end) => {
                    self.pos = start + 3;
                    self.raw_until(out, start, end, true);
                    self.pos = end + 2;
                    out.push(&self.text[start..self.pos], start);
                }
                None => self.substitution(out, !quoted),
            },
            Some(b'(') => self.substitution(out, !quoted),
            Some(b'{') => self.braced(out, quoted),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.pos += 2;
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    self.pos += 1;
                }
                self.parameter(out, start, start + 1..self.pos, Expansion::Plain, quoted);
            }
            Some(byte) if byte.is_ascii_digit() || b"@*#?$!-".contains(&byte) => {
                self.pos += 2;
                self.parameter(out, start, start + 1..self.pos, Expansion::Plain, quoted);
            }
            _ => self.take(out),
        }
    }

    pub(super) fn parameter(
        &self,
        out: &mut Builder,
        start: usize,
        name: std::ops::Range<usize>,
        expansion: Expansion,
        quoted: bool,
    ) {
        out.expands = true;
        let span = self.joined.span(start..self.pos);
        out.parameters.push(Parameter {
            span,
            name: self.text[name].into(),
            expansion,
            quoted,
            nested: false,
        });
        out.push(&self.text[start..self.pos], start);
    }

    /// `${…}`: its text stays as written, the scripts and parameters in it are kept.
    pub(super) fn braced(&mut self, out: &mut Builder, quoted: bool) {
        let start = self.pos;
        self.pos += 2;
        if self.at_limit() {
            out.push(&self.text[start..self.pos], start);
            out.expands = true;
            return;
        }
        self.depth += 1;
        let prefix = self.peek().filter(|byte| matches!(byte, b'#' | b'!') && self.peek_at(1) != Some(b'}'));
        self.pos += usize::from(prefix.is_some());
        let name = self.pos;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.pos += 1;
        }
        if self.pos == name && self.peek().is_some_and(|byte| b"@*#?$!-".contains(&byte)) {
            self.pos += 1;
        }
        let name = name..self.pos;
        let expansion = self.expansion(prefix);
        let mut inside = Builder::default();
        self.skip_braced(&mut inside, quoted);
        self.depth -= 1;
        let at = out.text.len();
        self.parameter(out, start, name, expansion, quoted);
        if !inside.substitutions.is_empty() {
            out.map.opaque.push((at, out.text.len()));
        }
        out.nest(inside);
    }

    /// What stands behind the name in `${…}`, and the `#` or `!` before it.
    fn expansion(&self, prefix: Option<u8>) -> Expansion {
        match (prefix, self.peek(), self.peek_at(1)) {
            (Some(b'#'), ..) => Expansion::Length,
            (Some(_), ..) => Expansion::Indirect,
            (_, Some(b'}'), _) => Expansion::Plain,
            (_, Some(b'['), Some(b'@' | b'*')) => Expansion::Elements,
            (_, Some(b'['), _) => Expansion::Element,
            (_, Some(b'-' | b'=' | b'?'), _) | (_, Some(b':'), Some(b'-' | b'=' | b'?')) => {
                Expansion::Default
            }
            (_, Some(b'+'), _) | (_, Some(b':'), Some(b'+')) => Expansion::Alternative,
            (_, Some(b'#' | b'%'), _) => Expansion::Trim,
            (_, Some(b':'), _) => Expansion::Slice,
            (_, Some(b'/'), _) => Expansion::Replace,
            (_, Some(b'^' | b','), _) => Expansion::Case,
            _ => Expansion::Other,
        }
    }

    /// Up to and over the `}` that closes an expansion.
    pub(super) fn skip_braced(&mut self, inside: &mut Builder, quoted: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b'}' => {
                    self.pos += 1;
                    return;
                }
                b'\\' => self.escape(inside),
                b'\'' if !quoted => self.single_quotes(inside),
                b'"' => self.double_quotes(inside),
                b'$' => self.dollar(inside, quoted),
                b'`' => self.backquotes(inside, quoted),
                _ => self.pos += 1,
            }
        }
    }

    /// Looks for expansions up to `end` in a text that is kept as written from `start` on.
    pub(super) fn raw_until(&mut self, out: &mut Builder, start: usize, end: usize, quoted: bool) {
        let mut inside = Builder::default();
        while self.pos < end {
            match self.bytes[self.pos] {
                b'$' => self.dollar(&mut inside, quoted),
                b'`' => self.backquotes(&mut inside, quoted),
                _ => self.pos += 1,
            }
        }
        out.expands = true;
        if !inside.substitutions.is_empty() {
            let at = out.text.len();
            out.map.opaque.push((at, at + end + 2 - start));
        }
        out.nest(inside);
    }

    /// `$(…)`, `<(…)`, `>(…)`
    pub(super) fn substitution(&mut self, out: &mut Builder, splits: bool) {
        if self.opaque_here(out) {
            return;
        }
        let start = self.pos;
        self.pos += 2;
        out.expands = true;
        if self.at_limit() {
            out.push(&self.text[start..self.pos], start);
            return;
        }
        let script = self.nested(PAREN);
        if self.peek() == Some(b')') {
            self.pos += 1;
        }
        let at = out.text.len();
        out.push(&self.text[start..self.pos], start);
        out.map.opaque.push((at, out.text.len()));
        let span = self.joined.span(start..self.pos);
        out.substitutions.push(Substitution { span, script, splits, nested: false });
    }

    /// `` `…` ``: backslashes are taken out before it is read, so it needs a text of its own.
    pub(super) fn backquotes(&mut self, out: &mut Builder, quoted: bool) {
        if self.opaque_here(out) {
            return;
        }
        let start = self.pos;
        let mut inner = Joined::empty(self.joined.offset(start));
        let mut at = start + 1;
        let mut run = at;
        loop {
            match self.bytes.get(at) {
                None => {
                    // No other one follows: a lone backquote is a character like any other.
                    self.take(out);
                    return;
                }
                Some(b'`') => break,
                Some(b'\\') => {
                    let next = self.bytes.get(at + 1);
                    if matches!(next, Some(b'`' | b'\\' | b'$')) || quoted && next == Some(&b'"') {
                        inner.push_from(&self.text[run..at], self.joined, run);
                        run = at + 1;
                    }
                    at += 2;
                }
                Some(_) => at += 1,
            }
        }
        inner.push_from(&self.text[run..at], self.joined, run);
        self.pos = at + 1;
        if !self.at_limit() {
            let script = self.parse_inner(&inner, &[]);
            let span = self.joined.span(start..self.pos);
            out.substitutions.push(Substitution { span, script, splits: !quoted, nested: false });
        }
        out.expands = true;
        let at = out.text.len();
        out.push(&self.text[start..self.pos], start);
        out.map.opaque.push((at, out.text.len()));
    }

    /// If the shell outside has already expanded what stands here, takes it as it is.
    pub(super) fn opaque_here(&mut self, out: &mut Builder) -> bool {
        let at = self.opaque.partition_point(|&(_, end)| end <= self.pos);
        match self.opaque.get(at) {
            Some(&(start, end)) if start <= self.pos && end <= self.text.len() => {
                let text = out.text.len();
                out.push(&self.text[self.pos..end], self.pos);
                out.map.opaque.push((text, out.text.len()));
                out.expands = true;
                self.pos = end;
                true
            }
            _ => false,
        }
    }
}
