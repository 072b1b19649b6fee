//! How the rules on images read a use of one: taken apart, and with places for its parts.
//!
//! The grammar is `crate::image`'s.

use std::ops::Range;

use super::known;
use crate::finding::Findings;
use crate::image::{self, ImageRef};
use crate::project::{ImageRole, ImageUse};
use crate::text::Span;

/// The reference, if it is known, is one, and names an image that somebody publishes.
pub(super) fn outside<'u>(image: &'u ImageUse) -> Option<ImageRef<'u>> {
    named(image).filter(|reference| !known::is_local(reference))
}

/// The reference, if it is known, is one, and names an image that may come from outside.
pub(super) fn named<'u>(image: &'u ImageUse) -> Option<ImageRef<'u>> {
    if image.built_here {
        return None;
    }
    let text = image.reference.as_deref()?;
    // `sha256:…` is the id of an image that is already there.
    if text == "scratch" || text.starts_with("sha256:") || may_be_context(image.role, text) {
        return None;
    }
    image::parse(text).ok()
}

/// A bare word behind `from=` is a named context rather than an image, unless everybody knows the image; in FROM only
/// words that are the names of stages are.
pub(super) fn may_be_context(role: ImageRole, text: &str) -> bool {
    let is_bare = !text.contains(['/', ':', '@', '.']) && !known::is_official(text);
    match role {
        ImageRole::CopyFrom | ImageRole::MountFrom => is_bare,
        // Bake files hand over the stages of other files under their names.
        ImageRole::Base => is_bare && ["base", "build", "builder", "deps", "rootfs", "src"].contains(&text),
        ImageRole::Frontend | ImageRole::Container => false,
    }
}

/// The tag that moves, and where it stands. Left out, it is `untagged-image`'s.
pub(super) fn moving_tag(image: &ImageUse, reference: &ImageRef) -> Option<Range<usize>> {
    let (tag, range) = reference.tag.zip(reference.tag_range())?;
    let moves = tag.eq_ignore_ascii_case("latest")
        || image.role == ImageRole::Container && known::MOVING_TAGS.contains(&tag);
    (moves && reference.digest.is_none() && !known::has_no_versions(reference)).then_some(range)
}

/// Where a part of the reference stands; all of it if variables or escapes are in the way.
pub(super) fn place(image: &ImageUse, part: &Range<usize>) -> Span {
    let written = image.source.slice(image.span);
    match image.reference.as_deref() {
        Some(text) if text == written => {
            let start = image.span.start as usize;
            Span::new(start + part.start, start + part.end)
        }
        _ => image.span,
    }
}

/// Says what is wrong with an image, once for all places of a file that name it.
pub(super) fn tell(image: &ImageUse, span: Span, message: String, out: &mut Findings) {
    let found = out.at(image.source, span, message);
    for &again in &image.again {
        found.see(image.source, again, "the same image");
    }
    if let Some(reference) = image.reference.as_deref() {
        found.about(reference);
    }
}
