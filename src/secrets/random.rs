//! Whether a text looks drawn by lot or written by a person.
//!
//! A linear model over five features, fitted once (command and figures in `CONTRIBUTING.md`, "The random model") on
//! 30,000 random strings of the alphabets that tokens use and 40,000 words, names, paths and versions from the sources
//! of crates and of Python's library: at [`DRAWN`] it takes 95 % of the first, and of the second 3 %, nearly all of them
//! hashes and constants that really are random. It knows nothing of keys or formats.

/// The score from which a text counts as drawn by lot.
pub(super) const DRAWN: f32 = 0.5;

/// Bits that a letter is worth behind another in words of English and of code, `a` to `z` each way, rounded.
pub(super) const PAIRS: [&[u8; 26]; 26] = [
    b"65447759597343959343667769",
    b"35453579368367469446489859",
    b"36563693594477279553589979",
    b"45652579388567478546576879",
    b"46435568798453757334866579",
    b"46554379299476379455498969",
    b"48772754499564579346478987",
    b"26762799398656369554588968",
    b"55445559998442459544959795",
    b"36662697495776369746376879",
    b"47662667389476568635676968",
    b"37652789298487359855579949",
    b"25772789398657439746499979",
    b"47433538496676469733669989",
    b"66448669696442549354465799",
    b"37663775498477349344587959",
    b"67656678799585768546176989",
    b"38552659396656369544668969",
    b"58473774396667447742487956",
    b"37572784299677469345587858",
    b"54564569599343649333899799",
    b"27671788399768569767899899",
    b"37653674397574369446788898",
    b"45443497499657638663778459",
    b"56554667499444528634766876",
    b"37661597498766459756677865",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}

/// How much a text looks drawn by lot; above [`DRAWN`] it does. Texts of less than 8 bytes are never sure.
#[expect(clippy::cast_precision_loss, reason = "lengths of tokens")]
pub(super) fn score(text: &[u8]) -> f32 {
    if text.len() < 8 {
        return -10.0;
    }
    let (mut turns, mut cost, mut pairs) = (0u32, 0u32, 0u32);
    for pair in text.windows(2) {
        let (a, b) = (class(pair[0]), class(pair[1]));
        let capital = a == Class::Upper && b == Class::Lower;
        if a != b && !capital && a != Class::Other && b != Class::Other {
            turns += 1;
        }
        if pair[0].is_ascii_alphabetic() && pair[1].is_ascii_alphabetic() {
            cost += pair_cost(pair[0], pair[1]);
            pairs += 1;
        }
    }
    let count = |wanted: Class| text.iter().filter(|&&b| class(b) == wanted).count() as f32;
    let length = text.len() as f32;
    let mean = if pairs == 0 { 4.0 } else { cost as f32 / pairs as f32 };
    -10.74 + 6.5 * turns as f32 / (length - 1.0) + 2.63 * mean
        - 2.55 * count(Class::Digit) / length
        - 26.0 * count(Class::Other) / length
        - 2.68 * pairs as f32 / (length - 1.0)
}

/// The bits of two letters in a row.
pub(super) fn pair_cost(first: u8, second: u8) -> u32 {
    let index = |byte: u8| usize::from(byte.to_ascii_lowercase() - b'a');
    u32::from(PAIRS[index(first)][index(second)] - b'0')
}

/// Whether letters follow each other as in words; too few to say counts as yes.
pub(super) fn reads(letters: &[u8]) -> bool {
    let cost: u32 = letters.windows(2).map(|pair| pair_cost(pair[0], pair[1])).sum();
    letters.len() < 3 || cost as usize * 10 < (letters.len() - 1) * 50
}

/// Shannon entropy in bits per byte.
#[expect(clippy::cast_precision_loss, reason = "lengths of tokens")]
pub(super) fn entropy(text: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &b in text {
        counts[usize::from(b)] += 1;
    }
    let length = text.len() as f32;
    counts.iter().filter(|&&n| n > 0).map(|&n| n as f32 / length).map(|p| -p * p.log2()).sum()
}

