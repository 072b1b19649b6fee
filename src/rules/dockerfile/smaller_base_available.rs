use crate::dockerfile::{Base, Dockerfile};
use crate::finding::Findings;
use crate::image;
use crate::rule::Context;

/// Official images whose tags all have a sibling that ends in `-slim`. Source: github.com/docker-library/official-images,
/// `library/`, read in November 2026.
const SLIM: [&str; 4] = ["node", "python", "ruby", "rust"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // A stage that builds needs what the larger image has; what ships after other stages have built does not.
    if file.stages.len() < 2 {
        return;
    }
    for stage in file.stages.iter().filter(|stage| stage.ships && stage.index > 0) {
        let Base::Image(text) = &stage.base else { continue };
        let Ok(image) = image::parse(text) else { continue };
        let (Some(tag), Some(from)) = (image.tag, file.from_of(stage.index)) else { continue };
        let other = ["slim", "alpine", "windows", "nanoserver"].iter().any(|mark| tag.contains(mark));
        if other || !SLIM.contains(&&*image.familiar_name()) {
            continue;
        }
        let message = format!(
            "`{text}` has a smaller sibling without compilers and headers; use its `slim` variant here"
        );
        out.at(file.source, from.image.span, message);
    }
}
