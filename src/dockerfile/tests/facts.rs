//! What is in force where.

use super::super::{Dockerfile, Instruction, Kind};
use super::read;

fn user_of(file: &Dockerfile, stage: usize) -> Option<String> {
    let user = file.user_of(stage)?;
    let Kind::User(word) = &user.kind else { panic!() };
    Some(word.text.to_string())
}

#[test]
fn users_and_entrypoints_are_inherited() {
    let text = "FROM a AS s\nUSER one\nCMD [\"x\"]\nENTRYPOINT [\"y\"]\nFROM s AS t\nFROM t\nENTRYPOINT [\"z\"]\n\
                FROM b\nUSER two\nUSER three\n";
    read(text, |file| {
        assert_eq!(user_of(file, 1).as_deref(), Some("one"));
        assert_eq!(user_of(file, 3).as_deref(), Some("three"));
        assert_eq!(file.entrypoint_of(1).map(|i| i.index), Some(3));
        assert_eq!(file.cmd_of(1).map(|i| i.index), Some(2));
        assert_eq!(file.cmd_of(2).map(|i| i.index), None, "a new ENTRYPOINT drops the inherited CMD");
        assert_eq!(file.healthcheck_of(0).map(|i| i.index), None);
        let before = |i: &Instruction| file.user_at(i).map(|u| u.index);
        assert_eq!(before(&file.instructions[1]), None);
        assert_eq!(before(&file.instructions[5]), Some(1));
    });
}

#[test]
fn triggers_act_in_the_stages_built_on_theirs() {
    let text = "FROM a AS s\nONBUILD USER one\nONBUILD WORKDIR /x\nFROM s AS t\nRUN x\nFROM t\nUSER two\n";
    read(text, |file| {
        assert_eq!(user_of(file, 0), None);
        assert_eq!(user_of(file, 1).as_deref(), Some("one"));
        assert_eq!(user_of(file, 2).as_deref(), Some("two"));
        assert_eq!(file.workdir_path(&file.instructions[4]).as_deref(), Some("/x"));
    });
}

#[test]
fn the_shell_in_force_is_known() {
    let text = "FROM a AS s\nRUN one\nSHELL [\"/bin/bash\", \"-c\"]\nRUN two\nFROM s\nRUN three\n\
                SHELL [\"C:\\\\x\\\\PowerShell.EXE\"]\nRUN four\nFROM b\nRUN five\nFROM mcr.microsoft.com/windows/nanoserver:1\nRUN six\n";
    read(text, |file| {
        let shells: Vec<_> =
            file.runs().map(|run| (file.shell_at(run).program, file.shell_at(run).is_posix())).collect();
        assert_eq!(
            shells,
            [
                ("sh", true),
                ("bash", true),
                ("bash", true),
                ("PowerShell", false),
                ("sh", true),
                ("cmd", false)
            ]
        );
        assert_eq!(file.shell_at(file.runs().nth(1).unwrap()).words().len(), 2);
        let scripts: Vec<_> = file.runs().map(|run| run.script().is_some()).collect();
        assert_eq!(scripts, [true, true, true, false, true, false]);
    });
}

#[test]
fn directories_add_up() {
    let path = |text: &str| read(text, |file| file.workdir_path(file.instructions.last().unwrap()));
    assert_eq!(path("FROM a\nWORKDIR /x\nWORKDIR y\nRUN z\n").as_deref(), Some("/x/y"));
    assert_eq!(path("FROM a AS s\nENV D=/d\nWORKDIR $D\nFROM s\nRUN z\n").as_deref(), Some("/d"));
    assert_eq!(path("FROM a\nWORKDIR y\nRUN z\n"), None);
    assert_eq!(path("FROM scratch\nWORKDIR y\nRUN z\n").as_deref(), Some("/y"));
    assert_eq!(path("FROM a\nWORKDIR $unknown\nRUN z\n"), None);
}

#[test]
fn scripts_are_what_a_shell_reads() {
    let count = |text: &str| read(text, |file| file.all().last().unwrap().scripts().len());
    assert_eq!(count("FROM a\nRUN x\n"), 1);
    assert_eq!(count("FROM a\nCMD x\n"), 1);
    assert_eq!(count("FROM a\nHEALTHCHECK CMD x\n"), 1);
    assert_eq!(count("FROM a\nONBUILD RUN x\n"), 1);
    assert_eq!(count("FROM a\nRUN [\"x\", \"y\"]\n"), 0);
    assert_eq!(count("FROM a\nRUN [\"/bin/bash\", \"-e\", \"-o\", \"pipefail\", \"-c\", \"x\"]\n"), 1);
    assert_eq!(count("FROM a\nRUN [\"bash\", \"file\", \"-c\"]\n"), 0);
    assert_eq!(count("FROM a\nRUN <<EOF\nx\nEOF\n"), 1);
    assert_eq!(count("FROM a\nRUN <<EOF\n#!/usr/bin/env -S bash\nx\nEOF\n"), 1);
    assert_eq!(count("FROM a\nRUN <<EOF\n#!/usr/bin/python3\nx\nEOF\n"), 0);
    assert_eq!(count("FROM a\nRUN python3 <<EOF\nx\nEOF\n"), 1);
    assert_eq!(count("FROM a\nUSER x\n"), 0);
}

#[test]
fn a_shell_reads_the_heredocs_of_its_line_at_their_places() {
    let text = "FROM a\nRUN cd /x && \\\n  bash -e <<ONE && cat <<-'TWO' > y\napt x\nONE\n\tnot a command\n\tTWO\nUSER u\n";
    read(text, |file| {
        let script = file.instructions[1].script().unwrap();
        let mut seen: Vec<_> =
            script.calls().iter().map(|call| file.source.slice(call.command.span)).collect();
        seen.sort_unstable();
        assert_eq!(seen, ["apt x", "bash -e <<ONE", "cat <<-'TWO' > y", "cd /x"]);
        assert!(file.errors.is_empty());
    });
}
