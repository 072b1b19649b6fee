//! What services of one project may not share, and what they may not need of each other.
//!
//! Compose or the engine refuses to start them. Services count as running together if both have no profile, or one in
//! common that both name themselves.

use std::collections::{HashMap, HashSet};

use super::conform::Need;
use super::paths::{is_main_file, is_named_for_compose};
use super::value::Field;
use super::{Problem, ProblemKind};
use crate::container::{At, ContainerSpec, Port, Text};

/// So many host ports are compared; a file made to take long publishes any number.
const PORTS: usize = 200_000;
/// A file whose services clash so often was never started as a whole.
const MENU: usize = 4;

pub(super) fn conflicts(
    fields: &[Field<'_>],
    services: &[ContainerSpec],
    needs: &[Need<'_>],
    path: &str,
    problems: &mut Vec<Problem>,
) {
    cycles(fields, needs, problems);
    if is_main_file(path) {
        nothing_to_run(services, problems);
    }
    // Other files are pieces, whose services are taken by name.
    if is_named_for_compose(path) {
        let mut clashes = names(services);
        clashes.append(&mut ports(services));
        // A menu: somebody starts a few of its services by their names.
        if clashes.len() < MENU {
            problems.append(&mut clashes);
        }
    }
}

/// Services that wait for each other: each circle at one place, where its first service by file order names the next.
fn cycles(fields: &[Field<'_>], needs: &[Need<'_>], problems: &mut Vec<Problem>) {
    if needs.is_empty() {
        return;
    }
    let places: HashMap<&str, usize> =
        fields.iter().enumerate().map(|(at, field)| (field.name, at)).collect();
    let mut edges: Vec<Vec<(usize, At)>> = vec![Vec::new(); fields.len()];
    for need in needs {
        if let Some(&other) = places.get(need.other) {
            edges[need.service].push((other, need.at));
        }
    }
    let mut done = vec![false; fields.len()];
    let mut way: Vec<(usize, usize)> = Vec::new();
    let mut on_way = vec![false; fields.len()];
    for start in 0..fields.len() {
        if done[start] {
            continue;
        }
        way.push((start, 0));
        on_way[start] = true;
        while let Some((service, next)) = way.last_mut() {
            let Some(&(other, at)) = edges[*service].get(*next) else {
                done[*service] = true;
                on_way[*service] = false;
                way.pop();
                continue;
            };
            *next += 1;
            if on_way[other] {
                let from = way.iter().position(|&(service, _)| service == other).unwrap_or(0);
                problems.push(cycle(&way[from..], fields, at));
            } else if !done[other] {
                on_way[other] = true;
                way.push((other, 0));
            }
        }
    }
}

fn cycle(way: &[(usize, usize)], fields: &[Field<'_>], at: At) -> Problem {
    let names: Vec<String> = way.iter().map(|&(service, _)| format!("`{}`", fields[service].name)).collect();
    let message = match &names[..] {
        [only] => format!("{only} depends on itself; remove the dependency"),
        [first, ..] => {
            let mut shown: Vec<&str> = names.iter().take(6).map(String::as_str).collect();
            shown.push(if names.len() > 6 { "…" } else { first });
            format!("services depend on each other in a circle, {}; remove one dependency", shown.join(" → "))
        }
        [] => String::new(),
    };
    Problem { kind: ProblemKind::DependencyCycle, at, message: message.into(), also: None }
}

/// A service without image and build, in a project whose other services have one. Where several lack it, another file
/// completes them; so does Umbrel for the service of that name in each of its apps.
fn nothing_to_run(services: &[ContainerSpec], problems: &mut Vec<Problem>) {
    let mut bare = services.iter().filter(|spec| spec.fragment && spec.gaps.is_empty());
    let (Some(spec), None) = (bare.next(), bare.next()) else { return };
    // `imge` is said already.
    let misspelt = problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::UnknownKey)
        .any(|problem| spec.keys.iter().any(|key| key.at == problem.at));
    if services.len() < 2 || spec.keys.is_empty() || misspelt || &*spec.name == "app_proxy" {
        return;
    }
    let message = format!("service `{}` has neither `image` nor `build`; add one", spec.name);
    problems.push(Problem {
        kind: ProblemKind::NothingToRun,
        at: spec.at,
        message: message.into(),
        also: None,
    });
}

fn names(services: &[ContainerSpec]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut known: HashMap<&str, Vec<(&ContainerSpec, At)>> = HashMap::new();
    for spec in services.iter().filter(|spec| !spec.fragment) {
        let Some((name, at)) = spec.container_name.as_ref().and_then(|text| Some((text.value()?, text.at)))
        else {
            continue;
        };
        let others = known.entry(name).or_default();
        if let Some((other, first)) = others.iter().find(|(other, _)| together(spec, other)) {
            let message = format!(
                "`{name}` is the container name of service `{}` too, and only one can exist; choose another name",
                other.name
            );
            let also = Some((*first, "it is used here too"));
            problems.push(Problem { kind: ProblemKind::NamedTwice, at, message: message.into(), also });
        }
        // Of many that are alike, each is compared with a few.
        if others.len() < 8 {
            others.push((spec, at));
        }
    }
    problems
}

fn ports(services: &[ContainerSpec]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut known: HashMap<(u16, &str), Vec<(&ContainerSpec, &Port)>> = HashMap::new();
    let mut left = PORTS;
    for spec in services {
        // Nothing is published from another's network, and without a container.
        let off = spec.fragment
            || spec.network_mode.is_some()
            || spec
                .deploy
                .as_ref()
                .is_some_and(|deploy| deploy.replicas.is_some_and(|replicas| replicas.value == Some(0)));
        if off {
            continue;
        }
        let mut told: HashSet<At> = HashSet::new();
        for port in &spec.ports {
            let Some((first, last)) = fixed(port).filter(|_| !is_of_a_node(spec, port)) else { continue };
            let protocol = port.protocol.as_ref().map_or(Some("tcp"), Text::value);
            let Some(protocol) = protocol else { continue };
            for number in first..=last {
                let Some(rest) = left.checked_sub(1) else { return problems };
                left = rest;
                let others = known.entry((number, protocol)).or_default();
                let clash = others.iter().find(|(other, one)| {
                    (std::ptr::eq(*other, spec) || together(spec, other)) && same_address(port, one)
                });
                if let Some((other, one)) = clash
                    && told.insert(port.at)
                {
                    let whose = if std::ptr::eq(*other, spec) {
                        "here".to_owned()
                    } else {
                        format!("by `{}`", other.name)
                    };
                    let message = format!(
                        "host port {number} is already published {whose}, and the second one cannot start; choose another \
                         port"
                    );
                    let also = Some((one.at, "it is published here first"));
                    let kind = ProblemKind::PublishedTwice;
                    problems.push(Problem { kind, at: port.at, message: message.into(), also });
                }
                if others.len() < 8 {
                    others.push((spec, port));
                }
            }
        }
    }
    problems
}

/// The host ports that are certainly taken: of a range for one port of the container, a free one is.
fn fixed(port: &Port) -> Option<(u16, u16)> {
    let (first, last) = port.published.as_ref()?.range?;
    let target = port.target.as_ref()?.range?;
    let same = last - first == target.1 - target.0;
    (!port.invalid && first > 0 && same).then_some((first, last))
}

/// Swarm publishes the port on the node that the container is on, and places others on other nodes.
fn is_of_a_node(spec: &ContainerSpec, port: &Port) -> bool {
    let is_placed = spec.deploy.as_ref().is_some_and(|deploy| deploy.for_swarm);
    is_placed && port.mode.as_ref().is_some_and(|mode| mode.is("host"))
}

/// One address, or all of them on one side; unknown ones are not.
fn same_address(one: &Port, other: &Port) -> bool {
    let address = |port: &Port| match &port.host_ip {
        None => Some("0.0.0.0".to_owned()),
        Some(ip) => ip.value().map(str::to_owned),
    };
    let (Some(one), Some(other)) = (address(one), address(other)) else { return false };
    one == other || (one == "0.0.0.0" && !other.contains(':')) || (other == "0.0.0.0" && !one.contains(':'))
}

/// Both run without a profile, or with one that both have. A profile that came from a template through `extends` counts
/// only where the service names none of its own: it is there to keep the template from running.
fn together(one: &ContainerSpec, other: &ContainerSpec) -> bool {
    if one.profiles.is_empty() || other.profiles.is_empty() {
        return one.profiles.is_empty() && other.profiles.is_empty();
    }
    let names = |spec: &ContainerSpec| {
        let is_own = |text: &&Text| text.at.pull.is_none();
        let has_own = spec.profiles.iter().any(|text| is_own(&text));
        let counted = spec.profiles.iter().filter(|text| !has_own || is_own(text));
        counted.filter_map(|text| text.value().map(str::to_owned)).collect::<HashSet<_>>()
    };
    !names(one).is_disjoint(&names(other))
}
