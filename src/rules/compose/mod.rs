//! Rules on Compose files as such: their keys and their form.

pub mod compose_file_missing;
pub mod compose_invalid_value;
pub mod compose_newer_key;
pub mod compose_reference_broken;
pub mod compose_unknown_key;
pub mod compose_wrong_type;
pub mod conflicting_keys;
pub mod dependency_cycle;
pub mod duplicate_container_name;
pub mod duplicate_published_port;
pub mod environment_duplicate;
pub mod environment_quotes_kept;
pub mod interpolation_invalid;
pub mod merge_key_overwrites_security;
pub mod mode_not_octal;
pub mod neither_build_nor_image;
pub mod order;
pub mod port_unquoted;
pub mod project_name_missing;
pub mod remote_include_unpinned;
pub mod static_address_without_subnet;
pub mod style_depends_on_order;
pub mod style_key_order;
pub mod style_ports_order;
pub mod style_services_order;
pub mod style_top_level_order;
pub mod style_volume_quotes;
pub mod undefined_reference;
pub mod value_changed_by_yaml;
pub mod variable_in_key;
pub mod version_obsolete;
pub mod yaml_duplicate_key;

use crate::compose::{ComposeFile, ProblemKind};
use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;
use crate::yaml::{Entry, Node};

/// The entries of `environment` lists, as they are written in services.
fn environment_items<'f>(file: &'f ComposeFile) -> impl Iterator<Item = Node<'f>> {
    let own = |service: Entry<'f>| service.value.raw_entries().find(|entry| entry.key_str() == "environment");
    let lists = file.services().into_iter().filter_map(own).map(|entry| entry.value);
    lists.filter(|list| !list.is_alias()).flat_map(Node::items)
}

/// Tells what of these kinds stood in the way of joining the files.
fn problems(cx: &Context, project: &Project, kinds: &[ProblemKind], out: &mut Findings) {
    for problem in project.problems.iter().filter(|problem| kinds.contains(&problem.kind)) {
        let finding = out.on(cx, problem.at, &*problem.message);
        if let Some((at, what)) = problem.also {
            finding.see_on(cx, at, what);
        }
    }
}
