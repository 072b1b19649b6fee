//! Makes tokens from shapes, by lot but the same ones every time, with checksums that hold.
//!
//! Nothing of `src/secrets` is used: what is right is worked out here a second time.

use std::collections::BTreeSet;

use hullguard::rule::{Checksum, Pattern};
use hullguard::shape::{Alternatives, Node, Set};
use sha2::{Digest as _, Sha256};

/// splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
    /// From 0, below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
    pub(crate) fn of(&mut self, letters: &[u8], count: usize) -> String {
        (0..count).map(|_| char::from(letters[self.below(letters.len())])).collect()
    }
}

pub(crate) const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A run of characters, or fixed text.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) run: Option<(Set, usize, usize)>,
}

pub(crate) fn joined(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// The token of one alternative of the shape, in pieces.
pub(crate) fn pieces(shape: Alternatives, which: usize, random: &mut Random) -> Vec<Piece> {
    let mut out = Vec::new();
    fill(shape[which % shape.len()], random, &mut out);
    out
}

fn fill(nodes: &[Node], random: &mut Random, out: &mut Vec<Piece>) {
    for node in nodes {
        match *node {
            Node::Text(text) => out.push(Piece { text: text.to_owned(), run: None }),
            Node::Run(set, least, most) => {
                let (least, most) = (usize::from(least), usize::from(most));
                let length = least + random.below(most.min(least + 40) - least + 1);
                let letters: Vec<u8> = set.bytes().collect();
                let mut text = random.of(&letters, length);
                // A dash at the edge belongs to the sentence around; a token that ends in one is drawn again.
                while length > 1 && ends_badly(&text) {
                    text = random.of(&letters, length);
                }
                out.push(Piece { text, run: Some((set, least, most)) });
            }
            Node::Group(inside, least, most) => {
                let times =
                    usize::from(least) + random.below(usize::from(most.min(4).max(least) - least) + 1);
                for _ in 0..times {
                    let which = random.below(inside.len());
                    fill(inside[which], random, out);
                }
            }
        }
    }
}

fn ends_badly(text: &str) -> bool {
    let odd = |c: char| !c.is_ascii_alphanumeric();
    text.starts_with(odd) || text.ends_with(|c: char| odd(c) && c != '=')
}

/// A token of the pattern whose checksum, if there is one, holds; `None` where no such token can be made by lot.
pub(crate) fn positive(pattern: &Pattern, which: usize, random: &mut Random) -> Option<Vec<Piece>> {
    for _ in 0..200 {
        let mut made = pieces(pattern.shape, which, random);
        if let Some(kind) = pattern.checksum {
            made = whole(sign(kind, &made, pattern, random)?);
        }
        let text = joined(&made);
        if !text.ends_with(|c: char| !c.is_ascii_alphanumeric() && c != '=' && c != '}' && c != '/')
            && ends(pattern.shape, text.as_bytes()).last() == Some(&text.len())
        {
            return Some(made);
        }
    }
    None
}

fn whole(text: String) -> Vec<Piece> {
    vec![Piece { text, run: None }]
}

/// The token with its checksum put right.
fn sign(kind: Checksum, made: &[Piece], pattern: &Pattern, random: &mut Random) -> Option<String> {
    let token = joined(made);
    let cut = |count: usize| &token[..token.len() - count];
    Some(match kind {
        Checksum::Github | Checksum::Npm => {
            let start = token.rfind('_')? + 1;
            format!("{}{}", cut(6), base62(crc(&cut(6).as_bytes()[start..]), 6))
        }
        Checksum::Atlassian => {
            let before = cut(8);
            let counted = before.strip_suffix('=').unwrap_or(before);
            format!("{before}{:08x}", crc(counted.as_bytes()))
        }
        Checksum::Crc32Hex => {
            let part = token.split('_').nth_back(1)?;
            format!("{}{:08x}", cut(8), crc(part.as_bytes()))
        }
        Checksum::Grafana => {
            let before = cut(9);
            // Little-endian: the last byte of the number is written first.
            let sum = crc(before.as_bytes());
            let [a, b, c, d] = sum.to_le_bytes();
            format!("{before}_{a:02x}{b:02x}{c:02x}{d:02x}")
        }
        Checksum::GitlabRoutable => {
            let mut number = crc(cut(7).as_bytes());
            let mut sum = vec![b'0'; 7];
            for digit in sum.iter_mut().rev() {
                *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize];
                number /= 36;
            }
            format!("{}{}", cut(7), String::from_utf8(sum).ok()?)
        }
        Checksum::Confluent => {
            let sum = base64(&crc(cut(6).as_bytes()).to_le_bytes());
            format!("{}{}", cut(6), sum.trim_end_matches('='))
        }
        Checksum::AwsKeyId => token,
        Checksum::Bech32 => bech32("age-secret-key-", random).to_uppercase(),
        Checksum::Discord => {
            let id = base64(random.of(b"123456789", 18).as_bytes());
            let rest = token.split_once('.')?.1;
            format!("{id}.{rest}")
        }
        Checksum::GithubFineGrained => {
            let before = cut(16);
            let hash = Sha256::digest(before.as_bytes());
            let mut bits = u64::from_be_bytes(*hash.first_chunk::<8>()?) >> 24;
            let mut sum = Vec::new();
            for _ in 0..8 {
                sum.insert(0, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits & 31) as usize]);
                bits >>= 5;
            }
            format!("{before}{}{}", String::from_utf8(sum).ok()?, random.of(BASE62, 8))
        }
        Checksum::GithubStateless => format!("ghs_{}_{}", random.of(b"123456789", 6), jwt("", random)),
        Checksum::Jwt => {
            let header = token.split('.').next()?;
            if header.len() > 12 && fixed(pattern) > 8 {
                // The page fixes header and more; what is behind it is any text.
                return Some(token);
            }
            jwt("", random)
        }
        Checksum::Base64Json => {
            let start = made[0].text.clone();
            let (shown, json) = match start.find("eyJ") {
                Some(at) => start.split_at(at),
                None => (start.as_str(), ""),
            };
            let head = String::from_utf8(unbase64(json)).ok()?;
            let head = if head.is_empty() { "{\"".to_owned() } else { head };
            let body = format!("{head}k{}\",\"n\":\"{}\"}}", random.of(BASE62, 30), random.of(BASE62, 240));
            format!("{shown}{}", base64(body.as_bytes()))
        }
        Checksum::Base64Pair => {
            base64(format!("{}:{}", random.of(BASE62, 20), random.of(BASE62, 22)).as_bytes())
        }
        Checksum::Nkey => {
            let start = token.split_at(2).0;
            let mut bits: String =
                start.bytes().chain(random.of(BASE32, 53).bytes()).fold(String::new(), |bits, c| {
                    let digit = BASE32.iter().position(|&d| d == c).unwrap_or(0);
                    format!("{bits}{digit:05b}")
                });
            bits.truncate(34 * 8);
            let bytes: Vec<u8> =
                (0..34).map(|i| u8::from_str_radix(&bits[8 * i..8 * i + 8], 2).unwrap_or(0)).collect();
            let [low, high] = crc16(&bytes).to_le_bytes();
            let all = format!("{bits}{low:08b}{high:08b}00");
            let digit = |i: usize| usize::from_str_radix(&all[5 * i..5 * i + 5], 2).unwrap_or(0);
            (0..58).map(|i| char::from(BASE32[digit(i)])).collect()
        }
        Checksum::JfrogReference => {
            base64(format!("reftkn:01:{}:{}", random.of(b"0123456789", 10), random.of(BASE62, 27)).as_bytes())
                .trim_end_matches('=')
                .to_owned()
        }
    })
}

