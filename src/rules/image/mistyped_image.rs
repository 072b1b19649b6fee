use super::{known, read};
use crate::finding::Findings;
use crate::project::{ImageRole, ImageUse};
use crate::rule::Context;
use crate::text::nearest;

/// Official images that people name most, of five letters or more: a name of fewer is too near to other words.
const POPULAR: [&str; 27] = [
    "alpine",
    "almalinux",
    "amazonlinux",
    "busybox",
    "centos",
    "debian",
    "elasticsearch",
    "fedora",
    "golang",
    "gradle",
    "haproxy",
    "httpd",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "mysql",
    "nginx",
    "openjdk",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "tomcat",
    "traefik",
    "ubuntu",
    "wordpress",
];

pub fn image(_cx: &Context, image: &ImageUse, out: &mut Findings) {
    if image.role == ImageRole::Frontend {
        return;
    }
    let Some(reference) = read::named(image) else { return };
    // Docker Hub has only official images without an owner.
    let name = reference.familiar_name();
    if name.contains(['/', '.', ':']) || known::is_official(&name) {
        return;
    }
    let Some(meant) = nearest(&name, POPULAR.iter().copied(), 1) else { return };
    let message = format!(
        "there is no official image `{name}`, so whoever gets that name decides what runs here; did you mean `{meant}`?"
    );
    read::tell(image, read::place(image, &reference.repository_range()), message, out);
}
