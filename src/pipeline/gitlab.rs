//! `.gitlab-ci.yml`.

use super::command::{self, Secrets};
use super::{Act, Job, What};
use crate::text::Source;
use crate::yaml::Node;

/// Variables of GitLab that are secrets.
const SECRETS: [&str; 5] = [
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "CI_DEPLOY_PASSWORD",
    "CI_JOB_JWT",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
];

/// The jobs, and what the file includes as one more. They may run in any order, as far as is known here.
pub(super) fn jobs<'y>(source: &Source, root: Node<'y>) -> Vec<Job> {
    let secrets: Secrets = SECRETS.into_iter().map(|name| (name.into(), name.into())).collect();
    let places = |job| [Some(job), Some(root), root.get("default")].into_iter().flatten();
    let before = |job: Node<'y>| places(job).find_map(|node| node.get("before_script"));
    let mut jobs = Vec::new();
    for entry in root.entries() {
        let node = entry.value;
        let Some(script) = node.get("script").filter(|_| node.is_mapping()) else { continue };
        let mut job = Job::default();
        for part in [before(node), Some(script), node.get("after_script")].into_iter().flatten() {
            let lines = part.items().flat_map(|line| std::iter::once(line).chain(line.items()));
            for script in std::iter::once(part).chain(lines).filter_map(Node::joined) {
                command::acts(source, &script, &secrets, entry.span(), &mut job.acts);
            }
        }
        jobs.push(job);
    }
    jobs.extend(root.get("include").and_then(included));
    jobs
}

/// What other files bring. Those of this repository are looked at by themselves.
fn included(include: Node) -> Option<Job> {
    let parts = std::iter::once(include).chain(include.items());
    let may_scan = |part: Node| {
        let template = part.get("template").and_then(Node::as_str).unwrap_or_default();
        let remote = ["remote", "project", "component"].iter().any(|key| part.get(key).is_some());
        remote || template.contains("Auto-DevOps") || part.as_str().is_some_and(|text| text.contains("://"))
    };
    let at = include.resolved().span();
    let unknown = Act { what: What::Unknown { may_scan: true }, at, extent: at, is_conditional: false };
    parts.into_iter().any(may_scan).then(|| Job { acts: vec![unknown], ..Job::default() })
}
