//! What variables stand for.

use super::super::{Dockerfile, Expanded, Instruction, Kind, Modifier, Origin, Value};
use super::read;

/// What the last USER of a file expands to: `=text` known, `~text` by default, `?` unknown.
fn last_user(text: &str) -> String {
    read(text, |file| {
        let (instruction, word) = user(file);
        match file.expand(word, instruction) {
            Expanded::Known(text) => format!("={text}"),
            Expanded::Default(text) => format!("~{text}"),
            Expanded::Unknown => "?".to_owned(),
        }
    })
}

fn user<'f, 'a>(file: &'f Dockerfile<'a>) -> (&'f Instruction<'a>, &'f super::super::Word<'a>) {
    let instruction = file.all().filter(|i| matches!(i.kind, Kind::User(_))).last().unwrap();
    let Kind::User(word) = &instruction.kind else { unreachable!() };
    (instruction, word)
}

#[test]
fn env_is_known_arg_is_a_default_the_rest_is_unknown() {
    for (text, result) in [
        ("FROM a\nENV A=b\nUSER x$A-${A}\n", "=xb-b"),
        ("FROM a\nARG A=b\nUSER $A\n", "~b"),
        ("FROM a\nARG A\nUSER $A\n", "?"),
        ("FROM a\nUSER $A\n", "?"),
        ("FROM scratch\nUSER x$A\n", "=x"),
        ("FROM scratch\nUSER $PATH\n", "?"),
        ("FROM a\nARG A=b\nENV C=$A\nUSER $C\n", "~b"),
        ("FROM a\nUSER '$A'\"b\"\\$c\n", "=$Ab$c"),
        ("FROM a\nUSER \"a\\b\\\"\"\n", "=a\\b\""),
    ] {
        assert_eq!(last_user(text), result, "{text:?}");
    }
}

#[test]
fn one_instruction_sees_what_was_before_it_but_arg_sees_its_left() {
    assert_eq!(last_user("FROM a\nENV A=1\nENV A=2 B=$A\nUSER $A$B\n"), "=21");
    assert_eq!(last_user("FROM a\nARG A=1 B=$A\nUSER $B\n"), "~1");
    assert_eq!(last_user("FROM a\nUSER $A\nENV A=1\nUSER $A\nENV A=2\n"), "=1");
    assert_eq!(last_user("FROM a\nENV A=1\nARG A\nUSER $A\n"), "~1");
    assert_eq!(last_user("FROM a\nARG A=1\nENV A=2\nUSER $A\n"), "=2");
}

#[test]
fn stages_inherit_and_global_args_must_be_declared() {
    assert_eq!(last_user("ARG A=b\nFROM a\nUSER ${A}\n"), "?");
    assert_eq!(last_user("ARG A=b\nFROM a\nARG A\nUSER $A\n"), "~b");
    assert_eq!(last_user("FROM a AS s\nENV A=b\nARG C=d\nFROM S\nUSER $A$C\n"), "~bd");
    assert_eq!(last_user("FROM a AS s\nENV A=b\nFROM c\nUSER $A\n"), "?");
    assert_eq!(last_user("FROM a AS s\nENV A=1\nFROM s AS t\nENV A=2\nFROM s\nUSER $A\n"), "=1");
}

#[test]
fn modifiers_work_as_in_buildkit() {
    let known = |word: &str| last_user(&format!("FROM scratch\nENV A=a.b.c E=\nUSER x{word}\n"));
    for (word, result) in [
        ("${A:-d}", "=xa.b.c"),
        ("${E:-d}", "=xd"),
        ("${E-d}", "=x"),
        ("${N-d$A}", "=xda.b.c"),
        ("${A:+d}", "=xd"),
        ("${E:+d}", "=x"),
        ("${E+d}", "=xd"),
        ("${N+d}", "=x"),
        ("${A:?m}", "=xa.b.c"),
        ("${N?m}", "?"),
        ("${A#*.}", "=xb.c"),
        ("${A##*.}", "=xc"),
        ("${A%.*}", "=xa.b"),
        ("${A%%.*}", "=xa"),
        ("${A/./-}", "=xa-b.c"),
        ("${A//./-}", "=xa-b-c"),
        ("${A//./\\/}", "=xa\\/b\\/c"),
        ("$$", "=x"),
    ] {
        assert_eq!(known(word), result, "{word}");
    }
    // Unset by the file, perhaps set by somebody: what stands there is only a default.
    assert_eq!(last_user("FROM a\nARG V\nUSER ${V:-1.2}\n"), "~1.2");
    assert_eq!(last_user("FROM a\nARG V\nUSER ${V:+1.2}\n"), "?");
}

#[test]
fn origins_are_told() {
    let text =
        "ARG G=1\nFROM --platform=$BUILDPLATFORM a\nARG TARGETARCH\nARG B\nENV C=d\nRUN x\nONBUILD USER $C\n";
    read(text, |file| {
        let run = &file.instructions[5];
        let origin = |name| file.lookup(name, run).origin;
        assert_eq!(origin("TARGETARCH"), Origin::Platform);
        assert_eq!(origin("TARGETOS"), Origin::Undeclared { base_may_set: true });
        assert_eq!(origin("B"), Origin::Arg(3));
        assert_eq!(origin("C"), Origin::Env(4));
        assert_eq!(origin("G"), Origin::Undeclared { base_may_set: true });
        assert_eq!(origin("https_proxy"), Origin::Predefined);
        let from = &file.instructions[1];
        assert_eq!(file.lookup("BUILDPLATFORM", from).origin, Origin::Platform);
        assert_eq!(file.lookup("G", from).value, Value::Default("1".into()));
        assert_eq!(file.lookup("C", from).origin, Origin::Undeclared { base_may_set: false });
        let trigger = file.instructions[6].inner();
        assert_eq!(file.lookup("C", trigger).value, Value::Default("d".into()));
        assert_eq!(file.lookup("Z", trigger).value, Value::Unknown);
        let names: Vec<_> = file.names_at(run).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["B", "C", "TARGETARCH"]);
    });
}

#[test]
fn variables_are_listed_with_places() {
    read("FROM a\nUSER a$B-${C:-$D}'$E'\\$F${G%x}\n", |file| {
        let (_, word) = user(file);
        let seen: Vec<_> = file
            .variables(word)
            .into_iter()
            .map(|v| (v.name, file.source.slice(v.span), file.source.slice(v.name_span), v.modifier))
            .collect();
        assert_eq!(
            seen,
            [
                ("B", "$B", "B", Modifier::None),
                ("C", "${C:-$D}", "C", Modifier::Default),
                ("D", "$D", "D", Modifier::None),
                ("G", "${G%x}", "G", Modifier::Edit),
            ]
        );
    });
    read("FROM a\nCOPY <<E <<'F' /x\n'$a' \\$b\nE\n$c\nF\n", |file| {
        let heredocs = &file.instructions[1].heredocs;
        let names: Vec<_> = file.heredoc_variables(&heredocs[0]).into_iter().map(|v| v.name).collect();
        assert_eq!(names, ["a"]);
        assert!(file.heredoc_variables(&heredocs[1]).is_empty());
    });
}
