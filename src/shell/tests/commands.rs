//! Lists, pipelines, compounds, redirects, recovery.

use super::{names, script, slice, texts};
use crate::shell::CommandKind;
use crate::shell::Join::{self, And, Background, Or, Start, Then};

#[test]
fn operators_join_pipelines() {
    let script = script("a && b || c; d & e | f |& g\nh # i");
    let joins: Vec<(Join, usize)> =
        script.pipelines.iter().map(|p| (p.joined_by, p.commands.len())).collect();
    assert_eq!(joins, [(Start, 1), (And, 1), (Or, 1), (Then, 1), (Background, 3), (Then, 1)]);
}

#[test]
fn commands_are_found_wherever_they_stand() {
    for (text, expected) in [
        ("! a", "a"),
        ("(a; b) && { c; }", "a b c"),
        ("if a; then b; elif c; then d; else e; fi; f", "a b c d e f"),
        ("while a; do b; done | c", "a b c"),
        ("until a\ndo b\ndone\nc", "a b c"),
        ("for x in $(a) b; do c; done; d", "a c d"),
        ("for ((i=0; i<3; i++)); do c; done; d", "c d"),
        ("for x; do c; done", "c"),
        ("select x in 1 2; do c; done", "c"),
        ("case $(a) in b|c) d ;; (e) f ;& *) g; esac; h", "a d f g h"),
        ("case \"$(uname -m)\" in x86_64) A=1 ;; *) echo no; exit 1 ;; esac && a", "uname echo exit a"),
        ("f() { a; }; f", "a f"),
        ("function f { a; }\nf", "a f"),
        ("f () (a)\nf", "a f"),
        ("[[ a == $(b) && c ]] && d", "b d"),
        ("[[ $x =~ ^(a|b)$ ]] && d", "d"),
        ("((x = 1 + (2))) && a", "a"),
        ("((a); (b))", "a b"),
        ("A=1 B=$(a) b", "a b"),
        ("A=1", ""),
        ("a=(x y) ; b", "b"),
        ("> x", ""),
        ("a 2>&1 >/dev/null | b < c", "a b"),
        ("a &> x && b", "a b"),
        ("cat > x <<EOF && b\nc $(d)\nEOF\ne", "d cat b e"),
        ("cat <<'EOF'\n$(d)\nEOF\ne", "cat e"),
        ("cat <<-\\E <<F\n\ta\n\tE\nb\nF\ne", "cat e"),
        ("a $(cat <<E\nb )\nE\n) c; d", "cat a d"),
        ("a <<< \"b $(c)\"; d", "c a d"),
        ("echo 'a && b | c' \"d ; e\" f\\;g", "echo"),
        ("echo if then fi; done", "echo done"),
        ("time a", "a"),
        ("a #b\n#c\nd", "a d"),
        ("a && # why\n b", "a b"),
        ("$x a; \"$y\" b; /usr/bin/c; $x/bin/d; $x/$y; e$z", "? ? c d ? ?"),
    ] {
        assert_eq!(names(text).join(" "), expected, "{text}");
    }
}

#[test]
fn what_is_broken_costs_little() {
    for (text, expected) in [
        ("a && && b", "a b"),
        ("a | | b", "a b"),
        ("a ) b; c", "a b c"),
        ("( a; b", "a b"),
        ("if a; then (b; c", "a b c"),
        ("(if a; then b) && c", "a b c"),
        ("if a; b; fi; c", "a b c"),
        ("fi; a", "fi a"),
        ("; a", "a"),
        ("a &&", "a"),
        ("{ a; b", "a b"),
        ("case x in a", ""),
        ("a ${b", "a"),
        ("a $(b", "b a"),
        ("a ` b", "a"),
        ("cat <<E\nb", "cat"),
        ("a <", "a"),
        ("a ;; b", "a b"),
    ] {
        assert_eq!(names(text).join(" "), expected, "{text}");
    }
    assert_eq!(texts(&script("print(x, 'y')")), ["print(x,", "y"]);
    script("if ($x -eq 1) { Invoke-WebRequest -Uri \"$url\" } else { exit 1 } ; @('a','b') | % { $_ }");
    script("if not exist C:\\x ( mkdir C:\\x ) else echo %PATH% ^& rem 'x");
}

#[test]
fn redirects_keep_their_parts() {
    let source = "a 2>>\"b c\" <<-E >&2 <>d\n\tx\ty$z\n\tE\n";
    let script = script(source);
    let found: Vec<_> = script.pipelines[0].commands[0]
        .redirects
        .iter()
        .map(|redirect| {
            (redirect.descriptor, redirect.operator, &*redirect.target.text, slice(source, redirect.span))
        })
        .collect();
    let expected = [
        (Some(2), ">>", "b c", "2>>\"b c\""),
        (None, "<<-", "E", "<<-E"),
        (None, ">&", "2", ">&2"),
        (None, "<>", "d", "<>d"),
    ];
    assert_eq!(found, expected);
    let body = script.pipelines[0].commands[0].redirects[1].body.as_ref().expect("a body");
    assert_eq!((&*body.text, body.expands, slice(source, body.span)), ("x\ty$z\n", true, "\tx\ty$z\n"));
}

#[test]
fn spans_hold_what_they_name() {
    let source = "x; a | ( b c ) 2>e && if d; then f; fi > g; h";
    let script = script(source);
    let pipelines: Vec<&str> = script.pipelines.iter().map(|pipeline| slice(source, pipeline.span)).collect();
    assert_eq!(pipelines, ["x", "a | ( b c ) 2>e", "if d; then f; fi > g", "h"]);
    assert_eq!(slice(source, script.pipelines[1].commands[1].span), "( b c ) 2>e");
    assert!(matches!(script.pipelines[1].commands[1].kind, CommandKind::Subshell(_)));
}
