//! The value that a name gets, in whatever language: YAML, JSON, TOML, INI, env and properties files, shell,
//! Dockerfiles, XML, and the literals of programming languages. One line is looked at, and where it [`opens`] the next
//! that is not blank, so that a text can be scanned in pieces.
//!
//! It finds where the value stands. Whether it is a secret is judged in `assigned`.

use std::ops::Range;

use super::cursor::{BEFORE, Cursor, Operator, Value, blank, is_name};
use super::names;

/// What the name of a header of cookies ends with, in small letters.
pub(super) const COOKIE: &str = "cookie";

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
    start..end
}

/// The value that the name at `name` gets.
pub(super) fn assignment(text: &[u8], name: Range<usize>) -> Option<Assignment> {
    let near = &text[name.start.saturating_sub(BEFORE)..name.start];
    let before = &near[memchr::memrchr(b'\n', near).map_or(0, |at| at + 1)..];
    let lead = before.trim_ascii_start();
    let leads = matches!(lead, b"" | b"- " | b"export " | b"-e " | b"- \"" | b"\"" | b"'");
    let cursor = Cursor { text, at: name.end };
    let written = std::str::from_utf8(&text[name.clone()]).unwrap_or_default();
    let found = |value: Value, form: Form| {
        Some(Assignment {
            name: name.clone(),
            value: value.range,
            quoted: value.quoted,
            partial: value.partial,
            form,
            leads,
        })
    };
    let whole_line = leads && !lead.ends_with(b"\"") && !lead.ends_with(b"'");

    if before.ends_with(b"<") {
        return found(element(before, cursor)?, Form::Assigned);
    }
    if let Some(value) = behind_option(before, cursor) {
        return found(value, Form::Spaced);
    }
    let quote = before.last().copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'));
    let mut cursor = cursor;
    let mut named = false;
    if let Some(quote) = quote {
        let closed = cursor.skip_escape().skip_one(quote);
        named = closed.is_some();
        // `ok ? 'pass' : 'fail'` gives nothing a value.
        let asked = before[..before.len() - 1].trim_ascii_end().ends_with(b"?");
        if named && asked && closed.is_some_and(|cursor| cursor.blanks().peek() == Some(b':')) {
            return None;
        }
        cursor = closed.unwrap_or(cursor);
    }
    let bracketed = cursor.skip_one(b']');
    cursor = bracketed.unwrap_or(cursor).blanks();
    match cursor.peek()? {
        b'-' if !named && !before.ends_with(b"${") => found(loose(cursor)?, Form::Loose),
        b'=' | b':' | b'?' | b'+' | b'|' | b'-' => {
            if before.ends_with(b"${") {
                // `${NAME:-default}`, Spring's `${NAME:default}`: what follows `?` is a message, and `+` an alternative.
                let colon = cursor.skip_one(b':');
                let behind = colon.unwrap_or(cursor);
                let plain =
                    || colon.filter(|behind| behind.peek().is_some_and(|b| b.is_ascii_alphanumeric()));
                let behind = behind.skip_one(b'-').or_else(|| behind.skip_one(b'=')).or_else(plain)?;
                let bare = || behind.until(|b| b == b'}' || b.is_ascii_whitespace(), false);
                return found(behind.quoted().or_else(bare)?, Form::Assigned);
            }
            let (behind, operator) = cursor.operator()?;
            let behind = behind.blanks();
            // An output in Terraform's state, a parameter of Azure: `"adminPassword": { "value": "…" }`.
            let object = behind.skip_one(b'{').filter(|_| named);
            if let Some(value) = object.and_then(|inside| inside.blanks_and_lines().pair_value()) {
                return found(value, Form::Assigned);
            }
            // `label("Password: ")`: what follows ends the text that the name is in.
            if quote.is_some() && !named && behind.peek() == quote {
                return None;
            }
            match operator {
                Operator::Or => found(behind.quoted()?, Form::Passed),
                Operator::Assign => {
                    let behind = if cursor.peek() == Some(b':') { behind.past_type() } else { behind };
                    if is_asked_for_its_type(before, cursor) {
                        return None;
                    }
                    let listed = names::is_plural(written).then(|| behind.first_of_list()).flatten();
                    let value = behind.second_argument().or_else(|| behind.wrapped()).or(listed);
                    let value = value.or_else(|| behind.braced());
                    let value = value.or_else(|| behind.value(whole_line))?;
                    // `NAME=value command` is shell's; else more words behind the first are prose.
                    // So are options of Windows' programs: `/password:value`.
                    let sign = cursor.peek();
                    let tight = behind.at == cursor.at + 1
                        && (sign == Some(b'=') || sign == Some(b':') && before.ends_with(b" /"));
                    let alone = value.quoted || tight || !behind.goes_on(&value);
                    let form = if alone { Form::Assigned } else { Form::Listed };
                    found(value, form)
                }
            }
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
        b';' if named => found(cursor.next().serialised()?, Form::Assigned),
        b'\'' if cursor.at > name.end && alters_a_user(before) => found(cursor.quoted()?, Form::Assigned),
        b'(' if !named => {
            let inside = cursor.next().blanks();
            let value = inside.wrapped().or_else(|| inside.quoted())?;
            // `verifyPassword("ann", "…")`: the first is the user.
            let second = inside.argument().and_then(|(next, _)| next.argument()?.1);
            let works = second.is_some() && works_on_it(&text[..name.end]);
            if works { None } else { found(value, Form::Passed) }
        }
        b'\n' | b'\r' if names_a_pair(before) => {
            found(cursor.blanks_and_lines().pair_value()?, Form::Assigned)
        }
        b'>' | b'v' if named && names_a_pair(before) => {
            // `<add key="password" value="…"/>`, `<entry key="password">…</entry>`
            found(cursor.pair_value().or_else(|| cursor.text_on_line())?, Form::Assigned)
        }
        b'<' if !named && before.ends_with(b"<key>") => found(listed_property(cursor)?, Form::Assigned),
        b'"' if !named && cursor.at > name.end && (before.ends_with(b":") || defines(before)) => {
            // Clojure's `{:api-key "value"}`.
            found(cursor.quoted()?, Form::Assigned)
        }
        // Erlang's `{password, "value"}`.
        b',' if !named && before.ends_with(b"{") => found(cursor.next().blanks().quoted()?, Form::Listed),
        _ if cursor.at > name.end && leads && is_a_directive(written) => {
            found(cursor.value(true)?, Form::Spaced)
        }
        _ if cursor.at > name.end && (before.ends_with(b"-") || takes_words(before)) => {
            // `username ann password 0 value`: what follows another number is encrypted.
            let plain = cursor.rest().strip_prefix(b"0 ").map_or(cursor, |_| cursor.skip(2));
            found(plain.value(false)?, Form::Spaced)
        }
        b'"' | b'\'' if whole_line && cursor.at > name.end && !named => {
            // Gradle's and Ruby's `password 'value'`.
            let value = cursor.quoted().filter(|value| ends_its_line(cursor, value));
            found(value?, Form::Spaced)
        }
        _ if cursor.at > name.end && !named => match cursor.behind_type(before) {
            Some(behind) => found(behind.quoted()?, Form::Assigned),
            None => found(loose(cursor)?, Form::Loose),
        },
        _ => None,
    }
}

/// The text of an element whose name ends at the cursor: `<name>value</name>`, or alone on the line behind its tag, if that
/// is no place to be filled in: `password=<Password>`.
fn element(before: &[u8], cursor: Cursor) -> Option<Value> {
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
    let value = inside.until(|b| matches!(b, b'<' | b'\n'), true)?;
    let behind = inside.skip(value.range.end - inside.at).blanks();
    behind.rest().starts_with(b"</").then_some(value)
}

/// The string of a property list's key: `<key>name</key>` and, on the next line, `<string>value</string>`.
fn listed_property(cursor: Cursor) -> Option<Value> {
    let behind = cursor.rest().strip_prefix(b"</key>").map(|_| cursor.skip(6))?.blanks_and_lines();
    behind.rest().strip_prefix(b"<string>").and_then(|_| behind.skip(7).text_on_line())
}

/// The text before a name defines it, and the value follows: C's `#define`, Lisp's `(setq`.
fn defines(before: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [b"#define", b"(setq", b"(def", b"(define", b"(defvar", b"(defconst"];
    let words = before.trim_ascii();
    before.last().copied().is_some_and(blank) && WORDS.iter().any(|word| words.ends_with(word))
}

/// A directive of Redis' configuration, which a password follows.
fn is_a_directive(name: &str) -> bool {
    matches!(name, "requirepass" | "masterauth")
}

/// The last word of a line, behind a name and nothing but blanks, dashes and quotes, if it may be randomly generated.
fn loose(cursor: Cursor) -> Option<Value> {
    const SHORT: usize = 16;
    let marks = cursor.rest().iter().take(4).take_while(|&&b| blank(b) || b == b'-').count();
    let start = cursor.skip(marks);
    let value = match start.quoted() {
        Some(value) => value,
        None if !start.peek()?.is_ascii_alphanumeric() => return None,
        None => start.until(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''), false)?,
    };
    let shown = &cursor.text[value.range.clone()];
    let may_be_drawn = shown.len() >= SHORT && shown.iter().any(u8::is_ascii_digit);
    (may_be_drawn && ends_its_line(start, &value)).then_some(value)
}

