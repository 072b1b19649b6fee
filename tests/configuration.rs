//! The configuration: the table of keys, and what is made of it. `docs/configuration.md` and `hullguard.schema.json`
//! are those of the table; `BLESS=1 cargo test configuration` writes them anew. `tests/oracle/schema.py` asks a
//! validator that is not ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use hullguard::config::keys::{IGNORE, Key, Kind, LEVELS, SETTING, TOP};
use hullguard::config::{self, Config};
use hullguard::rule::{Family, Rule};
use hullguard::rules::RULES;
use hullguard::text::Source;
use serde_json::{Value, json};

use crate::cases::hullguard;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(text: &str) -> Result<Config, String> {
    config::of(&Source::new("hullguard.yaml", text.into()), "")
}

/// A file is as it should be, or is written anew.
fn is_current(name: &str, fresh: &str) {
    let file = top().join(name);
    if env::var_os("BLESS").is_some() {
        fs::write(&file, fresh).expect("it can be written");
    }
    let text = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(text == fresh, "{name} is old; BLESS=1 cargo test configuration");
}

/// What may stand behind a key, for people.
fn kind(key: &Key) -> String {
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match key.kind {
        Kind::Word(_) | Kind::Flag => words(key.words()),
        Kind::Text => "text".to_owned(),
        Kind::Date => "date, `YYYY-MM-DD`".to_owned(),
        Kind::Path => "file".to_owned(),
        Kind::Paths => "file, or list of files".to_owned(),
        Kind::Globs => "[pattern](#patterns), or list of patterns".to_owned(),
        Kind::Registries => "registry, or list of registries".to_owned(),
        Kind::Rules => "rule, family or code, or list of them".to_owned(),
        Kind::Setting => "severity, `off`, or [mapping](#keys-of-a-setting)".to_owned(),
        Kind::Settings => {
            "mapping: rule, family or code to severity, `off`, or [mapping](#keys-of-a-setting)".to_owned()
        }
        Kind::Ignores => "list of [mappings](#keys-of-an-ignore)".to_owned(),
        Kind::Ships => "mapping: Dockerfile to stage, or to list of stages".to_owned(),
        Kind::Labels => format!("mapping: key of a label to {}", words(key.words())),
    }
}

fn table(keys: &[Key]) -> String {
    let mut text = String::from("| key | value | default | meaning |\n|---|---|---|---|\n");
    for key in keys {
        let also = key.also.map(|also| format!(", `{also}`")).unwrap_or_default();
        let _ =
            writeln!(text, "| `{}`{also} | {} | {} | {} |", key.name, kind(key), key.default, key.meaning);
    }
    text
}

/// All keys in one file.
fn example() -> String {
    let examples: Vec<&str> = TOP.iter().map(|key| key.example).collect();
    format!("```yaml\n{}\n```\n", examples.join("\n"))
}

/// Puts a text between the markers of that name.
fn between(page: &str, name: &str, text: &str) -> String {
    let (open, close) = (format!("<!-- keys: {name} -->\n"), "<!-- end -->");
    let (before, rest) = page.split_once(&open).unwrap_or_else(|| panic!("no marker `{}`", open.trim()));
    let after = rest.find(close).expect("a marker has an end");
    format!("{before}{open}{text}{}", &rest[after..])
}

#[test]
fn the_page_has_the_table_of_keys() {
    let page = fs::read_to_string(top().join("docs/configuration.md")).expect("the page is there");
    let mut page = page.replace("\r\n", "\n");
    for (name, text) in
        [("top", table(TOP)), ("setting", table(SETTING)), ("ignore", table(IGNORE)), ("example", example())]
    {
        page = between(&page, name, &text);
    }
    is_current("docs/configuration.md", &page);
    let fences = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let mut count = 0;
    for fence in fences {
        count += 1;
        // What a page shows is read as it stands; files that it extends are not there.
        let alone: String =
            fence.split_inclusive('\n').filter(|line| !line.starts_with("extends:")).collect();
        assert!(read(&alone).is_ok(), "{alone}\n{}", read(&alone).unwrap_err());
    }
    assert!(count > 8, "only {count} examples");
}

