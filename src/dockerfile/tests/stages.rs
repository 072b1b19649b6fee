//! What stands on what, and what ships.

use std::borrow::Cow;

use super::super::{Base, FromRef, Kind};
use super::read;
use crate::text::Source;

#[test]
fn bases_are_resolved() {
    let text = "ARG V=3 N\nFROM alpine:$V AS One\nFROM one AS two\nFROM ONE\nFROM scratch\nFROM $N\nFROM three AS three\n\
                FROM ${X:-busybox}\nFROM \"debian\"\n";
    read(text, |file| {
        let bases: Vec<_> = file.stages.iter().map(|stage| stage.base.clone()).collect();
        let image = |name: &'static str| Base::Image(Cow::Borrowed(name));
        assert_eq!(
            bases,
            [
                image("alpine:3"),
                Base::Stage(0),
                Base::Stage(0),
                Base::Scratch,
                Base::Unknown,
                image("three"),
                image("busybox"),
                image("debian"),
            ]
        );
        assert_eq!(file.root_base(1), &image("alpine:3"));
    });
}

#[test]
fn what_ships_is_the_last_stage_its_ancestors_and_named_targets() {
    let text = "FROM a AS base\nFROM b AS tools\nFROM base AS Dev\nFROM base\n";
    let source = std::sync::Arc::new(Source::new("Dockerfile", text.as_bytes().to_vec()));
    let mut file = super::super::parse(&source);
    let marks = |file: &super::super::Dockerfile| {
        file.stages.iter().map(|s| (s.ships, s.in_shipped_image)).collect::<Vec<_>>()
    };
    assert_eq!(marks(&file), [(false, true), (false, false), (false, false), (true, true)]);
    file.ship(&["dev"]);
    assert_eq!(marks(&file), [(false, true), (false, false), (true, true), (true, true)]);
    file.ship(&[]);
    assert_eq!(marks(&file)[2], (false, false));
}

#[test]
fn from_flags_are_resolved() {
    let text = "FROM a AS one\nFROM b AS two\nRUN x\nCOPY x y\nONBUILD COPY x y\nFROM c AS three\n";
    read(text, |file| {
        let (run, copy) = (&file.instructions[2], &file.instructions[3]);
        let resolve = |text: &str, at| {
            let source = std::sync::Arc::new(Source::new("x", format!("FROM {text}\n").into_bytes()));
            let file_of_word = super::super::parse(&source);
            let Kind::From(from) = &file_of_word.instructions[0].kind else { panic!() };
            match file.resolve_from(&from.image, at) {
                FromRef::Outside(name) => FromRef::Outside(Cow::Owned(name.into_owned())),
                FromRef::Stage(i) => FromRef::Stage(i),
                FromRef::Itself(i) => FromRef::Itself(i),
                FromRef::Later(i) => FromRef::Later(i),
                FromRef::NoSuchIndex(i) => FromRef::NoSuchIndex(i),
                FromRef::Scratch => FromRef::Scratch,
                FromRef::Variable => FromRef::Variable,
                FromRef::Unknown => FromRef::Unknown,
            }
        };
        let outside = |name: &str| FromRef::Outside(Cow::Owned(name.to_owned()));
        assert_eq!(resolve("ONE", copy), FromRef::Stage(0));
        assert_eq!(resolve("two", copy), FromRef::Itself(1));
        assert_eq!(resolve("three", copy), FromRef::Later(2));
        assert_eq!(resolve("0", copy), FromRef::Stage(0));
        assert_eq!(resolve("2", copy), FromRef::Later(2));
        assert_eq!(resolve("7", copy), FromRef::NoSuchIndex(7));
        assert_eq!(resolve("0", run), outside("0"), "a mount takes no number");
        assert_eq!(resolve("nginx:1", copy), outside("nginx:1"));
        assert_eq!(resolve("$x", copy), FromRef::Variable);
        assert_eq!(resolve("scratch", copy), FromRef::Scratch);
        assert_eq!(resolve("one", file.instructions[4].inner()), FromRef::Unknown);
    });
}