/// Nothing stands behind a value on its line.
fn ends_its_line(cursor: Cursor, value: &Value) -> bool {
    let behind = Cursor { at: value.range.end + usize::from(value.quoted), ..cursor }.blanks();
    matches!(behind.peek(), None | Some(b'\n' | b'\r'))
}

/// What a call does that takes a password and a hash or a salt, so that the second literal is not the password's.
const WORKS: [&[u8]; 6] = [b"hash", b"verify", b"compare", b"check", b"encrypt", b"derive"];

/// The text ends with the beginning of a call that works on what it is given: `derive_hash("`.
fn works_on_it(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    let before = before.trim_ascii_end().strip_suffix(b"(").unwrap_or(before);
    let length = before.iter().rev().take(64).take_while(|&&b| is_name(b)).count();
    let callee = before[before.len() - length..].to_ascii_lowercase();
    WORKS.iter().any(|word| callee.windows(word.len()).any(|there| there == *word))
}

/// `typeof password === '…'` compares with the name of a type.
fn is_asked_for_its_type(before: &[u8], cursor: Cursor) -> bool {
    cursor.rest().starts_with(b"==") && before.split(|&b| blank(b) || b == b'(').any(|word| word == b"typeof")
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

/// Whether a line that [`opens`] may end like that.
pub(super) fn may_open(last: u8) -> bool {
    is_name(last) || matches!(last, b',' | b'"' | b'\'' | b'`' | b']' | b'>' | b'{' | b':' | b'[')
}

/// Whether a value may follow on the next line: the line ends with `"name",` or `name: NAME`. Whatever [`assignment`]
/// follows over the end of a line must be here.
pub(super) fn opens(line: &[u8]) -> bool {
    fn without<'l>(line: &'l [u8], ends: &[u8]) -> &'l [u8] {
        line.split_last().filter(|(last, _)| ends.contains(last)).map_or(line, |(_, rest)| rest)
    }
    if let Some(tag) = line.strip_suffix(b">") {
        return opens_an_element(tag);
    }
    if let Some(pair) = line.strip_suffix(b"{") {
        let name = pair.trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        return name.is_some_and(|name| name.ends_with(b"\"") || name.ends_with(b"'"));
    }
    if matches!(line.last(), Some(b':' | b'[')) {
        return opens_cookies(line);
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
    const WORDS: [&[u8]; 9] =
        [b"pass", b"pwd", b"psw", b"pword", b"secret", b"token", b"cred", b"key", b"auth"];
    let holds_one = |name: &[u8]| {
        WORDS.iter().any(|word| name.windows(word.len()).any(|there| there.eq_ignore_ascii_case(word)))
    };
    // `<key>apiKey</key>`: the value is in the element behind.
    let listed = tag.strip_suffix(b"</key");
    let tag = listed.unwrap_or(tag).rsplit(|&b| b == b'>').next().unwrap_or(tag);
    if listed.is_some() {
        return holds_one(tag);
    }
    let names = tag.split(|&b| b == b'<').skip(1).filter(|_| !tag.ends_with(b"/"));
    names.map(|rest| &rest[..rest.iter().take_while(|&&b| is_name(b)).count()]).any(holds_one)
}

