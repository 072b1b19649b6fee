//! The sections of the file: rules, stages that ship, labels, and what is ignored.

use std::sync::Arc;

use super::{Reader, family};
use crate::config;
use crate::config::keys::{self, IGNORE, SETTING};
use crate::config::{Config, Date, Globs, Ignore, Level, Setting, Ship};
use crate::input;
use crate::rule::{Family, LabelFormat, Rule};
use crate::rules;
use crate::text::{Span, last_part};
use crate::yaml::{Kind, Node};

/// `DL3008`, `trivy/DS-0099`, `CKV_DOCKER_2`: rules here have names in small letters.
fn is_foreign(name: &str) -> bool {
    let code = last_part(name);
    code.bytes().any(|b| b.is_ascii_digit()) && code.bytes().any(|b| b.is_ascii_uppercase())
}

impl Reader<'_> {
    pub(super) fn rules(&mut self, node: Node, config: &mut Config) {
        if !self.is(node, Kind::Mapping, "`rules` maps rules to severities, for example `latest-tag: off`") {
            return;
        }
        for entry in node.entries() {
            self.set(entry.value, entry.key_span(), entry.key_str(), config);
        }
    }

    /// Reads what is set for the rules of that name.
    pub(super) fn set(&mut self, value: Node, at: Span, name: &str, config: &mut Config) {
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

    pub(super) fn ships(&mut self, node: Node, config: &mut Config) {
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

    pub(super) fn labels(&mut self, node: Node, formats: &'static [&'static str], config: &mut Config) {
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

    pub(super) fn ignores(&mut self, node: Node, config: &mut Config) {
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
    pub(super) fn registry(&mut self, span: Span, text: &str) {
        if text.contains('@') {
            self.hidden.push(span);
            self.mistake(span, "a registry has no user or password; write its host name");
        } else if text.contains("://") {
            self.mistake(span, "a registry has no `https://`; write its host name");
        }
    }

    pub(super) fn level(&mut self, node: Node) -> Level {
        match self.word(node, keys::LEVELS) {
            Some("off") => Level::Off,
            Some(name) => config::severity(name).map_or(Level::Own, Level::At),
            None => Level::Own,
        }
    }
}
