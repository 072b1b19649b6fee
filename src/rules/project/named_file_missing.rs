use crate::finding::Findings;
use crate::project::{Named, Project};
use crate::rule::Context;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for file in &project.missing_files {
        let (then, advice) = match file.named {
            Named::EnvFile => ("Compose refuses to start the service", "add it, or write `required: false`"),
            Named::Resource => ("Compose refuses to start the services that use it", "add it"),
            Named::Mount => ("the engine creates a folder of this name", "add it"),
        };
        let message = format!("the file `{}` does not exist, so {then}; {advice}", file.path);
        out.on(cx, file.at, message);
    }
}
