//! What resembles a token and is none gives no finding that would be shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hullguard::rule::{Confidence, Pattern};
use hullguard::secrets::{self, about::About};
use hullguard::shape::is_whole;

use super::maker::{self, Piece, Random};
use super::{Style, name, patterns, spelled};

/// Whether a token of the shape begins the text and nothing goes on behind it: then it is no miss.
fn begins_one(pattern: &Pattern, text: &str) -> bool {
    let ends = maker::ends(pattern.shape, text.as_bytes());
    let goes_on = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    ends.iter().any(|&end| !text.as_bytes().get(end).is_some_and(|&b| goes_on(b)))
}

/// The text with another one in place of piece `at`.
fn with(made: &[Piece], at: usize, text: &str) -> String {
    made.iter().enumerate().map(|(i, piece)| if i == at { text } else { &piece.text }).collect()
}

/// The near misses of one token, with what they are.
fn misses(pattern: &Pattern, made: &[Piece], random: &mut Random) -> Vec<(&'static str, String)> {
    let token = maker::joined(made);
    let mut out = Vec::new();
    let runs: Vec<usize> =
        (0..made.len()).filter(|&i| made[i].run.is_some_and(|(_, _, most)| most > 3)).collect();
    if let (Some(&last), Some(&longest)) = (runs.last(), runs.iter().max_by_key(|&&i| made[i].text.len())) {
        let piece = &made[last];
        let (set, least, most) = piece.run.expect("it is a run");
        let letters: Vec<u8> = set.bytes().filter(u8::is_ascii_alphanumeric).collect();
        let shorter = &piece.text[..least.min(piece.text.len()) - 1];
        out.push(("one too short", with(made, last, shorter)));
        if most < 400 {
            let more = random.of(&letters, most + 1 - piece.text.len());
            out.push(("one too long", with(made, last, &format!("{}{more}", piece.text))));
        }
        let text = &made[longest].text;
        let (set, least, _) = made[longest].run.expect("it is a run");
        let half = text.len() / 2;
        let foreign = *b"gZ_!".iter().find(|&&b| !set.contains(b)).unwrap_or(&b'!');
        let broken = format!("{}{}{}", &text[..half], char::from(foreign), &text[half + 1..]);
        out.push(("foreign character", with(made, longest, &broken)));
        let filled =
            |with_what: &str| -> String { with_what.chars().cycle().take(text.len().max(least)).collect() };
        out.push(("x's", with(made, longest, &filled("x"))));
        out.push(("X's", with(made, longest, &filled("X"))));
        out.push(("zeros", with(made, longest, &filled("0"))));
        out.push(("counting", with(made, longest, &filled("1234567890"))));
        out.push(("alphabet", with(made, longest, &filled("abcdefghijklmnopqrstuvwxyz"))));
        out.push(("your token here", with(made, longest, &filled("your_token_here_"))));
        if text.len() >= 16 {
            out.push((
                "EXAMPLE inside",
                with(made, longest, &format!("{}EXAMPLE{}", &text[..4], &text[11..])),
            ));
            out.push((
                "example inside",
                with(made, longest, &format!("{}example{}", &text[..4], &text[11..])),
            ));
        }
    }
    out.retain(|(what, text)| {
        let placeholder = !matches!(*what, "one too short" | "one too long" | "foreign character");
        let ends = maker::ends(pattern.shape, text.as_bytes());
        if placeholder { ends.iter().all(|&end| end == text.len()) } else { !begins_one(pattern, text) }
    });
    let word = format!("abc{token}");
    if token.starts_with(|c: char| c.is_ascii_alphanumeric()) && !begins_one(pattern, &word) {
        out.push(("in a word", word));
    }
    if token.bytes().all(|b| maker::BASE64.contains(&b)) && token.len() < 200 {
        let blob = format!("{}{token}{}", random.of(maker::BASE64, 200), random.of(maker::BASE64, 200));
        if !begins_one(pattern, &blob) {
            out.push(("in base64", blob));
        }
    }
    if graded(pattern) {
        let at = token.len() - 2;
        let other = if token.as_bytes()[at] == b'a' { "b" } else { "a" };
        out.push(("wrong checksum", format!("{}{other}{}", &token[..at], &token[at + 1..])));
    }
    out
}

