//! Quotes, escapes, expansions, places.

use super::{continued, script, slice, texts, words};
use crate::shell::parse;

#[test]
fn quotes_and_escapes_are_removed() {
    for (text, expected) in [
        ("a 'b c' d", vec!["a", "b c", "d"]),
        (r#"a "b \" \$ \n c""#, vec!["a", r#"b " $ \n c"#]),
        (r"a b\ c \'", vec!["a", "b c", "'"]),
        (r"a $'x\ty\x41\u00e9\'z'", vec!["a", "x\ty\u{41}\u{e9}'z"]),
        (r#"a $"hello""#, vec!["a", "hello"]),
        ("a ''", vec!["a", ""]),
        ("a x'y'\"z\"", vec!["a", "xyz"]),
        ("a b#c #d", vec!["a", "b#c"]),
        ("a \\\nb", vec!["a", "b"]),
        ("a b\\\r\nc", vec!["a", "bc"]),
        ("a 'unterminated ; b", vec!["a", "unterminated ; b"]),
        ("ls !(a|b) @(c)", vec!["ls", "!(a|b)", "@(c)"]),
        (
            "find . \\( -name x \\) -exec rm {} \\;",
            vec!["find", ".", "(", "-name", "x", ")", "-exec", "rm", "{}", ";"],
        ),
        ("äö 'ü'", vec!["äö", "ü"]),
    ] {
        assert_eq!(texts(&script(text)), expected, "{text}");
    }
}

#[test]
fn expansions_are_noted_and_stay_as_written() {
    let script = script(r#"a $x "${y:-$z}" '$n' \$m $((1+$i)) ${a[@]} $? 5$"#);
    let words = words(&script);
    let expanding: Vec<bool> = words.iter().map(|word| word.expands).collect();
    assert_eq!(expanding, [false, true, true, false, false, true, true, true, false]);
    assert_eq!(&*words[2].text, "${y:-$z}");
    let named = |at: usize| {
        words[at].parameters.iter().map(|p| (&*p.name, p.is_guarded(), p.quoted)).collect::<Vec<_>>()
    };
    assert_eq!(named(1), [("x", false, false)]);
    assert_eq!(named(2), [("y", true, true), ("z", false, true)]);
    assert_eq!(named(3), []);
    assert_eq!(named(5), [("i", false, true)]);
    assert_eq!(named(6), [("a", false, false)]);
}

#[test]
fn scripts_inside_words_are_read() {
    for (text, inside) in [
        ("a $(b c)", "b"),
        ("a \"x$(b c)y\"", "b"),
        ("a `b c`", "b"),
        ("a <(b c)", "b"),
        ("a --file=<(b c)", "b"),
        ("a ${x:-$(b)}", "b"),
        ("a $(( $(b) + 1 ))", "b"),
        ("a $((b); (c))", "b"),
        ("x=(1 $(b)) a", "b"),
        ("a $(case x in (y) b ;; z) c ;; esac)", "b"),
        ("a \"$(b \")\" ')')\" c", "b"),
    ] {
        let script = script(text);
        let calls = script.calls();
        assert_eq!(calls[0].name(), Some(inside), "{text}");
        assert!(calls[0].place.in_substitution, "{text}");
        assert_eq!(calls.last().and_then(crate::shell::Call::name), Some("a"), "{text}");
    }
}

#[test]
fn places_lead_back_through_continuations() {
    let source = "apt-get update && \\\n  apt-get inst\\\nall -y 'g\\\ncc' \"$(cu\\\nrl x)\"";
    let joined = continued(source);
    let script = parse(&joined);
    let calls = script.calls();
    let install = calls.last().expect("the install");
    assert_eq!(slice(source, install.words[1].span), "inst\\\nall");
    assert_eq!(slice(source, install.words[3].span), "'g\\\ncc'");
    assert_eq!(&*install.words[1].text, "install");
    assert_eq!(slice(source, calls[1].words[0].span), "cu\\\nrl");
}

#[test]
fn places_lead_back_through_two_shells() {
    let source = "sh -c \"apt-get \\\nupdate && sh -c 'cu\\\"rl\\\" x'\" && echo `a \\`bb\\``";
    let joined = continued(source);
    let script = parse(&joined);
    let calls = script.calls();
    let at = |name: &str| calls.iter().find(|call| call.is(name)).expect(name);
    assert_eq!(slice(source, at("apt-get").words[1].span), "update");
    assert_eq!(slice(source, at("curl").span()), "cu\\\"rl\\\" x");
    assert_eq!(slice(source, at("bb").name_span()), "bb");
}
