//! From the parser's events to the tree. The only file that knows the parser.
//!
//! The parser stops at its first error. So the line with the error is blanked, which keeps every offset, with the lines
//! below a key that goes this way, and the text is read again; after a few errors what was read up to the last one is
//! kept.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag};

use super::aliases;
use super::grow::Tree;
use super::tree::{Data, NONE};
use super::{Style, Yaml, YamlError};
use crate::text::{Source, Span};

/// Times a text is read again after an error.
const MAX_RETRIES: usize = 8;
/// Texts longer than this (bytes) are read once.
const MAX_RETRIED: usize = 1 << 20;
/// Collections inside collections; go-yaml allows 10,000, people write ten.
const MAX_NESTING: usize = 200;

/// Reads a text. Never fails: see [`Yaml::errors`].
pub fn parse(source: &Source) -> Yaml<'_> {
    let mut errors = Vec::new();
    if source.was_utf16() && !source.text().starts_with('\u{feff}') {
        let message = "UTF-16 without a byte order mark is not valid YAML; save the file as UTF-8";
        errors.push(YamlError { span: Span::at(0), message: message.into() });
    }
    let mut text = without_controls(source.text(), &mut errors);
    let mut retries = 0;
    loop {
        let mut load = Load::new(source);
        let Some((at, message)) = load.read(&text) else {
            errors.append(&mut load.tree.yaml.errors);
            return finish(load.tree.yaml, errors);
        };
        let at = boundary(source.text(), at);
        let at = if message.contains("tab") { tab_from(&text, at).unwrap_or(at) } else { at };
        errors.push(YamlError { span: Span::new(at, char_end(source.text(), at)), message: message.into() });
        let blanked = blank_line(&mut text, at);
        retries += 1;
        if !blanked || retries > MAX_RETRIES || text.len() > MAX_RETRIED {
            errors.append(&mut load.tree.yaml.errors);
            return finish(load.tree.yaml, errors);
        }
    }
}

fn finish(mut yaml: Yaml<'_>, mut errors: Vec<YamlError>) -> Yaml<'_> {
    errors.append(&mut aliases::errors(&yaml));
    errors.sort_by_key(|error| error.span);
    yaml.errors = errors;
    yaml.comments.sort_unstable();
    yaml.nodes.shrink_to_fit();
    yaml.children.shrink_to_fit();
    yaml
}

/// Control characters are no YAML, and the parser would stop at them; letters in their place keep the rest readable.
/// Bytes that are not UTF-8 stand as such a character in a [`Source`].
fn without_controls<'s>(text: &'s str, errors: &mut Vec<YamlError>) -> Cow<'s, str> {
    let is_control = |b: u8| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r');
    let Some(first) = text.bytes().position(is_control) else {
        return Cow::Borrowed(text);
    };
    let message = match text.as_bytes()[first] {
        0 => "the file contains a NUL byte; remove it",
        bad if bad == Source::BAD_BYTE as u8 => "this byte is not UTF-8",
        _ => "control characters are not allowed",
    };
    errors.push(YamlError { span: Span::new(first, first + 1), message: message.into() });
    Cow::Owned(text.chars().map(|c| if c.is_ascii() && is_control(c as u8) { '_' } else { c }).collect())
}

/// Overwrites the line of `at` with spaces, and what belongs to its key, which would else go on the value before it;
/// false if nothing stands there.
fn blank_line(text: &mut Cow<'_, str>, at: usize) -> bool {
    // An error at the end of the text belongs to the last line that says something.
    let at = if text[at..].trim().is_empty() { text.trim_end().len().saturating_sub(1) } else { at };
    let at = boundary(text, at);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    let line = &text[start..end];
    if line.trim_matches(['\u{feff}', ' ', '\t', '\r']).is_empty() {
        return false;
    }
    let end = end + orphans(line, text.get(end + 1..).unwrap_or_default());
    let blanked = |c: char| match c {
        '\r' | '\n' => c.to_string(),
        c => " ".repeat(c.len_utf8()),
    };
    let blank: String = text[start..end].chars().map(blanked).collect();
    text.to_mut().replace_range(start..end, &blank);
    true
}

/// How many bytes of `rest`, which follows a line, are the value of a key that the line ends with, the line's end
/// included.
fn orphans(line: &str, rest: &str) -> usize {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    if !line.trim_end().ends_with(':') {
        return 0;
    }
    let mut first = None;
    let mut taken = 0;
    let mut length = 0;
    for next in rest.split_inclusive('\n') {
        length += next.len();
        if next.trim().is_empty() {
            continue;
        }
        let deep = indent(next);
        // A list may begin below its key's first letter.
        let is_child = match first {
            None => deep > indent(line) || deep == indent(line) && is_item(next),
            Some(column) => deep > column || deep == column && (column > indent(line) || is_item(next)),
        };
        if !is_child {
            break;
        }
        first.get_or_insert(deep);
        taken = length;
    }
    if taken == 0 { 0 } else { 1 + rest[..taken].trim_end_matches(['\n', '\r']).len() }
}

