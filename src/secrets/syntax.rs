//! The value that a name gets, in whatever language: YAML, JSON, TOML, INI, env and properties files, shell,
//! Dockerfiles, XML, and the literals of programming languages. One line is looked at, and where it [`opens`] the next
//! that is not blank, so that a text can be scanned in pieces.
//!
//! It finds where the value stands. Whether it is a secret is judged in `assigned`.

use std::ops::Range;

use super::before::{
    alters_a_user, defines, is_asked_for_its_type, opens_a_pair, takes_words, which_key, works_on_it,
};
use super::below::{self, names_a_pair};
use super::cursor::{BEFORE, Cursor, Operator, Value, blank, is_name};
use super::names;

/// How a value is tied to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `name = value`, `name: value`, `"name": "value"`, `<name>value</name>`, `--name=value`.
    Assigned,
    /// `name("value")`, `("name", "value")`, `env.name || "value"`: seldom by chance, but not an assignment.
    Passed,
    /// `"other", "name", "value"`: most often a list of words.
    Listed,
    /// `--name value`, `ENV name value`, netrc's `password value`.
    Spaced,
    /// `my token value` and `token - 'value'` at the end of a line: prose, unless the value is randomly generated.
    Loose,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: Range<usize>,
    /// Without its quotes.
    pub(super) value: Range<usize>,
    pub(super) quoted: bool,
    pub(super) form: Form,
    /// The name begins its line, but for blanks, a dash and `export`.
    pub(super) leads: bool,
    /// The value is a piece of something longer, put together by code.
    pub(super) partial: bool,
}

