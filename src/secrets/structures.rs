//! Secrets that are known by the structure around them: URLs with a password, registry logins, `.netrc`; also in base64,
//! as Kubernetes has them.

use std::ops::Range;

use super::about::About;
use super::hit::Hit;
use super::strength::{Strength, is_sample, strength as strength_of, sure};
use super::syntax::Assignment;
use super::{checksum, decode, far, values};
use crate::rule::Confidence::{High, Low, Medium};
use crate::trust::{Sign, Trust};

/// The same in a file: what somebody thought up among tests and samples is made up.
fn weigh(about: About, trust: Trust, strength: Strength) -> Trust {
    if about.staged && strength != Strength::Drawn { trust.is(Sign::Staged, Low) } else { about.weigh(trust) }
}

/// `scheme://user:password@host`; `scheme_end` is where `://` begins.
pub(super) fn url(text: &[u8], scheme_end: usize, about: About) -> Option<Hit> {
    let start = scheme_end + 3;
    let rest = &text[start..(start + 512).min(text.len())];
    let ends =
        |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b',');
    let rest = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let authority = &rest[..rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len())];
    // A password with a slash in it still ends at an at sign before the first name with a dot or a port.
    let at = authority.iter().rposition(|&b| b == b'@').or_else(|| {
        let colon = authority.iter().position(|&b| b == b':')?;
        let at = rest.iter().rposition(|&b| b == b'@')?;
        let port = authority[colon + 1..].first().is_some_and(u8::is_ascii_digit);
        (at > colon && !port).then_some(at)
    })?;
    let user = &rest[..at];
    let host = std::str::from_utf8(&rest[at + 1..]).ok()?;
    let ruby = host.starts_with("#{");
    let host = &host[..host.find(['/', ':', '?', '#']).filter(|_| !ruby).unwrap_or(host.len())];
    // `https://TOKEN@`, `https://TOKEN:@`, `https://TOKEN:x-oauth-basic@`.
    let alone = user.strip_suffix(b":x-oauth-basic").or(user.strip_suffix(b":")).unwrap_or(user);
    let colon = user.iter().position(|&b| b == b':').filter(|_| alone.len() == user.len());
    let Some(colon) = colon else {
        let token = std::str::from_utf8(alone).ok()?;
        if token.len() < 20 || strength_of(token) != Strength::Drawn {
            return None;
        }
        let span = start..start + alone.len();
        let trust = about.weigh(Trust::of(&[Sign::Url, Sign::Random], Medium));
        let hit = Hit::of_structure("url-credentials", span, trust, false)?;
        return Some(Hit { by_looks: true, ..hit });
    };
    let (name, password) =
        (std::str::from_utf8(&user[..colon]).ok()?, std::str::from_utf8(&user[colon + 1..]).ok()?);
    if password.len() < 3 || host.is_empty() || values::judge(password) != values::Value::Literal {
        return None;
    }
    let odd =
        |text: &str| text.contains(['{', '}', '$', '[', ']', '(', ')', '*', '|', '+']) && !text.contains('%');
    if odd(name) || password.contains(['{', '}', '[', '(', ')']) || host.contains(['*', '<', '[']) {
        return None;
    }
    let lower = password.to_ascii_lowercase();
    let by_chance = is_sample(&lower)
        || lower == name.to_ascii_lowercase()
        || ["example.com", "example.net", "example.org"].iter().any(|end| host.ends_with(end))
        || host.rsplit('.').next() == Some("test")
        || values::MADE_UP.iter().any(|word| lower.contains(word));
    let strength = strength_of(password);
    let drawn = strength == Strength::Drawn;
    // `@${host}`: the password is a literal though the host is none. A word there is one that stands for any.
    if host.contains(['{', '$', '%']) && matches!(strength, Strength::Word | Strength::Text) {
        return None;
    }
    let usual = ["root", "admin", "guest", "test", "postgres", "user"].contains(&lower.as_str());
    let trust = sure(Sign::Url, strength);
    let trust = match strength {
        _ if by_chance => trust.is(Sign::Sample, Low),
        Strength::Word if password.len() >= 5 && !usual && about.is_written() => {
            trust.is(Sign::LongWord, Medium)
        }
        _ => trust,
    };
    let local = matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "::1" | "db" | "host");
    let trust = if local && !drawn { trust.lower(Sign::Local) } else { trust };
    Hit::of_structure("url-credentials", start + colon + 1..start + at, weigh(about, trust, strength), !drawn)
}

