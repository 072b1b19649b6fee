//! Values that stand on a line below their names: in an element, a property list, a block or a list of YAML, and the
//! default of a parameter. What is found here `reach` must know, which says how far a line that is new reaches.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::cursor::{Cursor, Value, blank, is_name};
use super::{far, names};

/// What the name of a header of cookies ends with, in small letters.
pub(super) const COOKIE: &str = "cookie";

/// The text of an element whose name ends at the cursor: `<name>value</name>`, or alone on the line behind its tag, if that
/// is no place to be filled in: `password=<Password>`.
pub(super) fn element(before: &[u8], cursor: Cursor) -> Option<Value> {
    let inside = cursor.behind(b'>').filter(|inside| inside.text[inside.at - 2] != b'/')?;
    let below = inside.blanks_and_lines();
    // Windows' answer files have one more inside: `<Password><Value>…</Value>`.
    if below.rest().starts_with(b"<Value>") {
        return below.skip(7).until(|b| matches!(b, b'<' | b'\n'), true);
    }
    if inside.text[inside.at..below.at].contains(&b'\n') {
        let opens = before.strip_suffix(b"<").unwrap_or(before).trim_ascii_end();
        if !(opens.is_empty() || opens.ends_with(b">")) {
            return None;
        }
        let value = below.until(|b| b.is_ascii_whitespace() || b == b'<', false)?;
        let behind = Cursor { at: value.range.end, ..below }.blanks();
        let alone = matches!(behind.peek(), None | Some(b'\n' | b'\r')) || behind.rest().starts_with(b"</");
        return alone.then_some(value);
    }
    if inside.rest().starts_with(b"<![CDATA[") {
        return inside.skip(9).until(|b| matches!(b, b']' | b'\n'), true);
    }
    let value = inside.until(|b| matches!(b, b'<' | b'\n'), true)?;
    let behind = inside.skip(value.range.end - inside.at).blanks();
    behind.rest().starts_with(b"</").then_some(value)
}

/// The text before a name opens an element: `<name`, `<ns:name`.
pub(super) fn opens_a_tag(before: &[u8]) -> bool {
    let prefix = before.strip_suffix(b":").map(|rest| {
        let length = rest.iter().rev().take(32).take_while(|&&b| is_name(b)).count();
        &rest[..rest.len() - length]
    });
    prefix.unwrap_or(before).ends_with(b"<")
}

/// The string of a property list's key: `<key>name</key>` and, on the next line, `<string>value</string>`.
pub(super) fn listed_property(cursor: Cursor) -> Option<Value> {
    let behind = cursor.rest().strip_prefix(b"</key>").map(|_| cursor.skip(6))?.blanks_and_lines();
    behind.rest().strip_prefix(b"<string>").and_then(|_| behind.skip(7).text_on_line())
}

/// Whether a name may be one of a credential, or perhaps is.
fn may_name_one(name: &[u8]) -> bool {
    const PERHAPS: [&[u8]; 2] = [b"cred", b"auth"];
    let has = |word: &&[u8]| name.windows(word.len()).any(|there| there.eq_ignore_ascii_case(word));
    names::stems(name).next().is_some() || PERHAPS.iter().any(has)
}

/// The only line of a block of YAML, `password: |` or `>-`; the cursor stands at the sign.
pub(super) fn block(cursor: Cursor) -> Option<Value> {
    let sign = cursor.skip_one(b'|').or_else(|| cursor.skip_one(b'>'))?;
    let mark = sign.rest().iter().take(2).take_while(|b| matches!(b, b'-' | b'+' | b'0'..=b'9')).count();
    let end = sign.skip(mark).blanks();
    let line = below(end)?;
    let value = line.until(|b| matches!(b, b'\n' | b'\r'), true)?;
    let behind = Cursor { at: value.range.end, ..line };
    let more = below(behind).is_some_and(|more| indentation(more) >= indentation(line));
    (!more).then_some(value)
}

