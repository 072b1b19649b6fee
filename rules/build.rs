//! Turns the rule pages into static tables in `$OUT_DIR`, and refuses to build while page, module and
//! `mod` line do not belong together. How a page looks is told in `rules/README.md`; no dependencies on purpose.
//! It also finds out what `hullguard --version` says about the build.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use kinds::Kind;
use packed::Packed;

mod anchors;
mod kinds;
mod packed;
#[expect(dead_code, unreachable_pub, reason = "the program's own, which matches, too")]
#[path = "../src/shape.rs"]
mod shape;
mod shapes;
mod shellcheck;
mod version;

const FAMILIES: [&str; 7] = ["dockerfile", "image", "compose", "runtime", "project", "daemon", "pipeline"];
/// The functions a rule's module may have, and the `Check` each becomes.
const CHECKS: [(&str, &str); 7] = [
    ("dockerfile", "Dockerfile"),
    ("compose", "Compose"),
    ("container", "Container"),
    ("image", "Image"),
    ("project", "Project"),
    ("daemon", "Daemon"),
    ("pipeline", "Pipeline"),
];
/// The folder whose subfolders hold patterns of secrets, one page each and no module.
const SECRETS: &str = "secrets";
const KEYS: [&str; 22] = [
    "title",
    "severity",
    "profile",
    "status",
    "evidence",
    "fix",
    "once-per-file",
    "softens",
    "part-of",
    "part-name",
    "reported-by",
    "aliases",
    "tags",
    "practice",
    "since",
    "cwe",
    "shape",
    "near",
    "checksum",
    "entropy",
    "confidence",
    "revoke",
];

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rules");
    println!("cargo::rustc-env=HULLGUARD_BUILD={}", version::build());
    let mut rules = BTreeMap::new();
    let mut mistakes = Vec::new();
    let mut packed = Packed::default();
    for family in FAMILIES {
        let groups = folders(&Path::new("rules").join(family));
        let groups = groups.iter().filter_map(|group| group.file_name()?.to_str());
        let groups = groups.map(|group| format!("{family}/{group}"));
        for folder in std::iter::once(family.to_owned()).chain(groups) {
            if let Err(mistake) = read_folder(&folder, &mut rules, &mut packed, &mut mistakes) {
                mistakes.push(mistake);
            }
        }
    }
    for provider in folders(&Path::new("rules").join(SECRETS)) {
        for page in files(&provider, "md") {
            let id = page.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
            let done = fs::read_to_string(&page).map_err(|e| e.to_string()).and_then(|text| {
                read_page(&text.replace("\r\n", "\n"), SECRETS, &page, Path::new(""), &mut packed)
            });
            match done {
                Ok(rule) => {
                    if rules.insert(id, rule).is_some() {
                        mistakes.push(format!("{}: that id is taken; one id, one page", page.display()));
                    }
                }
                Err(mistake) => mistakes.push(format!("{}: {mistake}", page.display())),
            }
        }
    }
    let parts: Vec<(String, String)> =
        rules.iter().filter_map(|(id, rule)| Some((id.clone(), rule.part_of.clone()?))).collect();
    for (part, whole) in parts {
        match rules.get_mut(&whole) {
            Some(rule) => rule.text = rule.text.replacen("gathers: false", "gathers: true", 1),
            None => mistakes.push(format!("{part}: it is `part-of` {whole}, which is no rule")),
        }
    }
    let shellcheck = shellcheck::table(&mut packed).unwrap_or_else(|mistake| {
        mistakes.push(mistake);
        String::new()
    });
    if !mistakes.is_empty() {
        for mistake in &mistakes {
            println!("cargo::error={mistake}");
        }
        return;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let (rules, checks, patterns) = tables(&rules, &mut packed);
    for (name, text) in [
        ("table.rs", rules + &shellcheck),
        ("checks.rs", checks),
        ("patterns.rs", patterns),
        ("packed.rs", packed.statics()),
    ] {
        fs::write(out.join(name), text).expect("OUT_DIR can be written");
    }
}

