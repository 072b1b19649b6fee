//! From the text of the configuration file to a [`Config`], or to mistakes with their places.
//!
//! Every mistake of a file is told at once; nothing is guessed and nothing unknown is passed over.

mod sections;
mod told;
mod values;

use super::keys::{Key, TOP};
use super::{Config, FailOn, Pattern, UseShellCheck};
use crate::rule::Family;
use crate::rules;
use crate::text::{Source, Span};
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Date, Level};
    use crate::rule::{Profile, Severity};

    fn config(text: &str) -> Result<Config, String> {
        crate::config::of(&Source::new("hullguard.yaml", text.into()), "")
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
