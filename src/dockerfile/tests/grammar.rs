//! What is valid, and how it reads.

use super::super::{Healthcheck, Kind, MountKind};
use super::{errors, exec_words, keywords, read, shell_text};

#[test]
fn continuations_comments_and_blank_lines_join() {
    let text = "FROM a\nRUN b \\\n  # comment\n\n  c \\ \t\n d\\\n";
    read(text, |file| {
        let run = &file.instructions[1];
        assert_eq!(shell_text(run), "b   c  d");
        assert_eq!(file.source.slice(run.span), "RUN b \\\n  # comment\n\n  c \\ \t\n d");
        assert_eq!(file.comments.iter().map(|&s| file.source.slice(s)).collect::<Vec<_>>(), ["# comment"]);
        assert_eq!(file.blank_continuations.len(), 1);
        assert!(file.errors.is_empty());
    });
}

#[test]
fn a_doubled_backslash_ends_the_instruction() {
    assert_eq!(keywords("FROM a\nRUN dir c:\\\\\nUSER b\n"), "FROM RUN USER");
}

#[test]
fn a_split_keyword_and_a_split_word_keep_their_places() {
    let text = "FROM al\\\npine\nRU\\\nN b\nENV A=\\\n$B\n";
    read(text, |file| {
        let Kind::From(from) = &file.instructions[0].kind else { panic!() };
        assert_eq!(from.image.text, "alpine");
        assert_eq!(file.source.slice(from.image.span), "al\\\npine");
        assert_eq!(file.source.slice(from.image.place(2..6)), "pine");
        assert_eq!(file.source.slice(from.image.place(1..3)), "l\\\np");
        assert_eq!(file.instructions[1].keyword.text, "RUN");
        let Kind::Env(pairs) = &file.instructions[2].kind else { panic!() };
        let variables = file.variables(pairs[0].value.as_ref().unwrap());
        assert_eq!(file.source.slice(variables[0].span), "$B");
        assert!(file.errors.is_empty());
    });
}

#[test]
fn directives_stand_first_only() {
    let text = "# Syntax = docker/dockerfile:1 \n# escape=`\n# check=skip=all\nFROM a\nRUN b `\n c\n";
    read(text, |file| {
        let seen: Vec<_> = file.directives.iter().map(|d| (&*d.name.text, &*d.value.text)).collect();
        assert_eq!(seen, [("Syntax", "docker/dockerfile:1"), ("escape", "`"), ("check", "skip=all")]);
        assert_eq!((file.escape, file.comments.len()), ('`', 0));
        assert_eq!(shell_text(&file.instructions[1]), "b  c");
    });
    for late in [
        "\n# escape=`\nFROM a\n",
        "# x\n# escape=`\nFROM a\n",
        "FROM a\n# escape=`\n",
        "# x=y\n# escape=`\nFROM a",
    ] {
        read(late, |file| assert_eq!((file.escape, file.directives.len()), ('\\', 0), "{late:?}"));
    }
}

