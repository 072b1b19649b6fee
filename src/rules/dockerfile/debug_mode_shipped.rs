use super::purpose;
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

/// Variables that switch on what is for developers, and their values. From the manuals of the frameworks.
const SWITCHES: [(&str, &[&str]); 10] = [
    ("APP_DEBUG", &["1", "true"]),
    ("APP_ENV", &["dev", "development", "local"]),
    ("ASPNETCORE_ENVIRONMENT", &["development"]),
    ("DJANGO_DEBUG", &["1", "true"]),
    ("DOTNET_ENVIRONMENT", &["development"]),
    ("FLASK_DEBUG", &["1", "true"]),
    ("FLASK_ENV", &["development"]),
    ("NODE_ENV", &["dev", "development"]),
    ("RACK_ENV", &["development"]),
    ("RAILS_ENV", &["development"]),
];

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if purpose::is_workplace(cx, file.source.path()) {
        return;
    }
    for instruction in file.instructions.iter().filter(|instruction| in_image(file, instruction)) {
        let Kind::Env(pairs) = &instruction.kind else { continue };
        let name = instruction.stage.and_then(|stage| file.stage_name(stage));
        if name.is_some_and(|name| purpose::is_for_developers(name) || purpose::is_for_stages(name)) {
            continue;
        }
        for pair in pairs {
            let Some(value) = &pair.value else { continue };
            let value = file.expand(value, instruction);
            let Some(value) = value.known().map(str::to_ascii_lowercase) else { continue };
            if SWITCHES.iter().any(|(name, values)| pair.key.text == *name && values.contains(&&*value)) {
                let message = format!(
                    "`{}` switches on the mode for developers in the shipped image; set it where it is needed",
                    pair.key.text
                );
                out.at(file.source, pair.span, message);
            }
        }
    }
}