/// The password of a line of `.pgpass`, `host:5432:database:user:password`; the port and its colons stand at `port`.
pub(super) fn pgpass(text: &[u8], port: Range<usize>, about: About) -> Option<Hit> {
    const LONGEST: usize = 256;
    let before = &text[port.start.saturating_sub(LONGEST)..port.start];
    let host = before.rsplit(|&b| b == b'\n').next()?;
    let is_host = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'*');
    let rest = &text[port.end..(port.end + LONGEST).min(text.len())];
    let line = rest.split(|b| matches!(b, b'\n' | b'\r')).next()?;
    let any = text[port.clone()].ends_with(b":*:");
    let mut parts =
        any.then_some(&b"*"[..]).into_iter().chain(line.splitn(if any { 2 } else { 3 }, |&b| b == b':'));
    let (database, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    let is_name =
        |part: &[u8]| !part.is_empty() && !part.iter().any(|b| b.is_ascii_whitespace() || *b == b'"');
    let parts = [host, database, user, password];
    if password.len() < 4 || !parts.into_iter().all(is_name) || !host.iter().all(is_host) {
        return None;
    }
    let shown = std::str::from_utf8(password).ok().filter(|shown| !shown.contains(':'))?;
    let strength = strength_of(shown);
    if strength == Strength::Text || values::judge(shown) != values::Value::Literal {
        return None;
    }
    let sample = is_sample(&shown.to_ascii_lowercase()) || user == password;
    let trust = sure(Sign::Login, strength);
    let trust = if sample { trust.is(Sign::Sample, Low) } else { weigh(about, trust, strength) };
    let end = port.end + line.len();
    Hit::of_structure("assigned-password", end - password.len()..end, trust, strength != Strength::Drawn)
}

/// `"auth": "…"` of Docker's `config.json`, `_auth=…` of `.npmrc`: base64 of `user:password`.
pub(super) fn registry_auth(text: &[u8], found: &Assignment, about: About) -> Option<Hit> {
    let name = &text[found.name.clone()];
    let id = match name {
        b"auth" if found.quoted => "docker-registry-auth",
        _ if name.ends_with(b"_auth") && name.len() <= 6 || name.ends_with(b":_auth") => "npm-registry-auth",
        _ => return None,
    };
    let value = &text[found.value.clone()];
    let pair = checksum::decode(value).filter(|pair| checksum::is_pair(pair))?;
    let pair = std::str::from_utf8(&pair).ok()?;
    let (user, password) = pair.split_once(':')?;
    let strength = strength_of(password);
    let sample = values::judge(password) != values::Value::Literal
        || is_sample(&password.to_ascii_lowercase())
        || user.eq_ignore_ascii_case(password);
    let confidence = match strength {
        Strength::Drawn | Strength::Chosen => High,
        Strength::Word | Strength::Text => Medium,
    };
    let trust = Trust::of(&[Sign::RegistryLogin, strength.sign()], confidence);
    let trust = if sample { trust.is(Sign::Sample, Low) } else { trust };
    Hit::of_structure(id, found.value.clone(), about.weigh(trust), strength != Strength::Drawn)
}

/// `password …` in a `.netrc`, behind a machine and a login on the same line or the ones before.
pub(super) fn netrc(text: &[u8], name: &Range<usize>, about: About) -> Option<Hit> {
    if &text[name.clone()] != b"password" || !matches!(text.get(name.end)?, b' ' | b'\t') {
        return None;
    }
    let from = name.start.saturating_sub(far::LOGIN);
    let mut words: Vec<&[u8]> =
        text[from..name.start].split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    while let [.., key, _] = words.as_slice()
        && (*key == b"login" || *key == b"user" || *key == b"account")
    {
        words.truncate(words.len() - 2);
    }
    let logged = text[from..name.start].windows(6).any(|word| word == b"login " || word == b"login\t");
    let machine = matches!(words.as_slice(), [.., b"machine", _] | [.., b"default"]);
    if !(logged && machine) {
        return None;
    }
    let rest = &text[name.end..(name.end + 256).min(text.len())];
    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let length = rest[blanks..].iter().take_while(|b| !b.is_ascii_whitespace()).count();
    let span = name.end + blanks..name.end + blanks + length;
    let password = std::str::from_utf8(&text[span.clone()]).ok()?;
    if password.len() < 3 || values::judge(password) != values::Value::Literal {
        return None;
    }
    let strength = strength_of(password);
    let sample = is_sample(&password.to_ascii_lowercase());
    let trust = sure(Sign::Login, strength);
    let trust = if sample { trust.is(Sign::Sample, Low) } else { weigh(about, trust, strength) };
    Hit::of_structure("netrc-password", span, trust, strength != Strength::Drawn)
}

/// How sure a value is that was taken for one drawn by lot, if it is a text in base64: what that text is counts.
/// Placeholders are none.
pub(super) fn plainly(value: &[u8], trust: Trust) -> Option<Trust> {
    let Some(plain) = decode::plain(value) else { return Some(trust) };
    if values::judge(&plain) != values::Value::Literal {
        return None;
    }
    let sample = is_sample(&plain.to_ascii_lowercase());
    Some(match strength_of(&plain) {
        _ if sample => trust.is(Sign::Sample, Low),
        Strength::Word => trust.is(Sign::EncodesWord, Low),
        Strength::Chosen => trust.at_most(Sign::EncodesChosen, Medium),
        Strength::Drawn | Strength::Text => trust,
    })
}
