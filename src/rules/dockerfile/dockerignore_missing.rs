use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // The services that build the file say which folder is sent; without any, it is the Dockerfile's own.
    let mut builders = cx.project.builders_of(file.source.path()).map(|(edge, _)| edge.sent).peekable();
    let missing = if builders.peek().is_some() {
        builders.flatten().find(|sent| !sent.ignores)
    } else {
        cx.sent.filter(|sent| !sent.ignores)
    };
    let Some(sent) = missing else { return };
    let whole = file.all().find_map(|instruction| {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return None };
        let local = instruction.flag("from").is_none();
        transfer.sources.iter().find(|word| local && matches!(&*word.text, "." | "./" | "*" | "./*" | "/"))
    });
    // One for the file: what is missing is one file.
    if let Some(word) = whole {
        let git = if sent.git { ", including `.git` with the complete history" } else { "" };
        out.at(
            file.source,
            word.span,
            format!("this copies the whole build context{git}; list what the image does not need in a `.dockerignore`"),
        );
    }
}
