//! Every text that leads to a secret, and what it leads to: prefixes of tokens, words like `password`, `://`,
//! `-----BEGIN`, calls, programs.

use std::sync::LazyLock;

use super::gate::{Case, Gate};
use super::kinds::{ANCHORS, Anchor, Known, PROVIDERS};
use super::vocabulary::{FOREIGN, PASS_FOR};
use super::{below, calls, commands, cookies, decode, headers, jwt, keys};
use crate::shape::Set;

/// What an anchor leads to.
#[derive(Clone, Copy)]
pub(super) enum Lead {
    /// A kind whose token begins `least` to `most` bytes before the anchor.
    Token { known: &'static Known, least: u16, most: u16 },
    /// A word of which names of credentials are made.
    Name,
    /// `://`, with one character before.
    Url,
    /// The port of a line of `.pgpass`, with the database if both are any.
    Pgpass,
    /// `-----BEGIN`.
    Pem,
    /// How a private key begins behind so many bytes, without it.
    Der(usize),
    /// `bearer `.
    Scheme,
    /// `cookie`.
    Cookie,
    /// How the name of a session's cookie ends in a list of cookies.
    Listed,
    /// How base64 of a JSON web token's header begins.
    Jwt,
    /// The name of a private member of a JSON web key.
    WebKey,
    /// How base64 of a structure begins.
    Encoded,
    /// Base64 of a token's prefix, anywhere in base64.
    Within,
    /// What takes a password after other arguments: `login(`.
    Call,
    /// A provider's word, behind which its token may stand.
    Provider,
    /// A program that takes one among its arguments: `mysql`.
    Command,
}

/// Any character may follow.
const ANY: Set = Set([0; 2]);

/// Made on first use.
pub(super) static GATE: LazyLock<Gate<Lead>> = LazyLock::new(|| Gate::new(fill));

/// No token that a text leads to in a binary file is shorter; bytes. What is known by its structure there, in armour or
/// in base64, has sixteen at least.
pub(super) static SHORTEST: LazyLock<usize> = LazyLock::new(|| {
    let tokens = ANCHORS.iter().map(|anchor| usize::from(anchor.known().least));
    tokens.chain([16]).min().unwrap_or_default()
});

/// Words of which one stands in every name of a credential. A short one brings what may follow it.
const NAMES: [(&str, &str); 21] = [
    ("passw", ""),
    ("pass", "=:\"' _-.>)],;p&[\\0123456789"),
    ("pwd", "=:\"' _-.>)],;\t\\0123456789"),
    ("psw", "=:\"' _-.>)],;\t\\"),
    ("_pw", "=:\"' ]\\"),
    ("-pw", "=:\"' ]\\"),
    (".pw", "=:\"' ]\\"),
    ("_pat", "=:\"' ]\\"),
    ("-pat", "=:\"' ]\\"),
    ("pword", ""),
    ("secret", ""),
    ("token", ""),
    ("credential", ""),
    ("key", "=:\"' _-.<>)],;\ts&[\\0123456789"),
    ("auth", "=:\"' _-.>()],;\ttk\\"),
    ("authorization", ""),
    ("cred", "=:\"' _-.>)],;\ts\\"),
    ("passphrase", ""),
    ("passcode", ""),
    ("bearer", "=:\"'_"),
    ("psk", "=:\"' "),
];
/// What may follow a short one.
const BEHIND: &str = "=:\"' _-.>)],;\\0123456789";
/// So many bytes are short.
const SHORT: usize = 6;

fn fill(gate: &mut Gate<Lead>) {
    let set = |next: &str| next.bytes().fold(ANY, Set::with);
    for (name, next) in NAMES {
        gate.add(name, set(next), Case::Any, Lead::Name);
    }
    for name in FOREIGN {
        gate.add(name, set(if name.len() > SHORT { "" } else { BEHIND }), Case::Any, Lead::Name);
    }
    for what in PASS_FOR {
        gate.add(&format!("{what}pw"), set(BEHIND), Case::Any, Lead::Name);
    }
    for letter in (b'a'..=b'z').chain(b'0'..=b'9') {
        gate.add(&format!("{}://", char::from(letter)), ANY, Case::Any, Lead::Url);
    }
    let mut add = |text: &str, lead| gate.add(text, ANY, Case::Any, lead);
    add(":5432:", Lead::Pgpass);
    add(":*:*:", Lead::Pgpass);
    add("-----begin", Lead::Pem);
    add(below::COOKIE, Lead::Cookie);
    for (text, before) in keys::DER {
        add(text, Lead::Der(before));
    }
    for text in decode::anchors() {
        add(&text, Lead::Within);
    }
    let of = |texts: &[&'static str], lead| texts.iter().map(|&text| (text, lead)).collect::<Vec<_>>();
    let lists = [
        of(&decode::STRUCTURES, Lead::Encoded),
        of(&headers::SCHEMES, Lead::Scheme),
        of(&jwt::ANCHORS, Lead::Jwt),
        of(&calls::ANCHORS, Lead::Call),
        of(&cookies::LISTED, Lead::Listed),
    ];
    let programs = commands::anchors().map(|text| (text, Lead::Command));
    let providers = PROVIDERS.iter().map(|word| (word, Lead::Provider));
    for (text, lead) in lists.into_iter().flatten().chain(programs).chain(providers) {
        add(text, lead);
    }
    for name in keys::JWK {
        gate.add(name, if name.len() == 3 { set(": ") } else { ANY }, Case::Exact, Lead::WebKey);
    }
    for anchor in &ANCHORS {
        let &Anchor { text, next, least, most, .. } = anchor;
        gate.add(&text, next, Case::Exact, Lead::Token { known: anchor.known(), least, most });
    }
}
