use super::read;
use crate::finding::Findings;
use crate::image::DOCKER_HUB;
use crate::project::ImageUse;
use crate::rule::Context;

pub fn image(cx: &Context, image: &ImageUse, out: &mut Findings) {
    let trusted = &cx.policy.trusted_registries;
    if trusted.is_empty() {
        return;
    }
    let Some(reference) = read::named(image) else { return };
    let host = canonical(reference.host());
    if trusted.iter().any(|pattern| fits(canonical(pattern), host)) {
        return;
    }
    let part = reference.registry_range().unwrap_or_else(|| reference.repository_range());
    read::tell(
        image,
        read::place(image, &part),
        format!("registry `{host}` is not in `trusted-registries`; use an image from {}", list(trusted)),
        out,
    );
}

/// Docker Hub has several names.
fn canonical(host: &str) -> &str {
    match host {
        "hub.docker.com" | "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => {
            DOCKER_HUB
        }
        host => host,
    }
}

/// `*` stands for anything, at either end.
fn fits(pattern: &str, host: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => pattern.len() < 2 || host.contains(&pattern[1..pattern.len() - 1]),
        (Some(end), None) => host.ends_with(end),
        (None, Some(start)) => host.starts_with(start),
        (None, None) => host.eq_ignore_ascii_case(pattern),
    }
}

/// The first few of the list, so that the message says where to go.
fn list(trusted: &[String]) -> String {
    let mut names: Vec<String> = trusted.iter().take(3).map(|name| format!("`{name}`")).collect();
    if trusted.len() > names.len() {
        names.push("another trusted registry".to_owned());
    }
    names.join(" or ")
}
