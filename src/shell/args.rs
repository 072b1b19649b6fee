//! Flags and operands of a call: short bundles (`-yqq`), `--long=value`, `--long value`, `--`.
//!
//! Which flags take a value differs from program to program; a [`Grammar`] says so, and the table here knows the
//! programs that rules ask about. Which program a call runs is told by `walk`.

use super::Word;
use crate::text::Span;

/// Which flags of a program take a value, so that `-o file` is not read as a flag and an operand.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// Letters of short flags with a value: `o` in `-o file` and `-ofile`.
    pub short_values: &'static str,
    /// Long flags with a value, without dashes: `output` in `--output file`.
    pub long_values: &'static [&'static str],
    /// `-name` is one long flag, not a bundle (go, find, java).
    pub single_dash: bool,
}

/// One flag or one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg<'s> {
    Flag {
        /// Without dashes; one letter for a short flag.
        name: &'s str,
        /// Whether one dash and one letter, so that `-v` and `--v` differ.
        short: bool,
        /// What follows `=`, the letter, or in the next word.
        value: Option<&'s str>,
        /// The word that holds the flag; with a value in the next word, both words.
        span: Span,
    },
    Operand(&'s Word),
}

/// A program that nobody told us about: no flag takes a value.
pub(super) const PLAIN: Grammar = Grammar { short_values: "", long_values: &[], single_dash: false };

const fn grammar(short_values: &'static str, long_values: &'static [&'static str]) -> Grammar {
    Grammar { short_values, long_values, single_dash: false }
}

/// The grammar of a program, by its name without folders. From the programs' manual pages.
pub(super) fn grammar_of(program: &str) -> Grammar {
    match program {
        "curl" => grammar(
            "AbcCdDeEFhHKmoPQrtTuUwxXyYz",
            &[
                "cacert",
                "capath",
                "cert",
                "config",
                "connect-timeout",
                "connect-to",
                "continue-at",
                "cookie",
                "cookie-jar",
                "data",
                "data-ascii",
                "data-binary",
                "data-raw",
                "data-urlencode",
                "dump-header",
                "form",
                "form-string",
                "header",
                "interface",
                "json",
                "key",
                "limit-rate",
                "max-filesize",
                "max-redirs",
                "max-time",
                "netrc-file",
                "noproxy",
                "oauth2-bearer",
                "output",
                "output-dir",
                "pinnedpubkey",
                "proto",
                "proto-default",
                "proto-redir",
                "proxy",
                "proxy-user",
                "range",
                "referer",
                "request",
                "resolve",
                "retry",
                "retry-delay",
                "retry-max-time",
                "speed-limit",
                "speed-time",
                "stderr",
                "time-cond",
                "tls-max",
                "unix-socket",
                "upload-file",
                "url",
                "user",
                "user-agent",
                "write-out",
                "ciphers",
                "tlsuser",
                "tlspassword",
            ],
        ),
        "wget" => grammar(
            "aABDeiIlLoOPQRtTUwX",
            &[
                "append-output",
                "base",
                "body-data",
                "body-file",
                "ca-certificate",
                "config",
                "connect-timeout",
                "cut-dirs",
                "directory-prefix",
                "dns-timeout",
                "execute",
                "header",
                "http-password",
                "http-user",
                "input-file",
                "level",
                "limit-rate",
                "load-cookies",
                "max-redirect",
                "method",
                "output-document",
                "output-file",
                "password",
                "post-data",
                "post-file",
                "progress",
                "quota",
                "read-timeout",
                "referer",
                "save-cookies",
                "secure-protocol",
                "timeout",
                "tries",
                "user",
                "user-agent",
                "wait",
                "waitretry",
            ],
        ),
        "fetch" => grammar("aBiNoSTw", &[]),
        "aria2c" => {
            grammar("doxsjkm", &["dir", "out", "checksum", "header", "split", "max-connection-per-server"])
        }
        "useradd" | "adduser" => grammar(
            "bcdefgGhkKpRsuZ",
            &[
                "base-dir",
                "comment",
                "home-dir",
                "home",
                "expiredate",
                "inactive",
                "gid",
                "groups",
                "skel",
                "key",
                "password",
                "root",
                "shell",
                "uid",
                "gecos",
                "ingroup",
                "firstuid",
                "lastuid",
                "conf",
            ],
        ),
        "groupadd" | "addgroup" => grammar("gKpR", &["gid", "key", "password", "root"]),
        "usermod" => grammar(
            "cdegGlpsu",
            &["comment", "home", "expiredate", "gid", "groups", "login", "password", "shell", "uid"],
        ),
        "chmod" | "chown" | "chgrp" => grammar("", &["reference", "from"]),
        "install" => grammar("gmotS", &["group", "mode", "owner", "target-directory", "suffix"]),
        "git" => grammar(
            "bcCjou",
            &[
                "branch",
                "depth",
                "config",
                "origin",
                "jobs",
                "git-dir",
                "work-tree",
                "reference",
                "template",
                "upload-pack",
            ],
        ),
        "gpg" | "gpg2" => grammar(
            "oru",
            &[
                "homedir",
                "keyring",
                "keyserver",
                "keyserver-options",
                "no-default-keyring-file",
                "output",
                "options",
                "recipient",
                "local-user",
                "primary-keyring",
                "passphrase",
                "passphrase-file",
                "export-options",
                "import-options",
                "trust-model",
                "pinentry-mode",
            ],
        ),
        "tar" => grammar(
            "fCTXHbKLNg",
            &["file", "directory", "strip-components", "exclude", "transform", "files-from", "format"],
        ),
        "find" | "java" => Grammar { short_values: "", long_values: &[], single_dash: true },
        _ => PLAIN,
    }
}

/// Splits arguments (without the program's name) by a grammar.
pub(super) fn split(args: &[Word], grammar: Grammar) -> Vec<Arg<'_>> {
    let mut out = Vec::with_capacity(args.len());
    let mut rest = args.iter();
    let mut only_operands = false;
    while let Some(word) = rest.next() {
        let text: &str = &word.text;
        if only_operands || !text.starts_with('-') || text == "-" {
            out.push(Arg::Operand(word));
        } else if text == "--" {
            only_operands = true;
        } else if let Some(body) =
            text.strip_prefix("--").or_else(|| text.strip_prefix('-').filter(|_| grammar.single_dash))
        {
            match body.split_once('=') {
                Some((name, value)) => {
                    out.push(Arg::Flag { name, short: false, value: Some(value), span: word.span });
                }
                None if grammar.long_values.contains(&body) && !rest.as_slice().is_empty() => {
                    let value = rest.next().expect("a word is left");
                    let span = word.span.cover(value.span);
                    out.push(Arg::Flag { name: body, short: false, value: Some(&value.text), span });
                }
                None => out.push(Arg::Flag { name: body, short: false, value: None, span: word.span }),
            }
        } else {
            bundle(&mut out, word, &mut rest, grammar);
        }
    }
    out
}