/// The first item of a list of YAML below its name: `tokens:`, `  - value`.
pub(super) fn item(cursor: Cursor) -> Option<Value> {
    let dash = below(cursor)?.skip_one(b'-')?;
    dash.peek().filter(|&b| blank(b)).and_then(|_| dash.blanks().value(true))
}

/// What the next line that is not blank begins with, if nothing is left of this one.
fn below(cursor: Cursor) -> Option<Cursor> {
    let next = cursor.blanks_and_lines();
    cursor.text[cursor.at.min(next.at)..next.at]
        .contains(&b'\n')
        .then_some(next)
        .filter(|next| next.peek().is_some())
}

/// How many blanks stand before a place on its line.
fn indentation(cursor: Cursor) -> usize {
    let before = &cursor.text[..cursor.at];
    before.iter().rev().take(far::GAP).take_while(|&&b| blank(b)).count()
}

/// The line ends with `name: |`, behind which a value may stand.
fn opens_a_block(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"-").or(line.strip_suffix(b"+")).unwrap_or(line);
    let name = line.strip_suffix(b"|").or(line.strip_suffix(b">")).map(<[u8]>::trim_ascii_end);
    name.and_then(|name| name.strip_suffix(b":")).is_some_and(may_name_one)
}

/// The line ends with a name of several, behind which a list may begin: `tokens:`.
fn opens_a_list(line: &[u8]) -> bool {
    let name = line.strip_suffix(b":").unwrap_or_default();
    matches!(name.last(), Some(b's' | b'S')) && may_name_one(name)
}

/// The names of a default.
const DEFAULTS: [&[u8]; 3] = [b"default", b"Default", b"defaultValue"];

/// The default of the parameter that is described from the cursor on, in braces or in lines of YAML below its name:
/// `variable "password" { default = "…" }`, `Password: { Default: … }`.
pub(super) fn default(cursor: Cursor, name: usize) -> Option<Value> {
    let at = match cursor.peek()? {
        b'{' => in_braces(cursor)?,
        _ => in_lines(cursor, name)?,
    };
    at.value(false)
}

/// Where the value of the default begins in an object or block.
fn in_braces(open: Cursor) -> Option<Cursor> {
    let end = open.at + far::BLOCK;
    let (mut at, mut depth, mut fresh) = (open.next(), 1, true);
    while at.at < end {
        let byte = at.peek()?;
        if fresh
            && depth == 1
            && let Some(value) = named(at)
        {
            return Some(value);
        }
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' if depth == 1 => return None,
            b'}' | b']' | b')' => depth -= 1,
            _ => {}
        }
        // A member's name stands behind a blank, a comma, or the brace.
        fresh = matches!(byte, b'{' | b',' | b'\n') || fresh && blank(byte);
        at = match at.quoted().filter(|_| matches!(byte, b'"' | b'\'')) {
            Some(value) => Cursor { at: value.range.end + 1, ..at },
            None => at.next(),
        };
    }
    None
}

/// Where the value of the default begins in the lines that stand deeper than the name at `name`.
fn in_lines(cursor: Cursor, name: usize) -> Option<Cursor> {
    let end = cursor.at + far::BLOCK;
    let outer = indentation(Cursor { at: name, ..cursor });
    let mut line = below(cursor)?;
    let inner = indentation(line);
    while inner > outer && line.at < end && indentation(line) >= inner {
        if indentation(line) == inner
            && let Some(value) = named(line)
        {
            return Some(value);
        }
        let rest = line.until(|b| b == b'\n', false)?;
        line = below(Cursor { at: rest.range.end, ..line })?;
    }
    None
}

/// Behind the name of a default that stands here.
fn named(cursor: Cursor) -> Option<Cursor> {
    let quote = cursor.peek().filter(|b| matches!(b, b'"' | b'\''));
    let open = if quote.is_some() { cursor.next() } else { cursor };
    let length = open.rest().iter().take(16).take_while(|&&b| is_name(b)).count();
    let is_it = DEFAULTS.contains(&&open.rest()[..length]);
    let close = open.skip(length);
    let close = quote.map_or(Some(close), |quote| close.skip_one(quote)).filter(|_| is_it)?.blanks();
    Some(close.skip_one(b'=').or_else(|| close.skip_one(b':'))?.blanks())
}

