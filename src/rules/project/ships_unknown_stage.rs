use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let Some(targets) = cx.policy.ships.get(&**file.source.path()) else { return };
    let Some(last) = file.stages.last().and_then(|stage| file.from_of(stage.index)) else { return };
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
}
