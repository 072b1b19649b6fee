use std::ops::Range;

use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::secrets::tokens;
use crate::secrets::values::{Value, judge};
use crate::text::Span;

const INSTEAD: &str = "revoke it, and use `RUN --mount=type=secret` or pass it when the container starts";

/// Looks at the instructions as they stand: a token never runs over a continued line, and heredocs, labels and
/// commands need no telling apart.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let in_comment = |span: Span| file.comments.iter().any(|comment| comment.contains(span));
    for instruction in &file.instructions {
        let text = file.source.slice(instruction.span);
        let place = |range: Range<usize>| {
            let start = instruction.span.start as usize;
            Span::new(start + range.start, start + range.end)
        };
        for token in tokens::find(text) {
            let written = &text[token.range.clone()];
            let is_key = token.what == "private key";
            // Providers mark the tokens of their manuals so.
            if written.contains("EXAMPLE") || is_key && !has_key_material(&text[token.range.end..]) {
                continue;
            }
            let span = place(token.range);
            if !in_comment(span) {
                let what = token.what;
                let what = if is_key { "a private key".to_owned() } else { format!("a token of {what}") };
                out.at(file.source, span, format!("{what} stands here for everybody to read; {INSTEAD}"));
            }
        }
        for range in passwords_in_urls(text) {
            // A token in a URL has been reported.
            let span = place(range.clone());
            if tokens::find(&text[range]).is_empty() && !in_comment(span) {
                out.at(
                    file.source,
                    span,
                    format!("a password stands in this URL for everybody to read; {INSTEAD}"),
                );
            }
        }
    }
}

/// Something follows that a key is made of; a `grep` for the line has none.
fn has_key_material(rest: &str) -> bool {
    let base64 = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    let mut run = 0;
    rest.chars().take(400).any(|c| {
        run = if base64(c) { run + 1 } else { 0 };
        run >= 32
    })
}

/// The passwords in `scheme://user:password@host` that open something.
fn passwords_in_urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = &text[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'`<>(){},;|\\".contains(c));
        let Some((user, host)) = rest[..end.unwrap_or(rest.len())].rsplit_once('@') else { continue };
        let Some((name, password)) = user.split_once(':') else { continue };
        let range = start + name.len() + 1..start + user.len();
        if opens_something(name, password) && !is_nowhere(host) {
            found.push(range);
        }
    }
    found
}

fn opens_something(name: &str, password: &str) -> bool {
    // `postgres:postgres` and `user:password` are what people write where nothing is to be opened.
    let stand_in = matches!(
        password.to_ascii_lowercase().as_str(),
        "password" | "passwd" | "pass" | "pwd" | "secret" | "token" | "x-oauth-basic"
    );
    !stand_in
        && !password.contains(['$', '%'])
        && !name.is_empty()
        && !name.contains('$')
        && !name.eq_ignore_ascii_case(password)
        && judge(password) == Value::Literal
}

/// Hosts that are this machine, or set aside for manuals (RFC 2606).
fn is_nowhere(host: &str) -> bool {
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let example = ["example", "invalid", "test", "localhost"]
        .iter()
        .any(|top| host == *top || host.strip_suffix(top).is_some_and(|rest| rest.ends_with('.')));
    example
        || host.starts_with("127.")
        || host == "0.0.0.0"
        || ["example.com", "example.net", "example.org"].contains(&host)
}