#[test]
fn a_first_line_for_the_kernel_hides_escape_but_not_syntax() {
    read("#!/bin/x\n# syntax=a\n# escape=`\nFROM a\n", |file| {
        assert_eq!((file.escape, file.directives.len(), file.comments.len()), ('\\', 2, 1));
        assert!(file.errors.is_empty());
    });
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_word() {
    read("\u{feff}FROM a\r\nRUN b \\\r\n c\r\n", |file| {
        assert_eq!(file.instructions[0].span.start, 3);
        assert_eq!(shell_text(&file.instructions[1]), "b  c");
        assert!(file.errors.is_empty());
    });
}

#[test]
fn comments_above_are_the_block_that_touches() {
    let text = "# one\n\n# two\n#\n# three\nFROM a\n# four\nRUN b \\\n# inside\n c\nUSER d\n";
    read(text, |file| {
        let above = |i: usize| {
            let range = file.instructions[i].comments_above.clone();
            file.comments[range].iter().map(|&s| file.source.slice(s)).collect::<Vec<_>>()
        };
        assert_eq!(above(0), ["# two", "#", "# three"]);
        assert_eq!(above(1), ["# four"]);
        assert_eq!(above(2), [""; 0]);
    });
}

#[test]
fn flags_lose_quotes_and_keep_places() {
    let text = "FROM a\nCOPY --chown=\"a b\" --link --exclude=x\\ y -- --from c\n";
    read(text, |file| {
        let copy = &file.instructions[1];
        let chown = copy.flag("chown").unwrap();
        assert_eq!(chown.value.as_ref().unwrap().text, "a b");
        assert_eq!(file.source.slice(chown.span), "--chown=\"a b\"");
        assert_eq!(file.source.slice(chown.value.as_ref().unwrap().place(0..3)), "a b");
        assert!(copy.flag("link").unwrap().value.is_none());
        assert_eq!(copy.flag("exclude").unwrap().value.as_ref().unwrap().text, "x y");
        let Kind::Copy(transfer) = &copy.kind else { panic!() };
        assert_eq!((&*transfer.sources[0].text, &*transfer.destination.text), ("--from", "c"));
        assert!(file.errors.is_empty());
    });
}

#[test]
fn json_form_or_else_shell_form() {
    let text = "FROM a\nRUN [\"a\", \"b\\u00e9\\\"\\n\"]\nRUN ['a']\nRUN [\"a\",]\nCMD []\nRUN [ -f x ]\nVOLUME [\"a b\"]\n";
    read(text, |file| {
        assert_eq!(exec_words(&file.instructions[1]), ["a", "bé\"\n"]);
        assert_eq!(shell_text(&file.instructions[2]), "['a']");
        assert_eq!(shell_text(&file.instructions[3]), "[\"a\",]");
        assert_eq!(exec_words(&file.instructions[4]), [""; 0]);
        assert_eq!(shell_text(&file.instructions[5]), "[ -f x ]");
        assert_eq!(exec_words(&file.instructions[6]), ["a b"]);
        assert!(file.errors.is_empty());
    });
}

#[test]
fn heredocs_end_where_they_end() {
    let text = "FROM a\nRUN <<A cat 3<<-'B C' > x\nUSER a\nA\n\tFROM b\n\tB C\nCOPY <<E /e\nE\n# c\nUSER d\n";
    read(text, |file| {
        let keywords: Vec<_> = file.instructions.iter().map(|i| &*i.keyword.text).collect();
        assert_eq!(keywords, ["FROM", "RUN", "COPY", "USER"]);
        let [one, two] = &file.instructions[1].heredocs[..] else { panic!() };
        assert_eq!((&*one.name, file.source.slice(one.marker), one.expand), ("A", "<<A", true));
        assert_eq!(file.source.slice(one.body), "USER a\n");
        assert_eq!((&*two.name, file.source.slice(two.marker)), ("B C", "3<<-'B C'"));
        assert!(two.strip_tabs && !two.expand);
        assert_eq!(file.source.slice(two.body), "\tFROM b\n");
        assert_eq!(file.source.slice(two.terminator.unwrap()), "B C");
        assert!(file.source.slice(file.instructions[1].span).ends_with("B C"));
        assert_eq!(file.source.slice(file.instructions[2].heredocs[0].body), "");
        assert!(file.errors.is_empty(), "{:?}", file.errors);
    });
}

#[test]
fn an_escaped_delimiter_keeps_a_shell_from_expanding_but_not_buildkit() {
    let text = "FROM a\nRUN cat <<\\E\nE\nCOPY <<\\E /x\nE\n";
    read(text, |file| {
        assert!(!file.instructions[1].heredocs[0].expand);
        assert!(file.instructions[2].heredocs[0].expand);
    });
}

#[test]
fn a_heredoc_of_onbuild_belongs_to_the_trigger() {
    read("FROM a\nONBUILD RUN <<EOF\nFROM b\nEOF\nUSER c\n", |file| {
        assert_eq!(file.instructions.len(), 3);
        assert!(file.instructions[1].heredocs.is_empty());
        let trigger = file.instructions[1].inner();
        assert!(trigger.is_trigger && trigger.index == 1 && trigger.stage == Some(0));
        assert_eq!(file.source.slice(trigger.heredocs[0].body), "FROM b\n");
        assert_eq!(file.runs().count(), 1);
    });
}

#[test]
fn env_label_and_arg_take_their_forms() {
    let text = "FROM a\nENV A b c=d\nENV A=b C='d e' F=\"g\" H=i\\ j\nLABEL \"a b\"=c\nARG A B=c\n";
    read(text, |file| {
        let pairs = |i: usize| match &file.instructions[i].kind {
            Kind::Env(pairs) | Kind::Label(pairs) | Kind::Arg(pairs) => pairs
                .iter()
                .map(|p| {
                    (p.key.text.to_string(), p.value.as_ref().map_or("-".into(), |v| v.text.to_string()))
                })
                .collect::<Vec<_>>(),
            _ => panic!(),
        };
        let all = |list: &[(&str, &str)]| {
            list.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(pairs(1), all(&[("A", "b c=d")]));
        assert_eq!(pairs(2), all(&[("A", "b"), ("C", "'d e'"), ("F", "\"g\""), ("H", "i\\ j")]));
        assert_eq!(pairs(3), all(&[("\"a b\"", "c")]));
        assert_eq!(pairs(4), all(&[("A", "-"), ("B", "c")]));
        assert!(matches!(&file.instructions[1].kind, Kind::Env(pairs) if pairs[0].legacy));
        assert!(file.errors.is_empty());
    });
}

#[test]
fn healthchecks_have_durations_and_flags_before_none_are_ignored() {
    let text =
        "FROM a\nHEALTHCHECK --interval=1m30s --timeout=500ms --retries=0 cmd x\nHEALTHCHECK --bogus NONE\n";
    read(text, |file| {
        assert!(file.errors.is_empty(), "{:?}", file.errors);
        assert_eq!(shell_text(&file.instructions[1]), "x");
        assert!(matches!(file.instructions[2].kind, Kind::Healthcheck(Healthcheck::None(_))));
    });
}

#[test]
fn mounts_are_read_with_places() {
    let text = "FROM a\nRUN --mount=\"type=cache,dst=/x,id=a\" --mount=from=b,\\\"source=c,d\\\" --mount=type=$T true\n";
    read(text, |file| {
        let run = &file.instructions[1];
        let mounts = run.mounts();
        assert_eq!(
            mounts.iter().map(super::super::Mount::kind).collect::<Vec<_>>(),
            [Some(MountKind::Cache), Some(MountKind::Bind), None]
        );
        let target = mounts[0].target().unwrap();
        assert_eq!((&*target.text, file.source.slice(target.span)), ("/x", "/x"));
        assert_eq!(mounts[1].source().unwrap().text, "c,d");
        assert_eq!(file.source.slice(mounts[1].from().unwrap().span), "b");
        assert!(file.errors.is_empty(), "{:?}", file.errors);
    });
}

#[test]
fn keywords_are_read_in_any_case_and_behind_any_blank() {
    assert_eq!(keywords("from a\n\u{a0}\tRuN b\ncmd\u{c}x\n"), "from RuN cmd");
    assert_eq!(errors("from a\n\u{a0}\tRuN b\ncmd\u{c}x\n"), []);
}
