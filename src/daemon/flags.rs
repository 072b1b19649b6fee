//! Settings of the engine that stand elsewhere than in `daemon.json`: flags of `dockerd` in units and scripts,
//! `DOCKER_OPTS`, and the socket's unit of systemd. They come to the same keys.

use std::sync::Arc;

use super::keys::{self, Takes};
use super::{Daemon, Fault, FaultKind, Setting, Value};
use crate::shell::{self, Word};
use crate::text::{Joined, Source, Span};

/// Flags that are named otherwise than their keys.
const NAMES: [(&str, &str); 22] = [
    ("-D", "debug"),
    ("-G", "group"),
    ("-H", "hosts"),
    ("-b", "bridge"),
    ("-g", "graph"),
    ("-l", "log-level"),
    ("-p", "pidfile"),
    ("-s", "storage-driver"),
    ("--add-runtime", "runtimes"),
    ("--authorization-plugin", "authorization-plugins"),
    ("--cdi-spec-dir", "cdi-spec-dirs"),
    ("--default-address-pool", "default-address-pools"),
    ("--default-network-opt", "default-network-opts"),
    ("--default-ulimit", "default-ulimits"),
    ("--dns-opt", "dns-opts"),
    ("--exec-opt", "exec-opts"),
    ("--host", "hosts"),
    ("--insecure-registry", "insecure-registries"),
    ("--label", "labels"),
    ("--log-opt", "log-opts"),
    ("--registry-mirror", "registry-mirrors"),
    ("--storage-opt", "storage-opts"),
];
/// Variables in the files that give the engine its flags.
const VARIABLES: [&str; 4] = ["DOCKERD_OPTS", "DOCKER_NETWORK_OPTIONS", "DOCKER_OPTS", "OPTIONS"];

/// The engines that a script starts, each with its flags.
pub(super) fn started<'s>(source: &'s Arc<Source>, script: &Joined, found: &mut Vec<Daemon<'s>>) {
    for call in shell::parse(script).calls() {
        let start = match (call.name(), call.words.get(1).map(|word| &*word.text)) {
            (Some("dockerd"), _) => 1,
            (Some("docker"), Some("daemon" | "-d")) => 2,
            _ => continue,
        };
        let mut daemon = Daemon::empty(source, call.span());
        read(&mut daemon, &call.words[start..]);
        found.push(daemon);
    }
}

/// The flags that variables hold for the engine's unit: `DOCKER_OPTS="--debug"`.
pub(super) fn options<'s>(source: &'s Arc<Source>, found: &mut Vec<Daemon<'s>>) {
    let text = source.text();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let content = line.trim();
        let content = content.strip_prefix("export ").unwrap_or(content);
        let content =
            content.strip_prefix("Environment=").map_or(content, |rest| rest.trim_start_matches(['"', '\'']));
        let Some((name, value)) = content.split_once('=') else { continue };
        if !VARIABLES.contains(&name) {
            continue;
        }
        let value = value.trim_matches(['"', '\'']);
        let at = at + (value.as_ptr() as usize - line.as_ptr() as usize);
        let mut daemon = Daemon::empty(source, Span::new(at, at + value.len()));
        for call in shell::parse(&Joined::unbroken(value, at)).calls() {
            read(&mut daemon, call.words);
        }
        found.push(daemon);
    }
}

/// The unit of the engine's socket.
pub(super) fn socket<'s>(source: &'s Arc<Source>, found: &mut Vec<Daemon<'s>>) {
    let mut daemon = Daemon::empty(source, Span::at(0));
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let at = start;
        start += line.len();
        let content = line.trim();
        let Some((key, value)) = content.split_once('=') else { continue };
        let value = value.trim();
        let place = |part: &str| {
            let at = at + (part.as_ptr() as usize - line.as_ptr() as usize);
            Span::new(at, at + part.len())
        };
        let value = match key.trim() {
            "SocketGroup" => Some(("group", Value::Text(value.into()), value)),
            "SocketMode" => Some(("socket-mode", Value::Text(value.into()), value)),
            "ListenStream" if !value.starts_with(['/', '%', '@']) && !value.is_empty() => {
                let address = if value.contains(':') { value.to_owned() } else { format!(":{value}") };
                let list = vec![(format!("tcp://{address}").into(), place(value))];
                Some(("hosts", Value::List(list), value))
            }
            _ => None,
        };
        if let Some((key, value, written)) = value {
            daemon.set(key, place(written), place(written), value);
        }
    }
    found.push(daemon);
}

/// Adds what flags say.
fn read(daemon: &mut Daemon, words: &[Word]) {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = &*word.text;
        if !text.starts_with('-') {
            daemon.is_open |= word.expands;
            continue;
        }
        let (flag, joined) = text.split_once('=').map_or((text, None), |(flag, value)| (flag, Some(value)));
        let known = NAMES.iter().find(|(name, _)| *name == flag).map(|(_, key)| *key);
        let Some(key) = known.or_else(|| flag.strip_prefix("--")) else { continue };
        let place = Span::new(word.span.start as usize, word.span.start as usize + flag.len());
        if let Some(instead) = keys::removed(key) {
            daemon.faults.push(Fault { span: place, kind: FaultKind::Removed(instead) });
        }
        let Some(takes) = keys::takes(key) else { continue };
        let (value, from) = match joined {
            None if takes == Takes::Flag => ("true", word),
            Some(value) => (value, word),
            None => match words.next() {
                Some(next) => (&*next.text, next),
                None => return,
            },
        };
        daemon.set(key, place, from.span, typed(takes, value, from));
    }
}

/// The value of a flag, as the key takes it.
fn typed(takes: Takes, value: &str, word: &Word) -> Value {
    let text = || Value::Text(value.into());
    match takes {
        _ if word.expands => Value::Other,
        Takes::Flag => match value {
            "true" | "1" => Value::Flag(true),
            "false" | "0" => Value::Flag(false),
            _ => Value::Other,
        },
        Takes::Number => Value::Other,
        Takes::Text => text(),
        Takes::List => Value::List(vec![(value.into(), word.span)]),
        Takes::Map => {
            let (key, value) = value.split_once('=').unwrap_or((value, ""));
            let value = Value::Text(value.into());
            Value::Map(vec![Setting { key: key.into(), key_span: word.span, value, span: word.span }])
        }
    }
}
