//! From the text of the configuration file to a [`Config`], or to mistakes with their places.
//!
//! Every mistake of a file is told at once; nothing is guessed and nothing unknown is passed over.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::keys::{self, IGNORE, Key, SETTING, TOP};
use super::{Config, Date, FailOn, Globs, Ignore, Level, Pattern, Setting, Ship, UseShellCheck};
use crate::blob::Origin;
use crate::finding::Place;
use crate::input;
use crate::place;
use crate::rule::{Family, LabelFormat, Rule};
use crate::rules;
use crate::shown::Veil;
use crate::text::{Source, Span, last_part};
use crate::yaml::{self, Kind, Node};

/// What comes of a file that is extended.
pub(super) enum Refused {
    /// It could not be read: a sentence for the place that names it.
    Here(String),
    /// Its own mistakes, with their places.
    There(String),
}

/// Reads one file. `base` is the path from the folder its patterns are relative to, to the root of the run; `extend`
/// reads another file that it names.
///
/// # Errors
/// All that is wrong with it, each with its place, the line and a mark under it.
pub(super) fn read(
    source: &Source,
    base: &str,
    extend: &mut dyn FnMut(&str) -> Result<Config, Refused>,
) -> Result<Config, String> {
    let mut reader = Reader {
        source,
        base,
        patterns: Vec::new(),
        mistakes: Vec::new(),
        hidden: Vec::new(),
        mistyped: Vec::new(),
        elsewhere: Vec::new(),
        guesses: GUESSES,
    };
    let tree = yaml::parse(source);
    for error in &tree.errors {
        reader.mistake(error.span, error.message.to_string());
    }
    for (first, again) in tree.duplicate_keys() {
        let line = source.line_of(first.key_span().start as usize);
        let key = again.key_str();
        reader.mistake(again.key_span(), format!("`{key}` is defined twice, first on line {line}"));
    }
    let mut config = Config::default();
    if let Some(root) = tree.root()
        && reader.mistakes.is_empty()
    {
        reader.top(root, &mut config, extend);
    }
    if let Some(second) = tree.documents().nth(1) {
        reader.mistake(second.span(), "a configuration must be one YAML document");
    }
    config.name = source.path().to_string();
    config.patterns = std::mem::take(&mut reader.patterns);
    if reader.mistakes.is_empty() && reader.elsewhere.is_empty() { Ok(config) } else { Err(reader.told()) }
}

/// The key that a line begins with.
fn key(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("- ").trim_start_matches(['{', ' ']);
    let (key, rest) = line.split_once(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\r'])).then(|| key.trim_matches(['"', '\'', ' ']))
}

fn family(name: &str) -> Option<Family> {
    Family::ALL.into_iter().find(|family| family.name() == name)
}

/// The known word that somebody probably meant.
pub fn suggest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_ascii_lowercase().replace(['_', ' '], "-");
    let long = word.chars().count();
    let far = if long < 2 { 0 } else { (long / 3).max(1) };
    let known: Vec<&str> = known.into_iter().collect();
    let near = known.iter().map(|known| (strsim::osa_distance(&word, known), *known));
    let near = near.filter(|(distance, _)| *distance <= far).min().map(|(_, known)| known);
    // Half a word is a guess, too: `no-new-priv`. One that many have is none: `security`.
    let mut halves = known.iter().copied().filter(|known| word.len() > 3 && known.contains(&word));
    near.or_else(|| halves.next().filter(|_| halves.nth(1).is_none()))
}

/// `DL3008`, `trivy/DS-0099`, `CKV_DOCKER_2`: rules here have names in small letters.
fn is_foreign(name: &str) -> bool {
    let code = last_part(name);
    code.bytes().any(|b| b.is_ascii_digit()) && code.bytes().any(|b| b.is_ascii_uppercase())
}

/// What people who know another tool call what is called `meant` here.
fn synonym(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "false" | "no" | "none" | "never" | "disable" | "disabled" | "ignore" | "ignored" | "skip" | "0" => {
            "off"
        }
        "info" | "information" | "low" | "notice" | "style" | "hint" => "note",
        "warn" | "medium" | "moderate" | "1" => "warning",
        "err" | "high" | "critical" | "fatal" | "blocker" | "2" => "error",
        "yes" | "on" => "true",
        _ => return None,
    })
}