/// `-yqq`, `-ofile`, `-o file`, `-q=2`.
fn bundle<'s>(
    out: &mut Vec<Arg<'s>>,
    word: &'s Word,
    rest: &mut std::slice::Iter<'s, Word>,
    grammar: Grammar,
) {
    let text: &str = &word.text;
    for (at, letter) in text.char_indices().skip(1) {
        let after = at + letter.len_utf8();
        let name = &text[at..after];
        let tail = &text[after..];
        if let Some(value) = tail.strip_prefix('=') {
            out.push(Arg::Flag { name, short: true, value: Some(value), span: word.span });
            return;
        }
        if grammar.short_values.contains(letter) {
            let (value, span) = if !tail.is_empty() {
                (Some(tail), word.span)
            } else if let Some(next) = rest.next() {
                (Some(&*next.text), word.span.cover(next.span))
            } else {
                (None, word.span)
            };
            out.push(Arg::Flag { name, short: true, value, span });
            return;
        }
        out.push(Arg::Flag { name, short: true, value: None, span: word.span });
    }
}

/// The last flag with one of two names; `'\0'` and `""` match nothing.
pub(super) fn find<'s>(args: &[Arg<'s>], short: char, long: &str) -> Option<(Option<&'s str>, Span)> {
    args.iter().rev().find_map(|arg| match *arg {
        Arg::Flag { name, short: true, value, span } if name.starts_with(short) => Some((value, span)),
        Arg::Flag { name, short: false, value, span } if name == long && !long.is_empty() => {
            Some((value, span))
        }
        _ => None,
    })
}

/// The operands alone.
pub(super) fn operands<'s>(args: &[Arg<'s>]) -> Vec<&'s Word> {
    args.iter()
        .filter_map(|arg| match *arg {
            Arg::Operand(word) => Some(word),
            Arg::Flag { .. } => None,
        })
        .collect()
}
