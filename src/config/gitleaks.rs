//! `.gitleaks.toml`: patterns and allowlists that people already have.
//!
//! What it says is turned into `custom`'s types, with that tool's meaning. A part that cannot be honoured is told, by
//! name and cause, and the rest holds. Rules that gitleaks brings along and somebody copied into the file are left to
//! our own pages for the same secrets.

use std::str::FromStr;

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::custom::{Allow, Custom, Pattern, Target};
use crate::rules;

/// The compiled size that a pattern may have.
const SIZE: usize = 4 << 20;
/// How many patterns there may be: each takes memory of its own while files are searched.
const PATTERNS: usize = 2000;
/// How deep `[extend]` may go, as in gitleaks.
const DEPTH: usize = 2;

/// What a file comes to.
#[derive(Debug, Default)]
pub struct Gitleaks {
    pub custom: Custom,
    /// What could not be honoured, a sentence each.
    pub notes: Vec<String>,
}

/// Reads the file, and those it extends. `other` reads another file by the path that `[extend]` gives.
///
/// # Errors
/// It is no TOML, it has too many patterns, or a file that it extends cannot be read.
pub fn read(
    name: &str,
    bytes: &[u8],
    other: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<Gitleaks, String> {
    let mut reader = Reader { read: Gitleaks::default(), words: Vec::new(), own: 0, other };
    reader.file(name, bytes, DEPTH)?;
    let allow =
        reader.read.custom.allow.iter().chain(reader.read.custom.rules.iter().flat_map(|rule| &rule.allow));
    let patterns = allow.map(|allow| allow.paths.len() + allow.regexes.len()).sum::<usize>();
    if patterns + reader.read.custom.rules.len() > PATTERNS {
        return Err(format!("{name}: it has more than {PATTERNS} patterns"));
    }
    if reader.own > 0 {
        let (rules, are) =
            if reader.own == 1 { ("rule of gitleaks", "is") } else { ("rules of gitleaks", "are") };
        reader.note(name, &format!("{} {rules} {are} replaced by hullguard's own rules", reader.own));
    }
    reader.keywords();
    Ok(reader.read)
}

struct Reader<'a> {
    read: Gitleaks,
    /// Keywords, each with the rule that wants it.
    words: Vec<(String, usize)>,
    /// How many rules our own patterns stand for.
    own: usize,
    other: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
}

type Entry<'t> = Spanned<DeValue<'t>>;

