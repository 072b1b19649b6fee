use super::shipping::in_image;
use super::{contexts, purpose};
use crate::dockerfile::Dockerfile;
use crate::dockerignore::Ignore;
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    let is_sent = |ignore: &Ignore| matches!(ignore.leaves_out(".git/HEAD"), Ok(None));
    let Some(ignore) = contexts
        .iter()
        .filter(|sent| sent.git)
        .filter_map(|sent| sent.ignore.as_ref())
        .find(|ignore| is_sent(ignore))
    else {
        return;
    };
    // What is made for developers and for tests may need it.
    let is_for_use = |stage: usize| {
        file.stage_name(stage).is_none_or(|name| !purpose::is_for_developers(name) && !name.contains("test"))
    };
    let whole = contexts::sources(file).into_iter().find(|source| {
        matches!(&*source.path, "." | "*")
            && in_image(file, source.instruction)
            && source.instruction.stage.is_some_and(is_for_use)
    });
    if let Some(source) = whole {
        let message =
            "this copies `.git` with the complete history into the image; add `.git` to the ignore file";
        let end = ignore.source.text().len();
        out.at(file.source, source.word.span, message).see(&ignore.source, Span::at(end), "add it here");
    }
}
