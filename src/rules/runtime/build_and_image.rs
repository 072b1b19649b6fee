use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::image::{self, ImageRef};
use crate::rule::Context;
use crate::rules::image::known;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let (Some(_), Some(text)) = (&spec.build, &spec.image) else { return };
    if spec.pull_policy.is_some() {
        return;
    }
    // A name with a registry is one's own. One without a slash is Docker's to give: few have an image.
    let can_exist = |image: &ImageRef| image.is_docker_hub() && !known::is_local(image);
    let Some(image) = text.value().and_then(|name| image::parse(name).ok()).filter(can_exist) else { return };
    let message = format!(
        "Compose first asks Docker Hub for `{}`, and runs that image instead of the build if it exists there; add \
         `pull_policy: build`",
        image.familiar_name()
    );
    pulled::on(cx, spec, out, text.at, message);
}
