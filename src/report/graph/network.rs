//! The networks of Compose projects, drawn: as text for a terminal, as Mermaid, as DOT.
//!
//! Every text of the repository stands in quotes and is escaped; ids are ours.

use std::fmt::Write as _;

use super::{Drawing, clip};
use crate::privilege::{Member, NetworkMap, NetworkNode};
use crate::report::escape;

/// Draws all maps into one text.
pub fn draw(drawing: Drawing, maps: &[NetworkMap]) -> String {
    match drawing {
        Drawing::Text => maps.iter().map(text).collect::<Vec<_>>().join("\n"),
        Drawing::Mermaid => mermaid(maps),
        Drawing::Dot => dot(maps),
    }
}

fn text(map: &NetworkMap) -> String {
    let mut out = format!("{}\n", escape::line(&map.path));
    for (index, network) in map.networks.iter().enumerate() {
        let _ = writeln!(out, "  {}", escape::line(&network_label(network).join(", ")));
        for member in map.members.iter().filter(|member| member.networks.contains(&index)) {
            let _ = writeln!(out, "    {}", escape::line(&line(member)));
        }
    }
    for member in map.members.iter().filter(|member| member.networks.is_empty()) {
        let mode = member.mode.as_deref().unwrap_or("none");
        let _ = writeln!(out, "  network_mode {}\n    {}", escape::line(mode), escape::line(&line(member)));
    }
    out
}

/// `db (compose.yaml:4): data store; `proxy` is published and does not seem to use it`
fn line(member: &Member) -> String {
    let remarks = member_remarks(member);
    let colon = if remarks.is_empty() { "" } else { ": " };
    format!("{} ({}:{}){colon}{}", member.name, member.place.path, member.place.line, remarks.join("; "))
}

fn network_label(network: &NetworkNode) -> Vec<String> {
    let name = format!("network {}", clip(&network.name));
    std::iter::once(name).chain(network.remarks.iter().map(|remark| clip(remark))).collect()
}

fn member_remarks(member: &Member) -> Vec<String> {
    let mut remarks = Vec::new();
    if !member.published.is_empty() {
        remarks.push(format!("published: {}", clip(&member.published.join(", "))));
    }
    if member.stores {
        remarks.push("data store".to_owned());
    }
    if let Some(other) = &member.beside {
        remarks.push(format!("`{}` is published and does not seem to use it", clip(other)));
    }
    remarks
}

fn member_label(member: &Member) -> Vec<String> {
    std::iter::once(clip(&member.name)).chain(member_remarks(member)).collect()
}

fn mermaid(maps: &[NetworkMap]) -> String {
    let mut out = String::from("flowchart LR\n");
    if maps.iter().flat_map(|map| &map.members).any(|member| !member.published.is_empty()) {
        out.push_str("  hosts([\"other hosts\"])\n");
    }
    for (file, map) in maps.iter().enumerate() {
        let quoted = |lines: Vec<String>| {
            lines.iter().map(|line| escape::mermaid(line)).collect::<Vec<_>>().join("<br>")
        };
        for (index, network) in map.networks.iter().enumerate() {
            let _ = writeln!(out, "  f{file}n{index}{{{{\"{}\"}}}}", quoted(network_label(network)));
        }
        for (index, member) in map.members.iter().enumerate() {
            let label = quoted(member_label(member));
            let (open, close) = if member.stores { ("[(", ")]") } else { ("[", "]") };
            let _ = writeln!(out, "  f{file}s{index}{open}\"{label}\"{close}");
            for network in &member.networks {
                let _ = writeln!(out, "  f{file}s{index} --- f{file}n{network}");
            }
            if !member.published.is_empty() {
                let _ = writeln!(out, "  hosts --> f{file}s{index}");
            }
        }
    }
    out
}

fn dot(maps: &[NetworkMap]) -> String {
    let mut out =
        String::from("graph networks {\n  node [shape=box];\n  hosts [label=\"other hosts\", shape=oval];\n");
    for (file, map) in maps.iter().enumerate() {
        let quoted =
            |lines: Vec<String>| lines.iter().map(|line| escape::dot(line)).collect::<Vec<_>>().join("\\n");
        let _ = writeln!(out, "  subgraph cluster_{file} {{\n    label=\"{}\";", escape::dot(&map.path));
        for (index, network) in map.networks.iter().enumerate() {
            let label = quoted(network_label(network));
            let _ = writeln!(out, "    f{file}n{index} [label=\"{label}\", shape=hexagon];");
        }
        for (index, member) in map.members.iter().enumerate() {
            let shape = if member.stores { ", shape=cylinder" } else { "" };
            let _ = writeln!(out, "    f{file}s{index} [label=\"{}\"{shape}];", quoted(member_label(member)));
            for network in &member.networks {
                let _ = writeln!(out, "    f{file}s{index} -- f{file}n{network};");
            }
        }
        out.push_str("  }\n");
        for (index, _) in map.members.iter().enumerate().filter(|(_, member)| !member.published.is_empty()) {
            let _ = writeln!(out, "  hosts -- f{file}s{index} [dir=forward];");
        }
    }
    out.push_str("}\n");
    out
}
