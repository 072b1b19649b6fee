//! What can be recomputed in a token. A checksum grades, it does not drop: a token whose checksum fails was probably
//! altered or made up, and is shown on request.

use sha2::{Digest as _, Sha256};

use crate::rule::Checksum;

/// Whether what the token says of itself is true.
pub(super) fn holds(kind: Checksum, token: &[u8]) -> bool {
    match kind {
        Checksum::Github | Checksum::Npm => crc32_base62(token),
        Checksum::Jwt => is_jwt(token),
        Checksum::Base64Json => {
            // What stands before is the kind of token: `glc_`, `ops_`.
            let start = token.windows(3).position(|three| three == b"eyJ").unwrap_or(0);
            decode(&token[start..]).is_some_and(|text| text.trim_ascii().starts_with(b"{"))
        }
        Checksum::Base64Pair => decode(token).is_some_and(|text| is_pair(&text)),
        Checksum::AwsKeyId => {
            token.get(4..).is_some_and(|rest| rest.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')))
        }
        Checksum::Atlassian => token.split_last_chunk::<8>().is_some_and(|(before, sum)| {
            let before = before.strip_suffix(b"=").unwrap_or(before);
            format!("{:08x}", crc32(before)).as_bytes().eq_ignore_ascii_case(sum)
        }),
        Checksum::Crc32Hex => token.split_last_chunk::<8>().is_some_and(|(before, sum)| {
            let before = before.strip_suffix(b"_").unwrap_or(before);
            let part = before.rsplit(|&b| b == b'_').next().unwrap_or_default();
            format!("{:08x}", crc32(part)).as_bytes() == sum
        }),
        Checksum::Grafana => token.iter().rposition(|&b| b == b'_').is_some_and(|at| {
            format!("{:08x}", crc32(&token[..at]).swap_bytes()).as_bytes() == &token[at + 1..]
        }),
        Checksum::GitlabRoutable => token.split_last_chunk::<7>().is_some_and(|(before, sum)| {
            in_base(u64::from(crc32(before)), b"0123456789abcdefghijklmnopqrstuvwxyz", 7) == sum
        }),
        // Whether `cflt` counts is not documented; either will do.
        Checksum::Confluent => token.split_last_chunk::<6>().is_some_and(|(before, sum)| {
            [before, before.strip_prefix(b"cflt").unwrap_or(before)]
                .iter()
                .any(|text| decode(sum).is_some_and(|sum| sum == crc32(text).to_le_bytes()))
        }),
        Checksum::Bech32 => is_bech32(&token.to_ascii_lowercase()),
        Checksum::Discord => {
            let first = token.split(|&b| b == b'.').next().and_then(decode);
            first.is_some_and(|id| !id.is_empty() && id.iter().all(u8::is_ascii_digit))
        }
        Checksum::GithubStateless => token
            .strip_prefix(b"ghs_")
            .and_then(|rest| rest.split_at_checked(rest.iter().position(|&b| b == b'_')? + 1))
            .is_some_and(|(_, jwt)| is_jwt(jwt)),
        Checksum::GithubFineGrained => is_fine_grained(token),
        Checksum::Nkey => base32(token).is_some_and(|bytes| {
            bytes.split_last_chunk::<2>().is_some_and(|(before, sum)| crc16(before).to_le_bytes() == *sum)
        }),
        Checksum::JfrogReference => decode(token).is_some_and(|text| text.starts_with(b"reftkn:")),
    }
}

/// Characters 44 to 51 of the last part are the first eight of the base32 of the SHA-256 of all before them.
fn is_fine_grained(token: &[u8]) -> bool {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let Some(start) = token.len().checked_sub(59).map(|start| start + 43) else { return false };
    let hash = Sha256::digest(&token[..start]);
    let bits = hash.iter().take(5).fold(0u64, |bits, &byte| bits << 8 | u64::from(byte));
    token[start..start + 8].eq_ignore_ascii_case(&in_base(bits, DIGITS, 8))
}

/// A number in the digits' base, padded to a width; what does not fit is cut off at the front.
fn in_base(mut number: u64, digits: &[u8], width: usize) -> Vec<u8> {
    let mut out = vec![digits[0]; width];
    for digit in out.iter_mut().rev() {
        *digit = digits[(number % digits.len() as u64) as usize];
        number /= digits.len() as u64;
    }
    out
}

/// BIP 173: `polymod` over the expanded prefix and all data is 1.
fn is_bech32(token: &[u8]) -> bool {
    const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let Some(one) = token.iter().rposition(|&b| b == b'1') else { return false };
    let (prefix, data) = (&token[..one], &token[one + 1..]);
    let value = |b: &u8| DIGITS.iter().position(|digit| digit == b).map(|at| at as u8);
    let Some(data) = data.iter().map(value).collect::<Option<Vec<u8>>>() else { return false };
    let high = prefix.iter().map(|b| b >> 5);
    let all = high.chain([0]).chain(prefix.iter().map(|b| b & 31)).chain(data);
    let sum = all.fold(1u32, |sum, value| {
        let top = sum >> 25;
        let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..5).fold(next, |next, i| if top >> i & 1 == 1 { next ^ GENERATOR[i] } else { next })
    });
    sum == 1
}

