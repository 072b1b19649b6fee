use crate::finding::Findings;
use crate::pipeline::{Bot, Pipeline};
use crate::rule::Context;

pub fn pipeline(_cx: &Context, file: &Pipeline, out: &mut Findings) {
    let (dockerfile, compose) = (file.repository.dockerfile.as_deref(), file.repository.compose.as_deref());
    match &file.bot {
        Some(Bot::Dependabot { updates, at }) if !file.repository.has_other_bot && !updates.is_empty() => {
            // `docker` reads Compose files only as manifests of Kubernetes, not at all.
            for (name, path) in [("docker", dockerfile), ("docker-compose", compose)] {
                let Some(path) = path else { continue };
                let mut those = updates.iter().filter(|update| &*update.ecosystem == name).peekable();
                let place = those.peek().map(|update| update.at);
                if those.any(|update| update.reaches(path)) {
                    continue;
                }
                let never = format!("Dependabot never updates the images of `{path}`");
                match place {
                    None => out.at(
                        file.source,
                        *at,
                        format!("{never}; add an entry with `package-ecosystem: {name}`"),
                    ),
                    Some(place) => out.at(
                        file.source,
                        place,
                        format!(
                            "{never}, which is in none of these folders; add its folder to `directories`"
                        ),
                    ),
                };
                return;
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
