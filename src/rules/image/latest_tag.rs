use super::{known, read};
use crate::finding::Findings;
use crate::project::{ImageRole, ImageUse};
use crate::rule::Context;

pub fn image(_cx: &Context, image: &ImageUse, out: &mut Findings) {
    let Some(reference) = read::outside(image) else { return };
    let (Some(tag), Some(range), None) = (reference.tag, reference.tag_range(), reference.digest) else {
        return;
    };
    let moves = tag.eq_ignore_ascii_case("latest")
        || image.role == ImageRole::Container && known::MOVING_TAGS.contains(&tag);
    if !moves || known::has_no_versions(&reference) {
        return;
    }
    let name = image.reference.as_deref().unwrap_or_default();
    read::tell(image, read::place(image, &range), format!("`{name}` moves; name a version"), out);
}
