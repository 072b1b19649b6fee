//! Which files hold secrets, by their names, and what becomes of them in a Dockerfile.

use std::collections::HashMap;

use super::paths::{self, is_below};
use super::shipping::follows;
use crate::dockerfile::{Dockerfile, Instruction, Kind, Word};
use crate::shell::{Call, Removal, Script};
use crate::text::Span;

/// What a file of some name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holds {
    /// With its article: "a private key".
    pub what: &'static str,
    /// It holds nothing else; otherwise it may be mere settings.
    pub sure: bool,
}

/// Whole names. Sources: the programs' own manuals.
const NAMES: [(&str, &str, bool); 35] = [
    ("id_rsa", "a private key", true),
    ("id_dsa", "a private key", true),
    ("id_ecdsa", "a private key", true),
    ("id_ed25519", "a private key", true),
    (".env", "secrets of the environment", true),
    (".netrc", "passwords", true),
    ("_netrc", "passwords", true),
    (".git-credentials", "passwords", true),
    (".pgpass", "passwords", true),
    (".my.cnf", "passwords", true),
    (".pypirc", "passwords", true),
    (".npmrc", "a registry's token", false),
    (".htpasswd", "password hashes", false),
    (".s3cfg", "cloud credentials", true),
    (".boto", "cloud credentials", true),
    (".vault-token", "a token", true),
    (".vault_pass", "a password", true),
    (".vault-password", "a password", true),
    (".dockercfg", "a registry's password", true),
    (".dockerconfigjson", "a registry's password", true),
    ("credentials.json", "cloud credentials", true),
    ("client_secret.json", "cloud credentials", true),
    ("client_secrets.json", "cloud credentials", true),
    ("service-account.json", "cloud credentials", true),
    ("service_account.json", "cloud credentials", true),
    ("serviceaccount.json", "cloud credentials", true),
    ("gcloud-service-key.json", "cloud credentials", true),
    ("application_default_credentials.json", "cloud credentials", true),
    ("kubeconfig", "a cluster's credentials", true),
    ("terraform.tfstate", "secrets in clear text", true),
    (".ssh", "private keys", true),
    (".aws", "cloud credentials", true),
    (".gnupg", "private keys", true),
    ("secrets.yml", "secrets", false),
    ("secrets.yaml", "secrets", false),
];
/// The last two parts of a path.
const ENDS: [(&str, &str); 4] = [
    (".docker/config.json", "a registry's password"),
    (".kube/config", "a cluster's credentials"),
    (".aws/credentials", "cloud credentials"),
    (".config/gcloud", "cloud credentials"),
];
const EXTENSIONS: [(&str, &str, bool); 8] = [
    (".key", "a private key", true),
    (".ppk", "a private key", true),
    (".p12", "a private key", true),
    (".pfx", "a private key", true),
    (".kdbx", "passwords", true),
    (".jks", "a private key", false),
    (".keystore", "a private key", false),
    (".pem", "a private key", false),
];
/// Parts of a name that say it is no secret: made up, or for everybody.
const OPEN: [&str; 12] = [
    "example",
    "sample",
    "template",
    "tmpl",
    "dist",
    "dummy",
    "fake",
    "test",
    "pub",
    "truststore",
    "cacert",
    "ci",
];
/// Parts of the name of a certificate.
const CERTIFICATE: [&str; 9] =
    ["ca", "cert", "certs", "chain", "fullchain", "root", "bundle", "crt", "dhparam"];
/// Parts of the name of a repository's public key, which is often called `.key`.
const REPOSITORY: [&str; 8] = ["gpg", "apt", "repo", "archive", "release", "signing", "keyring", "rpm"];

