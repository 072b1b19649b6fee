//! Made-up tokens for the tests, so that nothing token-shaped stands in this repository.

/// A personal access token of GitHub's: its last six characters are the CRC32 of the others in base62, and whoever knows
/// that takes a token with another end for made up.
pub(crate) fn github(random: &str) -> String {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    let crc = !random.bytes().fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc)));
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |place: u32| digits[(crc / 62u32.pow(place)) as usize % 62] as char;
    format!("{}_{random}{}", "ghp", (0..6).rev().map(digit).collect::<String>())
}

/// Enough letters for one.
pub(crate) const RANDOM: &str = "aB3dE6gH9kLmN0pQrS4tUvW7xYz2cF";