/// The rules; one list for all of them, their checks; and the tables of the kinds of secrets among these.
fn tables(rules: &BTreeMap<String, Page>, packed: &mut Packed) -> (String, String, String) {
    let mut table = String::from("pub static RULES: &[Rule] = &[\n");
    let (mut checks, mut kinds) = (Vec::new(), Vec::new());
    for (row, rule) in rules.values().enumerate() {
        let first = checks.len();
        checks.extend(rule.checks.iter().cloned());
        if let Some(kind) = &rule.kind {
            checks.push(format!("Check::Secret(&PATTERNS[{}].pattern)", kinds.len()));
            kinds.push((row, kind));
        }
        // Texts that are seldom read stand behind those that each run looks at.
        let page = packed.text(&rule.body);
        let _ = writeln!(table, "{}page: {page}, checks: ({first}, {}) }},", rule.text, checks.len());
    }
    table.push_str("];\n");
    let checks = format!("static CHECKS: &[Check] = &[{}];\n", checks.join(", "));
    (table, checks, kinds::tables(&kinds, packed))
}

/// A page as the table has it.
struct Page {
    /// `Rule { … }`, without its `page` and its `checks`, which come last.
    text: String,
    /// What stands behind the front matter.
    body: String,
    /// Each a `Check`.
    checks: Vec<String>,
    /// Of a secret.
    kind: Option<Kind>,
    part_of: Option<String>,
    has_module: bool,
}

/// Reads the pages of a family's folder, or of a group's in it, and holds them against `src/rules/<folder>/`.
fn read_folder(
    folder: &str,
    rules: &mut BTreeMap<String, Page>,
    packed: &mut Packed,
    mistakes: &mut Vec<String>,
) -> Result<(), String> {
    let modules = Path::new("src/rules").join(folder);
    let mod_rs = fs::read_to_string(modules.join("mod.rs"))
        .map_err(|e| format!("src/rules/{folder}/mod.rs: {e}; every folder of rules has one"))?;
    let declared: Vec<&str> = mod_rs
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let mut paged = Vec::new();
    for page in files(&Path::new("rules").join(folder), "md") {
        let id = page.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        let module = id.replace('-', "_");
        let name = page.display();
        let text = fs::read_to_string(&page).map_err(|e| format!("{name}: {e}"))?.replace("\r\n", "\n");
        match read_page(&text, folder, &page, &modules.join(format!("{module}.rs")), packed) {
            Ok(rule) => {
                if rule.has_module && !declared.contains(&module.as_str()) {
                    mistakes.push(format!("src/rules/{folder}/mod.rs: add `pub mod {module};` for {name}"));
                }
                if rules.insert(id.clone(), rule).is_some() {
                    mistakes.push(format!("{name}: another page has a rule `{id}`; one id, one page"));
                }
            }
            Err(mistake) => mistakes.push(format!("{name}: {mistake}")),
        }
        paged.push(module);
    }
    for module in declared {
        let file = fs::read_to_string(modules.join(format!("{module}.rs"))).unwrap_or_default();
        // Modules without a check are what the family's rules share.
        if !paged.iter().any(|p| p == module) && !checks(folder, module, &file).is_empty() {
            mistakes.push(format!(
                "src/rules/{folder}/{module}.rs has no page; write rules/{folder}/{}.md",
                module.replace('_', "-")
            ));
        }
    }
    Ok(())
}

