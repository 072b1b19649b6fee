use super::{known_images, pulled, security_options};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for opt in security_options::known(spec).filter(|opt| opt.is("systempaths", "unconfined")) {
        let message = format!(
            "{} can read and change kernel settings in `/proc` and `/sys`; remove the option",
            pulled::name(spec)
        );
        let finding = pulled::on(cx, spec, out, opt.text.at, message);
        if known_images::of(spec).is_some_and(|image| known_images::is_rootless_builder(&image)) {
            finding.severity(Severity::Note);
        }
    }
}
