//! From the text of the configuration file to a [`Config`], or to mistakes with their places.
//!
//! Every mistake of a file is told at once; nothing is guessed and nothing unknown is passed over.

use std::fmt::Write as _;
use std::ops::Range;

use super::{Config, Date, FailOn, Globs, Ignore, Level, Setting};
use crate::blob::Origin;
use crate::finding::Place;
use crate::place;
use crate::rule::{Family, Rule};
use crate::rules;
use crate::shown::Veil;
use crate::text::{Source, Span};
use crate::yaml::{self, Kind, Node};

const KEYS: [&str; 10] = [
    "profile",
    "preview",
    "rules",
    "secrets",
    "ignore",
    "fail-on",
    "trusted-registries",
    "exclude",
    "baseline",
    "gitleaks-config",
];
const SETTING_KEYS: [&str; 3] = ["severity", "paths", "off"];
const IGNORE_KEYS: [&str; 6] = ["rule", "rules", "path", "paths", "reason", "expires"];
const LEVELS: [&str; 4] = ["error", "warning", "note", "off"];
const PROFILES: [&str; 3] = ["default", "strict", "style"];

/// Reads the file. `base` is the path from the folder its patterns are relative to, to the root of the run.
///
/// # Errors
/// All that is wrong with it, each with its place, the line and a mark under it.
pub fn read(source: &Source, base: &str) -> Result<Config, String> {
    let mut reader = Reader { source, base, mistakes: Vec::new() };
    let tree = yaml::parse(source);
    for error in &tree.errors {
        reader.mistake(error.span, error.message.to_string());
    }
    for (first, again) in tree.duplicate_keys() {
        let line = source.line_of(first.key_span().start as usize);
        reader.mistake(
            again.key_span(),
            format!("`{}` is defined twice, first on line {line}", again.key_str()),
        );
    }
    let mut config = Config { name: source.path().to_string(), ..Config::default() };
    if let Some(root) = tree.root()
        && reader.mistakes.is_empty()
    {
        reader.top(root, &mut config);
    }
    if let Some(second) = tree.documents().nth(1) {
        reader.mistake(second.span(), "a configuration must be one YAML document");
    }
    if reader.mistakes.is_empty() { Ok(config) } else { Err(reader.told()) }
}

/// The key that a line begins with.
fn key(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("- ").trim_start_matches(['{', ' ']);
    let (key, rest) = line.split_once(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\r'])).then(|| key.trim_matches(['"', '\'', ' ']))
}

/// The known word that somebody probably meant.
pub fn suggest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_ascii_lowercase().replace(['_', ' '], "-");
    let far = (word.chars().count() / 3).max(1);
    let known: Vec<&str> = known.into_iter().collect();
    let near = known.iter().map(|known| (strsim::osa_distance(&word, known), *known));
    let near = near.filter(|(distance, _)| *distance <= far).min().map(|(_, known)| known);
    // Half a word is a guess, too: `no-new-priv`.
    near.or_else(|| known.iter().find(|known| word.len() > 3 && known.contains(&word)).copied())
}

/// The same setting for every rule of a family.
fn of_family(family: Family, level: Level, paths: Option<&Globs>) -> impl Iterator<Item = Setting> {
    let rules = rules::RULES.iter().filter(move |rule| rule.family == family);
    rules.map(move |rule| Setting { rule, level, paths: paths.cloned(), family: true })
}

struct Reader<'s> {
    source: &'s Source,
    base: &'s str,
    mistakes: Vec<(Span, String)>,
}

