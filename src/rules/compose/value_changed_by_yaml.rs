use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::text::Edit;
use crate::yaml::{Entry, Node, Style};

/// The mappings of a service whose values programs get as text.
const TEXTS: [&[&str]; 4] = [&["environment"], &["labels"], &["build", "args"], &["deploy", "labels"]];

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    for service in file.services() {
        let mappings = TEXTS.iter().filter_map(|path| own(service.value, path));
        for entry in mappings.flat_map(Node::raw_entries) {
            if let Some(changed) = changed(&entry) {
                let (span, written) = (entry.value.span(), entry.value.as_str().unwrap_or_default());
                let message = format!(
                    "YAML reads `{written}` as a number, and the program gets `{changed}`; put it in quotes"
                );
                let edits = [span.start, span.end].map(|at| Edit::insert(at as usize, "\"".to_owned()));
                let finding = out.on(cx, At::new(file.id, span), message);
                // `002` is `2`, for whoever reads a number.
                if written.trim_start_matches('0') == changed {
                    finding.severity(Severity::Note);
                }
                finding.fix(Safety::Unsafe, "put it in quotes", edits.to_vec());
            }
        }
    }
}

/// A mapping down a path that is written there, not behind an alias, whose lines would be another's.
fn own<'y>(service: Node<'y>, path: &[&str]) -> Option<Node<'y>> {
    path.iter().try_fold(service, |node, key| {
        let entry = node.raw_entries().find(|entry| entry.key_str() == *key)?;
        (!entry.value.is_alias()).then_some(entry.value)
    })
}

/// What a program gets in place of what is written.
fn changed(entry: &Entry) -> Option<String> {
    let value = entry.value;
    let text = value.as_str().filter(|_| value.style() == Some(Style::Plain) && value.tag().is_none())?;
    let printed = printed(text)?;
    (printed != text).then_some(printed)
}

/// A number as Compose prints it once Go's YAML reader has read it; `None` if it is none. Version 3 of the reader takes a
/// leading zero for octal, and `_` between digits for nothing.
fn printed(text: &str) -> Option<String> {
    let digits = text.replace('_', "");
    let (sign, bare) = match digits.strip_prefix(['+', '-']) {
        Some(bare) => (if digits.starts_with('-') { "-" } else { "" }, bare),
        None => ("", &*digits),
    };
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2), ("0", 8), ("", 10)];
    let whole = prefixed.iter().find_map(|(prefix, radix)| {
        let digits =
            bare.strip_prefix(prefix).filter(|digits| digits.bytes().all(|b| b.is_ascii_alphanumeric()))?;
        u64::from_str_radix(digits, *radix).ok()
    });
    if let Some(whole) = whole {
        return Some(format!("{sign}{whole}"));
    }
    let is_decimal =
        bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let number: f64 = bare.parse().ok().filter(|_| is_decimal)?;
    // Go prints others with an exponent.
    (number == 0.0 || (1e-4..1e21).contains(&number)).then(|| format!("{sign}{number}"))
}

#[cfg(test)]
mod tests {
    use super::printed;

    #[test]
    fn numbers_are_printed_as_compose_does() {
        for (text, wanted) in [
            ("1.10", Some("1.1")),
            ("1.0", Some("1")),
            ("0.5", Some("0.5")),
            ("010", Some("8")),
            ("0o17", Some("15")),
            ("0x1F", Some("31")),
            ("08", Some("8")),
            ("1_000", Some("1000")),
            ("+5", Some("5")),
            ("-5", Some("-5")),
            ("0", Some("0")),
            ("1e3", Some("1000")),
            ("8080", Some("8080")),
            ("1.2.3", None),
            ("a1", None),
            ("1.5e300", None),
            ("5m", None),
            ("0xZ", None),
            ("", None),
        ] {
            assert_eq!(printed(text).as_deref(), wanted, "{text}");
        }
    }
}
