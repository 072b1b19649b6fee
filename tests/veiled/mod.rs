//! What must not be shown is shown nowhere: values are planted in all shapes that files have for them, every output is
//! made, and none may hold one. And what is shown obeys nobody, whatever files are called.

mod growth;
mod harmless;
mod outputs;
mod shapes;
mod spotless;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::tokens;

/// Every format of reports.
pub(crate) const FORMATS: [&str; 12] = [
    "human",
    "json",
    "jsonl",
    "sarif",
    "github",
    "summary",
    "compact",
    "junit",
    "checkstyle",
    "gitlab",
    "sonarqube",
    "markdown",
];

/// A number for every step of a seed.
fn number(seed: u64) -> u64 {
    let mixed = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// A value of one of three strengths, another for every seed: drawn by lot, thought up, a word that is in no dictionary.
fn value(seed: u64) -> String {
    let letters = |from: &[u8], length: u64| -> String {
        let letter = |at| from[(number(seed * 64 + at) % from.len() as u64) as usize] as char;
        (0..length).map(letter).collect()
    };
    match seed % 3 {
        0 => letters(b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789", 24),
        1 => {
            format!("{}{}{}", letters(b"BCDFGHJKL", 1), letters(b"aeiouklmnrst", 7), letters(b"23456789", 4))
        }
        _ => letters(b"bdfgklmnrtvzaeiou", 13),
    }
}

/// The tree of all shapes, and the values in it.
struct Planted {
    folder: TempDir,
    /// Each with its file.
    values: Vec<(String, String)>,
}

impl Planted {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("the test's own ground holds");
        let mut values = Vec::new();
        let mut seed = 0;
        for (index, (name, shape)) in shapes::all().into_iter().enumerate() {
            for strength in 0..3 {
                let path = format!("s{index:02}{}/{name}", ["a", "b", "c"][strength]);
                let mut text = shape.to_owned();
                for part in ["{v}", "{w}"].into_iter().filter(|part| shape.contains(part)) {
                    // Of each strength one.
                    seed += 3;
                    let value = value(seed + strength as u64 - seed % 3);
                    text = text.replace(part, &value);
                    values.push((value, path.clone()));
                }
                let text = text.replace("{token}", &tokens::github(tokens::RANDOM));
                write(folder.path(), &path, &text);
            }
        }
        Self { folder, values }
    }

    /// The values that an output holds, plain or written as some program reads it.
    fn leaks(&self, output: &[u8]) -> Vec<&(String, String)> {
        let text = String::from_utf8_lossy(output);
        let holds = |value: &str| text.contains(value) || text.contains(&base64(value));
        self.values.iter().filter(|(value, _)| holds(value)).collect()
    }
}

fn base64(value: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole = value.as_bytes().chunks_exact(3);
    let four = whole.flat_map(|three| {
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize] as char)
    });
    four.collect()
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the test's own ground holds");
    fs::write(path, text).expect("the test's own ground holds");
}
