//! The patterns of a `.gitignore`, as git reads them. Which files count is the business of whoever asks.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The largest file that should be read; bytes. Patterns take some hundred times their length in memory.
pub(crate) const LARGEST: u64 = 128 << 10;

/// The patterns of a text, for the paths below a folder; `None` if there are none.
pub(crate) fn patterns(folder: &Path, text: &[u8]) -> Option<Gitignore> {
    let text = String::from_utf8_lossy(text);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        // A pattern that cannot be understood hides nothing.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok().filter(|patterns| !patterns.is_empty())
}
