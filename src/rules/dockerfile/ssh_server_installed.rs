use super::remote::{self, Made, Service};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // An image has one finding for its one decision: the first server of its stage.
    let mut told: Option<usize> = None;
    let mut made = Made::default();
    for log_in in remote::log_ins(file) {
        if told.is_some_and(|stage| file.ancestry(log_in.stage).any(|above| above == stage)) {
            if let Some(draft) = out.list.last_mut() {
                draft.see(
                    file.source,
                    log_in.span,
                    if log_in.package.is_some() { "and here" } else { "started here" },
                );
            }
            continue;
        }
        if [Service::Ssh, Service::Telnet].into_iter().any(|service| made.is_for(file, log_in.stage, service))
        {
            continue;
        }
        told = Some(log_in.stage);
        let message = match &log_in.package {
            Some(name) => {
                format!("`{name}` lets people log in to the container; remove it and use `docker exec`")
            }
            None => "the container starts `sshd`, which lets people log in; remove it and use `docker exec`"
                .to_owned(),
        };
        out.at(file.source, log_in.span, message);
    }
}
