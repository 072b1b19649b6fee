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
    // A tag that moves, or none, is told as that.
    if reference.tag.is_none() || reference.digest.is_some() || read::moving_tag(image, &reference).is_some()
    {
        return;
    }
    let name = image.reference.as_deref().unwrap_or_default();
    read::tell(
        image,
        image.span,
        format!("the owner of `{name}` can change it; add the digest: `{name}@sha256:…`"),
        out,
    );
}
