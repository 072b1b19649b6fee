use super::read;
use crate::finding::Findings;
use crate::project::ImageUse;
use crate::rule::Context;

pub fn image(_cx: &Context, image: &ImageUse, out: &mut Findings) {
    let Some(reference) = read::outside(image) else { return };
    let Some(range) = read::moving_tag(image, &reference) else { return };
    let name = image.reference.as_deref().unwrap_or_default();
    read::tell(
        image,
        read::place(image, &range),
        format!("`{name}` changes with every release; name a version"),
        out,
    );
}
