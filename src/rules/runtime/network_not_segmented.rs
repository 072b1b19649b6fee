use super::{neighbours, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;

/// Fewer services have nobody to keep away.
const FEW: usize = 3;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    let all = &project.containers;
    let is_default = |spec: &ContainerSpec| spec.networks.is_none() && spec.network_mode.is_none();
    let is_one = (FEW..=neighbours::MANY).contains(&all.len()) && all.iter().all(is_default);
    if !is_one || all.iter().any(|spec| !spec.is_complete()) {
        return;
    }
    let Some(port) = all.iter().find_map(|spec| neighbours::published(cx, spec)) else { return };
    let is_told = |spec: &ContainerSpec| neighbours::beside(cx, spec).is_some();
    let with_bystander = |store| Some((store, neighbours::bystander(cx, store)?));
    let mut stores = all.iter().filter(|spec| neighbours::is_datastore(cx, spec));
    let Some((store, other)) = stores.find_map(with_bystander) else { return };
    if !all.iter().any(is_told) {
        let message = format!(
            "{} shares the default network with {}, which does not seem to use it; put it on a network with only the \
             services that use it",
            pulled::name(store),
            pulled::name(other)
        );
        pulled::on(cx, store, out, store.at, message).see_on(cx, port.at, "a port is published here");
    }
}
