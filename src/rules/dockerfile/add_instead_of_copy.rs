use crate::dockerfile::{Dockerfile, Instruction, Kind, Word};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

/// The flags that both know.
const COMMON: [&str; 4] = ["chown", "chmod", "link", "exclude"];
/// What ADD unpacks, or may unpack: it looks at the content.
const ARCHIVES: [&str; 17] = [
    ".tar", ".tgz", ".tbz", ".tbz2", ".tb2", ".tz2", ".txz", ".tlz", ".tzst", ".gz", ".bz2", ".xz", ".zst",
    ".lz", ".lzma", ".cpio", ".z",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Add(transfer) = &instruction.kind else { continue };
        let common = instruction.flags.iter().all(|flag| COMMON.contains(&&*flag.name.text));
        if !common || !transfer.sources.iter().all(|word| is_plain(file, word, instruction)) {
            continue;
        }
        let keyword = &instruction.keyword;
        let copy = if keyword.text.chars().all(|c| c.is_ascii_lowercase()) { "copy" } else { "COPY" };
        out.at(
            file.source,
            keyword.span,
            "`ADD` can also download and unpack, which is not needed here; use `COPY`",
        )
        .fix(Safety::Safe, "replace `ADD` with `COPY`", vec![Edit::replace(keyword.span, copy)]);
    }
}

/// A local file or folder that ADD only copies.
fn is_plain(file: &Dockerfile, word: &Word, at: &Instruction) -> bool {
    let expanded = file.expand(word, at);
    let Some(path) = expanded.text() else { return false };
    let path = path.to_ascii_lowercase();
    let remote = path.contains("://")
        || path.contains('@')
        || path.contains(".git#")
        || path.strip_suffix(".git").is_some();
    // `*` may stand for an archive.
    let open = path.ends_with('*') || path.is_empty() || path.starts_with("<<");
    // A quoted heredoc marker has lost its quotes in `path`, and so cannot be told from a file.
    !remote && !open && !word.text.starts_with("<<") && !ARCHIVES.iter().any(|end| path.ends_with(end))
}
