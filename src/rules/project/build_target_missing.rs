use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;
use crate::rules::runtime::pulled;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for edge in &project.builds {
        let spec = &project.containers[edge.container];
        let (Some(file), Some(target)) =
            (edge.dockerfile, spec.build.as_ref().and_then(|b| b.target.as_ref()))
        else {
            continue;
        };
        let Some(name) = target.value().filter(|name| !name.is_empty()) else { continue };
        // BuildKit takes the number of a stage, too.
        let numbered = name.parse::<usize>().is_ok_and(|number| number < file.stages.len());
        if file.stages.is_empty() || edge.stage.is_some() || numbered || file.stage_named(name).is_some() {
            continue;
        }
        let names: Vec<String> = (0..file.stages.len())
            .filter_map(|stage| file.stage_name(stage))
            .map(|name| format!("`{name}`"))
            .collect();
        let path = file.source.path();
        let message = if names.is_empty() {
            format!(
                "`{path}` has no stage `{name}`, and no stage has a name; remove `target`, or name a stage with `AS`"
            )
        } else {
            format!("`{path}` has no stage `{name}`; use one of {}", names.join(", "))
        };
        let finding = pulled::on(cx, spec, out, target.at, message);
        if let Some(from) = file.from_of(0) {
            finding.see(file.source, from.image.span, "the first stage");
        }
    }
}
