//! Passwords that no name announces, only what takes them: `login("u", "p")`, `connect("host", "u", "p")`,
//! `IDENTIFIED BY 'p'`, `mysql -u u -pp`, `sshpass -p p`.

use std::ops::Range;

use super::about::{About, Kind};
use super::assigned::{Strength, strength};
use super::cursor::Cursor;
use super::{Hit, Rank, values};
use crate::rule::Confidence::{self, High, Low, Medium};
use crate::rules;

/// What such lines begin with; in small letters. Names that end in `auth` or `credentials` come by themselves.
pub(super) const ANCHORS: [&str; 10] = [
    "login(",
    "authenticate(",
    "user(",
    "connect",
    "mysqli(",
    "identified ",
    "mysql -",
    "mysqldump -",
    "mysqladmin -",
    "sshpass -p",
];

/// The password behind the anchor at `anchor`.
pub(super) fn at(text: &[u8], anchor: Range<usize>, about: About) -> Option<Hit> {
    let cursor = Cursor { text, at: anchor.end };
    let opening = text[anchor.clone()].to_ascii_lowercase();
    let (user, value) = match opening.as_slice() {
        b"identified " => (None, identified(cursor)?),
        b"sshpass -p" => (None, word(cursor.blanks())?),
        b"connect" => {
            let open = ["(", "ion("].into_iter().find(|open| cursor.rest().starts_with(open.as_bytes()))?;
            arguments(cursor.skip(open.len()).argument()?.0)?
        }
        b"mysqli(" => arguments(cursor.argument()?.0)?,
        shown if shown.ends_with(b" -") => (None, short_flag(cursor)?),
        _ => with_user(cursor)?,
    };
    // SQL's own words leave no doubt that a password is set.
    judged(text, anchor.start..anchor.end - 1, user, value, opening == b"identified ", about)
}

/// The password of `BasicAuth("u", "p")`, `auth=("u", "p")`, `NetworkCredential("u", "p")`.
pub(super) fn of_name(text: &[u8], name: Range<usize>, about: About) -> Option<Hit> {
    let written = text[name.clone()].to_ascii_lowercase();
    if ![&b"auth"[..], b"credential", b"credentials"].iter().any(|end| written.ends_with(end)) {
        return None;
    }
    let cursor = Cursor { text, at: name.end }.blanks();
    let cursor = cursor.skip_one(b'=').map_or(cursor, Cursor::blanks).skip_one(b'(')?;
    let (user, value) = with_user(cursor)?;
    judged(text, name, user, value, false, about)
}

/// Without a user's name it is any call.
fn with_user(cursor: Cursor) -> Option<(Option<Range<usize>>, Range<usize>)> {
    arguments(cursor).filter(|(user, _)| user.is_some())
}

fn judged(
    text: &[u8],
    name: Range<usize>,
    user: Option<Range<usize>>,
    value: Range<usize>,
    sets: bool,
    about: About,
) -> Option<Hit> {
    let shown = std::str::from_utf8(&text[value.clone()]).ok()?;
    let user = user.and_then(|user| std::str::from_utf8(&text[user]).ok());
    let strength = strength(shown);
    // Not a piece of a text that is put together: `BY '"$PASSWORD"'`, `'{}'`, `'%s'`, `':password'`.
    let open = shown.starts_with(['$', '%', '{', ':', '<', '?', '@']) || shown.contains(['"', '\'']);
    if open || shown.len() < 4 || strength == Strength::Text || values::judge(shown) != values::Value::Literal
    {
        return None;
    }
    let confidence = grade(shown, strength, user, sets, about);
    let hit = Hit::new(rules::find("assigned-password")?, value, confidence, Rank::Assigned);
    Some(Hit { guessable: strength != Strength::Drawn, name: Some(name), ..hit })
}

fn grade(password: &str, strength: Strength, user: Option<&str>, sets: bool, about: About) -> Confidence {
    let lower = password.to_ascii_lowercase();
    let same = user.is_some_and(|user| user.eq_ignore_ascii_case(password));
    let sample = same || lower.starts_with("pass") || lower.starts_with("pw") || lower.contains("user");
    match strength {
        Strength::Drawn => about.weigh(if password.len() >= 16 { High } else { Medium }),
        _ if about.staged || about.kind == Kind::Docs || sample => Low,
        Strength::Chosen => about.weigh(Medium),
        Strength::Word if sets && about.is_written() => Medium,
        Strength::Word | Strength::Text => Low,
    }
}

