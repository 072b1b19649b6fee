//! JSON, with comments and trailing commas or without: read as YAML, of which JSON is a part, with a blank for each byte
//! that YAML does not know. Places stay the same.

use crate::text::Source;
use crate::yaml::{self, Yaml};

/// The text without comments, tabs and commas before an end.
pub fn plain(source: &Source) -> Source {
    let mut bytes = source.text().as_bytes().to_vec();
    let mut at = 0;
    // The last comma with nothing but blanks behind it.
    let mut comma = None;
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b'"' => string_end(&bytes, at),
            b'/' => comment_end(&bytes, at),
            _ => at + 1,
        };
        match byte {
            b'/' if end > at + 1 => blank(&mut bytes[at..end]),
            b',' => comma = Some(at),
            b'\t' => bytes[at] = b' ',
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    bytes[comma] = b' ';
                }
            }
            b' ' | b'\r' | b'\n' => {}
            _ => comma = None,
        }
        at = end;
    }
    Source::new(source.path().clone(), bytes)
}

/// # Errors
/// It is no JSON: a clause that says where.
pub fn parse(plain: &Source) -> Result<Yaml<'_>, String> {
    let file = yaml::parse(plain);
    let Some(error) = file.errors.first() else { return Ok(file) };
    let line = plain.line_of(error.span.start as usize);
    Err(format!("line {line} is not valid JSON"))
}

/// The end of the string that begins here; that of the text if it is not closed.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of the comment that begins here; the next byte if none does.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start..];
    let end = match rest.get(1) {
        Some(b'/') => rest.iter().position(|&byte| byte == b'\n'),
        Some(b'*') => memchr::memmem::find(&rest[2..], b"*/").map(|at| at + 4),
        _ => Some(1),
    };
    start + end.unwrap_or(rest.len())
}

fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
}

#[cfg(test)]
mod tests {
    use super::{parse, plain};
    use crate::text::Source;

    #[test]
    fn comments_tabs_and_trailing_commas_are_blanks() {
        let text = "// é\n{\n\t\"a\": \"//x\\\"\", /* b\n c */ \"d\": [1, 2,\n\t], // e\n}\n/* open";
        let source = Source::new("a.json", text.into());
        let plain = plain(&source);
        assert_eq!(plain.text().len(), text.len());
        let file = parse(&plain).unwrap();
        let root = file.root().unwrap();
        assert_eq!(root.get("a").unwrap().as_str(), Some("//x\""));
        assert_eq!(root.get("d").unwrap().items().len(), 2);
        assert!(parse(&Source::new("a.json", b"{\"a\": ".to_vec())).is_err());
    }
}