/// The last six characters are the CRC32 of the random part, in base62 with the digits first. GitHub's engineering blog,
/// "Behind GitHub's new authentication token formats".
fn crc32_base62(token: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some(start) = token.iter().rposition(|&b| b == b'_').map(|at| at + 1) else { return false };
    let Some((random, sum)) = token[start..].split_last_chunk::<6>() else { return false };
    in_base(u64::from(crc32(random)), DIGITS, 6) == sum
}

/// CRC-32 as in IEEE 802.3, bit by bit: it is asked for a few dozen bytes at a time.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc)))
}

/// CRC-16 as XMODEM has it.
fn crc16(bytes: &[u8]) -> u16 {
    let step = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
    bytes.iter().fold(0, |crc, &byte| (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| step(crc)))
}

/// Base32 without padding; what is left of the last byte is dropped.
fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        (bits, count) = (bits << 5 | u32::from(digit), count + 5);
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

/// Three parts with points between, the first of them a JSON object that names an algorithm (RFC 7519).
fn is_jwt(token: &[u8]) -> bool {
    let mut parts = token.split(|&b| b == b'.');
    let header = parts.next().and_then(decode);
    let names = |text: Vec<u8>| text.starts_with(b"{") && text.windows(5).any(|w| w == b"\"alg\"");
    header.is_some_and(names) && parts.clone().next().is_some_and(|p| !p.is_empty()) && parts.count() <= 4
}

/// `user:password` in printable characters.
pub(super) fn is_pair(text: &[u8]) -> bool {
    let colon = text.iter().position(|&b| b == b':');
    colon.is_some_and(|at| at > 0 && at + 1 < text.len()) && text.iter().all(|b| (b' '..=b'~').contains(b))
}

/// Base64 of either alphabet, with or without padding; `None` if it is none.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    let padding = text.iter().rev().take_while(|&&b| b == b'=').count();
    let digits = &text[..text.len() - padding];
    if padding > 2 || digits.len() % 4 == 1 {
        return None;
    }
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        let mut bits = 0u32;
        for &byte in chunk {
            bits = bits << 6 | u32::from(value(byte)?);
        }
        let bits = bits << (6 * (4 - chunk.len()));
        let whole = bits.to_be_bytes();
        out.extend_from_slice(&whole[1..chunk.len()]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }

    #[test]
    fn base64_is_decoded_in_both_alphabets() {
        assert_eq!(decode(b"dXNlcjpwYXNz").as_deref(), Some(&b"user:pass"[..]));
        assert_eq!(decode(b"-_8=").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(decode(b"YQ").as_deref(), Some(&b"a"[..]));
        assert_eq!(decode(b"a"), None);
        assert_eq!(decode(b"a b="), None);
        assert_eq!(base32(b"MZXW6YTBOI").as_deref(), Some(&b"foobar"[..]));
    }
}
