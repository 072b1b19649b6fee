//! Stages as a Mermaid flowchart.
//!
//! Every text of the repository stands in quotes, on a line of its own node, [escaped](escape::mermaid); ids, arrows'
//! labels and classes are ours.

use std::fmt::Write as _;

use super::{Marked, astray, clip, id};
use crate::graph::{End, FlowKind, Target};
use crate::report::escape;
use crate::rule::Severity;

/// Mermaid draws no more arrows, nor a longer text, unless its configuration says so; GitHub's does not.
const ARROWS: usize = 500;
const LENGTH: usize = 50_000;
/// Only edges are coloured, so that they can be seen on a dark page and on a light one.
const CLASSES: [(&str, &str); 5] = [
    ("ships", "stroke-width:4px"),
    ("unneeded", "stroke-dasharray:4"),
    ("error", "stroke:#d1242f"),
    ("warning", "stroke:#bf8700"),
    ("note", "stroke:#1f6feb"),
];

fn draw(graphs: &[Marked]) -> String {
    let mut out = String::from("flowchart TD\n");
    let mut classes: [Vec<String>; 5] = Default::default();
    for (file, marked) in graphs.iter().enumerate() {
        // One file needs no frame around it.
        if graphs.len() > 1 {
            let _ = writeln!(out, "  subgraph f{file}[\"{}\"]", escape::mermaid(&clip(&marked.graph.path)));
        }
        one(file, marked, &mut out, &mut classes);
        if graphs.len() > 1 {
            out.push_str("  end\n");
        }
    }
    for ((name, style), nodes) in CLASSES.iter().zip(classes).filter(|(_, nodes)| !nodes.is_empty()) {
        let _ = writeln!(out, "  classDef {name} {style}\n  class {} {name}", nodes.join(","));
    }
    out
}

/// The flowchart of some graphs, and whether Mermaid would draw it without being told to.
pub fn measured(graphs: &[Marked]) -> (String, bool) {
    let arrows = |marked: &Marked| marked.arrows().len() + marked.graph.builders.len();
    let text = draw(graphs);
    let fits = text.len() <= LENGTH && graphs.iter().map(arrows).sum::<usize>() <= ARROWS;
    (text, fits)
}

fn one(file: usize, marked: &Marked, out: &mut String, classes: &mut [Vec<String>; 5]) {
    let graph = marked.graph;
    for (stage, node) in graph.stages.iter().enumerate() {
        let id = id(file, End::Stage(stage));
        let mut label = escape::mermaid(&marked.stage(stage));
        for remark in marked.remarks(stage) {
            let _ = write!(label, "<br>{remark}");
        }
        let _ = writeln!(out, "    {id}[\"{label}\"]");
        let of_severity = marked.marks[stage].map(|mark| match mark.worst {
            Severity::Error => 2,
            Severity::Warning => 3,
            Severity::Note => 4,
        });
        let is =
            [(node.ships, 0), (!node.needed, 1)].into_iter().filter(|(is, _)| *is).map(|(_, class)| class);
        is.chain(of_severity).for_each(|class| classes[class].push(id.clone()));
    }
    for index in 0..graph.outside.len() {
        let (name, word) = marked.outside(index);
        let word = if word.is_empty() { String::new() } else { format!("<br>{word}") };
        let _ =
            writeln!(out, "    {}([\"{}{word}\"])", id(file, End::Outside(index)), escape::mermaid(&name));
    }
    for arrow in marked.arrows() {
        let line = match arrow.kind {
            _ if arrow.refused => "--x",
            FlowKind::From => "-->",
            FlowKind::Copy | FlowKind::Mount | FlowKind::Add => "-.->",
        };
        let (from, to) = (id(file, arrow.from), id(file, End::Stage(arrow.to)));
        let _ = writeln!(out, "    {from} {line}|\"{}\"| {to}", arrow.label);
    }
    for (index, builder) in graph.builders.iter().enumerate() {
        let mut label = escape::mermaid(&format!("service {}", clip(&builder.name)));
        if let Some((target, why)) = astray(builder) {
            let _ = write!(label, "<br>{}<br>{why}", escape::mermaid(&format!("builds {target}")));
        }
        let _ = writeln!(out, "    f{file}b{index}[[\"{label}\"]]");
        if let Target::Stage(stage) = builder.target {
            let _ = writeln!(out, "    {} --> f{file}b{index}", id(file, End::Stage(stage)));
        }
    }
}
