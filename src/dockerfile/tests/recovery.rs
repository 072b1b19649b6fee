//! What BuildKit refuses: the kind of the error, its place, and that the rest is still read.

use super::super::ErrorKind as E;
use super::{errors, keywords, read};

fn has(text: &str, kind: E, place: &str) {
    let found = errors(text);
    assert_eq!(found, [(kind, place.to_owned())], "{text:?}");
}

#[test]
fn each_mistake_is_told_at_its_place() {
    for (text, kind, place) in [
        ("FROM a\nFRUN x\nUSER b\n", E::UnknownInstruction, "FRUN"),
        ("FROM a\nCOPY --chwon=x a b\n", E::UnknownFlag, "--chwon=x"),
        ("FROM a\nCOPY --link --link a b\n", E::DuplicateFlag, "--link"),
        ("FROM a\nCOPY --from a b\n", E::FlagValue, "--from"),
        ("FROM a\nCOPY --link=1 a b\n", E::FlagValue, "--link=1"),
        ("FROM a\nRUN --network=x y\n", E::FlagValue, "x"),
        ("FROM a\nCOPY a\n", E::Arguments, "COPY"),
        ("FROM a b\n", E::Arguments, "b"),
        ("FROM a as b c\n", E::Arguments, "as b c"),
        ("FROM a AS 1b\n", E::StageName, "1b"),
        ("FROM a\nENV A\n", E::Assignment, "A"),
        ("FROM a\nENV A=b C\n", E::Assignment, "C"),
        ("FROM a\nENV A=b =c\n", E::Assignment, "=c"),
        ("FROM a\nRUN [\"a\", 1]\n", E::Json, "1"),
        ("FROM a\nSHELL sh -c\n", E::Json, "sh -c"),
        ("FROM a\nCOPY x <<EOF\ny\nEOF\n", E::Heredoc, "<<EOF"),
        ("FROM a\nHEALTHCHECK --interval=5 CMD x\n", E::Healthcheck, "5"),
        ("FROM a\nHEALTHCHECK --interval=5us CMD x\n", E::Healthcheck, "5us"),
        ("FROM a\nHEALTHCHECK --retries=-1 CMD x\n", E::Healthcheck, "-1"),
        ("FROM a\nHEALTHCHECK x\n", E::Healthcheck, "x"),
        ("FROM a\nHEALTHCHECK NONE x\n", E::Healthcheck, "x"),
        ("FROM a\nONBUILD ONBUILD RUN x\n", E::Onbuild, "ONBUILD"),
        ("FROM a\nONBUILD FROM x\n", E::Onbuild, "FROM"),
        ("FROM a\nUSER ${a\n", E::Substitution, "${a"),
        ("FROM a\nUSER ${}\n", E::Substitution, "${}"),
        ("FROM a\nUSER ${a^^}\n", E::Substitution, "${a^"),
        ("FROM a\nLABEL b=\"c\n", E::Substitution, "\"c"),
        ("FROM a\nCOPY <<EOF /x\n${a\nb\nEOF\n", E::Substitution, "${a"),
        ("FROM a\nRUN --mount=type=x y\n", E::Mount, "x"),
        ("FROM a\nRUN --mount=type=cache,targte=/x y\n", E::Mount, "targte=/x"),
        ("FROM a\nRUN --mount=type=cache,sharing=x y\n", E::Mount, "sharing=x"),
        ("FROM a\nRUN --mount=type=secret y\n", E::Mount, "type=secret"),
        ("FROM a\nRUN --mount=from=$x y\n", E::Mount, "$x"),
        ("# escape=x\nFROM a\n", E::Directive, "x"),
        ("# syntax=a\n# syntax=b\nFROM a\n", E::Directive, "# syntax=b"),
        ("# check=skip=all;foo=1\nFROM a\n", E::Directive, "skip=all;foo=1"),
        ("//syntax=a\nFROM a\n", E::SlashDirective, "//syntax=a"),
        ("ARG a\n", E::NoStage, "ARG"),
        ("# a\n", E::NoStage, ""),
        ("RUN x\nFROM a\n", E::BeforeFrom, "RUN"),
    ] {
        has(text, kind, place);
    }
}