fn fixed(pattern: &Pattern) -> usize {
    pattern.shape[0].first().map_or(0, |node| if let Node::Text(text) = node { text.len() } else { 0 })
}

fn jwt(start: &str, random: &mut Random) -> String {
    let url = |text: String| base64(text.as_bytes()).replace('+', "-").replace('/', "_").replace('=', "");
    let header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".to_owned();
    let claims = format!(
        "{{\"sub\":\"{}\",\"jti\":\"{}\",\"iat\":17{}}}",
        random.of(BASE62, 24),
        random.of(BASE62, 24),
        random.of(b"0123456789", 8)
    );
    format!("{start}{}.{}.{}", url(header), url(claims), random.of(BASE62, 43))
}

/// CRC-16 by long division of the whole message.
fn crc16(bytes: &[u8]) -> u16 {
    let bits = bytes.iter().flat_map(|b| (0..8).rev().map(move |i| u32::from(b >> i & 1))).chain([0; 16]);
    let divided = bits.fold(0u32, |rest, bit| {
        let rest = rest << 1 | bit;
        if rest >> 16 == 1 { rest ^ 0x1_1021 } else { rest }
    });
    divided as u16
}

/// CRC-32 by a table, the way the standard's annex has it.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256u32)
        .map(|n| (0..8).fold(n, |c, _| if c % 2 == 1 { 0xedb8_8320 ^ (c / 2) } else { c / 2 }))
        .collect();
    let crc = bytes.iter().fold(u32::MAX, |c, &b| table[((c ^ u32::from(b)) & 255) as usize] ^ c >> 8);
    crc ^ u32::MAX
}

