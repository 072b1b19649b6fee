//! Nothing that can be written brings the search down, makes it slow, or makes its answer depend on how the text is cut.

use std::ops::Range;
use std::time::{Duration, Instant};

use hullguard::secrets::{self, Hit, Touched, about::About};

use crate::clock::spent;

use super::maker::{self, Random};
use super::{Style, name, patterns, spelled};

/// Text of the kind that repositories hold, with pieces that mean something to the search.
fn text(random: &mut Random, length: usize) -> Vec<u8> {
    const PIECES: [&str; 46] = [
        "machine host\n",
        " login user\n",
        "\npassword ",
        "cG9zdGdyZXM6Ly91OnE3WnI5THgyVmI4S3BNM3RAaC9kYg==",
        "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFb3dJQkFBS0NBUUVB\n",
        "cTdacjlMeDJWYjhLcE0zdGNYZXcyWk5xUjRIc0w1RGZKM1l0QjZQa1c4ajdWblJ0\n",
        "password",
        "=",
        ": ",
        "\"",
        "'",
        "\n",
        "\r\n",
        "secret",
        "token",
        "://",
        "user:pw@host",
        "-----BEGIN ",
        "RSA PRIVATE KEY-----",
        "\\n",
        " ",
        "  - ",
        "name: ",
        "value: ",
        "Authorization: Bearer ",
        "ENV ",
        "${",
        "}",
        "eyJ",
        ".",
        "-",
        "_",
        "api_key",
        "<",
        ">",
        "é",
        "\u{feff}",
        "\0",
        "sha256:",
        "@",
        "curl -u ",
        "auth",
        ",",
        "{",
        "datadog",
        "sk_live_",
    ];
    let mut out = Vec::new();
    while out.len() < length {
        match random.below(6) {
            0 => {
                let count = 1 + random.below(60);
                out.extend(random.of(maker::BASE62, count).bytes());
            }
            1 if random.below(4) == 0 => out.push(random.below(256) as u8),
            _ => out.extend(PIECES[random.below(PIECES.len())].bytes()),
        }
    }
    out
}

/// A line with the token of some pattern.
fn line(random: &mut Random) -> Option<String> {
    let all: Vec<_> = patterns().collect();
    let (_, pattern) = all[random.below(all.len())];
    let made = maker::positive(pattern, random.below(8), random)?;
    let key = spelled(&name(pattern, 0), Style::Upper);
    Some(format!("{key}=\"{}\"\n", maker::joined(&made)))
}

fn in_order(hits: &[Hit], text: &[u8]) {
    let mut end = 0;
    for hit in hits {
        assert!(hit.span.start >= end && hit.span.start < hit.span.end, "{}", hit.rule.id);
        end = hit.span.end;
    }
    assert!(end <= text.len());
}

#[test]
fn whatever_is_written_is_survived() {
    let mut random = Random(3);
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        let length = 1 + random.below(4000);
        let mut text = text(&mut random, length);
        for _ in 0..random.below(4) {
            let at = random.below(text.len());
            let line = line(&mut random).unwrap_or_default();
            text.splice(at..at, line.bytes());
        }
        let about = About::path(["a.yml", "a.go", "a.md", "a.lock", "a", "tests/a.env"][random.below(6)]);
        in_order(&secrets::find(&text, about), &text);
        let mut windows: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let start = at + random.below(300);
            let end = start + 1 + random.below(300);
            if end > text.len() {
                break;
            }
            windows.push(start..end);
            at = end + 1;
        }
        in_order(&secrets::find_in(&text, windows, about, |_| true), &text);
        secrets::as_utf8(text);
    }
}

#[test]
fn the_corpus_with_faults_in_it_is_survived() {
    let mut random = Random(4);
    for kind in ["compose", "dockerfiles"] {
        let Some(folder) = crate::corpus::folder(kind) else { return };
        let files = crate::corpus::files(&folder);
        let until = Instant::now() + Duration::from_secs(3);
        while Instant::now() < until {
            let mut text = std::fs::read(&files[random.below(files.len())]).expect("a file of the corpus");
            text.truncate(20_000);
            for _ in 0..=random.below(20) {
                let at = random.below(text.len().max(1));
                match random.below(3) {
                    0 if !text.is_empty() => drop(text.remove(at)),
                    1 => text.insert(at.min(text.len()), random.below(256) as u8),
                    _ => text.truncate(at.max(200)),
                }
            }
            in_order(&secrets::find(&text, About::path("a.yml")), &text);
        }
    }
}