/// The whole name that a word at `word` is part of: dots and dashes included, but not at its ends.
pub(super) fn name_around(text: &[u8], word: Range<usize>) -> Range<usize> {
    let left = text[..word.start].iter().rev().take(128).take_while(|&&b| is_name(b)).count();
    let right = text[word.end..].iter().take(128).take_while(|&&b| is_name(b)).count();
    let (mut start, mut end) = (word.start - left, word.end + right);
    while start < word.start && matches!(text[start], b'-' | b'.') {
        start += 1;
    }
    while end > word.end && matches!(text[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // `\nPASSWORD=` in a string: the `n` is none of the name's.
    let escaped = start > 0 && text[start - 1] == b'\\' && start < word.start;
    if escaped && matches!(text[start], b'n' | b't' | b'r') {
        start += 1;
    }
    // Nor is the rest of `\u0022` and `%22`.
    if start > 0 && text[start - 1] == b'%' && start + 2 <= word.start {
        start += 2;
    } else if escaped && text[start..word.start].starts_with(b"u0022") {
        start += 5;
    }
    // Prose has a blank in `API key`.
    if text[start..end].eq_ignore_ascii_case(b"key") {
        start -= which_key(&text[..start]);
    }
    start..end
}

/// What stands around a name.
struct Around<'t> {
    /// Its line up to it.
    before: &'t [u8],
    written: &'t str,
    /// Where it begins.
    name: usize,
    /// The quote that opens before it, and whether it closes behind it.
    quote: Option<u8>,
    named: bool,
    /// The name begins its line, but for blanks, a dash and `export`.
    leads: bool,
    /// Nothing but blanks ends a value without quotes.
    whole_line: bool,
}

/// The value that the name at `name` gets.
pub(super) fn assignment(text: &[u8], name: Range<usize>) -> Option<Assignment> {
    let near = &text[name.start.saturating_sub(BEFORE)..name.start];
    let before = &near[memchr::memrchr(b'\n', near).map_or(0, |at| at + 1)..];
    let lead = before.trim_ascii_start();
    let leads = matches!(lead, b"" | b"- " | b"export " | b"-e " | b"- \"" | b"\"" | b"'");
    let around = Around {
        before,
        written: std::str::from_utf8(&text[name.clone()]).unwrap_or_default(),
        name: name.start,
        quote: before.last().copied().filter(|b| matches!(b, b'"' | b'\'' | b'`')),
        named: false,
        leads,
        whole_line: leads && !lead.ends_with(b"\"") && !lead.ends_with(b"'"),
    };
    let (value, form) = behind_name(Cursor { text, at: name.end }, around)?;
    Some(Assignment { name, value: value.range, quoted: value.quoted, partial: value.partial, form, leads })
}

/// The value behind a name, at whose end the cursor stands.
fn behind_name(cursor: Cursor, mut around: Around) -> Option<(Value, Form)> {
    let (before, end) = (around.before, cursor.at);
    let found = |value: Value, form: Form| Some((value, form));
    if below::opens_a_tag(before) {
        return found(below::element(before, cursor)?, Form::Assigned);
    }
    if let Some(value) = behind_option(before, cursor) {
        return found(value, Form::Spaced);
    }
    if let Some(value) = in_written_quotes(before, cursor) {
        return found(value, Form::Assigned);
    }
    let mut cursor = cursor;
    if let Some(quote) = around.quote {
        let closed = cursor.skip_escape().skip_one(quote);
        around.named = closed.is_some();
        // `ok ? 'pass' : 'fail'` gives nothing a value.
        let asked = before[..before.len() - 1].trim_ascii_end().ends_with(b"?");
        if asked && closed.is_some_and(|cursor| cursor.blanks().peek() == Some(b':')) {
            return None;
        }
        cursor = closed.unwrap_or(cursor);
    }
    if around.leads && is_a_directive(around.written) && cursor.peek().is_some_and(blank) {
        let plain = cursor.blanks();
        let plain = plain.rest().strip_prefix(b"--plaintext ").map_or(plain, |_| plain.skip(12));
        return found(plain.value(true)?, Form::Spaced);
    }
    let emphasized = before.ends_with(b"**") && cursor.rest().starts_with(b"**");
    let bracketed = cursor.skip_one(b']').unwrap_or(cursor);
    cursor = bracketed.skip(if emphasized { 2 } else { 0 }).blanks();
    let (named, apart) = (around.named, cursor.at > end);
    match cursor.peek()? {
        b'-' if !named && !before.ends_with(b"${") => found(loose(cursor)?, Form::Loose),
        b'=' | b':' | b'?' | b'+' | b'|' | b'-' if before.ends_with(b"${") => {
            found(default_of_variable(cursor)?, Form::Assigned)
        }
        b'=' | b':' | b'?' | b'+' | b'|' | b'-' => behind_operator(cursor, &around),
        // R's arrow, C's arrays, and C++'s braces; a block of Terraform.
        b'<' if cursor.rest().starts_with(b"<-") => found(cursor.skip(2).blanks().quoted()?, Form::Assigned),
        b'[' if !named
            && let Some(assigned) = cursor.past_brackets().and_then(|behind| behind.skip_one(b'=')) =>
        {
            found(assigned.blanks().quoted()?, Form::Assigned)
        }
        b'{' if !named => found(cursor.next().quoted()?, Form::Passed),
        b'{' if names::is_credential(around.written) => {
            found(below::default(cursor, around.name)?, Form::Assigned)
        }
        b',' if named => {
            let behind = cursor.next().blanks_and_lines();
            if let Some(value) = behind.pair_value() {
                return found(value, Form::Assigned);
            }
            let form = if opens_a_pair(before) { Form::Passed } else { Form::Listed };
            if form == Form::Passed && works_on_it(before) {
                return None;
            }
            found(behind.quoted()?, form)
        }
        b',' if names_a_pair(before) => found(cursor.next().blanks().pair_value()?, Form::Assigned),
        b';' if named => found(cursor.next().serialised()?, Form::Assigned),
        b'\'' | b'"' if apart && !named && alters_a_user(before) => found(cursor.quoted()?, Form::Assigned),
        b'(' if !named => {
            let inside = cursor.next().blanks();
            let value = inside.wrapped().or_else(|| inside.quoted())?;
            // `verifyPassword("ann", "…")`: the first is the user.
            let second = inside.argument().and_then(|(next, _)| next.argument()?.1);
            let works = second.is_some() && works_on_it(&cursor.text[..end]);
            if works { None } else { found(value, Form::Passed) }
        }
        b'\n' | b'\r' if names_a_pair(before) => {
            found(cursor.blanks_and_lines().pair_value()?, Form::Assigned)
        }
        b'>' | b'v' | b'V' | b'a' if named && names_a_pair(before) => {
            // `<add key="password" value="…"/>`, `<entry key="password">…</entry>`, Android's `android:value="…"`
            let pair = cursor.rest().strip_prefix(b"android:").map_or(cursor, |_| cursor.skip(8));
            found(pair.pair_value().or_else(|| cursor.text_on_line())?, Form::Assigned)
        }
        b'<' if !named && before.ends_with(b"<key>") => {
            found(below::listed_property(cursor)?, Form::Assigned)
        }
        b'"' if !named && apart && (before.ends_with(b":") || defines(before)) => {
            // Clojure's `{:api-key "value"}`.
            found(cursor.quoted()?, Form::Assigned)
        }
        // Erlang's `{password, "value"}`.
        b',' if before.ends_with(b"{") => found(cursor.next().blanks().quoted()?, Form::Listed),
        _ if apart => behind_a_blank(cursor, &around),
        _ => None,
    }
}

/// The default in `${NAME:-default}` and Spring's `${NAME:default}`: what follows `?` is a message, and `+` an
/// alternative.
fn default_of_variable(cursor: Cursor) -> Option<Value> {
    let colon = cursor.skip_one(b':');
    let behind = colon.unwrap_or(cursor);
    let plain = || colon.filter(|behind| behind.peek().is_some_and(|b| b.is_ascii_alphanumeric()));
    let behind = behind.skip_one(b'-').or_else(|| behind.skip_one(b'=')).or_else(plain)?;
    behind.quoted().or_else(|| behind.until(|b| b == b'}' || b.is_ascii_whitespace(), false))
}

/// The value behind an operator, which stands at the cursor.
fn behind_operator(cursor: Cursor, around: &Around) -> Option<(Value, Form)> {
    let &Around { before, written, quote, named, .. } = around;
    let (behind, operator) = cursor.operator()?;
    // Markdown's `**Password:** value`.
    let emphasized = before.ends_with(b"**") && behind.rest().starts_with(b"**");
    let behind = behind.skip(if emphasized { 2 } else { 0 }).blanks();
    // An output in Terraform's state, a parameter of Azure: `"adminPassword": { "value": "…" }`.
    let object = behind.skip_one(b'{').filter(|_| named);
    if let Some(value) = object.and_then(|inside| inside.blanks_and_lines().pair_value()) {
        return Some((value, Form::Assigned));
    }
    // `label("Password: ")`: what follows ends the text that the name is in.
    if quote.is_some() && !named && behind.peek() == quote || is_asked_for_its_type(before, cursor) {
        return None;
    }
    if let Operator::Or = operator {
        return Some((behind.quoted()?, Form::Passed));
    }
    let sign = cursor.peek();
    if sign == Some(b':')
        && let Some(found) = below_a_colon(behind, around)
    {
        return Some(found);
    }
    let behind = if sign == Some(b':') { behind.past_type() } else { behind };
    let listed = names::is_plural(written).then(|| behind.first_of_list()).flatten();
    let value = behind.second_argument().or_else(|| behind.wrapped()).or(listed);
    let value = value.or_else(|| behind.braced());
    let value = value.or_else(|| behind.value(around.whole_line))?;
    // `NAME=value command` is shell's; else more words behind the first are prose.
    // So are options of Windows' programs: `/password:value`.
    let tight =
        behind.at == cursor.at + 1 && (sign == Some(b'=') || sign == Some(b':') && before.ends_with(b" /"));
    let alone = value.quoted || tight || !behind.goes_on(&value);
    Some((default_in(cursor.text, value), if alone { Form::Assigned } else { Form::Listed }))
}

/// The default in a value that is a reference of shell with one, `"${1:-default}"`; else the value.
fn default_in(text: &[u8], value: Value) -> Value {
    let shown = &text[value.range.clone()];
    let inside = shown.strip_prefix(b"${").and_then(|rest| rest.strip_suffix(b"}"));
    let default =
        inside.and_then(|inside| memchr::memmem::find(inside, b":-")).map(|at| value.range.start + at + 4);
    match default {
        Some(start) => Value { range: start..value.range.end - 1, ..value },
        None => value,
    }
}

/// The value in the lines below a name and its colon: a block, the first item of a list, or the default of a parameter.
fn below_a_colon(behind: Cursor, around: &Around) -> Option<(Value, Form)> {
    let is_one = || names::is_credential(around.written);
    let default = || Some((below::default(behind, around.name)?, Form::Assigned));
    match behind.peek()? {
        b'|' | b'>' => Some((below::block(behind)?, Form::Assigned)),
        b'\n' | b'\r' if is_one() => {
            // The `secrets` of a service are names.
            let form = if names::takes_a_password(around.written) { Form::Assigned } else { Form::Listed };
            let item = names::is_plural(around.written).then(|| below::item(behind)).flatten();
            item.map_or_else(default, |item| Some((item, form)))
        }
        b'{' if is_one() => default(),
        _ => None,
    }
}

/// The value that follows a name with nothing but a blank between, or with words.
fn behind_a_blank(cursor: Cursor, around: &Around) -> Option<(Value, Form)> {
    let &Around { before, named, whole_line, .. } = around;
    // Debian's answers to the installer: `d-i passwd/root-password password …`.
    if before.ends_with(b"passwd/") {
        cursor.rest().strip_prefix(b"password ")?;
        return Some((cursor.skip(9).value(true)?, Form::Spaced));
    }
    if before.ends_with(b"-") || takes_words(before) {
        // `username ann password 0 value`: what follows another number is encrypted.
        let plain = cursor.rest().strip_prefix(b"0 ").map_or(cursor, |_| cursor.skip(2));
        return Some((plain.value(false)?, Form::Spaced));
    }
    if named {
        return None;
    }
    if whole_line && matches!(cursor.peek()?, b'"' | b'\'') {
        // Gradle's and Ruby's `password 'value'`.
        let value = cursor.quoted().filter(|value| ends_its_line(cursor, value));
        return Some((value?, Form::Spaced));
    }
    if let Some(behind) = cursor.behind_type(before) {
        return Some((behind.quoted()?, Form::Assigned));
    }
    match said(cursor).or_else(|| set(cursor, around)) {
        Some(value) => Some((value, Form::Spaced)),
        None => Some((loose(cursor)?, Form::Loose)),
    }
}

/// The value of a setting that has its line to itself, as mail programs have it: `password value`.
fn set(cursor: Cursor, around: &Around) -> Option<Value> {
    let is_set = around.leads && matches!(around.written, "password" | "passwd");
    let value = cursor.value(true).filter(|_| is_set)?;
    let has_digit = cursor.text[value.range.clone()].iter().any(u8::is_ascii_digit);
    (has_digit && ends_its_line(cursor, &value)).then_some(value)
}

/// What prose says that it is: `the password is value.`
fn said(cursor: Cursor) -> Option<Value> {
    cursor.rest().strip_prefix(b"is").filter(|rest| matches!(rest.first(), Some(b' ' | b':')))?;
    let behind = cursor.skip(2);
    let start = behind.skip_one(b':').unwrap_or(behind).blanks();
    let has_digit = |value: &Value| cursor.text[value.range.clone()].iter().any(u8::is_ascii_digit);
    if let Some(value) = start.quoted() {
        return Some(value).filter(has_digit);
    }
    let mut value = start.until(|b| b.is_ascii_whitespace(), false)?;
    let ended = matches!(cursor.text[value.range.end - 1], b'.' | b',');
    value.range.end -= usize::from(ended);
    Some(value).filter(|value| has_digit(value) && (ended || ends_its_line(start, value)))
}

/// How quotes are written in texts in other texts: HTML, JSON in JSON, addresses.
const WRITTEN_QUOTES: [&[u8]; 5] = [b"&quot;", b"&#34;", b"\\u0022", b"\\\\\\\"", b"%22"];

/// The value behind a name in such quotes, in such quotes: `&quot;password&quot;:&quot;…&quot;`.
fn in_written_quotes(before: &[u8], cursor: Cursor) -> Option<Value> {
    let quote = WRITTEN_QUOTES.into_iter().find(|quote| before.ends_with(quote))?;
    let close = cursor.rest().strip_prefix(quote).map(|_| cursor.skip(quote.len()))?.blanks();
    let colon = if close.rest().starts_with(b"%3A") { Some(close.skip(3)) } else { close.skip_one(b':') };
    let open = colon?.blanks();
    open.rest().strip_prefix(quote)?;
    let inside = open.skip(quote.len());
    let line = inside.rest().split(|&b| b == b'\n').next()?;
    let length = memchr::memmem::find(line, quote).filter(|&length| length > 0)?;
    Some(Value { range: inside.at..inside.at + length, quoted: true, partial: false })
}

/// A directive of the configuration of Redis, LDAP, Kickstart or a wireless network, which a password follows.
fn is_a_directive(name: &str) -> bool {
    matches!(name, "requirepass" | "masterauth" | "bindpw" | "rootpw" | "wpa-psk")
}

/// The last word of a line, or a word in backticks, behind a name and nothing but blanks, dashes and quotes, if it may be
/// randomly generated.
fn loose(cursor: Cursor) -> Option<Value> {
    let ticked = cursor.peek() == Some(b'`');
    let short = if ticked { 8 } else { 16 };
    let marks = cursor.rest().iter().take(4).take_while(|&&b| blank(b) || b == b'-').count();
    let start = cursor.skip(marks);
    let value = match start.quoted() {
        Some(value) => value,
        None if !start.peek()?.is_ascii_alphanumeric() => return None,
        None => start.until(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''), false)?,
    };
    let shown = &cursor.text[value.range.clone()];
    let may_be_drawn = shown.len() >= short && shown.iter().any(u8::is_ascii_digit);
    (may_be_drawn && (ticked || ends_its_line(start, &value))).then_some(value)
}

