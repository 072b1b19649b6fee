//! Runs the rules on documents. A rule that panics is told, and costs nothing but itself.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use super::chosen::Chosen;
use super::inline;
use super::shell::Shell;
use crate::blob::Tree;
use crate::compose::ComposeFile;
use crate::container::ContainerSpec;
use crate::daemon::{self, Daemon};
use crate::dockerfile::Dockerfile;
use crate::effective;
use crate::finding::{Draft, Finding, Findings};
use crate::graph::StageGraph;
use crate::outcome::{Pragma, Told};
use crate::pipeline::Pipeline;
use crate::pragma;
use crate::privilege::{Hardening, NetworkMap, Privileges};
use crate::project::{self, ImageUse, Project};
use crate::rule::{Check, Context, Policy, Rule, Severity};
use crate::rules;
use crate::shellcheck;
use crate::shown::finish::{Finished, Veils, gather};
use crate::shown::{Marks, guarded as caught, marks};
use crate::text::{Source, Span};
use crate::yaml::{Entry, Node};

/// One Dockerfile, or the settings of an engine, done.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) path: Arc<str>,
    pub(super) findings: Vec<Finding>,
    pub(super) pragmas: Vec<Pragma>,
    pub(super) hidden: Marks,
    pub(super) failed: Vec<Told>,
    pub(super) graph: Option<StageGraph>,
    /// For ShellCheck, if it is there.
    pub(super) shell: Shell,
    pub(super) has_shell_code: bool,
    pub(super) is_daemon: bool,
    /// A search for secrets finds nothing in it.
    pub(super) is_spotless: bool,
}

/// Checks a Dockerfile. `keep_shell`: its shell code is checked later.
pub(super) fn dockerfile(
    cx: &Context,
    rules: &Chosen,
    file: &Dockerfile,
    tree: &dyn Tree,
    keep_shell: bool,
) -> Checked {
    let path = file.source.path();
    let mut drafts = on_dockerfile(cx, rules, file);
    drafts.extend(unknown_stages(file, cx.policy));
    let origin = tree.origin();
    let mut marks = Marks::new();
    // The services that build it are known, their texts are gone: what they hide was marked with them.
    marks::dockerfile(file, &mut marks);
    let shell = if keep_shell {
        Shell { scripts: shellcheck::scripts(file), marks: marks.clone() }
    } else {
        Shell::default()
    };
    let has_shell_code = file.runs().any(|run| run.script().is_some());
    let mut veils = Veils::new(marks, origin, cx.policy).knowing_spotless(cx.is_spotless.then_some(path));
    let pragmas = veils.pragmas(pragma::dockerfile(file), file.source);
    let graph = cx.policy.graphs.then(|| graph(file, cx.project, &mut veils));
    let Finished { findings, hidden, failed } = veils.finish(drafts);
    Checked {
        path: Arc::clone(path),
        findings,
        pragmas,
        hidden,
        failed,
        graph,
        shell,
        has_shell_code,
        is_daemon: false,
        is_spotless: cx.is_spotless,
    }
}

/// Runs the rules on a Dockerfile.
pub(super) fn on_dockerfile(cx: &Context, rules: &Chosen, file: &Dockerfile) -> Vec<Draft> {
    let images = project::dockerfile_images(file);
    let mut drafts = Vec::new();
    for &rule in &rules.dockerfile {
        let mut out = Findings::new(rule);
        guarded(rule, file.source, &mut out, |out| {
            for check in rule.checks() {
                match check {
                    Check::Dockerfile(check) => check(cx, file, out),
                    Check::Image(check) => images.iter().for_each(|image| check(cx, image, out)),
                    Check::Compose(_)
                    | Check::Container(_)
                    | Check::Project(_)
                    | Check::Daemon(_)
                    | Check::Pipeline(_)
                    | Check::Secret(_) => {}
                }
            }
        });
        // At once, for a huge file may give one rule very many.
        drafts.append(&mut gather(out.list, cx.policy.profile));
    }
    if fails_on_checks(file) {
        let of_buildkit = |rule: &Rule| rule.aliases.iter().any(|alias| alias.starts_with("buildkit/"));
        for draft in drafts.iter_mut().filter(|draft| of_buildkit(draft.rule)) {
            draft.severity(Severity::Error);
        }
    }
    drafts
}