/// So many wrong words are compared with the known ones; nobody mistypes more.
const GUESSES: usize = 50;
/// So many mistakes are told.
const TOLD: usize = 100;

struct Reader<'s> {
    source: &'s Source,
    base: &'s str,
    patterns: Vec<Pattern>,
    mistakes: Vec<(Span, String)>,
    /// What must not be quoted.
    hidden: Vec<Span>,
    /// Words that are nearly one of ours, and so no secret, whatever key they follow.
    mistyped: Vec<Span>,
    /// Those of files that it extends, with their places.
    elsewhere: Vec<String>,
    /// How many more wrong words are compared.
    guesses: usize,
}

impl Reader<'_> {
    fn suggest<'k>(&mut self, word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
        self.guesses = self.guesses.checked_sub(1)?;
        suggest(word, known)
    }

    /// What somebody meant by a key that is not known here.
    fn meant(&mut self, name: &str, known: &'static [Key], names: &str) -> String {
        let spellings = known.iter().flat_map(|key| [Some(key.name), key.also]).flatten();
        if let Some(meant) = self.suggest(name, spellings) {
            return format!("did you mean `{meant}`?");
        }
        // Rules at the top of the file, where they are in hadolint's.
        let is_rule =
            family(name).is_some() || rules::find(name).is_some() || rules::by_alias(name).next().is_some();
        if is_rule && std::ptr::eq(known, TOP) {
            return format!("rules go below `rules`: `rules: {{{name}: off}}`");
        }
        format!("known keys: {names}")
    }

    fn mistake(&mut self, span: Span, message: impl Into<String>) {
        self.mistakes.push((span, message.into()));
    }

    fn top(
        &mut self,
        root: Node,
        config: &mut Config,
        extend: &mut dyn FnMut(&str) -> Result<Config, Refused>,
    ) {
        if root.kind() == Kind::Null {
            return; // an empty file, or one with comments only
        }
        let mut entries = self.entries(root, TOP);
        // What is extended comes first, wherever it is named.
        entries.sort_by_key(|(key, _)| key.name != "extends");
        for (key, value) in entries {
            match key.name {
                "extends" => self.extends(value, config, extend),
                "profile" => config.profile = self.word(value, key.words()).and_then(super::profile),
                "preview" => config.preview = self.word(value, key.words()) == Some("true"),
                "fail-on" => config.fail_on = self.word(value, key.words()).and_then(FailOn::parse),
                "trusted-registries" => {
                    for (span, text) in self.texts(value) {
                        self.registry(span, text);
                        config.trusted_registries.push(text.to_owned());
                    }
                }
                "exclude" => {
                    let globs = self.globs(value);
                    self.note_patterns(value, true);
                    config.exclude.add(globs);
                }
                "rules" => self.rules(value, config),
                "secrets" => {
                    let family = Family::Secrets.name();
                    self.set(value, value.span(), family, config);
                }
                "ships" => self.ships(value, config),
                "labels" => self.labels(value, key.words(), config),
                "strict-labels" => config.strict_labels = self.word(value, key.words()) == Some("true"),
                "shellcheck" => {
                    config.shellcheck = self.word(value, key.words()).and_then(UseShellCheck::parse);
                }
                "baseline" => {
                    let texts = self.texts(value);
                    config.baselines.extend(texts.into_iter().map(|(_, text)| text.into()));
                }
                "gitleaks-config" => config.gitleaks = self.text(value).map(Into::into),
                _ => self.ignores(value, config),
            }
        }
    }

    fn extends(
        &mut self,
        node: Node,
        config: &mut Config,
        extend: &mut dyn FnMut(&str) -> Result<Config, Refused>,
    ) {
        for (span, path) in self.texts(node) {
            match extend(path) {
                Ok(other) => config.take(other),
                Err(Refused::Here(why)) => self.mistake(span, why),
                Err(Refused::There(told)) => self.elsewhere.push(told),
            }
        }
    }

    fn rules(&mut self, node: Node, config: &mut Config) {
        if !self.is(node, Kind::Mapping, "`rules` maps rules to severities, for example `latest-tag: off`") {
            return;
        }
        for entry in node.entries() {
            self.set(entry.value, entry.key_span(), entry.key_str(), config);
        }
    }

    /// Reads what is set for the rules of that name.
    fn set(&mut self, value: Node, at: Span, name: &str, config: &mut Config) {
        let rules = self.named(at, name);
        let family = family(name).is_some();
        let (level, paths) = self.setting(value);
        let file: Arc<str> = Arc::clone(self.source.path());
        let line = self.source.line_of(at.start as usize);
        let one = |rule| Setting { rule, level, paths: paths.clone(), family, file: Arc::clone(&file), line };
        config.rules.extend(rules.into_iter().map(one));
    }

    /// `error`, or `{severity: error, paths: […]}`.
    fn setting(&mut self, node: Node) -> (Level, Option<Globs>) {
        if !node.is_mapping() {
            return (self.level(node), None);
        }
        let (mut level, mut off, mut paths) = (Level::Own, false, None);
        for (key, value) in self.entries(node, SETTING) {
            match key.name {
                "severity" => level = self.level(value),
                "off" => off = self.word(value, key.words()) == Some("true"),
                _ => {
                    paths = Some(self.globs(value));
                    self.note_patterns(value, false);
                }
            }
        }
        (if off { Level::Off } else { level }, paths)
    }

    fn ships(&mut self, node: Node, config: &mut Config) {
        let help = "`ships` maps Dockerfiles to stages, for example `api/Dockerfile: [runtime, worker]`";
        if !self.is(node, Kind::Mapping, help) {
            return;
        }
        for entry in node.entries() {
            let line = self.source.line_of(entry.key_span().start as usize);
            let targets: Vec<String> =
                self.texts(entry.value).into_iter().map(|(_, text)| text.to_owned()).collect();
            let inside = input::inside(entry.key_str()).filter(|path| !path.is_empty());
            let Some(dockerfile) = inside else {
                self.mistake(entry.key_span(), "name a Dockerfile, relative to the folder of this file");
                continue;
            };
            if targets.is_empty() {
                self.mistake(entry.value.span(), "name the stages that are shipped");
            }
            let below = |path: &str| Some(path.strip_prefix(self.base)?.strip_prefix('/')?.to_owned());
            let dockerfile = if self.base.is_empty() { Some(dockerfile) } else { below(&dockerfile) };
            // What lies outside of the run is not built in it.
            if let Some(dockerfile) = dockerfile {
                config.ship(Ship { dockerfile, targets, file: Arc::clone(self.source.path()), line });
            }
        }
    }

    fn labels(&mut self, node: Node, formats: &'static [&'static str], config: &mut Config) {
        let help =
            "`labels` maps keys of labels to formats, for example `org.opencontainers.image.source: url`";
        if !self.is(node, Kind::Mapping, help) {
            return;
        }
        for entry in node.entries() {
            if let Some(format) = self.word(entry.value, formats).and_then(LabelFormat::parse) {
                config.labels.push((entry.key_str().into(), format));
            }
        }
    }

    fn ignores(&mut self, node: Node, config: &mut Config) {
        if !self.is(
            node,
            Kind::Sequence,
            "`ignore` is a list, for example `- {rule: latest-tag, path: test/, reason: …}`",
        ) {
            return;
        }
        for item in node.items() {
            let line = self.source.line_of(item.span().start as usize);
            let file = Arc::clone(self.source.path());
            let mut ignore = Ignore {
                rules: Vec::new(),
                named: Vec::new(),
                paths: None,
                patterns: Vec::new(),
                reason: String::new(),
                expires: None,
                file,
                line,
            };
            let mut limits = false;
            for (key, value) in self.entries(item, IGNORE) {
                match key.name {
                    "rule" => {
                        limits = true;
                        for (span, text) in self.texts(value) {
                            ignore.rules.extend(self.named(span, text));
                            ignore.named.push(text.to_owned());
                        }
                    }
                    "path" => {
                        limits = true;
                        ignore
                            .patterns
                            .extend(self.texts(value).into_iter().map(|(_, text)| text.to_owned()));
                        ignore.paths = Some(self.globs(value));
                    }
                    "reason" => self.text(value).unwrap_or_default().clone_into(&mut ignore.reason),
                    _ => match self.text(value).map(Date::read).transpose() {
                        Ok(day) => ignore.expires = day,
                        Err(why) => self.mistake(value.span(), why),
                    },
                }
            }
            if item.is_mapping() && !limits {
                self.mistake(item.span(), "name a `rule` or a `path` to ignore");
            }
            config.ignores.push(ignore);
        }
    }

    /// The rules that an id, a family or a foreign code means.
    fn named(&mut self, span: Span, name: &str) -> Vec<&'static Rule> {
        if let Some(family) = family(name) {
            return rules::of(family).collect();
        }
        let found = rules::named(name);
        if found.is_empty() && is_foreign(name) {
            self.mistake(span, format!("no rule here checks what `{name}` checks; delete it"));
        } else if found.is_empty() {
            let families = Family::ALL.iter().map(|family| family.name());
            let known = self.suggest(name, families.chain(rules::RULES.iter().map(|rule| rule.id.get())));
            let help =
                known.map_or("`hullguard rules` lists them".to_owned(), |id| format!("did you mean `{id}`?"));
            self.mistake(span, format!("no rule `{name}`; {help}"));
        }
        found
    }

    /// Rules quote the names of registries, and compare them with those of images.
    fn registry(&mut self, span: Span, text: &str) {
        if text.contains('@') {
            self.hidden.push(span);
            self.mistake(span, "a registry has no user or password; write its host name");
        } else if text.contains("://") {
            self.mistake(span, "a registry has no `https://`; write its host name");
        }
    }

    fn level(&mut self, node: Node) -> Level {
        match self.word(node, keys::LEVELS) {
            Some("off") => Level::Off,
            Some(name) => super::severity(name).map_or(Level::Own, Level::At),
            None => Level::Own,
        }
    }

    /// The entries of a mapping; unknown keys are told and left out.
    fn entries<'y>(&mut self, node: Node<'y>, known: &'static [Key]) -> Vec<(&'static Key, Node<'y>)> {
        let names = || known.iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
        if !self.is(node, Kind::Mapping, &format!("expected a mapping with the keys {}", names())) {
            return Vec::new();
        }
        let mut entries: Vec<(&'static Key, Node)> = Vec::new();
        for entry in node.entries() {
            let name = entry.key_str();
            match known.iter().find(|known| known.is(name)) {
                Some(key) if entries.iter().any(|(other, _)| other.name == key.name) => {
                    let (key, also) = (key.name, key.also.unwrap_or_default());
                    self.mistake(entry.key_span(), format!("`{key}` and `{also}` mean the same; keep one"));
                }
                Some(key) => entries.push((key, entry.value)),
                None => {
                    let help = self.meant(name, known, &names());
                    self.mistake(entry.key_span(), format!("unknown key `{name}`; {help}"));
                }
            }
        }
        entries
    }

    /// One of a few words.
    fn word(&mut self, node: Node, known: &[&'static str]) -> Option<&'static str> {
        let text = self.text(node)?;
        let found = known.iter().find(|known| **known == text).copied();
        if found.is_none() {
            let meant = synonym(text).filter(|meant| known.contains(meant));
            let meant = meant.or_else(|| self.suggest(text, known.iter().copied()));
            if meant.is_some() {
                self.mistyped.push(node.span());
            }
            let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            self.mistake(node.span(), format!("`{text}` is not one of {}{meant}", known.join(", ")));
        }
        found
    }

    fn text<'y>(&mut self, node: Node<'y>) -> Option<&'y str> {
        self.is(node, Kind::Scalar, "expected a string");
        node.as_str()
    }

    /// A list of texts, or a single one.
    fn texts<'y>(&mut self, node: Node<'y>) -> Vec<(Span, &'y str)> {
        if node.is_sequence() {
            return node.items().filter_map(|item| Some((item.span(), self.text(item)?))).collect();
        }
        if node.kind() == Kind::Mapping {
            self.mistake(node.span(), "expected a string or a list of strings");
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

    fn note_patterns(&mut self, node: Node, excludes: bool) {
        let one = |item: Node| {
            Some(Pattern {
                text: item.as_str()?.to_owned(),
                excludes,
                file: Arc::clone(self.source.path()),
                line: self.source.line_of(item.span().start as usize),
            })
        };
        let all: Vec<Pattern> = if node.is_sequence() {
            node.items().filter_map(one).collect()
        } else {
            one(node).into_iter().collect()
        };
        self.patterns.extend(all);
    }

    fn is(&mut self, node: Node, kind: Kind, help: &str) -> bool {
        let good = node.kind() == kind;
        if !good {
            self.mistake(node.span(), help);
        }
        good
    }

    /// What is not quoted of a line: the file may be another than it seems, so a value is shown only if it is a word of ours
    /// or its key is one, perhaps mistyped; and a line without a key only of a file that has such keys.
    fn foreign(&self, line: Span, is_ours: bool) -> Option<Span> {
        let text = self.source.slice(line);
        let keys = || [TOP, SETTING, IGNORE].into_iter().flatten();
        let known = |key: &str| {
            keys().any(|known| known.is(key))
                || rules::find(key).is_some()
                || suggest(key, keys().map(|known| known.name)).is_some()
        };
        let is_a_word =
            |value: &str| keys::LEVELS.contains(&value) || keys().any(|key| key.words().contains(&value));
        let from = match key(text) {
            Some(key) if is_ours && known(key) => return None,
            Some(_) => text.find(':')? + 1,
            None if is_ours => return None,
            None => 0,
        };
        let value = text[from..].trim();
        let start = line.start as usize + text.len() - text[from..].trim_start().len();
        (!value.is_empty() && !is_a_word(value)).then(|| Span::new(start, start + value.len()))
    }

    /// All mistakes as a text for people.
    fn told(mut self) -> String {
        self.mistakes.sort_by_key(|(span, _)| span.start);
        let mut text = String::new();
        let is_ours = self
            .source
            .text()
            .lines()
            .any(|line| key(line).is_some_and(|key| TOP.iter().any(|known| known.is(key))));
        let veil = Veil::new(self.source.text(), &self.hidden);
        for (span, message) in self.mistakes.iter().take(TOLD) {
            let is_harmless = self.mistyped.contains(span);
            let message = if is_harmless {
                Cow::Borrowed(message.as_str())
            } else {
                veil.sentence(message, self.source.text(), *span)
            };
            let line = self.source.line_span(self.source.line_of(span.start as usize));
            let hidden =
                line.among(veil.spans()).iter().copied().filter(|hidden| !(is_harmless && hidden == span));
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
        if self.mistakes.len() > TOLD {
            let _ = writeln!(text, "and {} more mistakes in this file", self.mistakes.len() - TOLD);
        }
        for told in self.elsewhere {
            let _ = writeln!(text, "{told}");
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
        super::super::of(&Source::new("hullguard.yaml", text.into()), "")
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
    fn very_many_mistakes_cost_little() {
        let start = std::time::Instant::now();
        for (head, line) in
            [("", "key-@: a\n"), ("rules:\n", "  x-@: off\n"), ("ignore:\n", "- {rule: a-@}\n")]
        {
            let lines: String = (0..20_000).map(|n| line.replace('@', &n.to_string())).collect();
            let told = config(&format!("{head}{lines}")).unwrap_err();
            assert!(told.lines().count() < 4 * TOLD, "{}", told.lines().count());
            assert!(told.contains("more mistakes in this file"));
        }
        assert!(start.elapsed().as_secs() < 60);
    }

    #[test]
    fn mistakes_have_places_and_suggestions() {
        for (text, told) in [
            (
                "proflie: strict\n",
                "hullguard.yaml:1:1: unknown key `proflie`; did you mean `profile`?\n 1 | proflie: strict\n   | ^^^^^^^",
            ),
            (
                "fail_on: note\n",
                "hullguard.yaml:1:1: unknown key `fail_on`; did you mean `fail-on`?\n 1 | fail_on: note\n   | ^^^^^^^",
            ),
            (
                "rules:\n  maintainer-depricated: off\n",
                "hullguard.yaml:2:3: no rule `maintainer-depricated`; did you mean `maintainer-deprecated`?\n 2 |   maintainer-depricated: off\n   |   ^^^^^^^^^^^^^^^^^^^^^",
            ),
            (
                "profile: loud\n",
                "hullguard.yaml:1:10: `loud` is not one of default, reproducible, strict, style\n 1 | profile: loud\n   |          ^^^^",
            ),
            (
                "ignore: [{reason: x}]\n",
                "hullguard.yaml:1:10: name a `rule` or a `path` to ignore\n 1 | ignore: [{reason: x}]\n   |          ^^^^^^^^^^^",
            ),
        ] {
            assert_eq!(config(text).unwrap_err(), told);
        }
        for registry in ["bob:hush@reg.acme.io", "https://bob:hush@reg.acme.io"] {
            let told = config(&format!("trusted-registries: [docker.io, '{registry}']\n")).unwrap_err();
            assert!(told.contains("a registry has no user or password") && !told.contains("hush"), "{told}");
        }
        assert!(config("trusted-registries: https://a.io\n").unwrap_err().contains("no `https://`"));
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