/// Values that do not fit a key; the reader and the schema refuse both.
fn misfits(key: &Key) -> &'static [&'static str] {
    match key.kind {
        Kind::Word(_) | Kind::Flag => &["nonsense", "[]", "{}"],
        Kind::Text | Kind::Path => &["[a, b]", "{a: b}"],
        Kind::Date => &["2027-02-30", "2027-13-01", "tomorrow", "[]"],
        Kind::Paths | Kind::Registries => &["{a: b}", "[{a: b}]"],
        Kind::Globs => &["{a: b}", "[[a]]", "\"!a\""],
        Kind::Rules => &["latest-tga", "[latest-tag, nonsense]", "{a: b}"],
        Kind::Setting => &["nonsense", "[off]", "{severity: loud}", "{pahts: a}"],
        Kind::Settings => &["[a]", "latest-tag", "{latest-tga: off}", "{latest-tag: nonsense}"],
        Kind::Ignores => &["latest-tag", "{rule: latest-tag}", "[{}]", "[{reason: a}]", "[latest-tag]"],
        Kind::Ships => &["[a]", "a", "{a: {b: c}}", "{a: []}"],
        Kind::Labels => &["[a]", "a", "{a: nonsense}", "{a: [url]}"],
    }
}

/// How a key of each list is put into a file.
fn wrapped(keys: &[Key], text: &str) -> String {
    let indented = text.replace('\n', "\n    ");
    if std::ptr::eq(keys, SETTING) {
        format!("rules:\n  latest-tag:\n    {indented}\n")
    } else if std::ptr::eq(keys, IGNORE) {
        let rule = if text.starts_with("rule") { "path: a" } else { "rule: latest-tag" };
        format!("ignore:\n  - {rule}\n    {indented}\n")
    } else {
        format!("{text}\n")
    }
}

/// Every key with its example, which is good, and with what does not fit.
fn samples() -> (Vec<String>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for keys in [TOP, SETTING, IGNORE] {
        for key in keys {
            good.push(wrapped(keys, key.example));
            if let Some(also) = key.also {
                let example = key.example.replacen(key.name, also, 1);
                good.push(wrapped(keys, &example));
                bad.push(wrapped(keys, &format!("{}\n{example}", key.example)));
            }
            bad.extend(misfits(key).iter().map(|value| wrapped(keys, &format!("{}: {value}", key.name))));
        }
        bad.push(wrapped(keys, "nonsense: a"));
    }
    (good, bad)
}

#[test]
fn the_reader_takes_what_the_table_says() {
    let (good, bad) = samples();
    for text in good.iter().filter(|text| !text.starts_with("extends:")) {
        assert!(read(text).is_ok(), "{text}\n{}", read(text).unwrap_err());
    }
    for text in bad {
        assert!(read(&text).is_err(), "{text}");
    }
}

/// The files that `tests/oracle/schema.py` gives to a validator.
#[test]
fn the_samples_of_the_oracle_are_current() {
    let (good, bad) = samples();
    let all = json!({ "good": good, "bad": bad });
    is_current("tests/oracle/schema.json", &format!("{all:#}\n"));
}

fn one_or_list(one: &Value) -> Value {
    json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
}

fn schema_of(key: &Key) -> Value {
    let text = || json!({ "type": "string", "minLength": 1 });
    match key.kind {
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Text => json!({ "type": ["string", "number"] }),
        Kind::Date => {
            json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
        }
        Kind::Path => text(),
        Kind::Paths | Kind::Registries => one_or_list(&text()),
        Kind::Globs => one_or_list(&json!({ "type": "string", "pattern": "^[^!]" })),
        Kind::Rules => one_or_list(&json!({ "$ref": "#/definitions/rule" })),
        Kind::Setting => json!({ "allOf": [{ "$ref": "#/definitions/setting" }] }),
        Kind::Settings => json!({ "allOf": [{ "$ref": "#/definitions/settings" }] }),
        Kind::Ignores => json!({ "type": "array", "items": { "$ref": "#/definitions/ignore" } }),
        Kind::Ships => json!({
            "type": "object",
            "propertyNames": { "minLength": 1 },
            "additionalProperties": one_or_list(&json!({ "type": ["string", "integer"] })),
        }),
        Kind::Labels => json!({
            "type": "object",
            "propertyNames": { "minLength": 1 },
            "additionalProperties": { "enum": key.words() },
        }),
    }
}

