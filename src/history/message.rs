//! What people wrote in a commit or tag: its message, without headers and without the signature of a tag.
//!
//! A commit's signature stands among its headers, whatever the message looks like. A tag's is the end of its text.

use std::ops::Range;

use super::Kind;

const SIGNATURES: [(&[u8], &[u8]); 4] = [
    (b"-----BEGIN PGP SIGNATURE-----", b"-----END PGP SIGNATURE-----"),
    (b"-----BEGIN PGP MESSAGE-----", b"-----END PGP MESSAGE-----"),
    (b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"),
    (b"-----BEGIN SIGNED MESSAGE-----", b"-----END SIGNED MESSAGE-----"),
];
/// Longer lines are no armour of OpenPGP, OpenSSH or CMS.
const WIDEST: usize = 76;

/// What people wrote of an object; of a blob that is all.
pub(super) fn said(kind: Kind, bytes: &[u8]) -> Range<usize> {
    if kind == Kind::Blob {
        return 0..bytes.len();
    }
    let start = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |at| at + 2);
    let signed = if kind == Kind::Tag { signature(&bytes[start..]) } else { None };
    start..signed.map_or(bytes.len(), |at| start + at)
}

/// Where the signature at the end of a text begins: what is between its first and its last line is base64, and nothing
/// follows. Its headers (`Comment:`) are left to the text, for people write them.
fn signature(text: &[u8]) -> Option<usize> {
    let end = text.trim_ascii_end();
    let last = end.rsplit(|&byte| byte == b'\n').next()?.trim_ascii_end();
    let (begin, _) = SIGNATURES.iter().find(|(_, end)| *end == last)?;
    let from = memchr::memmem::rfind(end, begin).filter(|&at| at == 0 || end[at - 1] == b'\n')?;
    let mut at = from;
    let mut body = None;
    for line in text[from..end.len() - last.len()].split_inclusive(|&byte| byte == b'\n') {
        let is_header = body.is_none() && memchr::memmem::find(line, b": ").is_some();
        if at != from && !is_header {
            if !is_armour(line.trim_ascii_end()) {
                return None;
            }
            body.get_or_insert(at);
        }
        at += line.len();
    }
    body
}

fn is_armour(line: &[u8]) -> bool {
    line.len() <= WIDEST && line.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "object 0000000000000000000000000000000000000000\ntype commit\ntag v1\n\n";
    const BODY: &str = "iHUEABYKAB0WIQRv5pVk\n=AbCd\n";

    fn left_out(kind: Kind, message: &str) -> String {
        let text = format!("{HEADER}{message}");
        text[said(kind, text.as_bytes()).end..].to_owned()
    }

    #[test]
    fn only_the_signature_at_the_end_of_a_tag_is_left_out() {
        for kind in ["PGP SIGNATURE", "SSH SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE"] {
            let block = |head: &str| format!("-----BEGIN {kind}-----\n{head}{BODY}-----END {kind}-----\n");
            let (plain, headed) = (block(""), block("Version: GnuPG v2\nComment: mine\n\n"));
            assert_eq!(left_out(Kind::Tag, &format!("v1\n{plain}")), format!("{BODY}-----END {kind}-----\n"));
            assert!(left_out(Kind::Tag, &format!("v1\n{headed}\n")).starts_with("\niHUE"));
            for message in [
                format!("v1\n{plain}more\n"),
                format!("v1\n-----BEGIN {kind}-----\n"),
                format!("v1\n-----BEGIN {kind}-----\na_b\n-----END {kind}-----\n"),
                format!("v1\n{BODY}-----END {kind}-----\n"),
                format!("v1 {plain}"),
            ] {
                assert_eq!(left_out(Kind::Tag, &message), "", "{message}");
            }
            assert_eq!(left_out(Kind::Commit, &format!("v1\n{plain}")), "");
            // The first of two is text.
            assert_eq!(
                left_out(Kind::Tag, &format!("v1\n{plain}{plain}")),
                format!("{BODY}-----END {kind}-----\n")
            );
        }
    }
}
