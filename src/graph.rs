//! The stages of a Dockerfile, what flows between them, and who builds them: plain data that outlives the file.
//!
//! `scan` makes it where somebody asks for it; drawing it, and marking what was found, is `report::graph`'s business.
//! A build context has no node: nearly every stage copies from it, so it would tell nothing.

use std::collections::HashMap;
use std::sync::Arc;

use crate::dockerfile::{Base, Dockerfile, FromRef, Instruction, Kind, Transfer, Word};
use crate::project::Project;
use crate::text::Span;

/// The stages of one Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageGraph {
    pub path: Arc<str>,
    /// In the file's order, as `COPY --from=0` counts.
    pub stages: Vec<StageNode>,
    /// What flows in from elsewhere, in the order of its first use.
    pub outside: Vec<Outside>,
    /// In the file's order.
    pub flows: Vec<Flow>,
    /// The services that build it.
    pub builders: Vec<Builder>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageNode {
    /// As written.
    pub name: Option<String>,
    /// The line of its FROM.
    pub line: u32,
    /// From its FROM to the next, or to the end of the file.
    pub span: Span,
    /// It is the final stage or a service's target.
    pub ships: bool,
    /// It ships, or something that ships is made with it.
    pub needed: bool,
}

/// What is none of the file's stages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outside {
    /// An image, or a named context of whoever builds.
    Image(String),
    Scratch,
    /// As written; a variable in it has no value that could be known.
    Unknown(String),
    /// `COPY --from=7` in a file with fewer stages.
    NoStage(i64),
    /// What ADD fetches.
    Remote(String),
    /// What a trigger of ONBUILD names: a stage of the file that will be built on this one, or an image.
    Elsewhere(String),
}

/// Something goes from one place to a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub from: End,
    /// Index in [`StageGraph::stages`].
    pub to: usize,
    pub kind: FlowKind,
    /// It happens when another file is built on this stage.
    pub onbuild: bool,
    /// The builder refuses it: a stage copies from itself or from a later one, or from one that is not there.
    pub refused: bool,
    pub line: u32,
    /// What is copied, or where it is mounted, as written; empty where that is not told.
    pub what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Index in [`StageGraph::stages`].
    Stage(usize),
    /// Index in [`StageGraph::outside`].
    Outside(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlowKind {
    From,
    Copy,
    /// `RUN --mount=from=`
    Mount,
    Add,
}

/// A service that builds a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Builder {
    pub name: String,
    pub target: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Index in [`StageGraph::stages`].
    Stage(usize),
    /// It names no stage, or one that cannot be known; as written.
    Unknown(String),
}

impl StageGraph {
    /// The graph of a Dockerfile with the services of `project` that build it.
    pub fn of(file: &Dockerfile, project: &Project) -> Self {
        let path = Arc::clone(file.source.path());
        let end = file.source.text().len() as u32;
        let start = |stage: usize| file.stage_instructions(stage).first().map_or(end, |from| from.span.start);
        let stages = file.stages.iter().map(|stage| StageNode {
            name: file.stage_name(stage.index).map(str::to_owned),
            line: file.source.line_of(start(stage.index) as usize),
            span: Span { start: start(stage.index), end: start(stage.index + 1) },
            ships: stage.ships,
            needed: stage.ships,
        });
        let mut graph = Self {
            path,
            stages: stages.collect(),
            outside: Vec::new(),
            flows: Vec::new(),
            builders: builders(file, project),
        };
        let mut making = Making { file, graph: &mut graph, known: HashMap::new() };
        file.all().for_each(|instruction| making.take(instruction));
        graph.find_needed();
        graph
    }

    /// What is not refused flows from earlier stages to later ones, so one walk from the end reaches all.
    fn find_needed(&mut self) {
        for flow in self.flows.iter().rev() {
            if let (End::Stage(from), false) = (flow.from, flow.refused)
                && self.stages[flow.to].needed
            {
                self.stages[from].needed = true;
            }
        }
    }

