//! Secrets that are known by the structure around them: URLs with a password, registry logins, `.netrc`; also in base64,
//! as Kubernetes has them.

use std::ops::Range;

use super::about::About;
use super::assigned::{self, Strength};
use super::syntax::Assignment;
use super::{Hit, Rank, checksum, decode, keys, near, reach, values};
use crate::rule::Confidence::{High, Low, Medium};
use crate::rules;
use crate::trust::{Sign, Trust};

/// How base64 of these begins: private keys, Docker's logins as people and tools indent them, addresses.
pub(super) const ENCODED: [&str; 13] = [
    "LS0tLS1CRUdJTi",
    "eyJhdXRocyI6",
    "ewogICJhdXRocy",
    "ewoJImF1dGhzI",
    "ewogICAgImF1dGhzI",
    "cG9zdGdyZX",
    "bXlzcWw6Ly",
    "bW9uZ29kY",
    "cmVkaXM6Ly",
    "cmVkaXNzOi8v",
    "YW1xcDovL",
    "YW1xcHM6Ly",
    "aHR0cHM6Ly",
];
/// So much of it is looked at; bytes. A private key is longer.
const ENCODED_AT_MOST: usize = reach::KEY;

/// The shortest line that base64 is broken into; bytes.
const WRAPPED: usize = 60;

/// A hit of a structure's rule.
pub(super) fn hit(id: &str, span: Range<usize>, trust: Trust, guessable: bool) -> Option<Hit> {
    let rule = rules::find(id)?;
    Some(Hit { guessable, ..Hit::new(rule, span, trust, Rank::Structure) })
}

/// How sure a password is one in use, where the structure says that it is a password.
pub(super) fn sure(structure: Sign, strength: Strength) -> Trust {
    let confidence = match strength {
        Strength::Drawn => High,
        Strength::Chosen => Medium,
        Strength::Word | Strength::Text => Low,
    };
    Trust::of(&[structure, strength.sign()], confidence)
}

/// The same in a file: what somebody thought up among tests and samples is made up.
fn weigh(about: About, trust: Trust, strength: Strength) -> Trust {
    if about.staged && strength != Strength::Drawn { trust.is(Sign::Staged, Low) } else { about.weigh(trust) }
}

/// A password that stands for any, in small letters.
pub(super) fn is_sample(password: &str) -> bool {
    const SAMPLES: [&str; 12] = [
        "pass", "password", "passwd", "pwd", "pw", "secret", "token", "bar", "word", "mypass", "psw", "p4ss",
    ];
    SAMPLES.contains(&password)
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
        if token.len() < 20 || assigned::strength(token) != Strength::Drawn {
            return None;
        }
        let span = start..start + alone.len();
        let trust = Trust::of(&[Sign::Url, Sign::Random], Medium);
        let misses = near::misses(text, &span);
        let trust = if misses { trust.is(Sign::NearMiss, Low) } else { about.weigh(trust) };
        return hit("url-credentials", span, trust, false);
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
        || host.ends_with("example.com")
        || host.ends_with("example.org")
        || host.rsplit('.').next() == Some("test")
        || values::MADE_UP.iter().any(|word| lower.contains(word));
    let strength = assigned::strength(password);
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
    hit("url-credentials", start + colon + 1..start + at, weigh(about, trust, strength), !drawn)
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
    let strength = assigned::strength(password);
    let sample = values::judge(password) != values::Value::Literal
        || is_sample(&password.to_ascii_lowercase())
        || user.eq_ignore_ascii_case(password);
    let confidence = match strength {
        Strength::Drawn | Strength::Chosen => High,
        Strength::Word | Strength::Text => Medium,
    };
    let trust = Trust::of(&[Sign::RegistryLogin, strength.sign()], confidence);
    let trust = if sample { trust.is(Sign::Sample, Low) } else { trust };
    hit(id, found.value.clone(), about.weigh(trust), strength != Strength::Drawn)
}

/// `password …` in a `.netrc`, behind a machine and a login on the same line or the ones before.
pub(super) fn netrc(text: &[u8], name: &Range<usize>, about: About) -> Option<Hit> {
    if &text[name.clone()] != b"password" || !matches!(text.get(name.end)?, b' ' | b'\t') {
        return None;
    }
    let from = name.start.saturating_sub(reach::LOGIN);
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
    let strength = assigned::strength(password);
    let sample = is_sample(&password.to_ascii_lowercase());
    let trust = sure(Sign::Login, strength);
    let trust = if sample { trust.is(Sign::Sample, Low) } else { weigh(about, trust, strength) };
    hit("netrc-password", span, trust, strength != Strength::Drawn)
}

/// What is known by its structure, in base64: a key of a kubeconfig, what a Secret of Kubernetes holds.
pub(super) fn encoded(text: &[u8], start: usize, about: About) -> Option<Hit> {
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    if start > 0 && is_base64(&text[start - 1]) && text[start - 1] != b'=' {
        return None;
    }
    let rest = &text[start..(start + ENCODED_AT_MOST).min(text.len())];
    if !ENCODED.iter().any(|begin| rest.starts_with(begin.as_bytes())) {
        return None;
    }
    let run = rest.iter().take_while(|b| is_base64(b)).count();
    let whole = if run == rest.len() { run / 4 * 4 } else { run };
    let span = start..start + run;
    // Some tools break it into lines, and of a key the first one holds little more than what says that it is one.
    if run >= WRAPPED
        && matches!(text.get(span.end), Some(b'\r' | b'\n'))
        && let Some(plain) = checksum::decode(&rest[..run / 4 * 4])
        && plain.len() < keys::SHOWN
        && plain.strip_prefix(b"-----BEGIN ").is_some_and(|rest| {
            rest.windows(16).position(|w| w == b"PRIVATE KEY-----").is_some_and(|at| rest.len() > at + 24)
        })
    {
        let hit =
            hit("private-key", span, about.weigh(Trust::of(&[Sign::Armour, Sign::Encoded], Medium)), false)?;
        return Some(Hit { encoded: true, ..hit });
    }
    let plain = checksum::decode(&rest[..whole])?;
    let hit = super::find(&plain, about).into_iter().max_by_key(Hit::confidence)?;
    Some(Hit {
        encoded: true,
        guessable: hit.guessable,
        ..Hit::new(hit.rule, span, hit.trust.and(Sign::Encoded), hit.rank)
    })
}

/// How sure a value is that was taken for one drawn by lot, if it is a text in base64: what that text is counts.
/// Placeholders are none.
pub(super) fn plainly(value: &[u8], trust: Trust) -> Option<Trust> {
    let Some(plain) = decode::plain(value) else { return Some(trust) };
    if values::judge(&plain) != values::Value::Literal {
        return None;
    }
    let sample = is_sample(&plain.to_ascii_lowercase());
    Some(match assigned::strength(&plain) {
        _ if sample => trust.is(Sign::Sample, Low),
        Strength::Word => trust.is(Sign::EncodesWord, Low),
        Strength::Chosen => trust.at_most(Sign::EncodesChosen, Medium),
        Strength::Drawn | Strength::Text => trust,
    })
}
