//! Files that hullguard wrote itself: reports in JSON and SARIF, found again by the next run; and the texts of rules, which
//! people paste into notes, tickets and wikis.
//!
//! Those texts show a password in their examples. As anybody can write such a file, only what is told by a name alone is
//! passed over in it: a token is a token wherever it stands.

use memchr::memmem;

/// The one password that the examples of our pages have; a test of the pages holds them to it. Outside of Dockerfiles and
/// Compose files it is a quotation.
pub(super) const SAMPLE: &[u8] = b"hunter2";

/// How far into a report its maker stands.
const HEAD: usize = 4096;

/// Whether a text is a report of ours, by its content: one object, or one a line, of a tool with our name.
pub fn is_report(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    if !text.starts_with(b"{") || !text.ends_with(b"}") {
        return false;
    }
    // The last line of JSON lines is the run.
    let last = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    is_by_us(&text[..text.len().min(HEAD)]) || is_by_us(&text[last..text.len().min(last + HEAD)])
}

fn is_by_us(head: &[u8]) -> bool {
    memmem::find(head, b"\"tool\"").is_some_and(|tool| {
        let about = &head[tool..];
        memmem::find_iter(about, b"\"name\"").any(|at| {
            let value = about[at + 6..].trim_ascii_start();
            value
                .strip_prefix(b":")
                .is_some_and(|value| value.trim_ascii_start().starts_with(b"\"hullguard\""))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_report;

    #[test]
    fn reports_are_known_by_their_maker() {
        for text in [
            r#"{"$schema":"s","runs":[{"tool":{"driver":{"informationUri":"u","name":"hullguard"}}}]}"#,
            "{\n  \"version\": 1,\n  \"tool\": {\n    \"name\": \"hullguard\"\n  }\n}\n",
            "{\"rule\":\"a\"}\n{\"version\":1,\"tool\":{\"name\":\"hullguard\"}}\n",
        ] {
            assert!(is_report(text.as_bytes()), "{text}");
        }
        for text in [
            r#"{"runs":[{"tool":{"driver":{"name":"other"}}}]}"#,
            r#"{"name":"hullguard"}"#,
            "name: hullguard\ntool: {}\n",
            r#"[{"tool":{"name":"hullguard"}}]"#,
        ] {
            assert!(!is_report(text.as_bytes()), "{text}");
        }
    }
}