/// Whether a default may stand in a text, and hang on a name above it.
pub(super) fn may_hold_a_default(text: &[u8]) -> bool {
    // Made once, for every line that is new is asked.
    static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(b"efault"));
    FINDER.find(text).is_some()
}

/// Whether a line that [`opens`] may end like that.
pub(super) fn may_open(last: u8) -> bool {
    is_name(last) || b",\"'`]>{:[|+".contains(&last)
}

/// Whether a value may follow on the next line: the line ends with `"name",` or `name: NAME`. Whatever `syntax`
/// follows over the end of a line must be here.
pub(super) fn opens(line: &[u8]) -> bool {
    fn without<'l>(line: &'l [u8], ends: &[u8]) -> &'l [u8] {
        line.split_last().filter(|(last, _)| ends.contains(last)).map_or(line, |(_, rest)| rest)
    }
    if opens_a_block(line) {
        return true;
    }
    if let Some(tag) = line.strip_suffix(b">") {
        return opens_an_element(tag);
    }
    if let Some(pair) = line.strip_suffix(b"{") {
        let name = pair.trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        return name.is_some_and(|name| name.ends_with(b"\"") || name.ends_with(b"'"));
    }
    if matches!(line.last(), Some(b':' | b'[')) {
        return opens_cookies(line) || opens_a_list(line);
    }
    let listed = line.strip_suffix(b",").map(<[u8]>::trim_ascii_end);
    let line = without(listed.unwrap_or(line), b"]");
    let bare = without(line, b"\"'`");
    if listed.is_some() {
        return bare.len() < line.len();
    }
    let name = bare.iter().rev().take_while(|&&b| is_name(b)).count();
    name > 0 && names_a_pair(&bare[..bare.len() - name])
}

/// The header of cookies stands alone on its line: `Set-Cookie:`, `"cookie": [`.
fn opens_cookies(line: &[u8]) -> bool {
    let end = line.len() - line.iter().rev().take_while(|b| b"[:\"' ".contains(b)).count();
    let word = &line[end.saturating_sub(COOKIE.len())..end];
    word.eq_ignore_ascii_case(COOKIE.as_bytes())
}

/// The line ends in a tag that may be named after a credential; its `>` is taken off.
fn opens_an_element(tag: &[u8]) -> bool {
    // `<key>apiKey</key>`: the value is in the element behind.
    let listed = tag.strip_suffix(b"</key");
    let tag = listed.unwrap_or(tag).rsplit(|&b| b == b'>').next().unwrap_or(tag);
    if listed.is_some() {
        return may_name_one(tag);
    }
    let names = tag.split(|&b| b == b'<').skip(1).filter(|_| !tag.ends_with(b"/"));
    names.map(|rest| &rest[..rest.iter().take_while(|&&b| is_name(b)).count()]).any(may_name_one)
}

/// The text before a name that is itself a value: `- name: `, `"key": "`, `key="`.
pub(super) fn names_a_pair(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    let Some(before) = before.strip_suffix(b":").or(before.strip_suffix(b"=")) else { return false };
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    ["name", "key", "variable", "property"].iter().any(|word| {
        before.len() >= word.len()
            && before[before.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_opens_is_known() {
        for line in [
            "password: |",
            "  api_token: >-",
            "tokens:",
            "\"password\": {",
            "<apiKey>",
            "set-cookie:",
            "senha: |",
        ] {
            assert!(opens(line.as_bytes()) && may_open(*line.as_bytes().last().unwrap_or(&b' ')), "{line}");
        }
        for line in ["script: |", "steps:", "on:", "<p>", "if x {", "a >"] {
            assert!(!opens(line.as_bytes()), "{line}");
        }
    }
}
