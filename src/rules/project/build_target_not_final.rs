use crate::finding::Findings;
use crate::project::Project;
use crate::purpose::Purpose;
use crate::rule::{Context, Severity};
use crate::rules::runtime::pulled;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for edge in &project.builds {
        let spec = &project.containers[edge.container];
        let (Some(file), Some(stage)) = (edge.dockerfile, edge.stage) else { continue };
        let Some(target) = spec.build.as_ref().and_then(|build| build.target.as_ref()) else { continue };
        let Some(name) = file.stage_name(stage).filter(|_| stage + 1 < file.stages.len()) else { continue };
        // The user knows that it ships.
        let listed = cx.policy.ships.get(&**file.source.path());
        if listed.is_some_and(|targets| targets.iter().any(|target| file.target(target) == Some(stage))) {
            continue;
        }
        let path = cx.project.source(target.at).path();
        let purpose = cx.purpose(path);
        let production = purpose == Purpose::Production;
        let wrong = is_for_building(name) || (production && is_for_developers(name));
        // A final stage that stands on it leaves nothing of it out.
        let kept = file.ancestry(file.stages.len() - 1).any(|above| above == stage);
        if !wrong || kept || purpose.is_internal() {
            continue;
        }
        let message = format!(
            "{} runs the stage `{name}`, which is not the final stage of `{}`; remove `target`, or name the final stage",
            pulled::name(spec),
            file.source.path()
        );
        let finding = pulled::on(cx, spec, out, target.at, message);
        if let Some(last) = file.from_of(file.stages.len() - 1) {
            finding.see(file.source, last.image.span, "the final stage");
        }
        if production {
            finding.severity(Severity::Warning);
        }
    }
}

/// The stage's name says that it only makes what another stage runs.
fn is_for_building(name: &str) -> bool {
    has_word(name, &["build", "builder", "compile", "compiler", "deps", "dependencies"])
}

fn is_for_developers(name: &str) -> bool {
    has_word(name, &["dev", "devel", "development", "debug", "test", "tests", "testing"])
}

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split(['-', '_', '.']).any(|word| words.iter().any(|w| word.eq_ignore_ascii_case(w)))
}