/// What a hostile file of a quarter of a megabyte may cost in a test, where nothing is optimised; a quadratic search would need
/// hours.
#[test]
fn hostile_texts_take_as_long_as_others() {
    const SIZE: usize = 256 << 10;
    let mut random = Random(6);
    let line = random.of(maker::BASE62, 4000);
    for piece in [
        "password=",
        "://",
        "a://b:c@",
        "-----BEGIN ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "key: ",
        "token: aB3xQ9zK ",
        "secret \"",
        "eyJ",
        "ghp_",
        "sk_live_",
        "curl -u a:b ",
        "Authorization: Bearer ",
        "password:\n",
        "<password>",
        "auth",
        "\"password\",\"",
        &line,
        "key=\"0123456789abcdef0123456789abcde",
        concat!("AKIA", "Q7Z2M4XBKTRW3NDL "),
        "x",
        "variable \"password\" { a = 1 ",
        "password:\n  - ",
        "password: |\n  ",
        "cGFzc3dvcmQ6",
        "\\u0022password\\u0022:\\u0022",
        "{\"name\":\"session\",",
        "{k: \"kty\" ",
        "insert into t (key,key,token) values ('a','b','c'),\n",
    ] {
        let text: Vec<u8> = piece.bytes().cycle().take(SIZE).collect();
        let start = Instant::now();
        let before = spent(start);
        in_order(&secrets::find(&text, About::default()), &text);
        let took = spent(start).saturating_sub(before);
        crate::corpus::say(&format!("{took:?} for 256 kB of `{}`", &piece[..piece.len().min(40)]));
        assert!(took < Duration::from_secs(15), "{took:?} for 256 kB of `{}`", &piece[..piece.len().min(40)]);
    }
}

/// What `history` does: the old hits outside of what was written anew stay, those near it are looked for again.
#[test]
fn a_text_searched_by_what_is_new_in_it_gives_the_same() {
    let mut random = Random(9);
    let until = Instant::now() + Duration::from_secs(4);
    let (mut rounds, mut compared) = (0, 0);
    while Instant::now() < until {
        rounds += 1;
        let mut old = Vec::new();
        for _ in 0..random.below(40) {
            let filler = text_line(&mut random);
            old.extend(filler);
            if random.below(3) == 0 {
                old.extend(line(&mut random).unwrap_or_default().bytes());
            }
        }
        let about = About::default();
        let before = secrets::find(&old, about);
        // One edit: bytes cut out, others put in.
        let at = random.below(old.len() + 1);
        let cut = random.below(200).min(old.len() - at);
        let mut put = Vec::new();
        for _ in 0..random.below(3) {
            put.extend(line(&mut random).unwrap_or_default().bytes());
        }
        if random.below(2) == 0 {
            let from = random.below(put.len() + 1);
            put.drain(..from);
        }
        let mut new = old[..at].to_vec();
        new.extend(&put);
        new.extend(&old[at + cut..]);

        let Touched { own, look } = secrets::reach(&new, lines(&new, at..at + put.len()));
        let moved = |place: usize| (place + put.len()).checked_sub(cut);
        let outside = |range: &Range<usize>| range.end < own.start || range.start > own.end;
        let inherited = before.iter().filter_map(|hit| {
            let span = if hit.span.end <= at {
                hit.span.clone()
            } else if hit.span.start >= at + cut {
                moved(hit.span.start)?..moved(hit.span.end)?
            } else {
                return None;
            };
            outside(&span).then_some((hit.rule.id, span))
        });
        let mut anew = secrets::find_in(&new, [look], about, |_| true);
        anew.retain(|hit| !outside(&hit.span));
        let mut joined: Vec<_> =
            anew.into_iter().map(|hit| (hit.rule.id, hit.span)).chain(inherited).collect();
        joined.sort_by_key(|(_, span)| span.start);
        let whole: Vec<_> =
            secrets::find(&new, about).into_iter().map(|hit| (hit.rule.id, hit.span)).collect();
        compared += whole.len();
        assert_eq!(
            joined,
            whole,
            "round {rounds}, edit at {at} -{cut} +{}, own {own:?}\n{}",
            put.len(),
            String::from_utf8_lossy(&new)
        );
    }
    crate::corpus::say(&format!("{rounds} edits, {compared} secrets compared"));
}

fn text_line(random: &mut Random) -> Vec<u8> {
    let length = random.below(120);
    let mut line = text(random, length);
    line.retain(|&b| b != 0);
    line.push(b'\n');
    line
}

/// The range with the rest of its lines.
fn lines(text: &[u8], range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let end = text[range.end..].iter().position(|&b| b == b'\n').map_or(text.len(), |at| range.end + at);
    start..end
}
