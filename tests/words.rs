//! No text for users contains a phrase that the table of `docs/style.md` says to avoid. The table is read from the page,
//! so page and test cannot disagree.

use std::fs;
use std::path::{Path, PathBuf};

use hullguard::rule::Family;
use hullguard::rules::RULES;
use regex::Regex;

use crate::cases;
use crate::floors::sources;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text of the repository can be read").replace("\r\n", "\n")
}

/// A phrase to avoid, how it is found, and what to write instead.
struct Phrase {
    text: String,
    pattern: Regex,
    instead: String,
}

/// The rows of the table below the head `| avoid | write |`. A cell of the left column holds one phrase or several with
/// commas between them.
fn phrases() -> Vec<Phrase> {
    let page = read(&top().join("docs/style.md"));
    let (_, table) = page.split_once("| avoid | write |\n|---|---|\n").expect("the page has its table");
    let rows = table.lines().map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.map(|row| row.split_once(" | ").expect("a row has two cells"));
    cells
        .flat_map(|(avoid, instead)| avoid.split(", ").map(move |phrase| (phrase, instead)))
        .map(|(text, instead)| Phrase {
            text: text.to_owned(),
            pattern: pattern(text),
            instead: instead.to_owned(),
        })
        .collect()
}

/// Finds whole words in any case; a line may end between two of them, a paragraph may not.
fn pattern(phrase: &str) -> Regex {
    let words: Vec<String> = phrase.split(' ').map(regex::escape).collect();
    let end = if phrase.ends_with(char::is_alphanumeric) { r"\b" } else { "" };
    let pattern = format!(r"(?i)\b{}{end}", words.join(r"(?:[ \t]+|[ \t]*\n[ \t]*)"));
    Regex::new(&pattern).expect("an escaped phrase is a pattern")
}

/// All files below a folder whose name has this ending.
fn files(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, ending, out);
        } else if path.extension().is_some_and(|e| e == ending) {
            out.push(path);
        }
    }
}

/// The name of a text and the text.
fn texts() -> Vec<(String, String)> {
    let mut paths = vec![top().join("action.yml"), top().join(".pre-commit-hooks.yaml")];
    for folder in ["docs", "hooks", "rules"] {
        files(&top().join(folder), "md", &mut paths);
    }
    let entries = fs::read_dir(top()).expect("the repository can be read").flatten();
    paths
        .extend(entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "md")));
    paths.sort();
    let name = |path: &Path| {
        let inside = path.strip_prefix(top()).expect("it was found in the repository");
        inside.to_string_lossy().replace('\\', "/")
    };
    let mut texts: Vec<(String, String)> = paths.iter().map(|path| (name(path), read(path))).collect();
    // The page has to quote what it says to avoid, and does so in tables only.
    let (_, style) = texts.iter_mut().find(|(name, _)| name == "docs/style.md").expect("the page is there");
    *style = style
        .lines()
        .map(|line| if line.starts_with('|') { "\n" } else { line })
        .collect::<Vec<_>>()
        .join("\n");
    help(&[], &mut texts);
    let placeholder = Regex::new(r"\{[a-z_][a-z_0-9.]*(:[^{}]*)?\}").expect("a pattern");
    let mut code = Vec::new();
    sources(&top().join("src"), &mut code);
    for path in code {
        let name = name(&path);
        if !name.ends_with("/tests.rs") && !name.contains("/tests/") {
            // A name between braces is replaced before anybody reads it.
            let text = literals(&read(&path)).join("\n\n");
            texts.push((name, placeholder.replace_all(&text, "{}").into_owned()));
        }
    }
    texts
}

/// `--help` of a command and of the commands below it.
fn help(command: &[&str], out: &mut Vec<(String, String)>) {
    let run = cases::hullguard(top()).args(command).arg("--help").output().expect("it starts");
    assert!(run.status.success(), "{command:?} --help");
    let text = String::from_utf8(run.stdout).expect("help is UTF-8");
    let listed = text.split_once("\nCommands:\n").map_or("", |(_, rest)| rest);
    for line in listed.lines().take_while(|line| !line.is_empty()) {
        let below = line.strip_prefix("  ").filter(|line| !line.starts_with(' '));
        if let Some(below) = below.and_then(|line| line.split(' ').next()).filter(|&below| below != "help") {
            help(&[command, &[below]].concat(), out);
        }
    }
    out.push((format!("hullguard {}", [command, &["--help"]].concat().join(" ")), text));
}