/// Nothing stands behind a value on its line.
fn ends_its_line(cursor: Cursor, value: &Value) -> bool {
    let behind = Cursor { at: value.range.end + usize::from(value.quoted), ..cursor };
    let behind = behind.skip_one(b';').unwrap_or(behind).blanks();
    matches!(behind.peek(), None | Some(b'\n' | b'\r'))
}

/// The value of an option in a list of arguments, `"--password", "…"`, or its default: `"--password", default="…"`.
fn behind_option(before: &[u8], cursor: Cursor) -> Option<Value> {
    let dashes = before.iter().rev().take_while(|&&b| b == b'-').count();
    let quote =
        *before[..before.len() - dashes].last().filter(|b| dashes > 0 && matches!(b, b'"' | b'\''))?;
    let behind = cursor.skip_one(quote)?.blanks().skip_one(b',')?.blanks();
    let line = behind.rest().split(|&b| b == b'\n').next()?;
    let default = memchr::memmem::find(line, b"default=").map(|at| behind.skip(at + 8));
    default.unwrap_or(behind).quoted()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value after the first `NAME` of a text, with a mark for how it is tied.
    fn value(text: &str) -> Option<(String, Form)> {
        let at = text.to_ascii_lowercase().find("password").expect("the test has a password");
        let name = name_around(text.as_bytes(), at..at + 8);
        let found = assignment(text.as_bytes(), name)?;
        Some((text[found.value].to_owned(), found.form))
    }

    #[test]
    fn values_are_found_in_every_language() {
        for text in [
            "password: v4l",
            "  db-password: 'v4l' # comment",
            "DB_PASSWORD=v4l",
            "export DB_PASSWORD=\"v4l\"",
            "{\"password\": \"v4l\", \"x\": 1}",
            "{\\\"password\\\": \\\"v4l\\\"}",
            "password = \"v4l\"",
            "const password: &str = \"v4l\";",
            "'password' => 'v4l',",
            "password := `v4l`",
            "<password>v4l</password>",
            "<add key=\"password\" value=\"v4l\" />",
            "config[\"password\"] = \"v4l\"",
            "Server=x;Password=v4l;Database=y",
            "https://x/?password=v4l&x=1",
            "- name: DB_PASSWORD\n  value: v4l\n",
            "{\"name\": \"DB_PASSWORD\", \"value\": \"v4l\"}",
            "password = os.getenv(\"DB_PASSWORD\", \"v4l\")",
            "foo --password=v4l bar",
            "password = b'v4l'",
            "url: ${DB_PASSWORD:-v4l}",
            "url: ${DB_PASSWORD:v4l}",
        ] {
            assert_eq!(value(text), Some(("v4l".to_owned(), Form::Assigned)), "{text}");
        }
        for text in ["setPassword(\"v4l\")", "put(\"password\", \"v4l\")", "env.PASSWORD || 'v4l'"] {
            assert_eq!(value(text), Some(("v4l".to_owned(), Form::Passed)), "{text}");
        }
        for text in ["docker login --password v4l", "ENV DB_PASSWORD v4l", "login me password v4l"] {
            assert_eq!(value(text), Some(("v4l".to_owned(), Form::Spaced)), "{text}");
        }
    }

    #[test]
    fn no_value_is_made_up() {
        for text in [
            "the password is long",
            "password:",
            "password: |",
            "password: !vault |",
            "password != x",
            "${DB_PASSWORD:?say it}",
            "Password::new(x)",
            "password = {",
            "$x = $ok ? 'password' : 'v4l'",
            "label(\"password:\"),x?e(\"code\",null,\"***\")",
            "print(\"password: \" + v4l + \"x\")",
            "type={shown ? \"password\": \"v4l\"}",
            "[\"password\", x]",
            "\"password\"",
            "password",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