    /// Every text that was taken from the repository as it stands, for whoever masks secrets.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let outside = self.outside.iter_mut().filter_map(|outside| match outside {
            Outside::Image(text)
            | Outside::Unknown(text)
            | Outside::Remote(text)
            | Outside::Elsewhere(text) => Some(text),
            Outside::Scratch | Outside::NoStage(_) => None,
        });
        let names = self.stages.iter_mut().filter_map(|stage| stage.name.as_mut());
        let targets = self.builders.iter_mut().flat_map(|builder| {
            let target = match &mut builder.target {
                Target::Unknown(text) => Some(text),
                Target::Stage(_) => None,
            };
            std::iter::once(&mut builder.name).chain(target)
        });
        outside.chain(names).chain(targets).chain(self.flows.iter_mut().map(|flow| &mut flow.what))
    }
}

/// A graph in the making.
struct Making<'m, 'f> {
    file: &'m Dockerfile<'f>,
    graph: &'m mut StageGraph,
    /// Where in [`StageGraph::outside`] something stands.
    known: HashMap<Outside, usize>,
}

impl Making<'_, '_> {
    /// What flows into a stage by one instruction.
    fn take(&mut self, at: &Instruction) {
        let Some(to) = at.stage.filter(|&stage| stage < self.graph.stages.len()) else { return };
        let flow = Flow {
            from: End::Stage(to),
            to,
            kind: FlowKind::From,
            onbuild: at.is_trigger,
            refused: false,
            line: self.file.source.line_of(at.span.start as usize),
            what: String::new(),
        };
        match &at.kind {
            Kind::From(from) => {
                let end = match &self.file.stages[to].base {
                    Base::Stage(stage) => End::Stage(*stage),
                    Base::Scratch => self.outside(Outside::Scratch),
                    Base::Image(image) => self.outside(Outside::Image(image.to_string())),
                    Base::Unknown => self.outside(Outside::Unknown(from.image.text.to_string())),
                };
                self.graph.flows.push(Flow { from: end, ..flow });
            }
            Kind::Copy(transfer) => {
                if let Some(from) = at.flag("from").and_then(|flag| flag.value.as_ref()) {
                    let what = sources(transfer);
                    self.named(from, at, Flow { kind: FlowKind::Copy, what, ..flow });
                }
            }
            Kind::Add(transfer) => {
                for source in transfer.sources.iter().filter(|source| is_remote(&source.text)) {
                    let from = self.outside(Outside::Remote(source.text.to_string()));
                    self.graph.flows.push(Flow { from, kind: FlowKind::Add, ..flow.clone() });
                }
            }
            _ => {
                for mount in at.mounts() {
                    let Some(from) = mount.from() else { continue };
                    let what = mount.target().map(|target| target.text.to_string()).unwrap_or_default();
                    self.named(from, at, Flow { kind: FlowKind::Mount, what, ..flow.clone() });
                }
            }
        }
    }

    /// Adds a flow from what `--from` or `from=` names.
    fn named(&mut self, from: &Word, at: &Instruction, flow: Flow) {
        let (from, refused) = match self.file.resolve_from(from, at) {
            FromRef::Stage(stage) => (End::Stage(stage), false),
            FromRef::Itself(stage) | FromRef::Later(stage) => (End::Stage(stage), true),
            FromRef::NoSuchIndex(index) => (self.outside(Outside::NoStage(index)), true),
            FromRef::Scratch => (self.outside(Outside::Scratch), false),
            FromRef::Outside(name) => (self.outside(Outside::Image(name.into_owned())), false),
            FromRef::Variable => (self.outside(Outside::Unknown(from.text.to_string())), false),
            FromRef::Unknown => (self.outside(Outside::Elsewhere(from.text.to_string())), false),
        };
        self.graph.flows.push(Flow { from, refused, ..flow });
    }

