//! Configuration of other tools that is not read: what lies there, and what of it could be said in ours.

mod hadolint;

use std::path::Path;

use crate::input::disk;
use crate::pragma;
use crate::rules;
use crate::text::Source;
use crate::yaml::{self, Node};

/// A file, and how it switches checks off.
#[derive(Clone, Copy)]
enum Form {
    /// A code a line.
    Lines,
    /// A list, or a text with commas, under this key.
    List(&'static str),
    /// `rules: {name: 0}`
    Levels,
    /// Not at all, as far as it matters here.
    None,
}

const FILES: [(&str, &str, Form); 15] = [
    (".hadolint.yaml", "hadolint", Form::List("ignored")),
    (".hadolint.yml", "hadolint", Form::List("ignored")),
    (".trivyignore", "trivy", Form::Lines),
    (".trivyignore.yaml", "trivy", Form::None),
    ("trivy.yaml", "trivy", Form::None),
    (".dclintrc", "dclint", Form::Levels),
    (".dclintrc.json", "dclint", Form::Levels),
    (".dclintrc.yaml", "dclint", Form::Levels),
    (".dclintrc.yml", "dclint", Form::Levels),
    (".dclintrc.js", "dclint", Form::None),
    (".dclintrc.cjs", "dclint", Form::None),
    (".checkov.yaml", "checkov", Form::List("skip-check")),
    (".checkov.yml", "checkov", Form::List("skip-check")),
    ("kics.config", "kics", Form::None),
    ("kics.yaml", "kics", Form::None),
];

/// So many checks of one file are looked up.
const MANY: usize = 1000;

/// What one file says.
pub(super) struct Peer {
    pub(super) file: &'static str,
    /// The checks that it switches off or gives a severity, and that there are rules for here.
    pub(super) levels: Vec<Setting>,
    /// The checks that it switches off or gives a severity, and that no rule here does.
    pub(super) unchecked: Vec<String>,
    /// Its other settings in our words, each a key with its value in YAML.
    pub(super) settings: Vec<(&'static str, String)>,
    /// The keys of settings that there is nothing for here.
    pub(super) unknown: Vec<String>,
    /// Why it could not be read.
    pub(super) unread: Option<String>,
}

/// What it does to one check.
pub(super) struct Setting {
    /// What `rules` calls the check.
    pub(super) code: String,
    /// `off`, or a severity.
    pub(super) level: &'static str,
    /// The first rule that it means.
    pub(super) rule: &'static str,
}

/// The files of a folder, which is the top of a repository.
pub(super) fn find(top: &Path) -> Vec<Peer> {
    // A link that leads nowhere is there, too, and so is a FIFO.
    let is_there = |file: &Path| file.symlink_metadata().is_ok() && !file.is_dir();
    let there = FILES.into_iter().filter(|(file, ..)| is_there(&top.join(file)));
    there.filter_map(|(file, tool, form)| read(top, file, tool, form)).collect()
}

/// Whether somebody uses hadolint here, which has ShellCheck in it.
pub(super) fn has_hadolint(top: &Path) -> bool {
    FILES.iter().any(|(file, tool, _)| *tool == "hadolint" && top.join(file).symlink_metadata().is_ok())
}

fn read(top: &Path, file: &'static str, tool: &str, form: Form) -> Option<Peer> {
    let mut peer = Peer {
        file,
        levels: Vec::new(),
        unchecked: Vec::new(),
        settings: Vec::new(),
        unknown: Vec::new(),
        unread: None,
    };
    if matches!(form, Form::None) {
        return Some(peer);
    }
    let bytes = match disk::read_own(top, &top.join(file)) {
        Ok(bytes) => bytes,
        Err(why) => {
            peer.unread = Some(why.to_string());
            return Some(peer);
        }
    };
    let source = Source::new(file, bytes);
    let codes = codes(&source, form);
    // Lists of vulnerabilities in packages are no business of a linter.
    let is_cve = |code: &String| ["CVE-", "GHSA-"].iter().any(|prefix| code.starts_with(prefix));
    if !codes.is_empty() && codes.iter().all(is_cve) {
        return None;
    }
    for code in codes.iter().filter(|code| !is_cve(code)).take(MANY) {
        peer.set(tool, code, "off");
    }
    if tool == "hadolint" {
        hadolint::read(&source, &mut peer);
    }
    Some(peer)
}

/// A word that may be shown, and written into a file, as it is.
fn is_plain(word: &str) -> bool {
    word.len() <= 40 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
}

impl Peer {
    /// Takes note of what it does to a check; the first counts.
    fn set(&mut self, tool: &str, code: &str, level: &'static str) {
        let code = if tool == "trivy" { pragma::trivy_code(code) } else { code.to_owned() };
        let full = format!("{tool}/{code}");
        let code = if tool == "hadolint" { code } else { full.clone() };
        match rules::by_alias(&full).next() {
            Some(rule) if self.levels.iter().all(|known| known.code != code) => {
                self.levels.push(Setting { code, level, rule: rule.id.get() });
            }
            None if is_plain(&code) && !self.unchecked.contains(&code) => self.unchecked.push(code),
            _ => {}
        }
    }
}

/// The codes of checks that a file switches off.
fn codes(source: &Source, form: Form) -> Vec<String> {
    let key = match form {
        Form::None => return Vec::new(),
        Form::Lines => {
            let lines = source.text().lines().filter_map(|line| line.split_whitespace().next());
            return lines.filter(|code| !code.starts_with('#')).map(str::to_owned).collect();
        }
        Form::List(key) => key,
        Form::Levels => "rules",
    };
    let tree = yaml::parse(source);
    let Some(value) = tree.root().and_then(|root| root.get(key)) else { return Vec::new() };
    if matches!(form, Form::Levels) {
        let is_off = |node: Node| {
            let level = node.items().next().unwrap_or(node);
            level.as_str() == Some("0")
        };
        let entries = value.entries().into_iter().filter(|entry| is_off(entry.value));
        return entries.map(|entry| entry.key_str().to_owned()).collect();
    }
    let texts = value.items().filter_map(Node::as_str).chain(value.as_str());
    texts.flat_map(|text| text.split(',')).map(|code| code.trim().to_owned()).collect()
}

/// A sentence on what lies there, for the end of a run that has no configuration.
pub(super) fn mention(top: &Path) -> Option<String> {
    let peers = find(top);
    let names: Vec<&str> = peers.iter().map(|peer| peer.file).collect();
    let is = match names.as_slice() {
        [] => return None,
        [_] => "is",
        _ => "are",
    };
    let code = peers.iter().find_map(|peer| peer.levels.first()).map_or("latest-tag", |level| &level.code);
    Some(format!(
        "note: {} {is} not read. To switch the same checks off, write `rules: {{{code}: off}}` to hullguard.yaml, or let \
         `hullguard init` copy them",
        names.join(", ")
    ))
}
