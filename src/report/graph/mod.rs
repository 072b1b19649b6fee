//! The stages of Dockerfiles, drawn: as a tree for a terminal, as Mermaid, as DOT.
//!
//! What the three have in common is here: what a node is called, which flows are one arrow, what was found where.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::str::FromStr;

use super::is_open;
use crate::finding::Finding;
use crate::graph::{Builder, End, FlowKind, Outside, StageGraph, Target};
use crate::outcome::Outcome;
use crate::rule::Severity;

mod dot;
pub mod mermaid;
pub mod network;
mod text;

/// How many characters of a name a node shows.
const SHOWN: usize = 100;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawing {
    /// For a terminal.
    #[default]
    Text,
    /// A Mermaid flowchart, which GitHub draws in Markdown.
    Mermaid,
    /// For Graphviz.
    Dot,
}

impl Drawing {
    pub const ALL: [(&'static str, Self); 3] =
        [("text", Self::Text), ("mermaid", Self::Mermaid), ("dot", Self::Dot)];
}

impl FromStr for Drawing {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name);
        known.map(|&(_, drawing)| drawing).ok_or_else(|| "one of text, mermaid, dot".to_owned())
    }
}

/// Draws all graphs of a run into one text. `false`: it is larger than its reader takes without being told to.
pub fn draw(drawing: Drawing, outcome: &Outcome) -> (String, bool) {
    let marked = mark(outcome);
    match drawing {
        Drawing::Text => (text::draw(&marked), true),
        Drawing::Mermaid => mermaid::measured(&marked),
        Drawing::Dot => (dot::draw(&marked), true),
    }
}

/// A graph, and what was found in each of its stages.
#[derive(Debug)]
pub struct Marked<'a> {
    pub graph: &'a StageGraph,
    marks: Vec<Option<Mark>>,
}

/// Open findings of a stage.
#[derive(Clone, Copy, Debug)]
struct Mark {
    count: usize,
    worst: Severity,
}

/// All graphs of a run with their marks.
pub fn mark(outcome: &Outcome) -> Vec<Marked<'_>> {
    let mut by_path: HashMap<&str, Vec<&Finding>> = HashMap::new();
    if !outcome.graphs.is_empty() {
        for finding in outcome.findings.iter().filter(|finding| is_open(finding)) {
            by_path.entry(&finding.place.path).or_default().push(finding);
        }
    }
    let marked = outcome.graphs.iter().map(|graph| {
        let mut marks: Vec<Option<Mark>> = vec![None; graph.stages.len()];
        let findings = by_path.get(&*graph.path).into_iter().flatten();
        // One finding may tell of several stages.
        let places = findings.flat_map(|&finding| {
            let again = finding.related.iter().filter(|related| related.again).map(|related| &related.place);
            std::iter::once(&finding.place).chain(again).map(move |place| (finding, place))
        });
        for (finding, place) in places {
            // Stages follow each other without a gap.
            let before = graph.stages.partition_point(|stage| stage.span.start <= place.span.start);
            let Some(mark) = before.checked_sub(1).and_then(|stage| marks.get_mut(stage)) else { continue };
            let (count, worst) = mark.map_or((0, finding.severity), |mark| (mark.count, mark.worst));
            *mark = Some(Mark { count: count + 1, worst: worst.max(finding.severity) });
        }
        Marked { graph, marks }
    });
    marked.collect()
}

impl Marked<'_> {
    /// The severest finding in any of the stages.
    pub fn worst(&self) -> Option<Severity> {
        self.marks.iter().flatten().map(|mark| mark.worst).max()
    }
    /// What a stage is called: its name, else its number.
    fn stage(&self, stage: usize) -> String {
        match &self.graph.stages[stage].name {
            Some(name) => clip(name),
            None => format!("stage {stage}"),
        }
    }
    /// What is said of a stage besides its name.
    fn remarks(&self, stage: usize) -> Vec<String> {
        let node = &self.graph.stages[stage];
        let mut remarks = Vec::new();
        if node.ships {
            remarks.push("ships".to_owned());
        } else if !node.needed {
            remarks.push("nothing that ships needs it".to_owned());
        }
        if let Some(Mark { count, worst }) = self.marks[stage] {
            let worst = worst.name();
            remarks.push(match count {
                1 => format!("1 {worst}"),
                _ => format!("{count} findings, the worst: {worst}"),
            });
        }
        remarks
    }
    /// What is outside, and a word on it if the name does not say all.
    fn outside(&self, index: usize) -> (String, &'static str) {
        match &self.graph.outside[index] {
            Outside::Image(image) => (clip(image), ""),
            Outside::Scratch => ("scratch".to_owned(), ""),
            Outside::Unknown(text) => (clip(text), "value not known"),
            Outside::NoStage(number) => (format!("stage {number}"), "there is none"),
            Outside::Remote(url) => (clip(url), ""),
            Outside::Elsewhere(name) => (clip(name), "of the file that is built on this"),
        }
    }
    /// Flows between the same two nodes that are alike, as one arrow with their number.
    fn arrows(&self) -> Vec<Arrow> {
        let mut arrows: Vec<Arrow> = Vec::new();
        let mut known: HashMap<_, usize> = HashMap::new();
        for flow in &self.graph.flows {
            let key = (flow.from, flow.to, flow.kind, flow.onbuild, flow.refused);
            let at = *known.entry(key).or_insert_with(|| {
                let mut label = if flow.onbuild { "ONBUILD ".to_owned() } else { String::new() };
                label.push_str(keyword(flow.kind));
                arrows.push(Arrow {
                    from: flow.from,
                    to: flow.to,
                    kind: flow.kind,
                    refused: flow.refused,
                    label,
                    count: 0,
                });
                arrows.len() - 1
            });
            arrows[at].count += 1;
        }
        for arrow in &mut arrows {
            if arrow.count > 1 {
                let _ = write!(arrow.label, " ×{}", arrow.count);
            }
            if arrow.refused {
                arrow.label.push_str(", refused");
            }
        }
        arrows
    }
}

/// What an arrow stands for.
struct Arrow {
    from: End,
    to: usize,
    kind: FlowKind,
    refused: bool,
    /// Our own words only.
    label: String,
    count: usize,
}

/// How a node is known in Mermaid and DOT. `file` tells the graphs of one drawing apart.
fn id(file: usize, end: End) -> String {
    match end {
        End::Stage(stage) => format!("f{file}s{stage}"),
        End::Outside(index) => format!("f{file}i{index}"),
    }
}

fn keyword(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::From => "FROM",
        FlowKind::Copy => "COPY",
        FlowKind::Mount => "RUN --mount",
        FlowKind::Add => "ADD",
    }
}

/// What a service says of its target if there is no stage to point at.
fn astray(builder: &Builder) -> Option<(String, &'static str)> {
    match &builder.target {
        Target::Stage(_) => None,
        Target::Unknown(target) if target.is_empty() => Some(("?".to_owned(), "there is no stage")),
        Target::Unknown(target) if target.contains('$') => Some((clip(target), "value not known")),
        Target::Unknown(target) => Some((clip(target), "there is no such stage")),
    }
}

fn clip(text: &str) -> String {
    super::clip(text, SHOWN).into_owned()
}
