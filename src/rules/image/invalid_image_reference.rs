use super::read;
use crate::finding::Findings;
use crate::image::{self, ImageErrorKind};
use crate::project::{ImageRole, ImageUse};
use crate::rule::Context;

pub fn image(_cx: &Context, image: &ImageUse, out: &mut Findings) {
    let Some(text) = image.reference.as_deref() else { return };
    // `sha256:…` is an image's id, which a container may run. What is empty is told where it is set.
    if text.is_empty()
        || image.role == ImageRole::Container && text.starts_with("sha256:")
        || read::may_be_context(image.role, text)
        || is_template(text)
    {
        return;
    }
    let Err(error) = image::parse(text) else { return };
    let wrong = &text[error.range.clone()];
    let message = match error.kind {
        ImageErrorKind::Uppercase => {
            format!("{error}; write `{}`", text.to_lowercase())
        }
        // A scheme belongs to an address.
        ImageErrorKind::Registry if text.contains("://") => {
            format!("{error}; remove `{}://`", text.split("://").next().unwrap_or_default())
        }
        ImageErrorKind::DigestLength => format!("{error}; copy the whole digest"),
        _ if wrong.is_empty() => format!("`{text}` is not a valid image: {error}; correct it"),
        _ => format!("`{wrong}` is not valid here: {error}; correct it"),
    };
    read::tell(image, read::place(image, &error.range), message, out);
}

/// Something is still to be filled in by a template engine, a script or the reader.
fn is_template(text: &str) -> bool {
    ["{", "}", "<", ">", "%", "$", "#", "[", "@@", "..."].iter().any(|mark| text.contains(mark))
        // `@BASE@`, `__BASE__`
        || text.starts_with(['@', '_'])
        || text.split(['/', ':']).any(|part| part.len() > 1 && part.starts_with('@') && part.ends_with('@'))
        // `REPLACE-ME`, `YOUR_IMAGE:TAG`
        || !text.bytes().any(|b| b.is_ascii_lowercase())
            && text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| FILL_IN.contains(&word))
}

/// Words in capitals that ask the reader for a name.
const FILL_IN: [&str; 20] = [
    "BASE",
    "BASEIMAGE",
    "CHANGE",
    "CHANGEME",
    "CHANGETHIS",
    "FIXME",
    "IMAGE",
    "INSERT",
    "MY",
    "NAME",
    "PLACEHOLDER",
    "REGISTRY",
    "REPLACE",
    "REPLACED",
    "REPLACEME",
    "SOME",
    "TAG",
    "TBD",
    "TODO",
    "YOUR",
];
