use super::{pulled, security_options};
use crate::container::ContainerSpec;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for opt in security_options::known(spec).filter(|opt| opt.no_new_privileges() == Some(false)) {
        let message = format!(
            "{} lets programs gain privileges; write `true`, or remove the option",
            pulled::name(spec)
        );
        let finding = pulled::on(cx, spec, out, opt.text.at, message);
        let value = opt.value.and_then(|value| opt.text.raw.rfind(value).map(|at| at..at + value.len()));
        if let (Some(range), true) = (value, pulled::is_own(opt.text.at) && opt.text.skip.is_some()) {
            let edit = Edit::replace(opt.text.part(range), "true");
            finding.fix(Safety::Unsafe, "write `true`", vec![edit]);
        }
    }
}