impl Reader<'_> {
    fn note(&mut self, at: &str, why: &str) {
        self.read.notes.push(format!("{at}: {why}"));
    }

    fn file(&mut self, name: &str, bytes: &[u8], depth: usize) -> Result<(), String> {
        let text = std::str::from_utf8(bytes).map_err(|_| format!("{name}: it is not valid UTF-8"))?;
        let ends: Vec<usize> = memchr::memchr_iter(b'\n', bytes).collect();
        let line = |at: usize| ends.partition_point(|&end| end < at) + 1;
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(1, |span| line(span.start));
            format!("{name}:{at}: {}", error.message())
        })?;
        for (key, value) in table.get_ref() {
            let at = format!("{name}:{}", line(value.span().start));
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("title" | "description" | "minVersion", _) => {}
                ("extend", DeValue::Table(extend)) => {
                    let at = |value: &Entry| format!("{name}:{}", line(value.span().start));
                    self.extend(name, &at, extend, depth)?;
                }
                ("rules", DeValue::Array(rules)) => {
                    for rule in rules {
                        let at = format!("{name}:{}", line(rule.span().start));
                        self.rule(&at, rule);
                    }
                }
                ("allowlist" | "allowlists", lists) => {
                    for (place, list) in tables(value, lists) {
                        let allow = self.allow(&format!("{name}:{}", line(place)), list);
                        self.read.custom.allow.extend(allow);
                    }
                }
                (key, _) => self.note(&at, &format!("`{key}` is unknown and has no effect")),
            }
        }
        Ok(())
    }

    fn extend(
        &mut self,
        name: &str,
        at: &dyn Fn(&Entry) -> String,
        extend: &DeTable,
        depth: usize,
    ) -> Result<(), String> {
        for (key, value) in extend {
            let at = &*at(value);
            match (key.get_ref().as_ref(), value.get_ref()) {
                // Our own patterns run in any case.
                ("useDefault", _) => {}
                ("path", DeValue::String(path)) if depth > 0 => {
                    let bytes =
                        (self.other)(path).map_err(|why| format!("{at}: cannot read {path}: {why}"))?;
                    self.file(path, &bytes, depth - 1)?;
                }
                ("path", _) => self.note(at, "files extend each other too deeply; this one is not used"),
                ("url", _) => self.note(at, "`url` has no effect: nothing is downloaded"),
                ("disabledRules", _) => {
                    for id in texts(value) {
                        let ours = ours(&id);
                        if ours.is_empty() {
                            self.note(at, &format!("`{id}` is disabled, but hullguard has no such rule"));
                        }
                        let off = ours.into_iter().map(|rule| (rule, format!("disabled in {name}")));
                        self.read.custom.disabled.extend(off);
                    }
                }
                (key, _) => self.note(at, &format!("`{key}` is unknown and has no effect")),
            }
        }
        Ok(())
    }

    fn rule(&mut self, at: &str, rule: &Entry) {
        let DeValue::Table(table) = rule.get_ref() else {
            return self.note(at, "a rule must be a table, `[[rules]]`");
        };
        let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
        let Some(id) = text("id").map(str::to_owned) else {
            return self.note(at, "a rule without an `id` is not used");
        };
        let mut allow: Vec<Allow> = Vec::new();
        for key in ["allowlist", "allowlists"] {
            if let Some(value) = table.get(key) {
                for (_, list) in tables(value, value.get_ref()) {
                    allow.extend(self.allow(&format!("{at}: rule `{id}`"), list));
                }
            }
        }
        let ours = ours(&id);
        if !ours.is_empty() {
            // Its allowlists hold for the rules that stand for it.
            self.own += usize::from(table.contains_key("regex"));
            let of_ours = |allow: Allow| Allow { rules: ours.clone(), ..allow };
            self.read.custom.allow.extend(allow.into_iter().map(of_ours));
            return;
        }
        if !self.is_whole(at, &id, table) {
            return;
        }
        let mut compile = |key: &str| match text(key).map(regex) {
            Some(Ok(regex)) => Ok(Some(regex)),
            Some(Err(why)) => {
                self.note(at, &format!("rule `{id}` is not used: its `{key}` cannot be compiled: {why}"));
                Err(())
            }
            None => Ok(None),
        };
        let (Ok(regex), Ok(path)) = (compile("regex"), compile("path")) else { return };
        if regex.is_none() && path.is_none() {
            let why = format!("rule `{id}` has no `regex` and no `path`, and hullguard has no such rule");
            return self.note(at, &why);
        }
        let group = table.get("secretGroup").and_then(number::<usize>).unwrap_or(0);
        if regex.as_ref().is_some_and(|regex| group >= regex.captures_len()) {
            return self.note(at, &format!("rule `{id}` is not used: its `regex` has no group {group}"));
        }
        let words = table.get("keywords").map(texts).unwrap_or_default();
        let index = self.read.custom.rules.len();
        self.words.extend(words.iter().filter(|word| !word.is_empty()).map(|word| (word.clone(), index)));
        self.read.custom.rules.push(Pattern {
            description: text("description").unwrap_or_default().to_owned(),
            regex,
            path,
            group,
            entropy: table.get("entropy").and_then(number).unwrap_or(0.0),
            allow,
            always: words.iter().all(String::is_empty),
            id,
        });
    }

    /// Says which parts of a rule are not honoured; false for one that only serves others.
    fn is_whole(&mut self, at: &str, id: &str, rule: &DeTable) -> bool {
        for (key, value) in rule {
            match (key.get_ref().as_ref(), value.get_ref()) {
                (
                    "id" | "description" | "regex" | "path" | "secretGroup" | "entropy" | "keywords" | "tags"
                    | "allowlist" | "allowlists",
                    _,
                )
                | ("skipReport", DeValue::Boolean(false)) => {}
                ("skipReport", _) => {
                    self.note(at, &format!("rule `{id}` is only a part of other rules and is not used"));
                    return false;
                }
                (key @ ("required" | "filter" | "validate"), _) => {
                    let why = format!("`{key}` is not supported, so rule `{id}` may report too much");
                    self.note(at, &why);
                }
                (key, _) => {
                    self.note(at, &format!("`{key}` of rule `{id}` is unknown and has no effect"));
                }
            }
        }
        true
    }

    fn allow(&mut self, at: &str, list: &DeTable) -> Option<Allow> {
        let mut allow = Allow { name: at.to_owned(), ..Allow::default() };
        for (key, value) in list {
            let key = key.get_ref().as_ref();
            let text = value.get_ref().as_str().unwrap_or_default();
            match key {
                "description" => allow.name = format!("{at}: {text}"),
                "condition" => allow.all = matches!(text.to_ascii_uppercase().as_str(), "AND" | "&&"),
                "regexTarget" => {
                    allow.target = match text {
                        "match" => Target::Match,
                        "line" => Target::Line,
                        _ => Target::Secret,
                    }
                }
                "paths" => allow.paths = self.regexes(at, key, value),
                "regexes" => allow.regexes = self.regexes(at, key, value),
                "commits" => allow.commits = self.commits(at, value),
                "stopwords" => {
                    allow.stopwords = texts(value).iter().map(|word| word.to_ascii_lowercase()).collect();
                }
                "targetRules" => {
                    allow.ids = texts(value);
                    allow.rules = allow.ids.iter().flat_map(|id| ours(id)).collect();
                }
                key => self.note(at, &format!("`{key}` of an allowlist is unknown and has no effect")),
            }
        }
        // With a condition that could not be read, AND would allow more than was meant.
        let given = |key: &str| list.get(key).map_or(0, |value| texts(value).len());
        let lost = given("paths") != allow.paths.len() || given("regexes") != allow.regexes.len();
        if allow.all && lost {
            self.note(
                at,
                "this allowlist is not used: it needs all its conditions, and one of them is not valid",
            );
            return None;
        }
        Some(allow)
    }

    /// gitleaks compares whole ids, in any case.
    fn commits(&mut self, at: &str, value: &Entry) -> Vec<String> {
        let all: Vec<String> = texts(value).iter().map(|id| id.trim().to_ascii_lowercase()).collect();
        for id in all.iter().filter(|id| id.len() < 40) {
            let short: String = id.chars().take(40).collect();
            self.note(at, &format!("`{short}` in `commits` is not a full commit id and has no effect"));
        }
        all
    }

    fn regexes(&mut self, at: &str, key: &str, value: &Entry) -> Vec<Regex> {
        let mut all = Vec::new();
        for text in texts(value) {
            match regex(&text) {
                Ok(regex) => all.push(regex),
                Err(why) => {
                    let short: String = text.chars().take(40).collect();
                    self.note(at, &format!("`{short}` in `{key}` cannot be compiled: {why}"));
                }
            }
        }
        all
    }

    /// One automaton for the keywords of all rules.
    fn keywords(&mut self) {
        let mut words: Vec<String> = self.words.iter().map(|(word, _)| word.to_ascii_lowercase()).collect();
        words.sort();
        words.dedup();
        if words.is_empty() {
            return;
        }
        match AhoCorasick::builder().ascii_case_insensitive(true).build(&words) {
            Ok(automaton) => {
                let mut wants = vec![Vec::new(); words.len()];
                for (word, rule) in &self.words {
                    if let Ok(at) = words.binary_search(&word.to_ascii_lowercase()) {
                        wants[at].push(*rule);
                    }
                }
                self.read.custom.words = Some((automaton, wants));
            }
            // Keywords only spare work.
            Err(_) => self.read.custom.rules.iter_mut().for_each(|rule| rule.always = true),
        }
    }
}

