use super::{capabilities, pulled};
use crate::container::{ContainerSpec, Surface};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for text in spec.cap_add.iter().chain(&spec.cap_drop) {
        let Some(name) = capabilities::normal(text).filter(|name| !capabilities::is_known(name)) else {
            continue;
        };
        let shown: String = name.chars().take(40).collect();
        let advice = match capabilities::nearest(&name) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "correct the name".to_owned(),
        };
        let then = match spec.surface {
            // As containerd does it. CRI-O does not start the container.
            Surface::Kubernetes => "which the container does not get",
            _ => "so the container does not start",
        };
        let message = format!("`{shown}` is not a Linux capability, {then}; {advice}");
        pulled::on(cx, spec, out, text.at, message);
    }
}