/// Runs rules on one file. `run` runs those of their checks that look at it.
fn drafts(rules: &[&'static Rule], source: &Arc<Source>, run: impl Fn(&Check, &mut Findings)) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for &rule in rules {
        let mut out = Findings::new(rule);
        guarded(rule, source, &mut out, |out| rule.checks().iter().for_each(|check| run(check, out)));
        drafts.append(&mut out.list);
    }
    drafts
}

/// Runs the rules on the settings of an engine.
pub(super) fn engine(cx: &Context, rules: &Chosen, file: &Daemon) -> Vec<Draft> {
    drafts(&rules.daemon, file.source, |check, out| {
        if let Check::Daemon(check) = check {
            check(cx, file, out);
        }
    })
}

/// Checks a `daemon.json`.
pub(super) fn daemon(source: &Arc<Source>, rules: &Chosen, tree: &dyn Tree) -> Checked {
    let policy = rules.policy;
    let (file, project) = (daemon::parse(source), Project::default());
    let cx = Context { policy, project: &project, sent: None, is_spotless: false };
    let drafts = engine(&cx, rules, &file);
    let Finished { findings, hidden, failed } =
        Veils::new(Marks::new(), tree.origin(), policy).finish(drafts);
    Checked {
        path: Arc::clone(source.path()),
        findings,
        hidden,
        failed,
        is_daemon: true,
        ..Checked::default()
    }
}

/// Checks a file that builds, scans, pushes or updates images.
pub(super) fn pipeline(cx: &Context, rules: &Chosen, file: &Pipeline) -> Vec<Draft> {
    drafts(&rules.pipeline, file.source, |check, out| {
        if let Check::Pipeline(check) = check {
            check(cx, file, out);
        }
    })
}

