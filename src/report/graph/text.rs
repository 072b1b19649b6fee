//! Stages as a tree for people: each with what flows into it.

use std::fmt::Write as _;

use super::{Marked, astray, clip, keyword};
use crate::graph::{End, Flow, FlowKind, Target};
use crate::report::escape;

pub(super) fn draw(graphs: &[Marked]) -> String {
    let mut out = String::new();
    for (index, marked) in graphs.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        let _ = writeln!(out, "{gap}stages of {}", escape::line(&marked.graph.path));
        // Each with the twigs below it.
        let mut branches: Vec<(String, Vec<String>)> = Vec::new();
        let mut flows = marked.graph.flows.iter().peekable();
        for stage in 0..marked.graph.stages.len() {
            // They stand in the file's order, as the stages do.
            let own = std::iter::from_fn(|| flows.next_if(|flow| flow.to == stage));
            let twigs = own.map(|flow| flow_line(marked, flow)).collect();
            branches.push((stage_line(marked, stage), twigs));
        }
        for builder in &marked.graph.builders {
            if let Some((target, why)) = astray(builder) {
                let line = format!("service {} builds {target}: {why}", clip(&builder.name));
                branches.push((line, Vec::new()));
            }
        }
        if branches.is_empty() {
            branches.push(("none".to_owned(), Vec::new()));
        }
        let last = branches.len() - 1;
        for (index, (line, twigs)) in branches.iter().enumerate() {
            let (branch, below) = if index == last { ("└─", "   ") } else { ("├─", "│  ") };
            let _ = writeln!(out, "{branch} {}", escape::line(line));
            for (index, twig) in twigs.iter().enumerate() {
                let branch = if index + 1 == twigs.len() { "└─" } else { "├─" };
                let _ = writeln!(out, "{below}{branch} {}", escape::line(twig));
            }
        }
    }
    out
}

fn stage_line(marked: &Marked, stage: usize) -> String {
    let mut remarks = marked.remarks(stage);
    let builders = marked.graph.builders.iter().filter(|builder| builder.target == Target::Stage(stage));
    let services: Vec<String> = builders.map(|builder| clip(&builder.name)).collect();
    if !services.is_empty() {
        remarks.push(format!("built by service {}", services.join(", ")));
    }
    let colon = if remarks.is_empty() { "" } else { ": " };
    let line = marked.graph.stages[stage].line;
    format!("{} (line {line}){colon}{}", marked.stage(stage), remarks.join("; "))
}

fn flow_line(marked: &Marked, flow: &Flow) -> String {
    let onbuild = if flow.onbuild { "ONBUILD " } else { "" };
    let mut line = format!("{onbuild}{}", keyword(flow.kind));
    if matches!(flow.kind, FlowKind::Copy | FlowKind::Mount) {
        line.push_str(" from");
    }
    let (name, word) = match flow.from {
        End::Stage(stage) => (marked.stage(stage), ""),
        End::Outside(index) => marked.outside(index),
    };
    let _ = write!(line, " {name}");
    if flow.kind != FlowKind::From {
        let _ = write!(line, ", line {}", flow.line);
    }
    if !flow.what.is_empty() {
        let at = if flow.kind == FlowKind::Mount { "at " } else { "" };
        let _ = write!(line, ": {at}{}", clip(&flow.what));
    }
    let refused = if flow.refused { "the builder refuses it" } else { "" };
    let words: Vec<&str> = [word, refused].into_iter().filter(|word| !word.is_empty()).collect();
    if !words.is_empty() {
        let _ = write!(line, " ({})", words.join("; "));
    }
    line
}
