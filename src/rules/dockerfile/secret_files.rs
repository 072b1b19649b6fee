//! Which files hold secrets, by their names, and what becomes of them in a Dockerfile.

use std::cell::RefCell;
use std::collections::HashSet;

use super::paths;
use super::shipping::{Later, backwards};
use crate::dockerfile::{Dockerfile, Instruction, Kind, Word};
use crate::shell::{Call, Removal, Script};
use crate::text::{Span, last_part, upwards};

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
    (".env", "secrets", true),
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
    ("terraform.tfstate", "secrets in plain text", true),
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
const REPOSITORY: [&str; 9] =
    ["gpg", "apt", "repo", "repomd", "archive", "release", "signing", "keyring", "rpm"];

/// Judges a path by its last parts.
pub(super) fn holds(path: &str) -> Option<Holds> {
    let path = path.trim_end_matches(['*', '/']).to_ascii_lowercase().replace('\\', "/");
    if let Some((_, what)) = ENDS.iter().find(|(end, _)| path.ends_with(end)) {
        return Some(Holds { what, sure: true });
    }
    let name = last_part(&path);
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
        return Some(Holds { what: "secrets", sure: false });
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
    // Keys of self-signed certificates are for tests.
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

/// The secret files that a COPY or ADD brings.
pub(super) fn copied<'f, 'a>(
    file: &Dockerfile<'a>,
    instruction: &'f Instruction<'a>,
) -> Vec<Brought<'f, 'a>> {
    let mut found = Vec::new();
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return found };
    let from_elsewhere = instruction.flag("from").is_some();
    let destination = text(file, &transfer.destination, instruction);
    if is_keyring(&destination) || destination.strip_suffix(".pub").is_some() {
        return found;
    }
    for word in transfer.sources.iter().filter(|word| !word.text.starts_with("<<")) {
        let name = text(file, word, instruction);
        let Some(holds) = holds(&name).filter(|_| !name.contains("://")) else { continue };
        // What another stage made may be made for the image; only keys are certain.
        if from_elsewhere && !(holds.sure && holds.what.contains("key")) {
            continue;
        }
        let base = last_part(name.trim_end_matches('/'));
        let folder = destination.ends_with('/') || destination == "." || transfer.sources.len() > 1;
        let target = if folder {
            format!("{}/{base}", destination.trim_end_matches('/'))
        } else {
            destination.clone()
        };
        let target = paths::resolve(file, instruction, &target);
        found.push(Brought { instruction, span: word.span, name, target, holds });
    }
    found
}

/// What is done to a file that was brought, by where it lies.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    /// The path is removed.
    Path(String),
    /// All below it is removed.
    Below(String),
    /// What a pattern of the file fits is removed in a folder, or below it.
    Fits(String, usize),
    FitsBelow(String, usize),
    /// A package manager or gpg takes it as a key to check signatures with.
    Imported(String),
}

/// So many patterns of removals are told apart. A file that a further one removes is said to stay.
const PATTERNS: usize = 100;

/// Beginnings and ends of names, around a `*`.
#[derive(Default)]
struct Patterns(Vec<(String, String)>);

impl Patterns {
    fn number(&mut self, pattern: &str) -> Option<usize> {
        let (start, end) = pattern.split_once('*')?;
        let known = self.0.iter().position(|(known, other)| known == start && other == end);
        if known.is_none() && self.0.len() < PATTERNS {
            self.0.push((start.to_owned(), end.to_owned()));
            return Some(self.0.len() - 1);
        }
        known
    }
    fn fitting(&self, name: &str) -> impl Iterator<Item = usize> {
        let fits = move |(_, (start, end)): &(usize, &(String, String))| {
            name.len() >= start.len() + end.len() && name.starts_with(&**start) && name.ends_with(&**end)
        };
        self.0.iter().enumerate().filter(fits).map(|(number, _)| number)
    }
}

