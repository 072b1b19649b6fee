use super::read;
use crate::finding::Findings;
use crate::project::{ImageRole, ImageUse};
use crate::rule::Context;

pub fn image(_cx: &Context, image: &ImageUse, out: &mut Findings) {
    // BuildKit's frontend follows semantic versions on purpose: `docker/dockerfile:1`.
    if image.role == ImageRole::Frontend {
        return;
    }
    let Some(reference) = read::outside(image) else { return };
    // A tag that is missing or moves by design is reported as such.
    if reference.tag.is_none() || reference.digest.is_some() || read::moves(image, &reference) {
        return;
    }
    let name = image.reference.as_deref().unwrap_or_default();
    read::tell(
        image,
        image.span,
        format!("`{name}` can be changed by its owner; add the digest, `{name}@sha256:…`"),
        out,
    );
}
