use super::{known, read};
use crate::finding::Findings;
use crate::project::ImageUse;
use crate::rule::Context;

pub fn image(_cx: &Context, image: &ImageUse, out: &mut Findings) {
    let Some(reference) = read::outside(image) else { return };
    if reference.tag.is_some() || reference.digest.is_some() || known::has_no_versions(&reference) {
        return;
    }
    let name = image.reference.as_deref().unwrap_or_default();
    read::tell(
        image,
        read::place(image, &reference.repository_range()),
        format!("`{name}` has no tag, so Docker uses `latest`; name a version"),
        out,
    );
}