/// The user, if it is a literal, and the password behind it, past a mail address.
fn arguments(cursor: Cursor) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let (mut next, mut user) = cursor.argument()?;
    if user.as_ref().is_some_and(|user| cursor.text[user.clone()].iter().any(u8::is_ascii_whitespace)) {
        user = None;
    }
    for _ in 0..2 {
        let (behind, value) = next.argument()?;
        let value = value?;
        if !cursor.text[value.clone()].contains(&b'@') || !cursor.text[value.clone()].contains(&b'.') {
            return Some((user, value));
        }
        next = behind;
    }
    None
}

/// `IDENTIFIED BY 'p'`, `IDENTIFIED WITH plugin BY 'p'`.
fn identified(cursor: Cursor) -> Option<Range<usize>> {
    let rest = cursor.rest();
    let rest = &rest[..rest.len().min(64)];
    let by = rest.windows(3).position(|three| three.eq_ignore_ascii_case(b"by "))?;
    let value = cursor.skip(by + 3).blanks().quoted()?.range;
    // `identified by "(\d+)"`, and what prose puts between backticks, is somebody's speaking.
    let plain = |b: &u8| !matches!(b, b'(' | b'\\' | b'`');
    (cursor.text[value.start - 1..value.end].iter().all(plain)).then_some(value)
}

/// The value of `-p` with no blank behind it, on the rest of the line.
fn short_flag(cursor: Cursor) -> Option<Range<usize>> {
    let line = cursor.rest().split(|&b| b == b'\n' || b == b';' || b == b'|').next()?;
    let flag = line.windows(4).position(|four| four.starts_with(b" -p") && !four[3].is_ascii_whitespace())?;
    word(cursor.skip(flag + 3))
}

/// A word of shell, perhaps in quotes, that holds no variable.
fn word(cursor: Cursor) -> Option<Range<usize>> {
    let value = cursor.value(false)?;
    (!cursor.text[value.range.clone()].contains(&b'$')).then_some(value.range)
}

#[cfg(test)]
mod tests {
    use super::super::{Confidence, find};
    use super::About;

    /// What is told of a line of code, and how sure.
    fn told(line: &str) -> Vec<(String, Confidence)> {
        let hits = find(line.as_bytes(), About::path("app.py"));
        hits.into_iter().map(|hit| (line[hit.span].to_owned(), hit.confidence)).collect()
    }

    #[test]
    fn passwords_without_a_name_are_found() {
        for line in [
            "login(\"ann\", \"s3cr3t!\")",
            "r = get(url, auth = ('ann', 's3cr3t!'))",
            "new NetworkCredential(\"ann\", \"s3cr3t!\")",
            "create_user('ann', 'ann@host.invalid', 's3cr3t!')",
            "mysqli_connect('db', 'ann', 's3cr3t!', 'shop')",
            "DriverManager.getConnection(url, \"ann\", \"s3cr3t!\");",
            "CREATE USER ann IDENTIFIED BY 's3cr3t!'",
            "CREATE USER ann IDENTIFIED WITH plugin BY 's3cr3t!'",
            "mysql -u ann -ps3cr3t! shop",
            "sshpass -p s3cr3t! ssh host",
        ] {
            assert_eq!(told(line), [("s3cr3t!".to_owned(), Confidence::Medium)], "{line}");
        }
    }

    #[test]
    fn what_is_no_password_is_left_alone() {
        for line in [
            "login(user, password)",
            "login(\"ann\", password)",
            "connect(\"clicked\", handler)",
            "IDENTIFIED BY '$PASSWORD'",
            "IDENTIFIED BY '\"$PASSWORD\"'",
            "the column is identified by `id_2`",
            "mysql -u ann -p$PASSWORD",
            "mysql -u ann -p shop",
            "sshpass -p \"$PASSWORD\" ssh host",
        ] {
            assert_eq!(told(line), [], "{line}");
        }
    }
}
