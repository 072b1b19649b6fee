//! The same files through two other parsers: where they accept a file, they must see what we see.
//!
//! Every file in which one of them differs was looked at; where it is the other that is wrong, by BuildKit's own parser
//! (`tests/oracle/buildkit.py` agrees with us on all of these), the file stands below with what the other gets wrong.

use hullguard::dockerfile::{self, Dockerfile, Kind};
use hullguard::text::Source;

use super::{say, sources};

/// Where it begins, the keyword in upper case; for FROM the image and the stage's name too.
type Seen = Vec<(usize, String, Option<(String, Option<String>)>)>;

fn ours(file: &Dockerfile) -> Seen {
    let seen = file.instructions.iter().map(|instruction| {
        let from = match &instruction.kind {
            Kind::From(from) => {
                Some((from.image.text.to_string(), from.name.as_ref().map(|n| n.text.to_string())))
            }
            _ => None,
        };
        (instruction.span.start as usize, instruction.keyword.text.to_ascii_uppercase(), from)
    });
    seen.collect()
}

/// `parse-dockerfile` 0.1: BuildKit's grammar too, but it stops at the first error.
fn parse_dockerfile(source: &Source) -> Option<Seen> {
    use parse_dockerfile::Instruction;
    let file = parse_dockerfile::parse(source.text()).ok()?;
    let seen = file.instructions.iter().map(|instruction| {
        let (start, keyword, from) = match instruction {
            Instruction::Add(i) => (i.add.span.start, "ADD", None),
            Instruction::Arg(i) => (i.arg.span.start, "ARG", None),
            Instruction::Cmd(i) => (i.cmd.span.start, "CMD", None),
            Instruction::Copy(i) => (i.copy.span.start, "COPY", None),
            Instruction::Entrypoint(i) => (i.entrypoint.span.start, "ENTRYPOINT", None),
            Instruction::Env(i) => (i.env.span.start, "ENV", None),
            Instruction::Expose(i) => (i.expose.span.start, "EXPOSE", None),
            Instruction::From(from) => {
                let name = from.as_.as_ref().map(|(_, name)| name.value.to_string());
                (from.from.span.start, "FROM", Some((from.image.value.to_string(), name)))
            }
            Instruction::Healthcheck(i) => (i.healthcheck.span.start, "HEALTHCHECK", None),
            Instruction::Label(i) => (i.label.span.start, "LABEL", None),
            Instruction::Maintainer(i) => (i.maintainer.span.start, "MAINTAINER", None),
            Instruction::Onbuild(i) => (i.onbuild.span.start, "ONBUILD", None),
            Instruction::Run(i) => (i.run.span.start, "RUN", None),
            Instruction::Shell(i) => (i.shell.span.start, "SHELL", None),
            Instruction::Stopsignal(i) => (i.stopsignal.span.start, "STOPSIGNAL", None),
            Instruction::User(i) => (i.user.span.start, "USER", None),
            Instruction::Volume(i) => (i.volume.span.start, "VOLUME", None),
            Instruction::Workdir(i) => (i.workdir.span.start, "WORKDIR", None),
            _ => (0, "?", None),
        };
        (start, keyword.to_owned(), from)
    });
    Some(seen.collect())
}

/// `dockerfile-parser` 0.9: the classic grammar without heredocs.
fn dockerfile_parser(source: &Source) -> Option<Seen> {
    use dockerfile_parser::Instruction;
    let file = dockerfile_parser::Dockerfile::parse(source.text()).ok()?;
    let seen = file.instructions.iter().map(|instruction| match instruction {
        Instruction::From(from) => {
            let name = from.alias.as_ref().map(|name| name.content.clone());
            (from.span.start, "FROM".to_owned(), Some((from.image.content.clone(), name)))
        }
        Instruction::Arg(i) => (i.span.start, "ARG".to_owned(), None),
        Instruction::Label(i) => (i.span.start, "LABEL".to_owned(), None),
        Instruction::Run(i) => (i.span.start, "RUN".to_owned(), None),
        Instruction::Entrypoint(i) => (i.span.start, "ENTRYPOINT".to_owned(), None),
        Instruction::Cmd(i) => (i.span.start, "CMD".to_owned(), None),
        Instruction::Copy(i) => (i.span.start, "COPY".to_owned(), None),
        Instruction::Env(i) => (i.span.start, "ENV".to_owned(), None),
        Instruction::Misc(misc) => (misc.span.start, misc.instruction.content.to_ascii_uppercase(), None),
    });
    Some(seen.collect())
}

/// Compares on every file that the other accepts; `known` are the files in which the other is wrong.
fn compare(other: &str, read: impl Fn(&Source) -> Option<Seen>, known: &[&str]) {
    let (mut accepted, mut differ) = (0, Vec::new());
    for (name, source) in sources() {
        let Some(theirs) = read(&source) else { continue };
        accepted += 1;
        let ours = ours(&dockerfile::parse(&source));
        if ours != theirs {
            let at =
                ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
            let line = format!("{name}: at {at} we see {:?}, {other} {:?}", ours.get(at), theirs.get(at));
            differ.push((name, line));
        }
    }
    say(&format!("{other} accepts {accepted} files and differs in {}", differ.len()));
    let unexplained: Vec<_> =
        differ.iter().filter(|(name, _)| !known.contains(&&**name)).map(|(_, line)| line).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    if accepted > 0 {
        let gone: Vec<_> =
            known.iter().filter(|name| !differ.iter().any(|(found, _)| found == *name)).collect();
        assert!(gone.is_empty(), "these no longer differ: {gone:?}");
    }
}

#[test]
fn parse_dockerfile_sees_the_same() {
    // It begins with a byte order mark, which the other takes off before it counts.
    let known = ["yinyuanzhang__dockerfiles/data/m/millegalb/slipways.graphql/Dockerfile"];
    compare("parse-dockerfile", parse_dockerfile, &known);
}

#[test]
fn dockerfile_parser_sees_the_same() {
    // It has `# escape=` with a backtick, which the other does not know.
    let known = ["microsoft__iis-docker/windowsservercore-ltsc2019/Dockerfile"];
    compare("dockerfile-parser", dockerfile_parser, &known);
}
