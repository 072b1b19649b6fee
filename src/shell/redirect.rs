//! Redirects, and the heredocs whose bodies stand further down.
//!
//! A body is read when its marker is met; `parser` steps over it at the end of the line.

use super::lexer::{Builder, Map};
use super::parser::Parser;
use super::{Redirect, Word};
use crate::text::Span;

impl Parser<'_> {
    /// A redirect, if one stands here, with the map of what it gives to standard input.
    pub(super) fn redirect(&mut self) -> Option<(Redirect, Option<Map>)> {
        let start = self.pos;
        let digits = self.bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let after = start + digits;
        let rest = &self.bytes[after..];
        let operator = match rest {
            [b'<', b'<', b'<', ..] => "<<<",
            [b'<', b'<', b'-', ..] => "<<-",
            [b'<', b'<', ..] => "<<",
            [b'<', b'&', ..] => "<&",
            [b'<', b'>', ..] => "<>",
            [b'<' | b'>', b'(', ..] if digits == 0 => return None,
            [b'<', ..] => "<",
            [b'>', b'>', ..] => ">>",
            [b'>', b'&', ..] => ">&",
            [b'>', b'|', ..] => ">|",
            [b'>', ..] => ">",
            [b'&', b'>', b'>', ..] if digits == 0 => "&>>",
            [b'&', b'>', ..] if digits == 0 => "&>",
            _ => return None,
        };
        self.pos = after + operator.len();
        self.end = self.pos;
        self.skip_blanks();
        let (target, map) = if self.peek() == Some(b'(') {
            (Word { span: Span::at(self.joined.offset(self.pos)), ..Word::default() }, Map::default())
        } else {
            self.word()
        };
        let span = self.span_from(start);
        let descriptor = self.text[start..after].parse().ok();
        let mut redirect = Redirect { span, descriptor, operator, target, body: None };
        let mut input = None;
        match operator {
            "<<" | "<<-" if !redirect.target.text.is_empty() => {
                let end = self.end;
                if let Some((body, map)) = self.heredoc(&redirect.target, operator == "<<-") {
                    redirect.body = Some(body);
                    input = Some(map);
                }
                self.end = end;
            }
            "<<<" => input = Some(map),
            _ => {}
        }
        Some((redirect, input))
    }

    /// Reads a heredoc's body ahead of time: it begins behind the present line, or behind the body before it.
    pub(super) fn heredoc(&mut self, delimiter: &Word, strip_tabs: bool) -> Option<(Word, Map)> {
        let (line_end, from) = match self.heredocs {
            Some((line_end, resume)) if line_end >= self.pos => (line_end, resume),
            _ => {
                let line_end = self.line_end().unwrap_or(self.text.len());
                (line_end, line_end + 1)
            }
        };
        if from > self.text.len() {
            // No line follows. That is remembered, so that the next marker does not look for it again.
            self.heredocs = Some((self.text.len(), from));
            return None;
        }
        let mut at = from;
        let mut resume = self.text.len();
        let mut end = self.text.len();
        while at < self.text.len() {
            let length = self.text[at..].find('\n').unwrap_or(self.text.len() - at);
            let line = self.text[at..at + length].trim_end_matches('\r');
            let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
            if line == &*delimiter.text {
                (end, resume) = (at, (at + length + 1).min(self.text.len()));
                break;
            }
            at += length + 1;
        }
        // The line end stays in front of what follows, so that the command before it ends.
        self.heredocs = Some((line_end, resume));
        let present = self.pos;
        self.pos = from.min(end);
        let body = self.heredoc_body(end, strip_tabs, delimiter.quoted);
        self.pos = present;
        Some(body)
    }

    /// The end of the present line, quoted line ends not counted.
    pub(super) fn line_end(&self) -> Option<usize> {
        let mut quote = 0_u8;
        let mut at = self.pos;
        loop {
            match *self.bytes.get(at)? {
                b'\\' if quote != b'\'' => at += 1,
                byte @ (b'\'' | b'"') if quote == 0 => quote = byte,
                byte if byte == quote => quote = 0,
                b'\n' if quote == 0 => return Some(at),
                _ => {}
            }
            at += 1;
        }
    }

    /// The body of a heredoc, which is the text up to `end`.
    pub(super) fn heredoc_body(&mut self, end: usize, strip_tabs: bool, quoted: bool) -> (Word, Map) {
        let mut inside =
            Parser { text: &self.text[..end], bytes: &self.bytes[..end], heredocs: None, ..*self };
        let start = inside.pos;
        let mut out = Builder { quoted, ..Builder::default() };
        let mut line_start = true;
        while let Some(byte) = inside.peek() {
            if line_start && strip_tabs && byte == b'\t' {
                inside.pos += 1;
                continue;
            }
            line_start = byte == b'\n';
            match byte {
                b'\\' if !quoted => inside.escape_in_double_quotes(&mut out, false),
                b'$' if !quoted => inside.dollar(&mut out, true),
                b'`' if !quoted => inside.backquotes(&mut out, true),
                b'\n' => inside.take(&mut out),
                _ => {
                    let run = inside.pos;
                    while inside.peek().is_some_and(|byte| !matches!(byte, b'\\' | b'$' | b'`' | b'\n')) {
                        inside.pos += 1;
                    }
                    inside.pos = inside.pos.max(run + 1);
                    out.push(&inside.text[run..inside.pos], run);
                }
            }
        }
        self.budget = inside.budget;
        inside.finish(out, start)
    }
}