    fn outside(&mut self, one: Outside) -> End {
        let all = &mut self.graph.outside;
        End::Outside(*self.known.entry(one).or_insert_with_key(|one| {
            all.push(one.clone());
            all.len() - 1
        }))
    }
}

/// The services that build the file, each once.
fn builders(file: &Dockerfile, project: &Project) -> Vec<Builder> {
    let mut builders: Vec<Builder> = Vec::new();
    for (edge, service) in project.builders_of(file.source.path()) {
        let written = || service.build.as_ref().and_then(|build| build.target.as_ref());
        let target = match edge.stage {
            Some(stage) => Target::Stage(stage),
            None => Target::Unknown(written().map(|target| target.raw.to_string()).unwrap_or_default()),
        };
        let builder = Builder { name: service.name.to_string(), target };
        if !builders.contains(&builder) {
            builders.push(builder);
        }
    }
    builders
}

fn sources(transfer: &Transfer) -> String {
    let sources: Vec<&str> = transfer.sources.iter().map(|source| &*source.text).collect();
    sources.join(" ")
}

/// What BuildKit's ADD fetches rather than copies.
fn is_remote(source: &str) -> bool {
    ["http://", "https://", "git://", "ssh://", "git@"].iter().any(|start| source.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile;
    use crate::text::Source;

    fn graph(text: &str) -> StageGraph {
        let source = Arc::new(Source::new("Dockerfile", text.as_bytes().to_vec()));
        StageGraph::of(&dockerfile::parse(&source), &Project::default())
    }

    /// `from → to` of each flow, by names.
    fn flows(graph: &StageGraph) -> Vec<String> {
        let flow = |flow: &Flow| {
            let from = match flow.from {
                End::Stage(stage) => format!("{stage}"),
                End::Outside(index) => format!("{:?}", graph.outside[index]),
            };
            let marks = [(flow.onbuild, " onbuild"), (flow.refused, " refused")];
            let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
            format!("{:?} {from} → {}{marks}", flow.kind, flow.to)
        };
        graph.flows.iter().map(flow).collect()
    }

    #[test]
    fn everything_that_flows_is_there() {
        let graph = graph(
            "ARG V=3.20\nARG X\nFROM alpine:$V AS a\nFROM $X AS b\nADD https://example.org/x . /y\n\
             RUN --mount=from=a,target=/m --mount=type=cache,target=/c true\nFROM scratch\n\
             COPY --from=0 /p /q /r/\nCOPY --from=9 / /\nCOPY --from=2 / /\nCOPY --from=nginx / /\n\
             ONBUILD COPY --from=dev / /\nCOPY . .\n",
        );
        assert_eq!(
            flows(&graph),
            [
                r#"From Image("alpine:3.20") → 0"#,
                r#"From Unknown("$X") → 1"#,
                r#"Add Remote("https://example.org/x") → 1"#,
                "Mount 0 → 1",
                "From Scratch → 2",
                "Copy 0 → 2",
                "Copy NoStage(9) → 2 refused",
                "Copy 2 → 2 refused",
                r#"Copy Image("nginx") → 2"#,
                r#"Copy Elsewhere("dev") → 2 onbuild"#,
            ]
        );
        assert_eq!(graph.flows[3].what, "/m");
        assert_eq!((&*graph.flows[5].what, graph.flows[5].line), ("/p /q", 8));
        let needed: Vec<bool> = graph.stages.iter().map(|stage| stage.needed).collect();
        assert_eq!(needed, [true, false, true]);
    }

    #[test]
    fn stages_cover_the_file_from_the_first_from() {
        let graph = graph("ARG A\nFROM a\nRUN b\n\nFROM c AS d\n");
        let spans: Vec<Span> = graph.stages.iter().map(|stage| stage.span).collect();
        assert_eq!(spans, [Span::new(6, 20), Span::new(20, 32)]);
        assert_eq!(graph.stages[1].line, 5);
        assert!(super::tests::graph("").stages.is_empty());
    }
}