/// `# check=error=true`: what BuildKit warns of makes its build fail.
fn fails_on_checks(file: &Dockerfile) -> bool {
    let mut checks = file.directives.iter().filter(|one| one.name.text.eq_ignore_ascii_case("check"));
    checks.any(|one| {
        let options = one.value.text.split_whitespace().next().unwrap_or_default();
        let mut values = options.split(';').filter_map(|option| option.trim().strip_prefix("error="));
        values.any(|value| matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True"))
    })
}

/// The stages that the user says are shipped and that are not there.
fn unknown_stages(file: &Dockerfile, policy: &Policy) -> Vec<Draft> {
    let targets = policy.ships.get(&**file.source.path());
    let rule = rules::find("ships-unknown-stage").filter(|rule| policy.shows(rule));
    let last = file.stages.last().and_then(|stage| file.from_of(stage.index));
    let (Some(targets), Some(rule), Some(last)) = (targets, rule, last) else { return Vec::new() };
    let mut out = Findings::new(rule);
    for target in targets.iter().filter(|target| file.target(target).is_none()) {
        let names: Vec<String> = (0..file.stages.len())
            .filter_map(|stage| Some(format!("`{}`", file.stage_name(stage)?)))
            .collect();
        let known = match names.len() {
            0 => "its stages have no names".to_owned(),
            1..=10 => format!("its stages are {}", names.join(", ")),
            many => format!("its {many} stages have other names"),
        };
        let message = format!("`ships` names the stage `{target}`, which this file does not have; {known}");
        out.at(file.source, last.image.span, message);
    }
    out.list
}

/// The stages, without secrets in the addresses that they are made from.
fn graph(file: &Dockerfile, project: &Project, veils: &mut Veils) -> StageGraph {
    let mut graph = StageGraph::of(file, project);
    for text in graph.texts_mut() {
        *text = veils.label(file.source, text);
    }
    graph
}

/// What a group of Compose files gave.
pub(super) struct InCompose {
    pub(super) drafts: Vec<Draft>,
    pub(super) pragmas: Vec<Pragma>,
    pub(super) marks: Marks,
    pub(super) privileges: Vec<Privileges>,
    pub(super) hardenings: Vec<Hardening>,
    pub(super) networks: Option<NetworkMap>,
}

/// Checks Compose files as written (`documents`), and the containers that they come to, with `all` that they name. Only what lies in a file of `linted` counts.
pub(super) fn compose(
    cx: &Context,
    rules: &Chosen,
    documents: &[&ComposeFile],
    all: &[ComposeFile],
    linted: &HashSet<Arc<str>>,
    tree: &dyn Tree,
) -> InCompose {
    let files = cx.project.files;
    let mut marks = Marks::new();
    marks::project(cx.project, &mut marks);
    let mine: Vec<&ComposeFile> =
        documents.iter().copied().filter(|file| linted.contains(file.source.path())).collect();
    let in_documents = super::each(mine, |file| {
        let mut drafts = Vec::new();
        for &rule in &rules.compose {
            let mut out = Findings::new(rule);
            guarded(rule, &files[file.id.0 as usize], &mut out, |out| {
                for check in rule.checks() {
                    if let Check::Compose(check) = check {
                        check(cx, file, out);
                    }
                }
            });
            drafts.append(&mut out.list);
        }
        let parts = OnceCell::new();
        let next = |comment: Span| next_in(parts.get_or_init(|| parts_of(file)), comment);
        let found = pragma::yaml(file.source, &file.yaml.comments, &next);
        let mut veils = Veils::new(marks.clone(), tree.origin(), cx.policy);
        (drafts, veils.pragmas(found, &files[file.id.0 as usize]))
    });
    let in_containers = containers(cx, rules);
    let is_linted = |path: &Arc<str>| linted.contains(path);
    let privileges = privileges(cx, is_linted, &mut Veils::new(marks.clone(), tree.origin(), cx.policy));
    let hardenings = if cx.policy.hardening {
        hardenings(cx, all, linted, &mut Veils::new(marks.clone(), tree.origin(), cx.policy))
    } else {
        Vec::new()
    };
    let networks = if cx.policy.networks {
        networks(cx, &mut Veils::new(marks.clone(), tree.origin(), cx.policy))
    } else {
        None
    };
    let mut all =
        InCompose { drafts: Vec::new(), pragmas: Vec::new(), marks, privileges, hardenings, networks };
    for (drafts, pragmas) in in_documents {
        all.drafts.extend(drafts);
        all.pragmas.extend(pragmas);
    }
    all.drafts
        .extend(in_containers.into_iter().flatten().filter(|draft| linted.contains(draft.source.path())));
    all
}

/// Runs the rules on the containers of a project, and on their images; what they say of each.
pub(super) fn containers(cx: &Context, rules: &Chosen) -> Vec<Vec<Draft>> {
    let images = project::container_images(cx.project);
    let containers: Vec<(&ContainerSpec, Vec<ImageUse>)> = cx.project.containers.iter().zip(images).collect();
    super::each(containers, |(spec, images)| {
        let mut drafts = Vec::new();
        for &rule in &rules.container {
            let mut out = Findings::new(rule);
            guarded(rule, cx.project.source(spec.at), &mut out, |out| {
                for check in rule.checks() {
                    match check {
                        Check::Container(check) => check(cx, spec, out),
                        Check::Image(check) => images.iter().for_each(|image| check(cx, image, out)),
                        _ => {}
                    }
                }
            });
            for draft in &mut out.list {
                draft.container = (!spec.name.is_empty()).then(|| spec.name.clone());
            }
            drafts.append(&mut out.list);
        }
        effective::proof::follow(cx, spec, &mut drafts);
        drafts.append(&mut inline::drafts(cx, rules, spec));
        drafts
    })
}

/// What the containers of the files that count may do, without secrets; nothing unless the policy asks.
pub(super) fn privileges(
    cx: &Context,
    counts: impl Fn(&Arc<str>) -> bool,
    veils: &mut Veils,
) -> Vec<Privileges> {
    if !cx.policy.privileges {
        return Vec::new();
    }
    let mine = cx.project.containers.iter().filter(|spec| counts(cx.project.source(spec.at).path()));
    mine.filter_map(|spec| {
        let mut privileges = effective::of(cx, spec)?;
        if privileges.service.is_empty() {
            spec.image.as_ref().map_or("a container", |image| &image.raw).clone_into(&mut privileges.service);
        }
        for text in privileges.texts_mut() {
            *text = veils.label(cx.project.source(spec.at), text);
        }
        Some(privileges)
    })
    .collect()
}

/// The networks of the group, without secrets.
fn networks(cx: &Context, veils: &mut Veils) -> Option<NetworkMap> {
    let mut map = effective::network::map(cx)?;
    let source = cx.project.files.first()?;
    for text in map.texts_mut() {
        *text = veils.label(source, text);
    }
    Some(map)
}

/// What would take privileges from the containers of the files that count, without secrets.
fn hardenings(
    cx: &Context,
    all: &[ComposeFile],
    linted: &HashSet<Arc<str>>,
    veils: &mut Veils,
) -> Vec<Hardening> {
    let files = effective::harden::Files::of(all);
    let mine = cx.project.containers.iter().filter(|spec| linted.contains(cx.project.source(spec.at).path()));
    mine.filter_map(|spec| {
        let mut hardening = effective::harden::of(cx, &files, spec)?;
        for text in hardening.texts_mut() {
            *text = veils.label(cx.project.source(spec.at), text);
        }
        Some(hardening)
    })
    .collect()
}

/// Runs the rules that look at all documents together.
pub(super) fn project(cx: &Context, rules: &Chosen) -> Vec<Draft> {
    let Some(anywhere) = cx.project.files.first() else { return Vec::new() };
    let mut drafts = Vec::new();
    for &rule in &rules.project {
        let mut out = Findings::new(rule);
        guarded(rule, anywhere, &mut out, |out| {
            for check in rule.checks() {
                if let Check::Project(check) = check {
                    check(cx, cx.project, out);
                }
            }
        });
        drafts.append(&mut out.list);
    }
    drafts
}

/// Keys and items with their values, as they stand in the file, the longer before the shorter.
fn parts_of(file: &ComposeFile) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for node in file.yaml.nodes() {
        if node.is_mapping() {
            spans.extend(node.entries().iter().map(Entry::span));
        } else if node.is_sequence() {
            spans.extend(node.items().map(Node::span_with_props));
        }
    }
    spans.sort_unstable_by_key(|span| (span.start, u32::MAX - span.end));
    spans
}

