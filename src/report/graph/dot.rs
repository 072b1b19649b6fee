//! Stages as a graph for Graphviz.

use std::fmt::Write as _;

use super::{Marked, astray, clip, id};
use crate::graph::{End, FlowKind, Target};
use crate::report::escape;
use crate::rule::Severity;

pub(super) fn draw(graphs: &[Marked]) -> String {
    let mut out = String::from("digraph stages {\n  node [shape=box];\n");
    for (file, marked) in graphs.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{file} {{\n    label={};", quoted(&[&marked.graph.path]));
        one(file, marked, &mut out);
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

fn one(file: usize, marked: &Marked, out: &mut String) {
    let graph = marked.graph;
    for (stage, node) in graph.stages.iter().enumerate() {
        let (name, remarks) = (marked.stage(stage), marked.remarks(stage));
        let lines: Vec<&str> = std::iter::once(&name).chain(&remarks).map(String::as_str).collect();
        let _ = write!(out, "    {} [label={}", id(file, End::Stage(stage)), quoted(&lines));
        if node.ships {
            out.push_str(", peripheries=2");
        } else if !node.needed {
            out.push_str(", style=dashed");
        }
        match marked.marks[stage].map(|mark| mark.worst) {
            Some(Severity::Error) => out.push_str(", color=red"),
            Some(Severity::Warning) => out.push_str(", color=orange"),
            Some(Severity::Note) => out.push_str(", color=blue"),
            None => {}
        }
        out.push_str("];\n");
    }
    for index in 0..graph.outside.len() {
        let (name, word) = marked.outside(index);
        let lines: Vec<&str> = [&*name, word].into_iter().filter(|line| !line.is_empty()).collect();
        let id = id(file, End::Outside(index));
        let _ = writeln!(out, "    {id} [label={}, shape=ellipse];", quoted(&lines));
    }
    for arrow in marked.arrows() {
        let style = match arrow.kind {
            _ if arrow.refused => ", style=dotted, arrowhead=tee",
            FlowKind::From => "",
            FlowKind::Copy | FlowKind::Mount | FlowKind::Add => ", style=dashed",
        };
        let (from, to) = (id(file, arrow.from), id(file, End::Stage(arrow.to)));
        let _ = writeln!(out, "    {from} -> {to} [label={}{style}];", quoted(&[&arrow.label]));
    }
    for (index, builder) in graph.builders.iter().enumerate() {
        let mut lines = vec![format!("service {}", clip(&builder.name))];
        if let Some((target, why)) = astray(builder) {
            lines.extend([format!("builds {target}"), why.to_owned()]);
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let _ = writeln!(out, "    f{file}b{index} [label={}, shape=component];", quoted(&lines));
        if let Target::Stage(stage) = builder.target {
            let _ = writeln!(out, "    {} -> f{file}b{index};", id(file, End::Stage(stage)));
        }
    }
}

/// Lines as one string.
fn quoted(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escape::dot(line)).collect();
    format!("\"{}\"", lines.join("\\n"))
}
