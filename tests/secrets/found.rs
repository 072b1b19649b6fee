//! Every pattern's tokens are found, whatever file they stand in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hullguard::rule::{Confidence, Pattern, Rule};
use hullguard::secrets::{self, about::About};

use serde_json::Value;

use super::maker::{self, Random};
use super::{Style, name, patterns, spelled};

/// A place where secrets get committed: the file, the text around with `{K}` for the name and `{T}` for the token, how
/// the name is spelled there.
struct Place(&'static str, &'static str, &'static str, Style);

const PLACES: [Place; 24] = [
    Place("env", ".env", "A=1\n{K}={T}\nB=2\n", Style::Upper),
    Place("first byte", ".env", "{K}={T}\nB=2\n", Style::Upper),
    Place("last byte", ".env", "B=2\n{K}={T}", Style::Upper),
    Place("crlf", ".env", "A=1\r\n{K}={T}\r\nB=2\r\n", Style::Upper),
    Place("utf-16", ".env", "A=1\r\n{K}={T}\r\nB=2\r\n", Style::Upper),
    Place("yaml", "app.yml", "a:\n  {K}: {T}\n  b: 1\n", Style::Snake),
    Place("yaml, quoted", "app.yml", "a:\n  {K}: '{T}'\n  b: 1\n", Style::Camel),
    Place("compose", "stack.yml", "    environment:\n      - {K}={T}\n      - B=1\n", Style::Upper),
    Place("json", "app.json", "{\n  \"{K}\": \"{T}\",\n  \"b\": 1\n}\n", Style::Camel),
    Place("json, one line", "app.json", "{\"{K}\":\"{T}\",\"b\":1}", Style::Dashed),
    Place("toml", "app.toml", "[a]\n{K} = \"{T}\"\n", Style::Snake),
    Place("properties", "app.properties", "a=1\n{K}={T}\nb=2\n", Style::Dotted),
    Place("shell", "run.sh", "set -e\nexport {K}='{T}'\n", Style::Upper),
    Place("shell flag", "run.sh", "run --{K}={T} --b\n", Style::Dashed),
    Place("dockerfile", "Dockerfile", "FROM a\nENV {K}={T}\n", Style::Upper),
    Place("dockerfile, old", "Dockerfile", "FROM a\nENV {K} {T}\n", Style::Upper),
    Place("python", "app.py", "import os\n{K} = '{T}'\n", Style::Upper),
    Place("javascript", "app.js", "const {K} = \"{T}\";\n", Style::Camel),
    Place("go", "app.go", "\t{K} := \"{T}\"\n", Style::Camel),
    Place("java", "App.java", "  private static final String {K} = \"{T}\";\n", Style::Upper),
    Place("xml", "app.xml", "<a>\n  <{K}>{T}</{K}>\n</a>\n", Style::Dashed),
    Place("xml, attribute", "web.config", "<add key=\"{K}\" value=\"{T}\" />\n", Style::Camel),
    Place("url", "run.sh", "curl 'https://host.invalid/path?{K}={T}&b=1'\n", Style::Snake),
    Place("escaped", "app.json", "{\"a\": \"b=1\\n{K}={T}\\nc=2\"}\n", Style::Upper),
];

/// Places for tokens that need no name.
const BARE: [Place; 7] = [
    Place("alone", "note", "{T}", Style::Snake),
    Place("sentence", "note", "use {T} for now, it works\n", Style::Snake),
    Place("call", "app.py", "login('{T}')\n", Style::Snake),
    Place("newline escaped", "app.json", "\"a\\n{T}\\nb\"", Style::Snake),
    Place("percent", "app.txt", "a%3D{T} b", Style::Snake),
    Place("unicode escape", "app.json", "\"a\\u003d{T}\\u0026b\"", Style::Snake),
    Place("after colon", "app.txt", "x:{T}\n", Style::Snake),
];

/// Whether the place leaves the token as it is.
fn fits(place: &Place, token: &str) -> bool {
    let quoted = place.2.contains("'{T}'") || place.2.contains("\"{T}\"");
    match place.0 {
        _ if token.starts_with('[') => quoted,
        "escaped" => !token.contains(['&', ',', ';']),
        "xml" | "xml, attribute" => !token.contains(['<', '&']),
        "url" => !token.contains(['&', '#', '?', '/', '%', ' ', '=', '|', '@', '+', ',', ';', ')']),
        "percent" => !token.contains(['%', '?']),
        "dockerfile, old" | "shell flag" | "dockerfile" => !token.contains([' ', '&', '*']),
        _ if token.contains(' ') => quoted,
        _ => true,
    }
}

/// What becomes of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Found,
    /// Found, but less sure than the page promises.
    Doubted,
    /// Found, and told as something else.
    Other(&'static str),
    Missed,
}

fn fate(rule: &Rule, pattern: &Pattern, place: &Place, key: &str, token: &str) -> Fate {
    let text = place.2.replace("{K}", key).replace("{T}", token);
    let bytes = if place.0 == "utf-16" {
        let wide: Vec<u8> =
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        secrets::as_utf8(wide)
    } else {
        text.into_bytes()
    };
    let at = bytes.windows(token.len()).position(|w| w == token.as_bytes()).expect("it was put there");
    let hits = secrets::find(&bytes, About::path(place.1));
    let holding: Vec<_> =
        hits.iter().filter(|hit| hit.span.start <= at && at + token.len() <= hit.span.end).collect();
    let wanted = pattern.confidence.min(Confidence::Medium);
    match holding.iter().find(|hit| hit.rule.id == rule.id).or(holding.first()) {
        // A public id is no secret; what matters is that it is not called one.
        Some(hit) if hit.rule.id != rule.id && pattern.confidence > Confidence::Low => {
            Fate::Other(hit.rule.id.get())
        }
        Some(hit) if hit.confidence() < wanted => Fate::Doubted,
        Some(_) => Fate::Found,
        None => Fate::Missed,
    }
}

#[test]
fn what_the_shapes_make_is_found() {
    const EACH: usize = 2;
    let mut random = Random(7);
    let mut table: BTreeMap<&str, BTreeMap<(String, Fate), usize>> = BTreeMap::new();
    let (mut tried, mut found, mut tested) = (0, 0, 0);
    for (rule, pattern) in patterns() {
        tested += 1;
        for which in 0..EACH.max(pattern.shape.len()) {
            let Some(made) = maker::positive(pattern, which, &mut random) else {
                table.entry(rule.id.get()).or_default().insert(("no token".to_owned(), Fate::Missed), 1);
                continue;
            };
            let token = maker::joined(&made);
            let bare = if pattern.near.is_empty() { &BARE[..] } else { &[] };
            for place in PLACES.iter().chain(bare).filter(|place| fits(place, &token)) {
                let key = spelled(&name(pattern, 0), place.3);
                let fate = fate(rule, pattern, place, &key, &token);
                tried += 1;
                found += usize::from(fate == Fate::Found);
                if fate != Fate::Found {
                    *table
                        .entry(rule.id.get())
                        .or_default()
                        .entry((place.0.to_owned(), fate))
                        .or_default() += 1;
                    if std::env::var_os("SHOW").is_some() {
                        crate::corpus::say(&format!("{} {fate:?} {}: {key} {token}", rule.id, place.0));
                    }
                }
            }
        }
    }
    let mut said = format!("{tested} patterns, {tried} tokens in places, {found} found\n");
    for (id, fates) in &table {
        let mut counts: BTreeMap<Fate, (usize, Vec<&str>)> = BTreeMap::new();
        for ((place, fate), count) in fates {
            let entry = counts.entry(*fate).or_default();
            entry.0 += count;
            entry.1.push(place);
        }
        for (fate, (count, places)) in counts {
            let _ =
                writeln!(said, "{id} | {fate:?} | {count} | {}", places[..places.len().min(4)].join(", "));
        }
    }
    crate::corpus::say(&said);
    assert!(table.is_empty());
}

/// Providers draw from fewer characters than their pages allow: hex, small letters and digits. Where fixed text begins a
/// token, that is no reason to doubt it.
#[test]
fn tokens_of_few_letters_are_found_by_their_prefix() {
    let mut random = Random(44);
    let place = &PLACES[0];
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (rule, pattern) in patterns().filter(|(_, pattern)| pattern.checksum.is_none()) {
        for (style, letters) in
            [("hex", "0123456789abcdef"), ("lower", "abcdefghijklmnopqrstuvwxyz0123456789")]
        {
            for which in 0..pattern.shape.len() {
                let Some(mut made) = maker::positive(pattern, which, &mut random) else { continue };
                let fixed: usize =
                    made.iter().take_while(|piece| piece.run.is_none()).map(|p| p.text.len()).sum();
                let mut runs = made.iter_mut().filter(|piece| piece.run.is_some());
                let fits = runs.all(|piece| {
                    let allowed = piece.run.is_some_and(|(set, ..)| letters.bytes().all(|b| set.contains(b)));
                    piece.text = random.of(letters.as_bytes(), piece.text.len());
                    allowed
                });
                let drawn: usize =
                    made.iter().filter(|piece| piece.run.is_some()).map(|p| p.text.len()).sum();
                if !fits || fixed < 4 || drawn < 16 {
                    continue;
                }
                tried += 1;
                let (key, token) = (spelled(&name(pattern, 0), place.3), maker::joined(&made));
                let fate = fate(rule, pattern, place, &key, &token);
                if !matches!(fate, Fate::Found | Fate::Other(_)) {
                    wrong.push(format!("{} {style} {fate:?}", rule.id));
                }
            }
        }
    }
    crate::corpus::say(&format!("{tried} tokens of few letters, {} not found", wrong.len()));
    assert!(tried > 300 && wrong.is_empty(), "{wrong:#?}");
}

/// One file of 5 MB, then a token of every pattern on a line of its own, with LF, CRLF and in UTF-16.
#[test]
fn the_program_names_the_line() {
    let mut random = Random(21);
    let work = tempfile::tempdir().expect("a folder");
    let mut filler = String::new();
    while filler.len() < 5 << 20 {
        let length = 20 + random.below(80);
        let _ = writeln!(filler, "# {}", random.of(b"abcdefghijklmnopqrstuvwxyz    ", length));
    }
    let mut wanted: BTreeMap<(String, usize), (&str, String)> = BTreeMap::new();
    for (file, before, end) in [("a.env", filler.as_str(), "\n"), ("b.env", "", "\r\n"), ("c.env", "", "\n")]
    {
        let mut text = before.to_owned();
        let mut line = text.lines().count();
        for (rule, pattern) in patterns().filter(|(_, pattern)| pattern.confidence > Confidence::Low) {
            let made = maker::positive(pattern, 0, &mut random).expect("a token");
            let (key, token) = (spelled(&name(pattern, 0), Style::Upper), maker::joined(&made));
            if token.contains(' ') {
                continue;
            }
            let _ = write!(text, "{key}={token}{end}");
            line += 1;
            wanted.insert((file.to_owned(), line), (rule.id.get(), token));
        }
        let bytes = match file {
            "c.env" => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            _ => text.into_bytes(),
        };
        std::fs::write(work.path().join(file), bytes).expect("a file");
    }
    let out = crate::cases::hullguard(work.path())
        .args(["check", "--profile", "strict", "--format", "json", "."])
        .output()
        .expect("it starts");
    let said: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let (mut missing, mut others) = (wanted.clone(), 0);
    for finding in said["findings"].as_array().expect("findings") {
        let at = (
            finding["path"].as_str().expect("a path").to_owned(),
            finding["start"]["line"].as_u64().expect("a line") as usize,
        );
        let named = missing.remove(&at);
        others += usize::from(named.is_some_and(|(id, _)| finding["rule"] != id));
    }
    crate::corpus::say(&format!("{} of {} lines named", wanted.len() - missing.len(), wanted.len()));
    assert!(missing.is_empty(), "{missing:?}");
    // Short ones that look chosen by a person are told by their name alone.
    assert!(others * 200 <= wanted.len(), "{others} are told as another kind");
}