/// The string literals of a Rust source, without those of comments and of what is built for tests only.
fn literals(source: &str) -> Vec<String> {
    /// Stands for a literal in the code that is left.
    const LITERAL: char = '\u{1}';
    let mut found = Vec::new();
    let mut code = String::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let raw = rest.trim_start_matches(['b', 'c']).strip_prefix('r').map(|raw| {
            let quoted = raw.trim_start_matches('#');
            (quoted, raw.len() - quoted.len())
        });
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/").map_or(rest.len(), |end| end + 2)..];
        } else if let Some((quoted, hashes)) =
            raw.filter(|(quoted, _)| !after_word && quoted.starts_with('"'))
        {
            let end = format!("\"{}", "#".repeat(hashes));
            let (text, behind) = quoted[1..].split_once(&end).expect("a raw string ends");
            found.push(text.to_owned());
            code.push(LITERAL);
            rest = behind;
        } else if first == '"' {
            let (text, length) = string(&rest[1..]);
            found.push(text);
            code.push(LITERAL);
            rest = &rest[1 + length..];
        } else if let Some(length) = rest.strip_prefix('\'').and_then(character) {
            rest = &rest[1 + length..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    // The item behind each `#[cfg(test)]` goes, with its literals.
    let mut kept = Vec::new();
    let mut literals = found.into_iter();
    for (n, part) in code.split("#[cfg(test)]").enumerate() {
        let end = if n == 0 { 0 } else { item(part) };
        literals.by_ref().take(part[..end].matches(LITERAL).count()).for_each(drop);
        kept.extend(literals.by_ref().take(part[end..].matches(LITERAL).count()));
    }
    kept
}

/// What a string says whose opening quote is read, and its length with the closing one.
fn string(rest: &str) -> (String, usize) {
    let mut text = String::new();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text, at + 1),
            '\\' => match chars.next() {
                // The string goes on with the first word of the next line.
                Some((_, '\n')) => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some((_, 'n')) => text.push('\n'),
                Some((_, c)) => text.push(c),
                None => {}
            },
            c => text.push(c),
        }
    }
    panic!("a string has no end: {text}");
}

/// The length of a character literal whose opening quote is read; `None` for a lifetime.
fn character(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    let inside = if first == '\\' { 2 } else { first.len_utf8() };
    let end = inside + rest.get(inside..)?.find('\'')?;
    (first == '\\' || end == inside).then_some(end + 1)
}

/// The length of the item that code begins with: up to its `;` or the end of its braces.
fn item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return at + 1;
        }
    }
    code.len()
}

#[test]
fn users_meet_no_phrase_to_avoid() {
    let phrases = phrases();
    assert!(phrases.len() > 40, "only {} phrases were read", phrases.len());
    let mut wrong = Vec::new();
    for (name, text) in &texts() {
        for phrase in &phrases {
            for hit in phrase.pattern.find_iter(text) {
                let start = text[..hit.start()].rfind('\n').map_or(0, |at| at + 1);
                let line = text[start..].lines().next().unwrap_or_default();
                let number = text[..hit.start()].matches('\n').count() + 1;
                wrong.push(format!(
                    "{name}:{number}: \"{}\", write: {}\n    {line}",
                    phrase.text, phrase.instead
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n{} to mend, see docs/style.md", wrong.join("\n"), wrong.len());
}

/// "A page" and "A message" of `docs/style.md`, as far as they can be counted.
#[test]
fn pages_and_messages_have_their_shape() {
    let (mut wrong, mut read) = (Vec::new(), 0);
    for rule in RULES.iter().filter(|rule| rule.family != Family::Secrets) {
        let prose = rule.page.split("\n## ").next().unwrap_or_default();
        // A list belongs to the paragraph before it.
        let is_paragraph = |block: &&str| !block.trim().is_empty() && !block.starts_with("- ");
        let paragraphs = prose.split("\n\n").filter(is_paragraph).count();
        if !(1..=4).contains(&paragraphs) {
            wrong.push(format!("{}: {paragraphs} paragraphs before the examples", rule.file));
        }
        if rule.title.ends_with('.') {
            wrong.push(format!("{}: the title ends with a full stop", rule.file));
        }
        let head = format!("[{}]: ", rule.id);
        for message in rule.page.lines().filter_map(|line| Some(line.split_once(&head)?.1)) {
            read += 1;
            // What a value must be is what to do about it.
            let says_what_to_do =
                message.contains("; ") || message.contains(" must be ") || message.ends_with('?');
            if message.ends_with('.') || !says_what_to_do {
                wrong.push(format!("{}: {message}", rule.file));
            }
        }
    }
    assert!(read > 100, "only {read} messages were read");
    assert!(wrong.is_empty(), "\n{}\nsee docs/style.md", wrong.join("\n"));
}

#[test]
fn phrases_are_found() {
    for Phrase { text, pattern, .. } in phrases() {
        let broken = text.replace(' ', "\n  ");
        for said in [format!("It {text}"), text.to_uppercase(), format!("It {broken} more")] {
            assert!(pattern.is_match(&said), "{text}: {said}");
        }
        assert!(!pattern.is_match(&format!("x{text}")), "{text}");
    }
}

#[test]
fn literals_are_those_that_users_meet() {
    let source = r##"
        //! "a comment"
        fn f<'a>(x: &'a str) -> char { /* "another" */ let _ = "one \"two\" \
            three"; let _ = r#"raw "four" more"#; let _ = br"five"; '"' }
        #[cfg(test)]
        mod tests { fn g() { "{ for a test"; } }
        const AFTER: [char; 2] = ['\'', '"']; const LAST: &str = "six";
        #[cfg(test)]
        use x::{y, z};
        const END: &str = "seven";
    "##;
    assert_eq!(literals(source), ["one \"two\" three", "raw \"four\" more", "five", "six", "seven"]);
}