#[test]
fn one_bad_line_is_one_error() {
    for text in [
        "FRM node\nRUN x\nCOPY a b\nCMD c\n",
        "FORM node AS a\nCOPY --from=a b c\n",
        "RUN x\nCOPY a b\nCMD c\n",
        "FROM a\nRUNN x\nUSER b\n",
        "ARG X=1\nFRMO b:$X\nENV C=d\n",
    ] {
        assert_eq!(errors(text).len(), 1, "{text}");
    }
}

#[test]
fn what_is_not_known_is_not_wrong() {
    for text in [
        "FROM a\nRUN --mount=type=$T,uid=$U,sharing=$S x\n",
        "FROM a\nRUN ${a^^} \"\n",
        "FROM a\nCMD 'x\n",
        "FROM a\nRUN --mount=type=cache,target=/x,mode=0755,uid=0 x\n",
        "FROM a\nRUN --mount=type=secret,id=x,env=Y,required x\n",
        "FROM a\nRUN --mount=type=tmpfs,size=64m,target=/x x\n",
        "FROM a\nRUN --device=vendor/x=all,required x\n",
        "FROM a\nARG --x A\nSTOPSIGNAL --x 9\n",
        "FROM a\nCOPY <<'EOF' /x\n${a\nEOF\n",
        "FROM a\nRUN\nCMD\nENTRYPOINT\n",
    ] {
        assert_eq!(errors(text), [], "{text:?}");
    }
}

#[test]
fn a_misspelt_flag_is_told_the_right_one() {
    let message = read("FROM a\nCOPY --chwon=x a b\n", |file| file.errors[0].message.clone());
    assert_eq!(message, "`COPY` has no flag `--chwon`; did you mean `--chown`?");
}

#[test]
fn a_heredoc_whose_end_has_blanks_ends_there() {
    let text = "FROM a\nRUN <<EOF\nx\n  EOF \nUSER b\n";
    has(text, E::Heredoc, "EOF");
    assert_eq!(keywords(text), "FROM RUN USER");
}

#[test]
fn a_heredoc_without_end_ends_at_the_next_keyword() {
    let text = "FROM a\nRUN echo $((1 << 2))\nUSER b\n";
    has(text, E::Heredoc, "<< 2))");
    assert_eq!(keywords(text), "FROM RUN USER");
    let text = "FROM a\nRUN <<EOF\nx\n";
    has(text, E::Heredoc, "<<EOF");
    read(text, |file| assert_eq!(file.instructions[1].heredocs[0].terminator, None));
}

#[test]
fn one_bad_line_costs_one_finding() {
    let text = "FROM\nRUN x\nFROM a AS\nCOPY\nUSER b\n";
    let kinds: Vec<_> = errors(text).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [E::Arguments; 3]);
    assert_eq!(keywords(text), "FROM RUN FROM COPY USER");
    read(text, |file| assert_eq!(file.stages.len(), 2));
}