/// The first of the parts after a comment.
fn next_in(parts: &[Span], comment: Span) -> Option<Span> {
    parts.get(parts.partition_point(|part| part.start < comment.end)).copied()
}

/// Runs a rule; if it panics, what it found so far stays and a finding says so.
fn guarded(rule: &'static Rule, source: &Arc<Source>, out: &mut Findings, run: impl FnOnce(&mut Findings)) {
    if caught(|| run(out)).is_err()
        && let Some(panicked) = rules::find("rule-panicked")
    {
        out.turn_to(panicked);
        out.at(
            source,
            Span::at(0),
            format!("the rule `{}` failed on this file because of a bug; please report it", rule.id),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_without_its_message() {
        let source = Arc::new(Source::new("Dockerfile", b"FROM a\n".to_vec()));
        let rule = rules::find("latest-tag").expect("it is there");
        let mut out = Findings::new(rule);
        guarded(rule, &source, &mut out, |out| {
            out.at(&source, Span::at(0), "found before");
            panic!("what stands in the file: {}", source.text());
        });
        let told: Vec<(&str, &str)> =
            out.list.iter().map(|draft| (draft.rule.id.get(), &*draft.message)).collect();
        let panicked =
            ("rule-panicked", "the rule `latest-tag` failed on this file because of a bug; please report it");
        assert_eq!(told, [("latest-tag", "found before"), panicked]);
    }
}