/// The rules here that stand for one of gitleaks'.
fn ours(id: &str) -> Vec<&'static str> {
    rules::by_alias(&format!("gitleaks/{id}")).map(|rule| rule.id.get()).collect()
}

/// A pattern of Go's syntax. Its classes are of ASCII, so that is tried first: it is smaller and faster.
fn regex(text: &str) -> Result<Regex, String> {
    let build = |unicode| RegexBuilder::new(text).unicode(unicode).size_limit(SIZE).build();
    build(false).or_else(|_| build(true)).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The last line says why; the ones before draw the pattern.
        error => {
            let text = error.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    })
}

/// A table, or the tables of an array, each with where it stands.
fn tables<'v, 't>(value: &'v Entry<'t>, inner: &'v DeValue<'t>) -> Vec<(usize, &'v DeTable<'t>)> {
    match inner {
        DeValue::Table(table) => vec![(value.span().start, table)],
        DeValue::Array(array) => array
            .iter()
            .filter_map(|item| item.get_ref().as_table().map(|table| (item.span().start, table)))
            .collect(),
        _ => Vec::new(),
    }
}

fn texts(value: &Entry) -> Vec<String> {
    let array = value.get_ref().as_array().into_iter().flat_map(|array| array.iter());
    array.filter_map(|item| item.get_ref().as_str()).map(str::to_owned).collect()
}

