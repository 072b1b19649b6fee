//! Broken files: pieces of the corpus cut, spliced and sprinkled with bytes must be read without a panic.
//!
//! The choices come from a seeded generator, so a failure comes back.

use hullguard::dockerfile;
use hullguard::text::Source;

use super::{sources, spans};

/// Pieces that mean something to some part of the grammar.
const PIECES: [&str; 40] = [
    "\\\n",
    "`\n",
    "\n",
    "\r\n",
    "\r",
    "\\",
    "`",
    "\"",
    "'",
    "$",
    "${",
    "}",
    "${a:-",
    "${a#*/}",
    "${a/b/c}",
    "<<EOF",
    "<<-",
    "<<'E F'",
    "\nEOF\n",
    "\n\tEOF\n",
    "[\"",
    "\"]",
    "[",
    "]",
    "\\u00e9",
    "--",
    "--mount=type=",
    ",",
    "=",
    "#",
    "# escape=`\n",
    "\u{feff}",
    "é",
    "\u{a0}",
    "\u{1f433}",
    "\nONBUILD ",
    "\nFROM a AS b\n",
    "\nHEALTHCHECK ",
    "\nRUN ",
    "\nENV A=$A",
];

/// xorshift64*: small, and good enough to shuffle bytes.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

#[test]
fn broken_files_are_read_too() {
    let sources = sources();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for (name, source) in &sources {
        for round in 0..6 {
            let mut bytes = source.bytes().to_vec();
            match round {
                0 => bytes.truncate(random.below(bytes.len())),
                1 => {
                    let other = sources[random.below(sources.len())].1.bytes();
                    bytes.truncate(random.below(bytes.len()));
                    bytes.extend_from_slice(&other[random.below(other.len())..]);
                }
                _ => {
                    for _ in 0..=random.below(12) {
                        let at = random.below(bytes.len() + 1);
                        let piece = PIECES[random.below(PIECES.len())].as_bytes();
                        match random.below(4) {
                            0 if at < bytes.len() => bytes[at] = random.below(256) as u8,
                            1 if at < bytes.len() => drop(bytes.remove(at)),
                            _ => drop(bytes.splice(at..at, piece.iter().copied())),
                        }
                    }
                }
            }
            let broken = std::sync::Arc::new(Source::new(&**name, bytes));
            let file = dockerfile::parse(&broken);
            spans::check(&file, &format!("{name} (round {round})"));
        }
    }
}