/// Judges a path by its last parts.
pub(super) fn holds(path: &str) -> Option<Holds> {
    let path = path.trim_end_matches(['*', '/']).to_ascii_lowercase().replace('\\', "/");
    if let Some((_, what)) = ENDS.iter().find(|(end, _)| path.ends_with(end)) {
        return Some(Holds { what, sure: true });
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let parts = || name.split(|c: char| !c.is_ascii_alphanumeric());
    let has = |list: &[&str]| parts().any(|part| list.contains(&part));
    if has(&OPEN) {
        return None;
    }
    if let Some(&(_, what, sure)) = NAMES.iter().find(|(known, ..)| *known == name) {
        return Some(Holds { what, sure });
    }
    // `.env.production`, `.env.local`
    if name.starts_with(".env.") {
        return Some(Holds { what: "secrets of the environment", sure: false });
    }
    let &(extension, what, sure) = EXTENSIONS.iter().find(|(extension, ..)| name.ends_with(extension))?;
    // `root.key` is the trust anchor of DNS, for everybody to read.
    if name == "root.key"
        || has(&CERTIFICATE) && extension != ".key"
        || extension == ".key" && has(&REPOSITORY)
    {
        return None;
    }
    // A `.pem` is a certificate more often than not; its name must speak of a key.
    let speaks = || parts().any(|part| part.contains("key") || part.starts_with("priv"));
    // Keys of certificates that nobody trusts are there for trying things out.
    let toy = name.contains("selfsigned") || name.contains("snakeoil") || name.contains("localhost");
    (extension != ".pem" || speaks()).then_some(Holds { what, sure: (sure || extension == ".pem") && !toy })
}

/// A secret file that an instruction brings into its layer.
pub(super) struct Brought<'f, 'a> {
    pub instruction: &'f Instruction<'a>,
    /// The word that names it.
    pub span: Span,
    /// Its name as written.
    pub name: String,
    /// Where it lies in the image, as [`paths::resolve`] has it.
    pub target: String,
    pub holds: Holds,
}

/// The secret files that COPY and ADD bring.
pub(super) fn copied<'f, 'a>(file: &'f Dockerfile<'a>) -> Vec<Brought<'f, 'a>> {
    let (mut found, mut imported) = (Vec::new(), None);
    for instruction in file.all() {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { continue };
        let from_elsewhere = instruction.flag("from").is_some();
        let destination = text(file, &transfer.destination, instruction);
        if is_keyring(&destination) || destination.strip_suffix(".pub").is_some() {
            continue;
        }
        for word in transfer.sources.iter().filter(|word| !word.text.starts_with("<<")) {
            let name = text(file, word, instruction);
            let Some(holds) = holds(&name).filter(|_| !name.contains("://")) else { continue };
            // What another stage made may be made for the image; only keys are certain.
            if from_elsewhere && !(holds.sure && holds.what.contains("key")) {
                continue;
            }
            let base = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let folder = destination.ends_with('/') || destination == "." || transfer.sources.len() > 1;
            let target = if folder {
                format!("{}/{base}", destination.trim_end_matches('/'))
            } else {
                destination.clone()
            };
            let target = paths::resolve(file, instruction, &target);
            let brought = Brought { instruction, span: word.span, name, target, holds };
            if !is_public(file, &brought, imported.get_or_insert_with(|| self::imported(file))) {
                found.push(brought);
            }
        }
    }
    found
}

/// A key that a later RUN hands to a package manager or to gpg for checking signatures is for everybody to read.
fn is_public(file: &Dockerfile, brought: &Brought, imported: &HashMap<String, Vec<&Instruction>>) -> bool {
    let name = brought.name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let may_be = [".key", ".pem", ".asc", ".gpg"].iter().any(|end| name.ends_with(end));
    let takers = imported.get(&brought.target).map_or(&[][..], Vec::as_slice);
    may_be
        && !name.contains("priv")
        && !name.contains("secret")
        && takers.iter().any(|run| follows(file, run, brought.instruction))
}

/// The paths that RUNs take as keys to check signatures with, or put where such keys lie.
fn imported<'f, 'a>(file: &'f Dockerfile<'a>) -> HashMap<String, Vec<&'f Instruction<'a>>> {
    let mut found: HashMap<String, Vec<&Instruction>> = HashMap::new();
    for run in file.runs() {
        for call in run.scripts().iter().flat_map(Script::calls) {
            if takes_keys(file, &call) {
                let inputs = call.redirects().iter().filter(|redirect| redirect.operator == "<");
                let words = call.operands().into_iter().chain(inputs.map(|redirect| &redirect.target));
                for word in words {
                    found.entry(paths::resolve(file, run, &word.text)).or_default().push(run);
                }
            }
        }
    }
    found
}

fn takes_keys(file: &Dockerfile, call: &Call) -> bool {
    match call.name() {
        Some("apt-key" | "rpmkeys") => true,
        Some("gpg" | "gpg2") => ["import", "dearmor"].iter().any(|flag| call.has_flag('\0', flag)),
        Some("rpm") => call.has_flag('\0', "import"),
        Some("mv" | "cp" | "install" | "ln") => {
            call.operands().last().is_some_and(|word| is_keyring(&word.text))
        }
        // `cat x.key | apt-key add -`
        Some("cat") if call.position + 1 < call.pipeline.commands.len() => {
            let next = file.source.slice(call.pipeline.commands[call.position + 1].span);
            ["apt-key add", "gpg --import", "gpg --dearmor"].iter().any(|reader| next.contains(reader))
        }
        _ => false,
    }
}

/// The first removal of a file in a later layer, and the RUN that does it.
pub(super) fn removed_later<'f, 'a>(
    file: &'f Dockerfile<'a>,
    brought: &Brought<'f, 'a>,
) -> Option<(&'f Instruction<'a>, &'f Removal)> {
    file.runs().filter(|run| follows(file, run, brought.instruction)).find_map(|run| {
        let mut removals = run.scripts().iter().flat_map(|script| &script.facts().removals);
        removals.find(|removal| removes(file, run, removal, &brought.target)).map(|removal| (run, removal))
    })
}

/// Whether a removal takes a file away; `target` is as [`paths::resolve`] has it.
pub(super) fn removes(file: &Dockerfile, run: &Instruction, removal: &Removal, target: &str) -> bool {
    let Some(path) = &removal.from_start else { return false };
    let path = paths::resolve(file, run, path);
    if path == target || removal.recursive && path != "/" && is_below(target, &path) {
        return true;
    }
    let (Some((folder, pattern)), Some((there, name))) = (path.rsplit_once('/'), target.rsplit_once('/'))
    else {
        return false;
    };
    let fits = pattern.split_once('*').is_some_and(|(start, end)| {
        name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
    });
    fits && (folder == there || removal.recursive && is_below(there, folder))
}

/// Folders of public keys of package repositories.
fn is_keyring(path: &str) -> bool {
    ["trusted.gpg", "keyrings", "/etc/apt", "rpm-gpg", "/etc/apk", "/etc/pki/rpm"]
        .iter()
        .any(|part| path.contains(part))
}

fn text(file: &Dockerfile, word: &Word, at: &Instruction) -> String {
    file.expand(word, at).text().unwrap_or(&word.text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn secrets_are_told_from_what_is_named_alike() {
        for path in [
            "id_rsa",
            "deploy/.env",
            ".env*",
            "server.key",
            "private.pem",
            "tls-key.pem",
            "root/.docker/config.json",
            ".aws/credentials",
            ".npmrc",
            "keystore.p12",
            ".ssh/",
        ] {
            assert!(holds(path).is_some(), "{path}");
        }
        for path in [
            "id_rsa.pub",
            ".env.example",
            "ca.pem",
            "root.key",
            "cert.pem",
            "fullchain.pem",
            "config.json",
            "rabbitmq-repo.key",
            "public.key.pub",
            "keys.txt",
            "environment",
            "requirements.txt",
            ".",
            "",
        ] {
            assert!(holds(path).is_none(), "{path}");
        }
    }
}