/// Reads one page.
fn read_page(
    text: &str,
    folder: &str,
    file: &Path,
    module: &Path,
    packed: &mut Packed,
) -> Result<Page, String> {
    let family = folder.split('/').next().unwrap_or_default();
    let id = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    let file = file.strip_prefix("rules").unwrap_or(file).to_string_lossy().replace('\\', "/");
    let body = text.strip_prefix("---\n").ok_or("begin the page with a line `---`")?;
    let (front, page) = body.split_once("\n---\n").ok_or("end the front matter with a line `---`")?;
    let mut keys = BTreeMap::new();
    for line in front.lines() {
        let (key, value) = line.split_once(": ").ok_or(format!("`{line}` is not `key: value`"))?;
        if !KEYS.contains(&key) {
            return Err(format!("unknown key `{key}`; known are {}", KEYS.join(", ")));
        }
        if keys.insert(key, value.trim()).is_some() {
            return Err(format!("`{key}` stands twice"));
        }
    }
    let need = |key: &str| keys.get(key).copied().ok_or(format!("`{key}` is missing"));
    let word = |key: &str, known: &[&str]| -> Result<String, String> {
        let value = need(key)?;
        if known.contains(&value) { Ok(capital(value)) } else { Err(format!("`{key}` is one of {known:?}")) }
    };
    let list = |key: &str| -> Result<Vec<&str>, String> {
        let Some(value) = keys.get(key) else { return Ok(Vec::new()) };
        let inner = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
        let inner = inner.ok_or(format!("write `{key}` as [a, b]"))?;
        Ok(inner.split(',').map(str::trim).filter(|i| !i.is_empty()).collect())
    };
    // Hundreds of kinds of secrets are proven by samples made from their shapes.
    let status = match keys.get("status") {
        None if family == SECRETS => "Stable".to_owned(),
        _ => word("status", &["preview", "stable", "deprecated"])?,
    };
    let evidence = match keys.get("evidence") {
        None => "None".to_owned(),
        Some(value) => format!("Some({})", evidence(value, packed)?),
    };
    let fix = match keys.get("fix").copied() {
        None | Some("none") => "None".to_owned(),
        Some(_) => format!("Some(Safety::{})", word("fix", &["safe", "unsafe"])?),
    };
    let code = fs::read_to_string(module).ok();
    let module_name = module.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    let checks = checks(folder, module_name, code.as_deref().unwrap_or_default());
    let mut kind = None;
    if let Some(shape) = keys.get("shape") {
        if family != SECRETS {
            return Err("`shape` belongs to the pages in rules/secrets".to_owned());
        }
        let confidence = match keys.get("confidence") {
            Some(_) => word("confidence", &["high", "medium", "low"])?,
            None => if keys.contains_key("near") { "Medium" } else { "High" }.to_owned(),
        };
        let entropy = match keys.get("entropy") {
            Some(bits) => format!("Some({:?})", bits.parse::<f32>().map_err(|e| format!("`entropy`: {e}"))?),
            None => "None".to_owned(),
        };
        let checksum = match keys.get("checksum") {
            Some(name) => format!("Some(Checksum::{})", name.split('-').map(capital).collect::<String>()),
            None => "None".to_owned(),
        };
        kind = Some(Kind {
            shape: shapes::read(&unquoted(shape)).map_err(|e| format!("`shape`: {e}"))?,
            near: list("near")?.into_iter().map(str::to_owned).collect(),
            rest: format!("checksum: {checksum}, entropy: {entropy}, confidence: Confidence::{confidence}"),
        });
    }
    if (checks.is_empty() && kind.is_none()) != keys.contains_key("reported-by") {
        return Err(format!(
            "write {} with a public function dockerfile, compose, container, image, project, daemon or pipeline (a secret: `shape:`), \
             or say who reports it with `reported-by:`; one of the two",
            module.display()
        ));
    }
    let title = need("title")?;
    let title = title.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(title);
    let part_of = keys.get("part-of").copied();
    if part_of.is_some() != keys.contains_key("part-name") {
        return Err("`part-of` and `part-name` belong together".to_owned());
    }
    let part_name = keys.get("part-name").copied().unwrap_or_default();
    let mut tags = list("tags")?;
    if family == SECRETS {
        tags.insert(0, "security");
    }
    let mut rule = String::from("Rule {\n");
    let _ = writeln!(
        rule,
        "id: {}, title: {}, family: Family::{},",
        packed.text(id),
        packed.text(title),
        capital(family)
    );
    let _ = writeln!(rule, "severity: Severity::{},", word("severity", &["error", "warning", "note"])?);
    let _ = writeln!(
        rule,
        "profile: Profile::{},",
        word("profile", &["default", "reproducible", "strict", "style"])?
    );
    let _ = writeln!(rule, "status: Stability::{status}, evidence: {evidence},");
    let _ = writeln!(rule, "fix: {fix}, once_per_file: {},", keys.contains_key("once-per-file"));
    let _ = writeln!(rule, "softens: {},", keys.contains_key("softens"));
    let part_of_text = part_of.map_or("None".to_owned(), |whole| format!("Some({})", packed.text(whole)));
    let _ = writeln!(rule, "part_of: {part_of_text}, part_name: {}, gathers: false,", packed.text(part_name));
    for (field, items) in [
        ("aliases", list("aliases")?),
        ("tags", tags),
        ("cwe", list("cwe")?),
        ("practices", list("practice")?),
    ] {
        let _ = writeln!(rule, "{field}: {},", packed.list(&items));
    }
    let revoke = keys.get("revoke").copied().unwrap_or_default();
    for (field, text) in [("since", need("since")?), ("file", &file), ("revoke", revoke)] {
        let _ = writeln!(rule, "{field}: {},", packed.text(text));
    }
    Ok(Page {
        text: rule,
        body: page.trim_start().to_owned(),
        checks,
        kind,
        part_of: part_of.map(str::to_owned),
        has_module: code.is_some(),
    })
}