/// The first tab in an indentation from the line of `at` on. The parser names the start of the scalar before it.
fn tab_from(text: &str, at: usize) -> Option<usize> {
    let mut offset = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    for line in text[offset..].split_inclusive('\n') {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        match line[..blank].find('\t') {
            Some(tab) if !line.trim().is_empty() => return Some(offset + tab),
            _ => offset += line.len(),
        }
    }
    None
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn char_end(text: &str, at: usize) -> usize {
    text[at..].chars().next().filter(|&c| c != '\n' && c != '\r').map_or(at, |c| at + c.len_utf8())
}

/// A reading of the text.
struct Load<'a> {
    tree: Tree<'a>,
    /// Nodes by the parser's number of their anchor.
    anchors: Vec<u32>,
    /// The end of what was read so far, to find block headers behind it.
    last_end: usize,
}

impl<'a> Load<'a> {
    fn new(source: &'a Source) -> Self {
        Self { tree: Tree::new(source), anchors: Vec::new(), last_end: 0 }
    }

    /// Reads all documents; the offset and text of the first error that the parser stops at.
    fn read(&mut self, text: &str) -> Option<(usize, String)> {
        let options = granit_parser::options! {
            emit_anchor_events: true,
            emit_unresolved_aliases: true,
            block_scalar_eof_without_line_feed: true,
            max_buffered_comment_events: 1_000_000,
            flow_nesting_limit: MAX_NESTING,
            block_nesting_limit: MAX_NESTING,
        };
        let mut parser = Parser::new_from_str_with_options(text, options);
        let mut error = None;
        loop {
            match parser.next_event() {
                Some(Ok((event, span))) => self.event(event, &span),
                Some(Err(stop)) => {
                    let at = stop.marker().byte_offset().unwrap_or(self.last_end);
                    error.get_or_insert((at, stop.info()));
                    self.tree.close_all();
                    if !matches!(parser.proceed_next_document(), Ok(true)) {
                        return error;
                    }
                }
                None => {
                    self.tree.close_all();
                    return error;
                }
            }
        }
    }

    fn event(&mut self, event: Event<'_>, span: &granit_parser::Span) {
        let range = span.byte_range().unwrap_or(self.last_end..self.last_end);
        let place = Span::new(range.start, range.end);
        let tag = span.tag_span().and_then(|tag| tag.byte_range()).map(|tag| Span::new(tag.start, tag.end));
        match event {
            Event::Scalar(value, style, _, name) => {
                self.scalar(&value, style, place);
                self.tag(tag, name);
            }
            Event::SequenceStart(style, _, name) => {
                let flow = style == StructureStyle::Flow;
                self.tree.start_sequence(place, flow);
                self.tag(tag, name);
            }
            Event::MappingStart(style, _, name) => {
                let flow = style == StructureStyle::Flow;
                self.tree.start_mapping(place, flow);
                self.tag(tag, name);
            }
            Event::SequenceEnd | Event::MappingEnd => self.tree.close(Some(range.end)),
            Event::Anchor(id, _) => {
                // The event follows the node that carries the anchor.
                let node = self.tree.yaml.nodes.len() as u32 - 1;
                if self.anchors.len() <= id {
                    self.anchors.resize(id + 1, NONE);
                }
                self.anchors[id] = node;
                self.tree.props_of_last().anchor = Some(place);
            }
            Event::Alias(id) => {
                let target = self.anchors.get(id).copied().unwrap_or(NONE);
                self.tree.push(place, Data::Alias { target });
                if let Some(node) = self.tree.yaml.nodes.get(target as usize)
                    && let Some(props) = self.tree.yaml.props.get_mut(node.props as usize)
                {
                    props.uses += 1;
                }
            }
            Event::UnresolvedAlias(name) => {
                self.tree.push(place, Data::Alias { target: NONE });
                let message = format!("there is no anchor `{name}` before this alias").into();
                self.tree.yaml.errors.push(YamlError { span: place, message });
            }
            Event::Comment(..) => self.tree.yaml.comments.push(place),
            Event::DocumentStart(..) => self.tree.close_all(),
            // Starts and ends of the stream, ends of documents, and what later versions may add.
            _ => {}
        }
        self.last_end = self.last_end.max(range.end);
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, place: Span) {
        let (style, span) = match style {
            ScalarStyle::Plain => (Style::Plain, place),
            ScalarStyle::SingleQuoted => (Style::Single, place),
            ScalarStyle::DoubleQuoted => (Style::Double, place),
            ScalarStyle::Literal => (Style::Literal, self.with_header(place, b'|')),
            ScalarStyle::Folded => (Style::Folded, self.with_header(place, b'>')),
        };
        self.tree.scalar(value, style, span);
    }

    /// The parser gives a block scalar's content; a fix needs it with its header, and without the last line end.
    fn with_header(&self, content: Span, indicator: u8) -> Span {
        let text = self.tree.yaml.source.text();
        let from = self.last_end.min(content.start as usize);
        let header = text.as_bytes()[from..content.start as usize].iter().position(|&b| b == indicator);
        let start = header.map_or(content.start as usize, |at| from + at);
        let end = start + text[start..content.end as usize].trim_end_matches(['\n', '\r', ' ']).len();
        Span::new(start, end.max(start))
    }

    fn tag(&mut self, span: Option<Span>, tag: Option<Cow<'_, Tag>>) {
        if let Some(tag) = tag {
            self.tree.tag(&tag.to_string(), span);
        }
    }
}
