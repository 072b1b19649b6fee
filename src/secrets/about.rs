//! What a file's path says about the secrets in it: configuration, code, prose, made by a tool, made for tests.
//!
//! In the history of a repository a text is first scanned without a path; then everything is [`Kind::Unknown`].

use crate::purpose::Purpose;
use crate::rule::Confidence;
use crate::trust::{Sign, Trust};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// Names and values: YAML, JSON, env and properties files, shell, Dockerfiles.
    Config,
    /// A programming language: what stands behind a name without quotes is another name.
    Code,
    /// Prose, with samples in it.
    Docs,
    /// Written by a tool: lock files, minified code, source maps, vendored checksums.
    Made,
    #[default]
    Unknown,
}

/// What a path says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct About {
    pub kind: Kind,
    /// It lies among tests, fixtures, examples or samples, where made-up secrets are at home.
    pub staged: bool,
    /// It is somebody else's: `vendor`, `node_modules`.
    pub vendored: bool,
    /// It holds what people read, in one of their languages.
    pub translated: bool,
}

const CONFIG: [&str; 33] = [
    "yml",
    "yaml",
    "json",
    "toml",
    "ini",
    "cfg",
    "conf",
    "config",
    "env",
    "properties",
    "props",
    "sh",
    "bash",
    "zsh",
    "bat",
    "cmd",
    "ps1",
    "tf",
    "tfvars",
    "hcl",
    "xml",
    "plist",
    "netrc",
    "npmrc",
    "pypirc",
    "htpasswd",
    "service",
    "envrc",
    "dockerfile",
    "json5",
    "jsonc",
    "cnf",
    "txt",
];
const CODE: [&str; 48] = [
    "rs", "go", "py", "pyi", "js", "mjs", "cjs", "ts", "tsx", "jsx", "java", "kt", "kts", "scala", "groovy",
    "rb", "php", "c", "h", "cc", "cpp", "hpp", "cs", "fs", "vb", "swift", "m", "mm", "dart", "lua", "pl",
    "pm", "r", "ex", "exs", "erl", "clj", "hs", "ml", "sql", "vue", "svelte", "gradle", "cljs", "coffee",
    "cshtml", "razor", "jsp",
];
const DOCS: [&str; 12] =
    ["md", "mdx", "rst", "adoc", "asciidoc", "tex", "html", "htm", "org", "ipynb", "textile", "pod"];
const MADE: [&str; 12] =
    ["lock", "map", "svg", "sum", "snap", "pbxproj", "lockb", "po", "pot", "xlf", "min.js", "min.css"];
/// Lock files whose endings do not say so.
const LOCKS: [&str; 9] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "go.sum",
    "packages.lock.json",
    "deno.lock",
    "Pipfile.lock",
    "project.assets.json",
    "bun.lock",
];
/// Folders of texts in the languages of their readers, which are full of words like "password".
const TEXTS: [&str; 6] = ["i18n", "intl", "lang", "locale", "locales", "translations"];
/// The same by what their files are called: Apple's, Flutter's, Mozilla's.
const PHRASES: [&str; 4] = ["strings", "stringsdict", "arb", "ftl"];
/// Words in names of files that somebody fills in before use: `.env.dist`, `app.template.yml`.
const TEMPLATES: [&str; 4] = ["dist", "template", "tmpl", "tpl"];

impl About {
    /// A confidence as far as the file deserves it.
    pub(super) fn weigh(self, trust: Trust) -> Trust {
        match self {
            Self { vendored: true, .. } => trust.is(Sign::Vendored, Confidence::Low),
            // A hash in a lock file begins like some token sooner or later.
            Self { kind: Kind::Made, .. } => trust.is(Sign::Generated, Confidence::Low),
            Self { staged: true, .. } => trust.lower(Sign::Staged),
            Self { kind: Kind::Docs, .. } => trust.lower(Sign::Docs),
            _ => trust,
        }
    }

    /// Made-up credentials are at home here: tests, samples, documentation, templates, what a tool or somebody else made.
    pub fn is_for_show(self) -> bool {
        self.staged || self.vendored || matches!(self.kind, Kind::Docs | Kind::Made)
    }

    /// Code or configuration that somebody wrote here.
    pub(super) fn is_written(self) -> bool {
        matches!(self.kind, Kind::Code | Kind::Config) && !self.vendored
    }

    /// What a path, with `/` between its parts and `!` behind the name of an archive, says.
    pub fn path(path: &str) -> Self {
        let mut parts = path.rsplit(['/', '!']);
        let base = parts.next().unwrap_or_default();
        let lower = base.to_ascii_lowercase();
        let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
        let ends = |list: &[&str]| list.contains(&extension);
        let named_env = lower.starts_with(".env") || extension == "env";
        let translated = is_translation(base) || ends(&PHRASES);
        let kind = if translated {
            Kind::Docs
        } else if LOCKS.contains(&base) || ends(&MADE) || lower.contains(".min.") {
            Kind::Made
        } else if ends(&DOCS) {
            Kind::Docs
        } else if ends(&CODE) {
            Kind::Code
        } else if named_env || ends(&CONFIG) || lower.starts_with("dockerfile") || lower.starts_with('.') {
            Kind::Config
        } else {
            Kind::Unknown
        };
        let purpose = Purpose::of(path);
        let vendored = purpose == Purpose::Vendored;
        let in_texts = parts.any(|folder| TEXTS.iter().any(|name| folder.eq_ignore_ascii_case(name)));
        let template = lower.split(['.', '_', '-']).any(|word| TEMPLATES.contains(&word));
        Self {
            kind,
            staged: matches!(purpose, Purpose::Test | Purpose::Sample) || in_texts || template,
            vendored,
            translated: in_texts || translated,
        }
    }
}

const LANGUAGES: [&str; 44] = [
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "he", "hi",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk",
    "sl", "sr", "sv", "th", "tr", "uk", "ur", "vi", "zh", "fil",
];

/// The file holds what people read in one language: `messages_de.properties`, `en-US.json`, `pt_BR.js`.
fn is_translation(base: &str) -> bool {
    let Some((stem, _)) = base.split_once('.') else { return false };
    let region = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    let language = LANGUAGES.contains(&stem)
        || stem
            .split_once(['-', '_'])
            .is_some_and(|(first, second)| LANGUAGES.contains(&first) && region(second));
    let lower = stem.to_ascii_lowercase();
    language || ["messages", "translation", "strings", "locale"].iter().any(|word| lower.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_speak() {
        let about = |kind, staged| About { kind, staged, vendored: false, translated: false };
        for (path, expected) in [
            ("src/main.rs", about(Kind::Code, false)),
            (".env", about(Kind::Config, false)),
            (".env.example", about(Kind::Config, true)),
            ("app/prod.env", about(Kind::Config, false)),
            ("web/package-lock.json", about(Kind::Made, false)),
            ("web/app.min.js", about(Kind::Made, false)),
            ("README.md", about(Kind::Docs, false)),
            ("src/test/java/A.java", about(Kind::Code, true)),
            ("latest.go", about(Kind::Code, false)),
            ("Makefile", about(Kind::Unknown, false)),
            ("src/messages_de.properties", About { translated: true, ..about(Kind::Docs, false) }),
            ("web/en-US.js", About { translated: true, ..about(Kind::Docs, false) }),
            ("web/db.js", about(Kind::Code, false)),
            ("a.zip!node_modules/b/c.js", About { vendored: true, ..about(Kind::Code, false) }),
            ("a.jar!.env", about(Kind::Config, false)),
        ] {
            assert_eq!(About::path(path), expected, "{path}");
        }
    }
}
