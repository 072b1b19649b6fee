use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // Who builds the file says which folder is sent; without a builder it is the Dockerfile's own.
    let mut builders =
        cx.project.builders_of(file.source.path()).map(|(edge, _)| edge.dockerignore).peekable();
    let missing = if builders.peek().is_some() {
        builders.any(|dockerignore| dockerignore == Some(false))
    } else {
        cx.dockerignore == Some(false)
    };
    if !missing {
        return;
    }
    let whole = file.all().find_map(|instruction| {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return None };
        let local = instruction.flag("from").is_none();
        transfer.sources.iter().find(|word| local && matches!(&*word.text, "." | "./" | "*" | "./*" | "/"))
    });
    // One for the file: what is missing is one file.
    if let Some(word) = whole {
        out.at(
            file.source,
            word.span,
            "this copies all that lies beside the Dockerfile, `.git` and `.env` included; \
             add a `.dockerignore`",
        );
    }
}
