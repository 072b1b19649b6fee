use crate::finding::Findings;
use crate::pipeline::{Bot, Pipeline};
use crate::rule::Context;

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    let (dockerfile, compose) = (file.repository.dockerfile.as_deref(), file.repository.compose.as_deref());
    match &file.bot {
        Some(Bot::Dependabot { ecosystems, at })
            if !file.repository.has_other_bot && !ecosystems.is_empty() =>
        {
            let has = |name: &str| ecosystems.iter().any(|one| &**one == name);
            // `docker` reads Compose files only as manifests of Kubernetes, not at all.
            let missing = [("docker", dockerfile), ("docker-compose", compose)];
            let missing =
                missing.iter().find_map(|(name, path)| path.filter(|_| !has(name)).map(|path| (name, path)));
            if let Some((name, path)) = missing {
                let message = format!(
                    "Dependabot never updates the images of `{path}`; add an entry with `package-ecosystem: {name}`"
                );
                out.at(file.source, *at, message);
            }
        }
        Some(Bot::Renovate { dockerfile_off, compose_off }) if !file.repository.has_other_bot => {
            for (off, path) in [(dockerfile_off, dockerfile), (compose_off, compose)] {
                if let (Some(at), Some(path)) = (off, path) {
                    let message =
                        format!("Renovate never updates the images of `{path}`; remove this setting");
                    out.at(file.source, *at, message);
                    return;
                }
            }
        }
        _ => {}
    }
}
