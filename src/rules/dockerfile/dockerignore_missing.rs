use std::fmt::Write as _;

use super::contexts;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

/// Bytes in git of a build context that is worth a word.
const LARGE: u64 = 100_000_000;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let Some(sent) = contexts::of(cx, file).into_iter().find(|sent| !sent.ignores) else { return };
    // What a trigger copies is another project's.
    let whole = file.instructions.iter().find_map(|instruction| {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return None };
        let local = instruction.flag("from").is_none();
        transfer.sources.iter().find(|word| local && matches!(&*word.text, "." | "./" | "*" | "./*" | "/"))
    });
    // One for the file: what is missing is one file.
    if let Some(word) = whole {
        let mut git = if sent.git { ", including `.git` with the complete history" } else { "" }.to_owned();
        let size: u64 = sent
            .files
            .iter()
            .flat_map(|files| files.tracked(""))
            .filter_map(|one| one.size)
            .map(u64::from)
            .sum();
        if size > LARGE {
            let _ = write!(git, ", {} MB of files", size / 1_000_000);
        }
        out.at(
            file.source,
            word.span,
            format!("this copies the whole build context{git}; list what the image does not need in a `.dockerignore`"),
        );
    }
}