/// The text is one character again and again, counts up or down, says each twice, has its characters in order, or repeats a
/// short piece: nobody's secret.
pub(super) fn is_pattern(text: &[u8]) -> bool {
    if text.len() < 4 {
        return true;
    }
    // `>` for at least three quarters of the steps: `12345678`, `abcdefgh`, `aaaa`, `0000000001`.
    let steps = |wanted: i16| {
        text.windows(2).filter(|w| i16::from(w[1]) - i16::from(w[0]) == wanted).count() * 4 >= text.len() * 3
    };
    let repeats = |period: usize| text.len() >= 2 * period && text[period..] == text[..text.len() - period];
    // `00112233445566778899`
    let doubled = text.len() >= 12 && text.chunks_exact(2).all(|pair| pair[0] == pair[1]);
    // `ZDFGHJKMSUWYdhijlmnsuwy`
    let falls = || text.windows(2).filter(|pair| pair[1] < pair[0]).count();
    let sorted = text.len() >= 12 && falls() * 8 < text.len();
    [-1, 0, 1].into_iter().any(steps) || (1..=16).any(repeats) || doubled || sorted
}

/// Somewhere in the text twelve characters count, as in `1234567890123`, or are the same, or four are an `x`, or most of
/// it counts, up and down: no random value holds such.
pub(super) fn counts_somewhere(text: &[u8]) -> bool {
    let step = |pair: &[u8]| match (pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase()) {
        (b'9', b'0') => 1,
        (b'0', b'9') => -1,
        (a, b) if a.is_ascii_alphanumeric() => i16::from(b) - i16::from(a),
        _ => 2,
    };
    let (mut run, mut last, mut counting) = (0, 2, 0);
    let has_run = text.windows(2).any(|pair| {
        let step = step(pair);
        run = if step == last && step.abs() <= 1 { run + 1 } else { 1 };
        last = step;
        counting += usize::from(step.abs() == 1);
        run >= 11
    });
    let crossed_out = || text.windows(4).any(|part| part.iter().all(|b| b.eq_ignore_ascii_case(&b'x')));
    has_run || counting * 4 >= text.len() * 3 || crossed_out()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_by_lot_is_told_from_what_is_written() {
        for drawn in ["q7Zr9Lx2Vb8KpM3t", "k3j9x0q2m5z8w1v7", "GyRCMnE8VCROPjVH"] {
            assert!(score(drawn.as_bytes()) > DRAWN, "{drawn} {}", score(drawn.as_bytes()));
        }
        for written in [
            "getDefaultProvider",
            "application/json",
            "my-secret-name",
            "correcthorsebattery",
            "kubernetes_service_account",
            "version-1.2.3-beta",
            "postgres",
        ] {
            assert!(score(written.as_bytes()) <= DRAWN, "{written} {}", score(written.as_bytes()));
        }
    }

    #[test]
    fn counting_and_repeating_is_a_pattern() {
        for pattern in
            ["12345678", "abcdefghij", "aaaaaaaa", "abcabcabcabc", "87654321", "x", "00112233445566778899"]
        {
            assert!(is_pattern(pattern.as_bytes()), "{pattern}");
        }
        assert!(!is_pattern(b"hunter2"));
        for text in [
            "q7Zr9-123456789012",
            "q7Zr9xxxxxxxxxxxx",
            "abcdefghijklq7Zr",
            "7:AbCDEfGhiJkLmnOpQRst",
            "abcdef1234567890fedcba0987654321",
            "PLk6OlXXXXVj3q7Zr9",
        ] {
            assert!(counts_somewhere(text.as_bytes()), "{text}");
        }
        assert!(!counts_somewhere(b"q7Zr9Lx2Vb8KpM3tW5yN4cD6123456789"));
    }
}
