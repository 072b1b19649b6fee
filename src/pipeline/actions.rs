//! Which actions of GitHub do what with images. From the actions' own pages, November 2026.

/// What an action is known for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Takes the repository's files.
    Checkout,
    /// Builds, and pushes where it is asked to.
    Build,
    Bake,
    Push,
    /// Scans images, or with these values of an input something else.
    Scan,
    Login,
    /// Neither scans nor logs in.
    Harmless,
}

const KNOWN: [(&str, Kind); 32] = [
    ("actions/checkout", Kind::Checkout),
    ("aquasecurity/trivy-action", Kind::Scan),
    ("anchore/scan-action", Kind::Scan),
    ("aws-actions/amazon-ecr-login", Kind::Login),
    ("aws-actions/vulnerability-scan-github-action-for-amazon-inspector", Kind::Scan),
    ("azure/container-scan", Kind::Scan),
    ("azure/docker-login", Kind::Login),
    ("crazy-max/ghaction-container-scan", Kind::Scan),
    ("crazy-max/ghaction-docker-buildx", Kind::Harmless),
    ("crazy-max/ghaction-docker-meta", Kind::Harmless),
    ("docker/bake-action", Kind::Bake),
    ("docker/build-push-action", Kind::Build),
    ("docker/login-action", Kind::Login),
    ("docker/metadata-action", Kind::Harmless),
    ("docker/scout-action", Kind::Scan),
    ("docker/setup-buildx-action", Kind::Harmless),
    ("docker/setup-qemu-action", Kind::Harmless),
    ("github/codeql-action", Kind::Harmless),
    ("jlumbroso/free-disk-space", Kind::Harmless),
    ("lacework/lw-scanner-action", Kind::Scan),
    ("neuvector/scan-action", Kind::Scan),
    ("orcasecurity/shiftleft-container-image-action", Kind::Scan),
    ("paloaltonetworks/prisma-cloud-scan", Kind::Scan),
    ("redhat-actions/buildah-build", Kind::Build),
    ("redhat-actions/podman-login", Kind::Login),
    ("redhat-actions/push-to-registry", Kind::Push),
    ("sigstore/cosign-installer", Kind::Harmless),
    ("snyk/actions/docker", Kind::Scan),
    ("softprops/action-gh-release", Kind::Harmless),
    ("step-security/harden-runner", Kind::Harmless),
    ("sysdiglabs/scan-action", Kind::Scan),
    ("sysdiglabs/secure-inline-scan-action", Kind::Scan),
];

/// Words in the name of an action, a program or a job that speak of a scan.
const SCANNERS: [&str; 20] = [
    "anchore",
    "aqua",
    "clair",
    "container-scan",
    "container_scan",
    "grype",
    "image-scan",
    "inspector",
    "lacework",
    "neuvector",
    "osv-scanner",
    "prisma",
    "scan-image",
    "scan_image",
    "scout",
    "snyk",
    "sysdig",
    "trivy",
    "twistcli",
    "wiz",
];
/// Others, that are no part of an action's name by chance.
const MAYBE: [&str; 5] = ["scan", "security", "vuln", "xray", "frogbot"];

/// What is known of an action, by what stands behind `uses:`.
pub(super) fn kind(uses: &str) -> Option<Kind> {
    let name = uses.split('@').next().unwrap_or_default().to_ascii_lowercase();
    if name.starts_with("actions/") && name != "actions/checkout" {
        return Some(Kind::Harmless);
    }
    let is_it =
        |known: &str| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    KNOWN.iter().find(|(known, _)| is_it(known)).map(|(_, kind)| *kind)
}

/// Whether an action that is not known may scan images.
pub(super) fn may_scan(uses: &str) -> bool {
    let name = uses.to_ascii_lowercase();
    SCANNERS.iter().chain(&MAYBE).any(|word| name.contains(word))
}

/// Whether a text names a scanner of images.
pub fn names_scanner(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SCANNERS.iter().chain(&["container-scanning", "vulnerab", "xray"]).any(|word| text.contains(word))
}
