use crate::finding::Findings;
use crate::project::Project;
use crate::rule::Context;
use crate::text::last_part;

pub fn project(cx: &Context, project: &Project, out: &mut Findings) {
    for secret in &project.secret_files {
        if secret.tracked != Some(true) || is_public(&secret.path) {
            continue;
        }
        let message = format!(
            "git tracks the secret file `{}`; remove it with `git rm --cached`, ignore it, and change the secret",
            secret.path
        );
        out.on(cx, secret.at, message);
    }
}

/// The file's name says that everybody may read it: a certificate, a public key, a template.
fn is_public(path: &str) -> bool {
    let name = last_part(path).to_ascii_lowercase();
    let ends = [".crt", ".cer", ".pub", ".example", ".sample", ".template", ".dist", ".tmpl"];
    ends.iter().any(|end| name.ends_with(end))
        || matches!(&*name, "ca.pem" | "cert.pem" | "fullchain.pem" | "chain.pem" | "ca-cert.pem")
        || name.contains("example.")
}
