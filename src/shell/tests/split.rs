//! What is split into words, and what is known not to be. The cases are those that ShellCheck 0.11 was asked.

use super::script;
use crate::shell::{What, splits};

/// The expansions that need quotes, as written.
fn found(text: &str, declarations_split: bool) -> Vec<&str> {
    let script = script(text);
    let splits = splits(&script, declarations_split, &|name| name == "GIVEN");
    splits.iter().map(|split| &text[split.span.range()]).collect()
}

#[test]
fn only_places_that_are_split_need_quotes() {
    for (text, expected) in [
        ("echo $a \"$b\" ${c}d '$e'", &["$a", "${c}"][..]),
        ("a=$b; export c=$d; case $e in $f) ;; esac; for g in $h $(i); do j; done", &[]),
        ("[[ $a = $b ]]; cat <<E\n$c\nE\necho $((d + $e))", &[]),
        ("[ $a = b ]; c > $d; e <<< $f", &["$a", "$d", "$f"]),
        ("$cmd a; exec $cmd; sudo $cmd; $dir/cmd", &["$cmd", "$dir"]),
        ("echo $? $# $$ $! ${#a} $@ $* $1 $UID $GIVEN", &["$*", "$1"]),
        ("echo ${a:-b} ${c:+$d} ${e%.*} ${f[@]} ${g[0]}", &["${a:-b}", "${e%.*}", "${g[0]}"]),
        ("echo $(a) `b` \"$(c $d)\" <(e)", &["$(a)", "`b`", "$d"]),
    ] {
        assert_eq!(found(text, false), expected, "{text}");
    }
    assert_eq!(found("export a=$b", true), ["$b"]);
}

#[test]
fn what_the_script_assigns_on_every_way_is_known() {
    for (text, needs) in [
        ("x=a; echo $x", false),
        ("x=; echo $x", true),
        ("x='a b'; echo $x", true),
        ("x='*'; echo $x", true),
        ("x=a/$GIVEN; echo $x", false),
        ("x=$((1 + 2)); echo $x", false),
        ("x=$(a); echo $x", true),
        ("y=a; x=$y-${y}; echo $x", false),
        ("y=a; x=${y%a}; echo $x", true),
        ("x=a; x+=b; echo $x", false),
        ("x=a && b && echo $x", false),
        ("b && x=a && echo $x", true),
        ("if b; then x=a; fi; echo $x", true),
        ("if b; then x=a; else x=c; fi; echo $x", false),
        ("if b; then x=a; else exit 1; fi; echo $x", false),
        ("case $b in c) x=a ;; *) exit 1 ;; esac; echo $x", false),
        ("case $b in c) x=a ;; esac; echo $x", true),
        ("x=a; while b; do echo $x; x=$(c); done", true),
        ("for x in a b; do echo $x; done", false),
        ("for x in *.c; do echo $x; done", true),
        ("for x in a; do b; done; echo $x", true),
        ("(x=a); echo $x", true),
        ("x=a; (x=$(b)); echo $x", false),
        ("b & x=$!; echo $x", false),
        ("f() { echo $x; }; x=a; f", false),
        ("f() { x=a; }; f; echo $x", false),
        ("x=a; unset x; echo $x", true),
        ("x=a; read -r x; echo $x", true),
        ("x=a b $x", true),
    ] {
        let script = script(text);
        let splits = splits(&script, false, &|name| name == "GIVEN");
        let found = splits.iter().any(|split| matches!(split.what, What::Variable(one) if &*one.name == "x"));
        assert_eq!(found, needs, "{text}");
    }
}