#[test]
fn values_that_no_build_takes() {
    let digest = "0".repeat(64);
    for (text, place) in [
        ("FROM --platform=linux-amd64 a\n", "linux-amd64"),
        ("ARG P=linux/\nFROM --platform=$P a\n", "$P"),
        ("FROM --platform=$UNSET a\n", "$UNSET"),
        ("FROM \"\"\n", "\"\""),
        ("FROM ${A:?no}\n", "${A:?no}"),
        ("ARG A=\nFROM ${A:?no}\n", "${A:?no}"),
        ("FROM a AS B\nFROM B\n", "B"),
        ("FROM a\nSTOPSIGNAL SIGFOO\n", "SIGFOO"),
        ("FROM a\nARG S=0\nSTOPSIGNAL $S\n", "$S"),
        ("FROM a\nVOLUME \"\"\n", "\"\""),
        ("FROM a\nCOPY --chmod=u+z a b\n", "u+z"),
        ("FROM a\nCOPY --from=Nope a b\n", "Nope"),
        ("FROM a\nCOPY https://a/b /c\n", "https://a/b"),
        ("FROM a\nCOPY git@a:b /c\n", "git@a:b"),
        ("FROM a\nADD --checksum=sha256:1 https://a/b /c\n", "sha256:1"),
        ("FROM a\nADD --checksum=sha256:1 a /c\n", "--checksum=sha256:1"),
        ("FROM a\nADD --checksum=sha256:1 https://a/b c /c\n", "--checksum=sha256:1"),
        ("FROM a\nADD https://a/b.git?x=y /c\n", "https://a/b.git?x=y"),
        ("FROM a\nADD https://a/b.git?ref=x#y /c\n", "https://a/b.git?ref=x#y"),
        ("FROM a\nADD --keep-git-dir=false git://a/b?keep-git-dir=1 /c\n", "git://a/b?keep-git-dir=1"),
        ("FROM a\nRUN --mount=type=cache,target=/ x\n", "/"),
        ("FROM scratch\nRUN --mount=type=bind x\n", "type=bind"),
        ("FROM a\nRUN --mount=type=ssh,source=b x\n", "b"),
    ] {
        has(text, E::Value, place);
    }
    for text in [
        "ARG P\nFROM --platform=$P a\n",
        "FROM --platform= a\n",
        "FROM --platform=$BUILDPLATFORM a\n",
        "ARG A\nFROM ${A:?no}\n",
        "FROM a AS B\nFROM b\n",
        "FROM a\nSTOPSIGNAL $S\n",
        "FROM a\nUSER ${A:?no}\n",
        "FROM a\nCOPY --chmod= --from=nope github.com/a/b /c\n",
        "FROM a\nCOPY --from=B a b\n".replace("FROM a", "FROM a AS b\nFROM a").as_str(),
        &format!("FROM a\nADD --checksum=sha256:{digest} https://a/b /c\n"),
        "FROM a\nADD --checksum=$SUM https://a/b /c\n",
        "FROM a\nADD --checksum=abc --keep-git-dir git://a/b?keep-git-dir&commit=abc#main /c\n",
        "FROM a\nRUN --mount=type=bind x\n",
        "FROM scratch\nWORKDIR /a\nRUN --mount=type=bind x\n",
    ] {
        assert_eq!(errors(text), [], "{text:?}");
    }
}

#[test]
fn a_lone_escape_belongs_to_the_next_instruction() {
    let text = "FROM a\nRUN b\n \\\n# c\nENV A=b\n";
    assert_eq!(errors(text), []);
    assert_eq!(keywords(text), "FROM RUN ENV");
}

#[test]
fn hostile_files_take_no_time_and_no_stack() {
    let deep = format!("FROM a\nUSER {}{}\n", "${a:-".repeat(10_000), "}".repeat(10_000));
    assert_eq!(errors(&deep)[0].0, E::Substitution);
    let nested = format!("FROM a\nRUN {}\n", "[".repeat(60_000));
    assert_eq!(errors(&nested), []);
    let chain = format!("FROM a\n{} RUN x\n", "ONBUILD ".repeat(8_000));
    assert_eq!(errors(&chain)[0].0, E::Onbuild);
    let heredocs = (0..5_000).map(|i| format!("RUN <<A{i}")).collect::<Vec<_>>().join("\n");
    assert!(!errors(&format!("FROM a\n{heredocs}")).is_empty());
    let flags = format!("FROM a\nCOPY {} a b\n", "--link \\\n".repeat(50_000));
    assert_eq!(errors(&flags).len(), 49_999);
    let stages: Vec<_> =
        (0..20_000).map(|i| format!("FROM s{i} AS s{}\nCOPY --from=s0 a b", i + 1)).collect();
    read(&stages.join("\n"), |file| {
        for copy in file.instructions.iter().filter(|i| matches!(i.kind, super::super::Kind::Copy(_))) {
            let from = copy.flag("from").unwrap().value.as_ref().unwrap();
            assert!(matches!(file.resolve_from(from, copy), super::super::FromRef::Outside(_)));
            assert!(matches!(file.root_base(copy.stage.unwrap()), super::super::Base::Image(_)));
        }
    });
    let growing = format!("FROM a\nENV A=xxxxxxxx\n{}USER $A\n", "ENV A=$A$A$A$A\n".repeat(1_000));
    read(&growing, |file| {
        let last = file.instructions.last().unwrap();
        let super::super::Kind::User(word) = &last.kind else { panic!() };
        assert_eq!(file.expand(word, last).text(), None);
    });
}