fn number<T: FromStr>(value: &Entry) -> Option<T> {
    match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Gitleaks {
        let other = |path: &str| match path {
            "other.toml" => Ok(b"[[rules]]\nid = 'b'\nregex = 'b+'\n".to_vec()),
            _ => Err("no such file".to_owned()),
        };
        read(".gitleaks.toml", text.as_bytes(), &other).unwrap()
    }

    #[test]
    fn what_cannot_be_honoured_is_told_and_the_rest_holds() {
        let read = read_text(
            "title = 'ours'\n[extend]\nuseDefault = true\npath = 'other.toml'\nurl = 'x'\ndisabledRules = ['github-pat', 'nope']\n\
             [[rules]]\nid = 'bad'\nregex = '(?=a)'\n[[rules]]\nid = 'github-oauth'\nregex = 'x'\n\
             [[rules]]\nid = 'a'\nregex = 'a(b)?'\nsecretGroup = 2\n[[rules]]\nid = 'c'\nregex = 'c'\nkeywords = ['C', 'd']\n\
             [[rules]]\nid = 'e'\n[[allowlists]]\nregexes = ['[']\npaths = ['^x/']\nfilter = 1\n",
        );
        let ids: Vec<&str> = read.custom.rules.iter().map(|rule| &*rule.id).collect();
        assert_eq!(ids, ["b", "c"]);
        assert_eq!(read.custom.disabled[0].0, "github-personal-access-token");
        assert_eq!(read.custom.words.as_ref().unwrap().1, [vec![1], vec![1]]);
        let mut notes = read.notes;
        notes.sort();
        assert_eq!(
            notes.join("\n"),
            "\
.gitleaks.toml: 1 rule of gitleaks is replaced by hullguard's own rules
.gitleaks.toml:13: rule `a` is not used: its `regex` has no group 2
.gitleaks.toml:21: rule `e` has no `regex` and no `path`, and hullguard has no such rule
.gitleaks.toml:23: `[` in `regexes` cannot be compiled: unclosed character class
.gitleaks.toml:23: `filter` of an allowlist is unknown and has no effect
.gitleaks.toml:5: `url` has no effect: nothing is downloaded
.gitleaks.toml:6: `nope` is disabled, but hullguard has no such rule
.gitleaks.toml:7: rule `bad` is not used: its `regex` cannot be compiled: look-around, including look-ahead and look-behind, is not supported"
        );
    }

    #[test]
    fn a_broken_file_is_an_error_with_its_line() {
        let none = |_: &str| Err("no such file".to_owned());
        let told = |text: &str| read("g.toml", text.as_bytes(), &none).map(|_| ()).unwrap_err();
        assert!(told("a = 1\nb = [\n").starts_with("g.toml:"), "{}", told("a = 1\nb = [\n"));
        assert_eq!(told("[extend]\npath = 'x'\n"), "g.toml:2: cannot read x: no such file");
    }
}
