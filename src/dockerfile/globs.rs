//! Shell patterns in `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*`, `?` and `\`.
//!
//! There are no bracket expressions, as BuildKit has none. Texts and patterns are bounded, so that a hostile file
//! cannot make this slow; beyond the bounds the answer is "unknown".

/// Longest value and pattern that are worked on, in characters.
const MAX_VALUE: usize = 1024;
const MAX_PATTERN: usize = 64;
/// Longest value in which a pattern with `*` is searched everywhere.
const MAX_SEARCHED: usize = 256;

enum Token {
    Any,
    One,
    Char(char),
}

fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => Token::Char(chars.next()?),
            c => Token::Char(c),
        });
    }
    (tokens.len() <= MAX_PATTERN).then_some(tokens)
}

/// All ends of matches of the pattern that begin at the start of `text`, as a mark for each number of characters.
fn ends(tokens: &[Token], text: &[char]) -> Vec<bool> {
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for token in tokens {
        match token {
            Token::Any => {
                let first = reached.iter().position(|&r| r).unwrap_or(reached.len());
                reached[first..].fill(true);
            }
            Token::One | Token::Char(_) => {
                for i in (0..text.len()).rev() {
                    let fits = match token {
                        Token::Char(c) => text[i] == *c,
                        _ => true,
                    };
                    reached[i + 1] = reached[i] && fits;
                }
                reached[0] = false;
            }
        }
    }
    reached
}

/// `${value#pattern}`, or `##` if `longest`. `None`: unknown.
pub(super) fn trim_start(value: &str, pattern: &str, longest: bool) -> Option<String> {
    let chars: Vec<char> = value.chars().collect();
    if chars.len() > MAX_VALUE {
        return None;
    }
    let ends = ends(&tokens(pattern)?, &chars);
    let end = if longest { ends.iter().rposition(|&r| r) } else { ends.iter().position(|&r| r) };
    Some(chars[end.unwrap_or(0)..].iter().collect())
}

/// `${value%pattern}`, or `%%` if `longest`. `None`: unknown.
pub(super) fn trim_end(value: &str, pattern: &str, longest: bool) -> Option<String> {
    let chars: Vec<char> = value.chars().rev().collect();
    if chars.len() > MAX_VALUE {
        return None;
    }
    let mut tokens = tokens(pattern)?;
    tokens.reverse();
    let ends = ends(&tokens, &chars);
    let end = if longest { ends.iter().rposition(|&r| r) } else { ends.iter().position(|&r| r) };
    Some(chars[end.unwrap_or(0)..].iter().rev().collect())
}

/// `${value/pattern/by}`, or `//` if `all`. `None`: unknown.
pub(super) fn replace(value: &str, pattern: &str, by: &str, all: bool) -> Option<String> {
    let chars: Vec<char> = value.chars().collect();
    if pattern.is_empty() || chars.len() > MAX_VALUE {
        return None;
    }
    let tokens = tokens(pattern)?;
    if chars.len() > MAX_SEARCHED && tokens.iter().any(|token| matches!(token, Token::Any)) {
        return None;
    }
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let width = ends(&tokens, &chars[at..]).iter().rposition(|&r| r).filter(|&width| width > 0);
        if let Some(width) = width {
            out.push_str(by);
            at += width;
            if !all {
                break;
            }
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out.extend(&chars[at..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{replace, trim_end, trim_start};

    #[test]
    fn trims_the_shortest_or_the_longest() {
        let path = "/a/b.tar.gz";
        assert_eq!(trim_start(path, "*/", false).as_deref(), Some("a/b.tar.gz"));
        assert_eq!(trim_start(path, "*/", true).as_deref(), Some("b.tar.gz"));
        assert_eq!(trim_end(path, ".*", false).as_deref(), Some("/a/b.tar"));
        assert_eq!(trim_end(path, ".*", true).as_deref(), Some("/a/b"));
        assert_eq!(trim_end(path, "zip", true).as_deref(), Some(path));
        assert_eq!(trim_end("a*", r"\*", false).as_deref(), Some("a"));
        assert_eq!(trim_start("abc", "?", false).as_deref(), Some("bc"));
    }

    #[test]
    fn replaces_first_or_all() {
        assert_eq!(replace("a.b.c", ".", "-", false).as_deref(), Some("a-b.c"));
        assert_eq!(replace("a.b.c", ".", "-", true).as_deref(), Some("a-b-c"));
        assert_eq!(replace("v1.2", "v*.", "", false).as_deref(), Some("2"));
        assert_eq!(replace("abc", "", "-", false), None);
    }
}