/// The text before a name that is itself a value: `- name: `, `"key": "`, `key="`.
fn names_a_pair(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    let Some(before) = before.strip_suffix(b":").or(before.strip_suffix(b"=")) else { return false };
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    ["name", "key", "variable"].iter().any(|word| {
        before.len() >= word.len()
            && before[before.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
    })
}

/// The text before a name in quotes is a call's or a pair's beginning: `put("`, `{"`.
fn opens_a_pair(before: &[u8]) -> bool {
    before.split_last().is_some_and(|(_, before)| matches!(before.trim_ascii_end().last(), Some(b'(' | b'{')))
}

/// SQL: `CREATE USER a WITH PASSWORD 'v4l'`.
fn alters_a_user(before: &[u8]) -> bool {
    let words = before.split(|&b| blank(b));
    words.into_iter().any(|word| {
        [&b"user"[..], b"role", b"login", b"identified"].iter().any(|known| word.eq_ignore_ascii_case(known))
    })
}

/// The line is of a kind that puts a value behind a name with a blank between.
fn takes_words(before: &[u8]) -> bool {
    let mut words = before.split(|&b| blank(b)).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let opens = [&b"ENV"[..], b"env", b"setenv", b"login", b"machine", b"default", b"enable", b"username"];
    opens.contains(&first) || (first == b"set" && words.next().is_none())
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