/// The checksum stands at the end of the token.
fn graded(pattern: &Pattern) -> bool {
    use hullguard::rule::Checksum as C;
    matches!(
        pattern.checksum,
        Some(
            C::Crc32Hex
                | C::Github
                | C::Npm
                | C::Atlassian
                | C::Bech32
                | C::Confluent
                | C::Grafana
                | C::GitlabRoutable
        )
    )
}

/// What is randomly generated, as long as a token or longer, and of no documented kind. Under the name of a credential it is
/// most often one that its provider changed, so it is told by its name.
const OTHERS: [&str; 3] = ["foreign character", "one too long", "in a word"];

#[test]
fn what_only_resembles_a_token_is_not_told_as_one() {
    let mut random = Random(11);
    let mut turn = 0;
    let mut table: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for (rule, pattern) in patterns() {
        for which in 0..pattern.shape.len().max(2) {
            let Some(made) = positive_in_pieces(pattern, which, &mut random) else { continue };
            for (what, text) in misses(pattern, &made, &mut random) {
                // Two lines each, all of them in turn.
                turn += 1;
                for (line, path) in lines(what, pattern, &text).into_iter().skip(turn % 3).step_by(3) {
                    let hits = secrets::find(line.as_bytes(), About::path(path));
                    let told = |id: Option<&str>| {
                        hits.iter().any(|hit| {
                            hit.confidence() > Confidence::Low && id.is_none_or(|id| hit.rule.id == id)
                        })
                    };
                    let kind = kinds.entry(what).or_default();
                    kind.0 += 1;
                    kind.1 += usize::from(told(Some(rule.id.get())));
                    kind.2 += usize::from(told(None));
                    if told(Some(rule.id.get())) {
                        table.insert((what, rule.id.get()), line);
                    } else if told(None) && std::env::var("SHOW").is_ok_and(|kind| kind == what) {
                        crate::corpus::say(&format!("{}: {line}", hits[0].rule.id));
                    }
                }
            }
        }
    }
    let mut said = String::from("near miss | tried | told as the pattern | told as anything\n");
    for (what, (tried, told, any)) in &kinds {
        let _ = writeln!(said, "{what} | {tried} | {told} | {any}");
    }
    for ((what, id), text) in &table {
        let _ = writeln!(said, "{id}: {what}: {text}");
    }
    let sum = |kinds: &BTreeMap<&str, (usize, usize, usize)>| {
        kinds.values().fold((0, 0), |(a, b), kind| (a + kind.0, b + kind.2))
    };
    let (tried, told) = sum(&kinds);
    let _ = writeln!(said, "all | {tried} | {} | {told}", table.len());
    kinds.retain(|what, _| !OTHERS.contains(what));
    let (tried, told) = sum(&kinds);
    let _ = writeln!(said, "what cannot be a secret | {tried} | | {told}");
    crate::corpus::say(&said);
    assert!(table.is_empty());
    assert!(told * 50 <= tried, "more than one in fifty is told as something");
}

/// The lines that a near miss may stand in. One in a run of base64 is no value of a key.
fn lines(what: &str, pattern: &Pattern, text: &str) -> Vec<(String, &'static str)> {
    let upper = spelled(&name(pattern, 0), Style::Upper);
    let camel = spelled(&name(pattern, 0), Style::Camel);
    if what == "in base64" {
        return vec![
            (format!("url(data:font/woff;base64,{text}) /* {camel} */\n"), "style.css"),
            (format!("  \"integrity\": \"sha512-{text}\", // {camel}\n"), "app.json"),
        ];
    }
    vec![
        (format!("{upper} = \"{text}\"\n"), "app.conf"),
        (format!("API_KEY={text} # {camel}\n"), "app.env"),
        (format!("  \"token\": \"{text}\", // {camel}\n"), "app.json"),
        (format!("const {camel} = '{text}';\n"), "app.ts"),
        (format!("curl -H 'Authorization: Bearer {text}' https://{camel}.invalid/\n"), "run.sh"),
        (format!("{camel}: see https://host.invalid/{text}?tab\n"), "notes.txt"),
    ]
}