fn base62(number: u32, width: u32) -> String {
    (0..width)
        .rev()
        .map(|place| char::from(BASE62[(u64::from(number) / 62u64.pow(place) % 62) as usize]))
        .collect()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(*three.get(i).unwrap_or(&0)));
        for i in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i > three.len() { '=' } else { char::from(digit) });
        }
    }
    out
}

/// What whole groups of four say.
fn unbase64(text: &str) -> Vec<u8> {
    let digits: Vec<u32> =
        text.bytes().filter_map(|b| BASE64.iter().position(|&d| d == b)).map(|at| at as u32).collect();
    digits
        .chunks_exact(4)
        .flat_map(|four| {
            let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit);
            [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
        })
        .collect()
}

/// 52 drawn digits and a checksum after BIP 173.
fn bech32(prefix: &str, random: &mut Random) -> String {
    const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    fn polymod(values: impl Iterator<Item = u8>) -> u32 {
        let mut sum = 1u32;
        for value in values {
            let top = sum >> 25;
            sum = (sum & 0x1ff_ffff) << 5 ^ u32::from(value);
            for (i, generator) in
                [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3].into_iter().enumerate()
            {
                if top >> i & 1 == 1 {
                    sum ^= generator;
                }
            }
        }
        sum
    }
    let mut data: Vec<u8> = (0..52).map(|_| random.below(32) as u8).collect();
    let expanded = prefix.bytes().map(|b| b >> 5).chain([0]).chain(prefix.bytes().map(|b| b & 31));
    let sum = polymod(expanded.chain(data.iter().copied()).chain([0; 6])) ^ 1;
    data.extend((0..6).map(|i| (sum >> (5 * (5 - i)) & 31) as u8));
    let data: String = data.into_iter().map(|digit| char::from(DIGITS[usize::from(digit)])).collect();
    format!("{prefix}1{data}")
}

/// Every place where a token of the shape that begins the text may end.
pub(crate) fn ends(shape: Alternatives, text: &[u8]) -> Vec<usize> {
    let from = BTreeSet::from([0]);
    shape.iter().flat_map(|nodes| through(nodes, text, &from)).collect::<BTreeSet<_>>().into_iter().collect()
}

fn through(nodes: &[Node], text: &[u8], from: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut at = from.clone();
    for node in nodes {
        at = match *node {
            Node::Text(fixed) => at
                .into_iter()
                .filter(|&at| text[at..].starts_with(fixed.as_bytes()))
                .map(|at| at + fixed.len())
                .collect(),
            Node::Run(set, least, most) => at
                .into_iter()
                .flat_map(|at| {
                    let run = text[at..].iter().take_while(|&&b| set.contains(b)).count();
                    (usize::from(least)..=run.min(usize::from(most))).map(move |length| at + length)
                })
                .collect(),
            Node::Group(inside, least, most) => {
                let mut all = if least == 0 { at.clone() } else { BTreeSet::new() };
                let mut now = at;
                for turn in 1..=most {
                    now = inside.iter().flat_map(|nodes| through(nodes, text, &now)).collect();
                    if now.is_empty() {
                        break;
                    }
                    if turn >= least {
                        all.extend(&now);
                    }
                }
                all
            }
        };
    }
    at
}

#[test]
fn what_is_worked_out_here_is_right() {
    assert_eq!(crc(b"123456789"), 0xcbf4_3926);
    assert_eq!(crc16(b"123456789"), 0x31c3);
    assert_eq!(base64(b"user:pass!"), "dXNlcjpwYXNzIQ==");
    assert_eq!(unbase64("dXNlcjpw"), b"user:p");
}