/// `{read: 41, right: 40, debatable: 1, wrong: 0, on: corpus 2026-11}`, `all: true` before `on` if there were no more.
fn evidence(value: &str, packed: &mut Packed) -> Result<String, String> {
    const FORM: &str = "write `evidence` as {read: 41, right: 40, debatable: 1, wrong: 0, on: corpus 2026-11}, \
                        with `all: true` before `on` where there are no more findings";
    let inner = value.strip_prefix('{').and_then(|v| v.strip_suffix('}')).ok_or(FORM)?;
    let mut parts = inner.split(", ");
    let mut count = |key: &str| {
        let number = parts.next()?.strip_prefix(key)?.strip_prefix(": ")?;
        number.parse::<u32>().ok()
    };
    let (read, right) = (count("read").ok_or(FORM)?, count("right").ok_or(FORM)?);
    let (debatable, wrong) = (count("debatable").ok_or(FORM)?, count("wrong").ok_or(FORM)?);
    if right + debatable + wrong != read {
        return Err(format!("`evidence`: {right} + {debatable} + {wrong} is not {read}"));
    }
    let rest: Vec<&str> = parts.collect();
    let (all, on) = match rest.as_slice() {
        [on] => (false, on),
        ["all: true", on] => (true, on),
        _ => return Err(FORM.to_owned()),
    };
    let on = on.strip_prefix("on: ").ok_or(FORM)?;
    let month = on.rsplit(' ').next().unwrap_or_default().as_bytes();
    let dated = month.len() == 7
        && month.iter().enumerate().all(|(at, b)| if at == 4 { *b == b'-' } else { b.is_ascii_digit() });
    if !dated {
        return Err(format!("`evidence`: `on: {on}` ends with the month in which it was read, 2026-11"));
    }
    Ok(format!(
        "crate::rule::Evidence {{ read: {read}, right: {right}, debatable: {debatable}, wrong: {wrong}, all: {all}, on: {} }}",
        packed.text(on)
    ))
}

/// The `Check`s that a module offers: its public functions that bear the name of something to look at.
fn checks(folder: &str, module: &str, code: &str) -> Vec<String> {
    let path = folder.replace('/', "::");
    CHECKS
        .iter()
        .filter(|(function, _)| code.contains(&format!("\npub fn {function}(")))
        .map(|(function, check)| format!("Check::{check}({path}::{module}::{function})"))
        .collect()
}

/// A value without YAML's single quotes.
fn unquoted(value: &str) -> String {
    let inside = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\''));
    inside.map_or_else(|| value.to_owned(), |inside| inside.replace("''", "'"))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    folders
}

/// The files of a folder with an extension, sorted; a missing folder has none.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    files.retain(|file| file.extension().is_some_and(|e| e == extension));
    files.sort();
    files
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