/// Signed tokens come in one piece; here the pieces are wanted, so the checksum is left as it came.
fn positive_in_pieces(pattern: &Pattern, which: usize, random: &mut Random) -> Option<Vec<Piece>> {
    if graded(pattern) {
        let token = maker::joined(&maker::positive(pattern, which, random)?);
        return Some(vec![Piece { text: token, run: None }]);
    }
    (0..200)
        .map(|_| maker::pieces(pattern.shape, which, random))
        .find(|made| begins_one(pattern, &maker::joined(made)))
}

#[test]
fn digests_and_commits_are_no_tokens() {
    let mut random = Random(5);
    let mut wrong = String::new();
    let words: Vec<&str> = patterns().flat_map(|(_, pattern)| pattern.near.iter()).collect();
    for word in words {
        let (forty, sixty) = (random.of(b"0123456789abcdef", 40), random.of(b"0123456789abcdef", 64));
        let thirty = random.of(b"0123456789abcdef", 32);
        let integrity = maker::base64(random.of(maker::BASE62, 64).as_bytes());
        let grouped: Vec<&str> = (0..10).map(|at| &forty[4 * at..4 * at + 4]).collect();
        let grouped = grouped.join(" ").to_uppercase();
        let uuid = format!(
            "{}-{}-4{}-a{}-{}",
            &forty[..8],
            &forty[8..12],
            &forty[12..15],
            &forty[15..18],
            &forty[18..30]
        );
        for (line, path) in [
            (format!("      - uses: {word}/token-action@{forty}\n"), "build.yml"),
            (format!("    image: {word}/token@sha256:{sixty}\n"), "stack.yml"),
            (format!("FROM {word}/auth-key@sha256:{sixty}\n"), "Dockerfile"),
            (format!("    image: ghcr.io/{word}/secret:1@sha256:{sixty} # token\n"), "stack.yml"),
            (format!("      \"integrity\": \"sha512-{integrity}\" /* {word} token */\n"), "lock.json"),
            (format!("{word}-token-1.2.tgz#{forty}\n"), "list.txt"),
            (format!("{sixty}  {word}-token-1.2.tgz\n"), "SHA256SUMS"),
            (format!("{thirty}  {word}-key.tgz\n"), "MD5SUMS"),
            (format!("commit {forty} # {word}: rotate the token\n"), "notes"),
            // As gpg prints a fingerprint.
            (format!("\tkey='{grouped}'; \\\n"), "Dockerfile"),
            (format!("    \"resolved\": \"https://host.invalid/{word}-token/-/a.tgz#{forty}\",\n"), "a.json"),
            (format!("    --hash=sha256:{sixty} \\\n"), "requirements.txt"),
            (format!("{word}_token_sha256 = \"{sixty}\"\n"), "a.tf"),
            (format!("{word}_key_id = \"{uuid}\"\n"), "a.tf"),
            (format!("{word}_token_checksum: {sixty}\n"), "a.yml"),
        ] {
            for hit in secrets::find(line.as_bytes(), About::path(path)) {
                if hit.confidence() > Confidence::Low {
                    let _ = writeln!(wrong, "{}: {line}", hit.rule.id);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{wrong}", wrong.lines().count());
}

#[test]
fn a_commit_is_no_token_that_may_have_any_letter() {
    let mut random = Random(6);
    let any_letter = |pattern: &Pattern| is_whole(pattern.shape, "z".repeat(40).as_bytes());
    let mut tried = 0;
    for (rule, pattern) in patterns().filter(|(_, pattern)| any_letter(pattern)) {
        for word in pattern.near.iter() {
            let line = format!("repository\t{word}+project\t{}\tx\n", random.of(b"0123456789abcdef", 40));
            let hits = secrets::find(line.as_bytes(), About::path("repositories.tsv"));
            assert!(hits.iter().all(|hit| hit.rule.id != rule.id), "{}: {line}", rule.id);
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}