/// A mapping with the keys of a list.
fn mapping(keys: &[Key]) -> Value {
    let mut properties = serde_json::Map::new();
    let mut both = Vec::new();
    for key in keys {
        let mut schema = schema_of(key);
        schema["description"] = json!(format!("{}\nDefault: {}", key.meaning, key.default).replace('`', ""));
        schema["markdownDescription"] = json!(format!("{}\n\nDefault: {}", key.meaning, key.default));
        for name in [Some(key.name), key.also].into_iter().flatten() {
            properties.insert(name.to_owned(), schema.clone());
        }
        both.extend(key.also.map(|also| json!({ "not": { "required": [key.name, also] } })));
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !both.is_empty() {
        schema["allOf"] = json!(both);
    }
    schema
}

fn schema() -> Value {
    // Codes of other tools, as those write them.
    let mut codes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for alias in RULES.iter().flat_map(|rule| rule.aliases.iter()) {
        let (tool, code) = alias.split_once('/').expect("an alias names its tool");
        codes.entry(tool).or_default().push(code);
    }
    let mut patterns: BTreeMap<&str, String> = codes
        .iter_mut()
        .map(|(tool, codes)| {
            codes.sort_unstable();
            codes.dedup();
            let codes: Vec<String> = codes.iter().map(|code| code.replace('.', "\\.")).collect();
            (*tool, format!("^({tool}/)?({})$", codes.join("|")))
        })
        .collect();
    let families = Family::ALL
        .iter()
        .map(|family| (family.name(), format!("All rules of this family: {}", family.name())));
    let (secrets, others): (Vec<&Rule>, Vec<&Rule>) =
        RULES.iter().partition(|rule| rule.family == Family::Secrets);
    let titles = others.iter().map(|rule| (rule.id.get(), rule.title.replace('`', "")));
    let titles: Vec<(&str, String)> = families.chain(titles).collect();
    patterns.insert("shellcheck", "^((hadolint|shellcheck)/)?SC[123][0-9]{3}$".to_owned());
    let setting =
        |title: &String| json!({ "allOf": [{ "$ref": "#/definitions/setting" }], "description": title });
    let settings: serde_json::Map<String, Value> =
        titles.iter().map(|(name, title)| ((*name).to_owned(), setting(title))).collect();
    let names: Vec<&str> = titles.iter().map(|(name, _)| *name).collect();
    let secrets: Vec<&str> = secrets.iter().map(|rule| rule.id.get()).collect();
    // An editor offers the words of an enumeration: those of 800 kinds of secrets would hide the others.
    let secrets =
        json!({ "pattern": format!("^({})$", secrets.join("|")), "description": "A kind of secret" });
    let mut rule = vec![json!({ "enum": names }), secrets];
    rule.extend(
        patterns
            .iter()
            .map(|(tool, pattern)| json!({ "pattern": pattern, "description": format!("A code of {tool}") })),
    );
    let mut ignore = mapping(IGNORE);
    ignore["anyOf"] =
        ["rule", "rules", "path", "paths"].iter().map(|key| json!({ "required": [key] })).collect();
    let mut schema = mapping(TOP);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["$id"] = json!("https://raw.githubusercontent.com/hullguard/hullguard/main/hullguard.schema.json");
    schema["title"] = json!("hullguard");
    schema["description"] = json!(
        "Configuration of hullguard, which lints Dockerfiles and Compose files and finds secrets: hullguard.yaml"
    );
    // A file with comments only.
    schema["type"] = json!(["object", "null"]);
    schema["definitions"] = json!({
        "setting": { "anyOf": [{ "enum": LEVELS }, mapping(SETTING)] },
        "settings": {
            "type": "object",
            "properties": settings,
            "propertyNames": { "$ref": "#/definitions/rule" },
            "additionalProperties": { "$ref": "#/definitions/setting" },
        },
        "ignore": ignore,
        "rule": { "type": "string", "anyOf": rule },
    });
    schema
}

#[test]
fn the_schema_is_that_of_the_table() {
    is_current("hullguard.schema.json", &format!("{:#}\n", schema()));
}

fn put(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a file lies somewhere")).expect("a folder can be made");
        fs::write(file, text).expect("a file can be written");
    }
}

