//! Heredoc markers: which words of a line begin one, its name, whether its body is expanded.
//!
//! BuildKit looks for them with its own word lexer, not with a shell's: `cat<<EOF` is none, and a quote that never
//! closes hides them all. Finding the body is left to `reader`.

use std::ops::Range;

use super::lex::{self, Lexer, Part};

pub(super) struct Marker {
    /// In the line's text, file descriptor included.
    pub(super) range: Range<usize>,
    pub(super) name: String,
    /// No part of the name is quoted.
    pub(super) unquoted: bool,
    /// A backslash stands in the name; BuildKit does not count it as a quote, shells do.
    pub(super) escaped: bool,
    pub(super) strip_tabs: bool,
}

/// All markers of a line, in order.
pub(super) fn markers(text: &str) -> Vec<Marker> {
    let mut markers = Vec::new();
    let mut lexer = Lexer::for_heredocs(text);
    let (mut at, mut start) = (0, None);
    let mut end_word = |start: &mut Option<usize>, end: usize| {
        if let Some(from) = start.take() {
            markers.extend(marker(&text[from..end], from));
        }
    };
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            end_word(&mut start, at);
            at += c.len_utf8();
            continue;
        }
        let from = at;
        start.get_or_insert(from);
        match c {
            '\'' | '"' | '$' => {
                let Ok(end) = lexer.skip(at) else {
                    // What BuildKit cannot read holds no heredoc for it.
                    return Vec::new();
                };
                at = end;
                if c == '$' {
                    // Blanks inside `${…}` part words, since BuildKit splits after the fact.
                    for (i, blank) in text[from..end].char_indices().filter(|(_, c)| c.is_whitespace()) {
                        end_word(&mut start, from + i);
                        let next = from + i + blank.len_utf8();
                        if text[next..end].starts_with(|c: char| !c.is_whitespace()) {
                            start = Some(next);
                        }
                    }
                }
            }
            '<' => {
                at += 1;
                if text[at..].starts_with('<') {
                    at += 1;
                    at += text[at..].bytes().take_while(|b| matches!(b, b'\t' | b'\r' | b' ')).count();
                }
            }
            '\\' => at = text[at + 1..].chars().next().map_or(text.len(), |c| at + 1 + c.len_utf8()),
            _ => at += c.len_utf8(),
        }
    }
    end_word(&mut start, text.len());
    markers
}

/// The marker that a word is, if it is one: `[digits]<<[-][blanks]name`. `offset` is where the word stands.
pub(super) fn marker(word: &str, offset: usize) -> Option<Marker> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (strip_tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    if rest.is_empty() || rest.contains('<') || !is_one_word(rest) {
        return None;
    }
    let mut name = String::new();
    for part in lex::parts(rest, '\\', true).ok()? {
        match part {
            Part::Text(range) => name.push_str(&rest[range]),
            Part::Variable(variable) => name.push_str(&rest[variable.range]),
            Part::Extra(_) => {}
        }
    }
    let name = name.trim_end().to_owned();
    if name.is_empty() {
        return None;
    }
    let quotes = |text: &str| text.bytes().filter(|b| matches!(b, b'"' | b'\'')).count();
    Some(Marker {
        range: offset..offset + word.len(),
        unquoted: quotes(&name) == quotes(rest),
        escaped: rest.contains('\\'),
        name,
        strip_tabs,
    })
}

/// No blank stands in it outside quotes, but for its end.
fn is_one_word(text: &str) -> bool {
    let text = text.trim_end();
    let mut lexer = Lexer::for_heredocs(text);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '\'' | '"' => match lexer.skip(at) {
                Ok(end) => at = end,
                Err(_) => return false,
            },
            '\\' => at = text[at + 1..].chars().next().map_or(text.len(), |c| at + 1 + c.len_utf8()),
            c if c.is_whitespace() => return false,
            c => at += c.len_utf8(),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::markers;

    fn names(text: &str) -> Vec<String> {
        markers(text).into_iter().map(|m| m.name).collect()
    }

    #[test]
    fn finds_what_buildkit_finds() {
        assert_eq!(names("RUN <<EOF"), ["EOF"]);
        assert_eq!(names("RUN 3<<EOF cat <<-'A B' - << C"), ["EOF", "A B", "C"]);
        assert_eq!(names("RUN cat <<EOF>x"), ["EOF>x"]);
        assert_eq!(names("RUN echo $((1 << 2))"), ["2))"]);
        for none in [
            "RUN cat<<EOF",
            "RUN cat <<<EOF",
            "RUN cat \"<<EOF\"",
            "RUN cat <<\"\"",
            "RUN cat <<- EOF",
            "RUN echo it's <<EOF",
            "RUN echo ${a^^} <<EOF",
            "RUN echo $((1<<2))",
            "RUN cat \\<<EOF",
            "RUN cat <<",
        ] {
            assert_eq!(names(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn knows_quoted_names() {
        let quoted = |text: &str| !markers(text)[0].unquoted;
        assert!(quoted("RUN <<'EOF'"));
        assert!(quoted("RUN <<\"EOF\""));
        assert!(quoted("RUN <<E'O'F"));
        assert!(!quoted("RUN <<EOF"));
        let escaped = &markers("RUN <<\\EOF")[0];
        assert!(escaped.unquoted && escaped.escaped && escaped.name == "EOF");
    }
}
