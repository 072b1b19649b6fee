use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;

/// Packages of NVIDIA that make a host run containers with GPUs.
const FOR_HOSTS: [&str; 4] =
    ["nvidia-container-runtime", "nvidia-container-toolkit", "nvidia-docker", "nvidia-docker2"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for call in file.runs().flat_map(Instruction::package_calls).filter(|call| call.action.installs()) {
        for package in call.packages.iter().filter(|package| FOR_HOSTS.contains(&&*package.name)) {
            let message = format!(
                "`{}` is for the host that runs the container; do not install it in the image",
                package.name
            );
            out.at(file.source, package.span, message);
        }
    }
}
