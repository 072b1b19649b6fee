//! Large inputs: nothing that a run leaves out is left out in silence, and no work grows with the square of a file.

use std::time::Instant;

use hullguard::finding::Finding;
use hullguard::rule::{Policy, Profile};
use hullguard::scan;

use crate::tree::Memory;

fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut tree = Memory::default();
    tree.add(path, text);
    let policy = Policy { profile: Profile::Strict, ..Policy::default() };
    scan::scan(&tree.candidates(), &tree, &policy, &scan::Watch::default()).findings
}

#[test]
fn a_rule_is_told_a_thousand_times_a_file_and_then_counted() {
    let text = format!("FROM scratch\n{}", "ADD a /b\n".repeat(1203));
    let mut found = check("Dockerfile", &text);
    found.retain(|finding| finding.rule.id == "add-instead-of-copy");
    assert_eq!(found.len(), 1000);
    let last = found.last().unwrap();
    assert!(last.message.ends_with("(and 203 more in this file)"), "{}", last.message);
    assert_eq!(last.place.start.line, 1001);
    assert_eq!(last.related[0].place.start.line, 1002);
    assert!(!found[998].message.contains("more in this file") && found[998].fix.is_some());
}

/// Eight times the list, not sixty-four times the time.
#[test]
fn long_files_are_read_in_linear_time() {
    let list = |lead: &str, item: &dyn Fn(usize) -> String, items: usize| {
        let text = (0..items).fold(lead.to_owned(), |text, i| text + &item(i));
        let start = Instant::now();
        check("compose.yaml", &text);
        start.elapsed()
    };
    let a = "services:\n  a:\n    image: a:1\n";
    let capabilities = (format!("{a}    cap_add:\n"), |i| format!("      - CAP_{i}\n"));
    let services =
        ("services:\n".to_owned(), |i| format!("  s{i}:\n    image: nginx\n    depends_on: [s1]\n"));
    let kinds: [(&str, &dyn Fn(usize) -> String); 2] =
        [(&capabilities.0, &capabilities.1), (&services.0, &services.1)];
    for (lead, item) in kinds {
        // A machine that has other things to do may be slow once, not three times.
        let is_linear = |_| list(lead, item, 16_000) < list(lead, item, 2_000) * 30;
        assert!((0..3).any(is_linear), "many times `{}` take too long", item(0));
    }
}

/// Ten thousand names and ten thousand slips: each pair compared would take minutes.
#[test]
fn guesses_at_slips_have_an_end() {
    let many = |line: &dyn Fn(usize) -> String| (0..10_000).map(line).collect::<String>();
    let stages = many(&|i| format!("FROM scratch AS stage-name-{i}\n"));
    let copies = many(&|i| format!("COPY --from=stage-nam-{i} a /b\n"));
    let settings = many(&|i| format!("ENV SOME_NAME_{i}=1\n"));
    let uses = many(&|i| format!("WORKDIR /x/$OTHER_NAME_{i}\n"));
    for text in [stages + &copies, format!("FROM scratch\n{settings}{uses}")] {
        assert!(!check("Dockerfile", &text).is_empty());
    }
}

/// What must not be shown of a line is asked once, however many findings it has.
#[test]
fn a_line_may_be_a_whole_file_of_secrets() {
    let letters = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut state = 7u64;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(letters[(state >> 33) as usize % letters.len()])
    };
    let pairs: Vec<String> = (0..1500)
        .map(|i| format!("\"api_secret_{i}\":\"{}\"", (0..40).map(|_| letter()).collect::<String>()))
        .collect();
    let mut found = check("a.json", &format!("{{{}}}\n", pairs.join(",")));
    // A few look like some provider's by chance.
    found.retain(|finding| finding.rule.id == "assigned-secret");
    assert_eq!(found.len(), 1000);
    assert!(found[999].message.ends_with(" more in this file)"), "{}", found[999].message);
}
