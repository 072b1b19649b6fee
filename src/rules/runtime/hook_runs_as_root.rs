use super::{pulled, settings};
use crate::container::{ContainerSpec, Setting, Text};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(own) = spec.user.as_ref().and_then(Text::value).filter(|user| !settings::is_root(user)) else {
        return;
    };
    for hook in &spec.hooks {
        // `pre_start` has a container of its own, and what is privileged is reported as that.
        let is_elsewhere =
            hook.image.is_some() || hook.privileged.is_some_and(|privileged| Setting::is_true(&privileged));
        let user =
            hook.user.as_ref().filter(|user| !is_elsewhere && user.value().is_some_and(settings::is_root));
        let Some(user) = user else { continue };
        let message = format!(
            "the command in `{}` of {} runs as root, though the service runs as `{own}`; use the same user, or do its work in \
             the image",
            hook.when,
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, user.at, message);
    }
}