/// Exit code, standard output and standard error of a run.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let done = hullguard(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
    (done.status.code().expect("it was not killed"), text(done.stdout), text(done.stderr))
}

const LATEST: &str = "FROM alpine:latest\nUSER app\n";

/// A folder with these files, the top of a repository.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let work = tempfile::tempdir().expect("a folder");
    fs::create_dir(work.path().join(".git")).expect("a folder can be made");
    put(work.path(), files);
    work
}

#[test]
fn every_name_is_read_and_two_are_an_error() {
    for name in config::NAMES {
        let work = repository(&[("Dockerfile", LATEST), (name, "rules: {latest-tag: error}\n")]);
        let (code, out, err) = run(work.path(), &["check"]);
        assert!(code == 1 && out.contains("error[latest-tag]"), "{name}: {out}{err}");
    }
    let work = repository(&[("Dockerfile", LATEST), ("hullguard.yaml", ""), (".hullguard.yml", "")]);
    let (code, _, err) = run(work.path(), &["check"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("several configuration files: hullguard.yaml and .hullguard.yml; keep one"),
        "{err}"
    );
    assert_eq!(run(work.path(), &["check", "--config", "hullguard.yaml"]).0, 1, "one is named");
    assert_eq!(run(work.path(), &["check", "--no-config"]).0, 1);
    // The nearest folder counts, and only that.
    put(work.path(), &[("api/Dockerfile", LATEST), ("api/hullguard.yml", "rules: {latest-tag: off}\n")]);
    assert_eq!(run(&work.path().join("api"), &["check"]).0, 0);
}

#[test]
fn families_are_switched_off_as_a_whole() {
    let bad = "FROM alpine:latest\nFROM registry.example.org/b\nUSER app\n";
    for (config, left) in [
        ("rules: {image: off}\n", false),
        ("rules: {image: {off: true}}\n", false),
        ("rules: {image: {severity: off, path: api/}}\n", false),
        ("rules: {image: {severity: off, paths: [other/]}}\n", true),
        // Of several that match, the last counts.
        ("rules: {image: off, latest-tag: warning}\n", true),
        ("rules: {latest-tag: warning, image: off}\n", false),
    ] {
        let work = repository(&[("api/Dockerfile", bad), ("hullguard.yaml", config)]);
        let (_, out, err) = run(work.path(), &["check", "--rule", "latest-tag", "--rule", "untagged-image"]);
        assert_eq!(out.contains("[latest-tag]"), left, "{config}{out}{err}");
    }
}

#[test]
fn a_file_extends_others_and_has_the_last_word() {
    let work = repository(&[
        ("Dockerfile", LATEST),
        ("old/Dockerfile", LATEST),
        ("gone/Dockerfile", LATEST),
        (
            "policy/a.yaml",
            "extends: policy/deep/b.yaml\nprofile: strict\nexclude: gone/\nrules: {latest-tag: error}\n",
        ),
        ("policy/deep/b.yaml", "fail-on: never\n"),
        ("policy/c.yaml", "ignore: [{rule: latest-tag, path: old/**, reason: by policy}]\n"),
        ("hullguard.yaml", "profile: default\nextends: [policy/a.yaml, ./policy/c.yaml]\n"),
    ]);
    let (_, _, err) = run(work.path(), &["check"]);
    // A file's own folder counts.
    assert!(err.contains("policy/a.yaml:1:10: cannot read policy/policy/deep/b.yaml: no such file"), "{err}");
    put(
        work.path(),
        &[("policy/a.yaml", "extends: deep/b.yaml\nexclude: gone/\nrules: {latest-tag: error}\n")],
    );
    let (code, out, err) = run(work.path(), &["check", "--show-suppressed"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("error[latest-tag]") && out.contains("by policy"), "{out}{err}");
    assert!(!out.contains("gone/Dockerfile"), "{out}");
    let below = run(&work.path().join("old"), &["check", "--show-suppressed"]);
    assert!(below.1.contains("by policy"), "{}{}", below.1, below.2);
    put(
        work.path(),
        &[("hullguard.yaml", "extends: policy/a.yaml\nfail-on: note\nrules: {latest-tag: off}\n")],
    );
    let (code, out, _) = run(work.path(), &["check", "--show-suppressed"]);
    assert!(code == 0 && out.contains("off in hullguard.yaml"), "{out}");
}

#[test]
fn what_cannot_be_extended_is_an_error_with_its_place() {
    for (value, told) in [
        ("../outside.yaml", "hullguard.yaml:1:10: `../outside.yaml` is outside of the repository"),
        ("/etc/passwd", "hullguard.yaml:1:10: `/etc/passwd` is outside of the repository"),
        ("https://example.org/a.yaml", "hullguard.yaml:1:10: nothing is downloaded"),
        ("none.yaml", "hullguard.yaml:1:10: cannot read none.yaml: no such file"),
        ("policy", "hullguard.yaml:1:10: cannot read policy: it is not a regular file"),
        ("hullguard.yaml", "files extend each other in a circle: hullguard.yaml -> hullguard.yaml"),
        (
            "policy/round.yaml",
            "policy/round.yaml:2:4: files extend each other in a circle: hullguard.yaml -> policy/round.yaml -> hullguard.yaml",
        ),
        ("policy/wrong.yaml", "policy/wrong.yaml:1:1: unknown key `proflie`; did you mean `profile`?"),
        ("{a: b}", "hullguard.yaml:1:10: expected a string or a list of strings"),
    ] {
        let work = repository(&[
            ("Dockerfile", LATEST),
            ("policy/round.yaml", "extends:\n - ../hullguard.yaml\n"),
            ("policy/wrong.yaml", "proflie: strict\n"),
            ("hullguard.yaml", &format!("extends: {value}\n")),
        ]);
        let (code, _, err) = run(work.path(), &["check"]);
        assert!(code == 2 && err.contains(told), "{value}: {err}");
    }
    // Each level doubles what the one below reads; the last is too deep.
    let files: Vec<(String, String)> = (0..12)
        .map(|level| (format!("{level}.yaml"), format!("extends: [{0}.yaml, {0}.yaml]\n", level + 1)))
        .collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    files.push(("hullguard.yaml", "extends: 0.yaml\n"));
    let work = repository(&files);
    let (code, _, err) = run(work.path(), &["check"]);
    assert!(code == 2 && err.contains("more than 8 deep") && err.contains("more than 50 files"), "{err}");
}

#[cfg(unix)]
#[test]
fn no_link_leads_what_is_extended_out_of_the_repository() {
    let work = repository(&[("in/Dockerfile", LATEST), ("in/policy.yaml", "fail-on: never\n")]);
    let (outside, inside) = (work.path().join("outside.yaml"), work.path().join("in"));
    fs::rename(work.path().join(".git"), inside.join(".git")).expect("it can be moved");
    fs::write(outside, "fail-on: never # hush\n").expect("a file can be written");
    for (link, to) in [("out.yaml", "../outside.yaml"), ("near.yaml", "policy.yaml"), ("up", "..")] {
        std::os::unix::fs::symlink(to, inside.join(link)).expect("a link");
    }
    for (value, code) in [("near.yaml", 0), ("out.yaml", 2), ("up/outside.yaml", 2)] {
        put(&inside, &[("hullguard.yaml", &format!("extends: {value}\n"))]);
        let (done, out, err) = run(&inside, &["check"]);
        assert_eq!(done, code, "{value}: {out}{err}");
        assert_eq!(err.contains("outside of the repository"), code == 2, "{err}");
        assert!(!err.contains("hush"), "{err}");
    }
}

#[test]
fn ships_says_which_stages_are_final() {
    let dockerfile = "FROM alpine:3.22 AS runtime\nUSER root\nFROM alpine:3.22 AS worker\nUSER app\nFROM alpine:3.22 AS test\nUSER root\n";
    let missing = |config: &str| {
        let work = repository(&[("api/Dockerfile", dockerfile), ("hullguard.yaml", config)]);
        let (_, out, err) = run(work.path(), &["check", "--rule", "last-user-root"]);
        let below = run(&work.path().join("api"), &["check", "--rule", "last-user-root"]).1;
        assert_eq!(
            out.matches("last-user-root").count(),
            below.matches("last-user-root").count(),
            "{out}{below}"
        );
        assert_eq!(err, "", "{config}");
        let at = |line: &str| out.contains(&format!("api/Dockerfile:{line}:"));
        (at("2"), at("4"), at("6"))
    };
    assert_eq!(missing(""), (false, false, true), "the last stage");
    assert_eq!(missing("ships: {api/Dockerfile: [runtime, worker]}\n"), (true, false, false));
    assert_eq!(missing("ships: {./api/Dockerfile: RUNTIME}\n"), (true, false, false));
    assert_eq!(missing("ships: {api/Dockerfile: 2}\n"), (false, false, true));
    assert_eq!(missing("ships: {api/Dockerfile: nonsense}\n"), (false, false, true));
    let work = repository(&[
        ("api/Dockerfile", dockerfile),
        ("hullguard.yaml", "ships:\n  api/Dockerfile: [runtime, wroker]\n  gone/Dockerfile: a\n"),
    ]);
    let (code, out, err) = run(work.path(), &["check"]);
    assert!(code == 1 && out.contains("warning[ships-unknown-stage]") && out.contains("`wroker`"), "{out}");
    assert!(err.contains("hullguard.yaml:3: `ships` names gone/Dockerfile, which does not exist"), "{err}");
}

#[test]
fn an_ignore_that_matches_nothing_is_reported_if_all_was_looked_at() {
    let config = "ignore:\n  - {rule: latest-tag, path: api/}\n  - {rule: [missing-user, DL3004], path: [b/**, c]}\n  - {rule: secrets, path: d}\n";
    let work =
        repository(&[("api/Dockerfile", LATEST), ("b/Dockerfile", LATEST), ("hullguard.yaml", config)]);
    let told =
        "hullguard.yaml:3: the ignore of `missing-user`, `DL3004` in b/**, c matches nothing; delete it";
    let (_, _, err) = run(work.path(), &["check"]);
    assert!(err.contains(told) && err.matches("matches nothing").count() == 1, "{err}");
    for part in [&["check", "api"][..], &["check", "--rule", "latest-tag"], &["check", "--exclude", "x"]] {
        assert_eq!(run(work.path(), part).2, "", "{part:?}");
    }
    let (_, out, _) = run(work.path(), &["check", "--format", "json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        json["unused"],
        json!([{ "list": "hullguard.yaml", "path": "b/**, c", "rule": "missing-user, DL3004" }])
    );
}

#[test]
fn a_pattern_that_matches_nothing_is_reported_if_all_was_looked_at() {
    let config = "extends: policy.yaml\nexclude: [vendor/, gone/, \"*.tpl\", built]\nrules:\n  latest-tag: {severity: off, paths: [api/, apx/]}\n";
    let work = repository(&[
        ("api/Dockerfile", LATEST),
        ("vendor/a/Dockerfile", LATEST),
        (".gitignore", "built\n"),
        ("built/x", ""),
        ("policy.yaml", "exclude: elsewhere/\n"),
        ("hullguard.yaml", config),
    ]);
    let told: Vec<String> = [(2, "exclude", "gone/"), (2, "exclude", "*.tpl"), (4, "paths", "apx/")]
        .iter()
        .map(|(line, key, text)| {
            format!("hullguard: warning: hullguard.yaml:{line}: `{key}` has `{text}`, which matches no file; delete it")
        })
        .collect();
    let (_, _, err) = run(work.path(), &["check"]);
    assert_eq!(err.lines().collect::<Vec<_>>(), told);
    for part in [&["check", "api"][..], &["check", "--exclude", "x"]] {
        assert_eq!(run(work.path(), part).2, "", "{part:?}");
    }
}

#[test]
fn a_mistake_says_what_to_write_instead() {
    for (text, told) in [
        (
            "rules: {latest-tag: info}\n",
            "`info` is not one of error, warning, note, off; did you mean `note`?",
        ),
        ("rules: {latest-tag: false}\n", "did you mean `off`?"),
        ("rules: {secretz: off}\n", "no rule `secretz`; did you mean `secrets`?"),
        ("latest-tag: off\n", "unknown key `latest-tag`; rules go below `rules`: `rules: {latest-tag: off}`"),
        ("DL3009: off\n", "rules go below `rules`"),
        ("rules: {DL9999: off}\n", "no rule here checks what `DL9999` checks; delete it"),
        ("ignore: [{rule: latest-tag, expires: 2027-02-30}]\n", "there is no 30 February 2027"),
        ("ignore: [{rule: latest-tag, rules: latest-tag}]\n", "`rule` and `rules` mean the same; keep one"),
        ("exclude: '!a'\n", "this pattern is not valid: `!` (an exception) is not supported; write patterns"),
        ("ships: {../Dockerfile: a}\n", "name a Dockerfile, relative to the folder of this file"),
    ] {
        let said = read(text).unwrap_err();
        assert!(said.contains(told), "{text}{said}");
    }
}

#[test]
fn configuration_of_other_tools_is_mentioned_once_where_there_is_none_of_ours() {
    let hadolint = "ignored:\n  - DL3008\n  - DL3015\n";
    let work = repository(&[
        ("a/Dockerfile", LATEST),
        (".hadolint.yaml", hadolint),
        (".trivyignore", "# known\nCVE-2024-0001\n"),
        (".gitleaks.toml", "title = 'a'\n"),
        (".dclintrc", "{\"rules\": {\"no-version-field\": 0}}"),
    ]);
    let note = "note: .hadolint.yaml, .dclintrc are not read. To switch the same checks off, write \
                `rules: {DL3008: off}` to hullguard.yaml";
    for folder in [work.path().to_owned(), work.path().join("a")] {
        let (_, out, err) = run(&folder, &["check"]);
        assert!(err.contains(note) && err.matches("not read").count() == 1, "{out}{err}");
    }
    assert_eq!(run(work.path(), &["check", "--format", "json"]).2, "");
    assert_eq!(run(work.path(), &["check", "--no-config"]).2, "");
    put(work.path(), &[("hullguard.yaml", "")]);
    assert_eq!(run(work.path(), &["check"]).2, "");
}

#[test]
fn mistyped_comments_are_notes_in_the_default_profile() {
    let dockerfile = "# hullguard: ignore=latest-tga we know\nFROM alpine:latest\n# hullguard: disable=missing-user\n\
                      USER app\n# hullguard: ignore=sudo-used last-user-root\nRUN sudo true\n";
    let secret = format!("key: {}{}\n", "AKIA", "Q7Z2M4XBKTRW3NDL");
    let text =
        format!("Write `# hullguard: ignore=latest-tga`.\n\n# hullguard: ignore=aws-acces-key-id\n{secret}");
    let compose = "services:\n  # hullguard ignore privileged-container\n  a:\n    image: alpine:3.22\n    privileged: true\n";
    let work = repository(&[("Dockerfile", dockerfile), ("notes.md", &text), ("compose.yaml", compose)]);
    let (_, out, _) = run(work.path(), &["check"]);
    for told in [
        "note[mistyped-ignore]: `latest-tga` is not a rule; did you mean `latest-tag`?",
        "note[mistyped-ignore]: `disable=missing-user` ignores nothing; write `hullguard: ignore=missing-user`",
        "note[mistyped-ignore]: `last-user-root` is read as the reason; put a comma between rules",
        "note[mistyped-ignore]: `aws-acces-key-id` is not a rule; did you mean `aws-access-key-id`?",
        "note[mistyped-ignore]: `ignore privileged-container` ignores nothing; write `hullguard: ignore=privileged-container`",
    ] {
        assert!(out.contains(told), "{told}\n{out}");
    }
    assert_eq!(out.matches("note[mistyped-ignore]").count(), 5, "{out}");
}