/// Shows the secret files that instructions bring, each with its first removal in a later layer. A key that a later RUN
/// hands to a package manager or to gpg for checking signatures is for everybody to read, and left out.
pub(super) fn each<'f, 'a>(
    file: &'f Dockerfile<'a>,
    brings: impl Fn(&'f Instruction<'a>) -> Vec<Brought<'f, 'a>>,
    mut see: impl FnMut(Brought<'f, 'a>, Option<&'f Removal>),
) {
    // Most files bring none, and few a key; then nobody asks what is removed, or taken as one.
    let brought = || file.all().flat_map(&brings);
    if brought().next().is_none() {
        return;
    }
    let public = brought().any(|brought| may_be_public(&brought.name));
    let patterns = RefCell::new(Patterns::default());
    let done = |run: &'f Instruction<'a>| {
        let scripts = if matches!(run.kind, Kind::Run(_)) { run.scripts() } else { &[] };
        let removals = scripts.iter().flat_map(|script| &script.facts().removals).enumerate();
        let removed = removals.flat_map(|(order, removal)| {
            let keys = keys(file, run, removal, &mut patterns.borrow_mut());
            keys.into_iter().map(move |key| (key, (order, Some(removal))))
        });
        let taken = if public { imported(file, run, scripts) } else { Vec::new() };
        let taken = taken.into_iter().map(|path| (Key::Imported(path), (0, None)));
        removed.chain(taken).collect()
    };
    backwards(file, done, |instruction, later| {
        for brought in brings(instruction) {
            let written = matches!(instruction.kind, Kind::Run(_));
            let taken = || later.contains_key(&Key::Imported(brought.target.clone()));
            if written || !(may_be_public(&brought.name) && taken()) {
                let removal = first_removal(&brought.target, later, &patterns.borrow());
                see(brought, removal);
            }
        }
    });
}

fn may_be_public(name: &str) -> bool {
    let name = last_part(name).to_ascii_lowercase();
    [".key", ".pem", ".asc", ".gpg"].iter().any(|end| name.ends_with(end))
        && !name.contains("priv")
        && !name.contains("secret")
}

/// The paths that a RUN takes as keys to check signatures with, or puts where such keys lie.
fn imported(file: &Dockerfile, run: &Instruction, scripts: &[Script]) -> Vec<String> {
    let mut found = Vec::new();
    for call in scripts.iter().flat_map(Script::calls).filter(|call| takes_keys(file, call)) {
        let inputs = call.redirects().iter().filter(|redirect| redirect.operator == "<");
        let words = call.operands().into_iter().chain(inputs.map(|redirect| &redirect.target));
        found.extend(words.map(|word| paths::resolve(file, run, &word.text)));
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

/// What a removal takes away.
fn keys(file: &Dockerfile, run: &Instruction, removal: &Removal, patterns: &mut Patterns) -> Vec<Key> {
    let Some(path) = &removal.from_start else { return Vec::new() };
    let path = paths::resolve(file, run, path);
    let mut keys = Vec::new();
    if let Some((folder, pattern)) = path.rsplit_once('/')
        && let Some(number) = patterns.number(pattern)
    {
        keys.push(Key::Fits(folder.to_owned(), number));
        if removal.recursive {
            keys.push(Key::FitsBelow(folder.to_owned(), number));
        }
    }
    if removal.recursive && path != "/" {
        keys.push(Key::Below(path.clone()));
    }
    keys.push(Key::Path(path));
    keys
}

type Done<'f> = Later<Key, (usize, Option<&'f Removal>)>;

/// The first removal of a path, which is as [`paths::resolve`] has it.
fn first_removal<'f>(target: &str, later: &Done<'f>, patterns: &Patterns) -> Option<&'f Removal> {
    // Linux knows no longer path, and a long text of slashes must not be cut at each of them.
    const LONGEST: usize = 4096;
    if later.is_empty() || target.len() > LONGEST {
        return None;
    }
    let mut first: Option<(usize, (usize, Option<&Removal>))> = None;
    let mut look = |key: Key| {
        let found = later.get(&key).copied();
        first = first.into_iter().chain(found).min_by_key(|found| (found.0, found.1.0));
    };
    look(Key::Path(target.to_owned()));
    upwards(target).for_each(|path| look(Key::Below(path.to_owned())));
    if let Some((there, name)) = target.rsplit_once('/') {
        for number in patterns.fitting(name) {
            look(Key::Fits(there.to_owned(), number));
            upwards(there).for_each(|folder| look(Key::FitsBelow(folder.to_owned(), number)));
        }
    }
    first.and_then(|(_, (_, removal))| removal)
}

/// What the removals of one script take away.
pub(super) struct Removed {
    keys: HashSet<Key>,
    patterns: Patterns,
}

impl Removed {
    pub(super) fn by(file: &Dockerfile, run: &Instruction, removals: &[Removal]) -> Self {
        let mut patterns = Patterns::default();
        let keys = removals.iter().flat_map(|removal| keys(file, run, removal, &mut patterns)).collect();
        Self { keys, patterns }
    }
    /// One of them takes the path away.
    pub(super) fn holds(&self, target: &str) -> bool {
        let has = |key: Key| self.keys.contains(&key);
        has(Key::Path(target.to_owned()))
            || upwards(target).any(|path| has(Key::Below(path.to_owned())))
            || target.rsplit_once('/').is_some_and(|(there, name)| {
                self.patterns.fitting(name).any(|number| {
                    has(Key::Fits(there.to_owned(), number))
                        || upwards(there).any(|folder| has(Key::FitsBelow(folder.to_owned(), number)))
                })
            })
    }
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
            "azl3-repomd.xml.key",
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