impl Reader<'_> {
    fn mistake(&mut self, span: Span, message: impl Into<String>) {
        self.mistakes.push((span, message.into()));
    }

    fn top(&mut self, root: Node, config: &mut Config) {
        if root.kind() == Kind::Null {
            return; // an empty file, or one with comments only
        }
        for (key, value) in self.entries(root, &KEYS) {
            match key {
                "profile" => config.profile = self.word(value, &PROFILES).and_then(super::profile),
                "preview" => config.preview = self.truth(value),
                "fail-on" => config.fail_on = self.word(value, &FailOn::NAMES).and_then(FailOn::parse),
                "trusted-registries" => {
                    config.trusted_registries =
                        self.texts(value).into_iter().map(|(_, text)| text.to_owned()).collect();
                }
                "exclude" => config.exclude = self.globs(value),
                "rules" => self.rules(value, config),
                "secrets" => {
                    let (level, paths) = self.setting(value);
                    config.rules.extend(of_family(Family::Secrets, level, paths.as_ref()));
                }
                "baseline" => {
                    config.baselines = self.texts(value).into_iter().map(|(_, text)| text.into()).collect();
                }
                "gitleaks-config" => config.gitleaks = self.text(value).map(Into::into),
                _ => self.ignores(value, config),
            }
        }
    }

    fn rules(&mut self, node: Node, config: &mut Config) {
        if !self.is(node, Kind::Mapping, "`rules` maps ids to severities: `latest-tag: error`") {
            return;
        }
        for entry in node.entries() {
            let family = Family::ALL.into_iter().find(|family| family.name() == entry.key_str());
            let found =
                if family.is_none() { self.rule(entry.key_span(), entry.key_str()) } else { Vec::new() };
            let (level, paths) = self.setting(entry.value);
            let one = |rule| Setting { rule, level, paths: paths.clone(), family: false };
            config.rules.extend(found.into_iter().map(one));
            config
                .rules
                .extend(family.into_iter().flat_map(|family| of_family(family, level, paths.as_ref())));
        }
    }

    /// `error`, or `{severity: error, paths: […]}`.
    fn setting(&mut self, node: Node) -> (Level, Option<Globs>) {
        if !node.is_mapping() {
            return (self.level(node), None);
        }
        let (mut level, mut off, mut paths) = (Level::Own, false, None);
        for (key, value) in self.entries(node, &SETTING_KEYS) {
            match key {
                "severity" => level = self.level(value),
                "off" => off = self.truth(value),
                _ => paths = Some(self.globs(value)),
            }
        }
        (if off { Level::Off } else { level }, paths)
    }

    fn ignores(&mut self, node: Node, config: &mut Config) {
        if !self.is(
            node,
            Kind::Sequence,
            "`ignore` is a list: `- {rule: latest-tag, path: test/, reason: …}`",
        ) {
            return;
        }
        for item in node.items() {
            let line = self.source.line_of(item.span().start as usize);
            let mut ignore =
                Ignore { rules: Vec::new(), paths: None, reason: String::new(), expires: None, line };
            let mut speaks = false;
            for (key, value) in self.entries(item, &IGNORE_KEYS) {
                match key {
                    "rule" | "rules" => {
                        speaks = true;
                        for (span, text) in self.texts(value) {
                            ignore.rules.extend(self.rule(span, text));
                        }
                    }
                    "path" | "paths" => {
                        speaks = true;
                        ignore.paths = Some(self.globs(value));
                    }
                    "reason" => self.text(value).unwrap_or_default().clone_into(&mut ignore.reason),
                    _ => {
                        let date = self.text(value).map(Date::parse);
                        if date == Some(None) {
                            self.mistake(value.span(), "write a date as YYYY-MM-DD");
                        }
                        ignore.expires = date.flatten();
                    }
                }
            }
            if item.is_mapping() && !speaks {
                self.mistake(item.span(), "name a `rule` or a `path` to ignore");
            }
            config.ignores.push(ignore);
        }
    }

    /// The rules that an id or a foreign code stands for.
    fn rule(&mut self, span: Span, name: &str) -> Vec<&'static Rule> {
        let found: Vec<_> = rules::find(name).into_iter().chain(rules::by_alias(name)).collect();
        if found.is_empty() {
            let known = suggest(name, rules::RULES.iter().map(|rule| rule.id));
            let help = known.map(|id| format!("; did you mean `{id}`?"));
            self.mistake(span, format!("no rule `{name}`{}", help.unwrap_or_default()));
        }
        found
    }

    fn level(&mut self, node: Node) -> Level {
        match self.word(node, &LEVELS) {
            Some("off") => Level::Off,
            Some(name) => super::severity(name).map_or(Level::Own, Level::At),
            None => Level::Own,
        }
    }

    /// The entries of a mapping; unknown keys are told and left out.
    fn entries<'y>(&mut self, node: Node<'y>, known: &[&'static str]) -> Vec<(&'static str, Node<'y>)> {
        if !self.is(node, Kind::Mapping, &format!("expected a mapping with the keys {}", known.join(", "))) {
            return Vec::new();
        }
        let mut entries = Vec::new();
        for entry in node.entries() {
            let key = entry.key_str();
            if let Some(key) = known.iter().find(|known| **known == key) {
                entries.push((*key, entry.value));
                continue;
            }
            let help = suggest(key, known.iter().copied()).map_or_else(
                || format!("; known keys are {}", known.join(", ")),
                |meant| format!("; did you mean `{meant}`?"),
            );
            self.mistake(entry.key_span(), format!("unknown key `{key}`{help}"));
        }
        entries
    }

    /// One of a few words.
    fn word(&mut self, node: Node, known: &[&'static str]) -> Option<&'static str> {
        let text = self.text(node)?;
        let found = known.iter().find(|known| **known == text).copied();
        if found.is_none() {
            let meant =
                suggest(text, known.iter().copied()).map(|meant| format!("; did you mean `{meant}`?"));
            let meant = meant.unwrap_or_default();
            self.mistake(node.span(), format!("`{text}` is not one of {}{meant}", known.join(", ")));
        }
        found
    }

    fn text<'y>(&mut self, node: Node<'y>) -> Option<&'y str> {
        self.is(node, Kind::Scalar, "expected a string");
        node.as_str()
    }

    fn truth(&mut self, node: Node) -> bool {
        self.word(node, &["true", "false"]) == Some("true")
    }

    /// A list of texts, or a single one.
    fn texts<'y>(&mut self, node: Node<'y>) -> Vec<(Span, &'y str)> {
        if node.is_sequence() {
            return node.items().filter_map(|item| Some((item.span(), self.text(item)?))).collect();
        }
        if node.kind() == Kind::Mapping {
            self.mistake(node.span(), "expected a list of strings");
            return Vec::new();
        }
        self.text(node).map(|text| (node.span(), text)).into_iter().collect()
    }

    fn globs(&mut self, node: Node) -> Globs {
        let patterns = self.texts(node);
        match Globs::new(patterns.iter().map(|(_, text)| *text), self.base) {
            Ok(globs) => globs,
            Err((index, why)) => {
                self.mistake(patterns[index].0, format!("this pattern is not valid: {why}"));
                Globs::default()
            }
        }
    }

    fn is(&mut self, node: Node, kind: Kind, help: &str) -> bool {
        let good = node.kind() == kind;
        if !good {
            self.mistake(node.span(), help);
        }
        good
    }

    /// What is not quoted of a line: the file may be another than it seems, so a value is shown only of a key that is known
    /// here, and a line without a key only of a file that has such keys.
    fn foreign(&self, line: Span, is_ours: bool) -> Option<Span> {
        let text = self.source.slice(line);
        let known = |key: &str| {
            [&KEYS[..], &SETTING_KEYS, &IGNORE_KEYS].concat().contains(&key) || rules::find(key).is_some()
        };
        let from = match key(text) {
            Some(key) if is_ours && known(key) => return None,
            Some(_) => text.find(':')? + 1,
            None if is_ours => return None,
            None => 0,
        };
        let value = text[from..].trim();
        let start = line.start as usize + text.len() - text[from..].trim_start().len();
        (!value.is_empty()).then(|| Span::new(start, start + value.len()))
    }

    /// All mistakes as a text for people.
    fn told(mut self) -> String {
        self.mistakes.sort_by_key(|(span, _)| span.start);
        let mut text = String::new();
        let is_ours = self.source.text().lines().any(|line| key(line).is_some_and(|key| KEYS.contains(&key)));
        let veil = Veil::new(self.source.text(), &[]);
        for (span, message) in &self.mistakes {
            let message = veil.sentence(message, self.source.text(), *span);
            let line = self.source.line_span(self.source.line_of(span.start as usize));
            let hidden = line.among(veil.spans()).iter().copied();
            let masks = Span::merged(hidden.chain(self.foreign(line, is_ours)).collect());
            let Place { path, start, excerpt, .. } =
                place::place(self.source, *span, &Origin::WorkTree, &masks);
            let chars = |range: Range<usize>| excerpt.text[range].chars().count();
            let margin = " ".repeat(start.line.to_string().len());
            let indent = " ".repeat(chars(0..excerpt.mark.start as usize));
            let mark = "^".repeat(chars(excerpt.mark.range()).max(1));
            let _ = writeln!(text, "{path}:{}:{}: {message}", start.line, start.column);
            let _ = writeln!(text, " {} | {}", start.line, excerpt.text.replace('\t', " "));
            let _ = writeln!(text, " {margin} | {indent}{mark}");
        }
        text.truncate(text.trim_end().len());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Profile, Severity};

    fn config(text: &str) -> Result<Config, String> {
        read(&Source::new("hullguard.yaml", text.into()), "")
    }

    #[test]
    fn a_full_file() {
        let config = config(
            "profile: strict\nfail-on: never\ntrusted-registries: [ghcr.io/acme/*]\nexclude: vendor\nrules:\n  \
             maintainer-deprecated: {severity: error, paths: [a/**]}\n  DL4000: off\nignore:\n- rule: maintainer-deprecated\n  \
             path: [test, b/*]\n  reason: old\n  expires: 2024-02-29\n",
        )
        .unwrap();
        assert_eq!(config.profile, Some(Profile::Strict));
        assert_eq!(config.fail_on, Some(FailOn::Never));
        assert_eq!(config.trusted_registries, ["ghcr.io/acme/*"]);
        assert!(config.exclude.matches("x/vendor/Dockerfile"));
        assert_eq!(config.rules[0].level, Level::At(Severity::Error));
        assert!(config.rules[0].paths.as_ref().unwrap().matches("a/b/c"));
        assert_eq!(config.rules[1].level, Level::Off);
        let ignore = &config.ignores[0];
        assert_eq!((ignore.reason.as_str(), ignore.line), ("old", 9));
        assert!(ignore.is_expired(Date::parse("2024-03-01").unwrap()));
        assert!(!ignore.is_expired(Date::parse("2024-02-29").unwrap()));
    }

    #[test]
    fn mistakes_have_places_and_suggestions() {
        for (text, told) in [
            (
                "proflie: strict\n",
                "hullguard.yaml:1:1: unknown key `proflie`; did you mean `profile`?\n 1 | proflie: ***\n   | ^^^^^^^",
            ),
            (
                "fail_on: note\n",
                "hullguard.yaml:1:1: unknown key `fail_on`; did you mean `fail-on`?\n 1 | fail_on: ***\n   | ^^^^^^^",
            ),
            (
                "rules:\n  maintainer-depricated: off\n",
                "hullguard.yaml:2:3: no rule `maintainer-depricated`; did you mean `maintainer-deprecated`?\n 2 |   maintainer-depricated: ***\n   |   ^^^^^^^^^^^^^^^^^^^^^",
            ),
            (
                "profile: loud\n",
                "hullguard.yaml:1:10: `loud` is not one of default, strict, style\n 1 | profile: loud\n   |          ^^^^",
            ),
            (
                "ignore: [{reason: x}]\n",
                "hullguard.yaml:1:10: name a `rule` or a `path` to ignore\n 1 | ignore: [{reason: x}]\n   |          ^^^^^^^^^^^",
            ),
        ] {
            assert_eq!(config(text).unwrap_err(), told);
        }
        // Of what is no configuration at most the keys are told.
        for text in [
            "A=/bin/hush\n",
            "root:x:0:0:hush\n",
            "session: hush\n",
            "- hush\n",
            "key: {a: hush}\n",
            "{a: hush\n",
            "profile: strict\nsession: hush\n",
        ] {
            let told = config(text).unwrap_err();
            assert!(!told.contains("hush"), "{told}");
        }
        for text in [
            "- a\n",
            "rules: [a]\n",
            "exclude: {a: b}\n",
            "exclude: ['a{']\n",
            "a: [\n",
            "profile: default\nprofile: default\n",
        ] {
            assert!(config(text).is_err(), "{text}");
        }
        assert!(config("").is_ok() && config("# nothing\n").is_ok());
    }
}
