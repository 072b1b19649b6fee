//! From words of a command or values of a file to texts of the model, with how much of them is known.

use std::ops::Range;

use crate::compose;
use crate::container::{At, FileId, Known, Text};
use crate::shell::Word;
use crate::text::{Joined, Source, Span};
use crate::yaml::{Entry, Node};

/// A place in the one file that a surface is read from.
pub(super) fn at(span: Span) -> At {
    At::new(FileId(0), span)
}

/// A word of a shell command.
pub(super) fn text(source: &Source, word: &Word) -> Text {
    let known = if word.expands || is_open(&word.text) { known(&word.text) } else { Known::AsWritten };
    Text { raw: word.text.clone(), known, at: at(word.span), skip: skip(source, word.span, &word.text) }
}

/// Bytes between the start of the place and the text, if the text is there byte for byte.
pub(super) fn skip(source: &Source, span: Span, text: &str) -> Option<u8> {
    let written = source.slice(span);
    let quote = written.starts_with(['"', '\'']) && written.len() == text.len() + 2;
    match written {
        _ if written == text => Some(0),
        _ if quote && &written[1..=text.len()] == text => Some(1),
        _ => None,
    }
}

/// What is known of a text in which something may be replaced.
pub(super) fn known(raw: &str) -> Known<Box<str>> {
    if is_open(raw) { Known::Unknown } else { compose::interpolate(raw, &|_| None) }
}

/// Something in the text is replaced in a way that only its program knows: a command, a template's field, a specifier of
/// systemd, or what the reader of a manual should fill in.
fn is_open(raw: &str) -> bool {
    let next_to = |sign: char, is: fn(u8) -> bool| {
        raw.match_indices(sign).any(|(at, _)| raw.as_bytes().get(at + 1).is_some_and(|&byte| is(byte)))
    };
    raw.contains('`')
        || raw.contains("{{")
        || raw.contains('<') && raw.contains('>')
        || next_to('$', |byte| !byte.is_ascii_alphabetic() && byte != b'_' && byte != b'{')
        || next_to('%', |byte| byte.is_ascii_alphabetic())
}

/// A scalar of a file in YAML or JSON; nothing for collections and null.
pub(super) fn value(node: Node) -> Option<Text> {
    let raw: Box<str> = node.as_str()?.into();
    let span = node.resolved().span();
    let skip = node.verbatim().and_then(|start| u8::try_from(start.checked_sub(span.start as usize)?).ok());
    // `!Ref Image` is what its program makes of it; `!Sub` only fills in variables.
    let is_made = node
        .resolved()
        .tag()
        .is_some_and(|tag| tag.starts_with('!') && !tag.starts_with("!!") && tag != "!Sub");
    Some(Text { known: if is_made { Known::Unknown } else { known(&raw) }, raw, at: at(span), skip })
}

/// A part of a text that is joined from pieces of a file.
pub(super) fn piece(joined: &Joined, range: Range<usize>) -> Text {
    let raw = &joined.text[range.clone()];
    let skip = joined.is_unbroken(range.clone()).then_some(0);
    Text { raw: raw.into(), known: known(raw), at: at(joined.span(range)), skip }
}

/// An image may begin with how it is pulled: `docker://redis`.
pub(super) fn without_scheme(image: Text) -> Text {
    match image.raw.split_once("://") {
        Some((scheme, name)) if image.known == Known::AsWritten => {
            let skip = image.skip.and_then(|skip| skip.checked_add(u8::try_from(scheme.len() + 3).ok()?));
            Text { raw: name.into(), skip, ..image }
        }
        _ => image,
    }
}

/// A key of such a file.
pub(super) fn key(entry: &Entry) -> Text {
    let span = entry.key_span();
    Text { raw: entry.key_str().into(), known: Known::AsWritten, at: at(span), skip: None }
}

/// A text that stands for what a file says in other words, at the place where it says so.
pub(super) fn stated(raw: &str, place: At) -> Text {
    Text { raw: raw.into(), known: Known::AsWritten, at: place, skip: None }
}
