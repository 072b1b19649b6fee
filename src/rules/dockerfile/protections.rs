//! Where a Dockerfile turns off a protection of its downloads: by a flag, by a variable, or by a setting that it writes
//! into a file.
//!
//! The tables are from the manuals of the tools. A name that a table holds is searched for in all words of a command, in
//! the values of ENV and ARG, and in heredocs, so it does not matter how the setting gets to its place.

use crate::dockerfile::{Assignment, Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::lengths::Lengths;
use crate::shell::{Call, Script, Word};
use crate::text::{Edit, Span};

/// What is turned off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// The certificate of a server is checked.
    Certificates,
    /// The signature of a package or of a repository is checked.
    Signatures,
}

/// A place that turns a protection off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lifted {
    pub(super) span: Span,
    /// It takes the flag away; `None` for what is no flag of a script's command.
    pub(super) without: Option<Edit>,
}

/// Which values turn a protection off.
#[derive(Clone, Copy)]
enum Off {
    /// `false`, `0`, `no`, `off`, `none`
    No,
    /// `true`, `1`, `yes`, `on`
    Yes,
    /// `never`
    Never,
    /// Any, because the value names the hosts that are not checked.
    Hosts,
}

impl Off {
    fn holds(self, value: &str) -> bool {
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
        match self {
            Self::No => is(&["false", "0", "no", "off", "none"]),
            Self::Yes => is(&["true", "1", "yes", "on"]),
            Self::Never => is(&["never"]),
            Self::Hosts => {
                !value.is_empty()
                    && !["localhost", "127.", "::1", "none", "false"].iter().any(|own| value.starts_with(own))
            }
        }
    }
}

use Protection::{Certificates, Signatures};

/// Settings and variables: the last part of the name, in small letters.
const SETTINGS: [(&str, Off, Protection); 35] = [
    // apt: `Acquire::https::Verify-Peer`, also with a host between.
    ("verify-peer", Off::No, Certificates),
    ("verify-host", Off::No, Certificates),
    ("allowunauthenticated", Off::Yes, Signatures),
    ("allowinsecurerepositories", Off::Yes, Signatures),
    ("allowdowngradetoinsecurerepositories", Off::Yes, Signatures),
    ("allowweakrepositories", Off::Yes, Signatures),
    ("trusted", Off::Yes, Signatures),
    ("allow-insecure", Off::Yes, Signatures),
    // dnf and yum; `sslVerify` is git's, too.
    ("sslverify", Off::No, Certificates),
    ("gpgcheck", Off::No, Signatures),
    // pacman
    ("siglevel", Off::Never, Signatures),
    // npm, Yarn, pnpm
    ("strict-ssl", Off::No, Certificates),
    ("enablestrictssl", Off::No, Certificates),
    ("npm_config_strict_ssl", Off::No, Certificates),
    ("yarn_enable_strict_ssl", Off::No, Certificates),
    ("node_tls_reject_unauthorized", Off::No, Certificates),
    // Python
    ("pythonhttpsverify", Off::No, Certificates),
    ("trusted-host", Off::Hosts, Certificates),
    ("pip_trusted_host", Off::Hosts, Certificates),
    ("allow-insecure-host", Off::Hosts, Certificates),
    ("uv_insecure_host", Off::Hosts, Certificates),
    ("ssl_verify", Off::No, Certificates),
    ("conda_ssl_verify", Off::No, Certificates),
    // Ruby
    ("ssl_verify_mode", Off::No, Certificates),
    ("bundle_ssl_verify_mode", Off::No, Certificates),
    // Others
    ("git_ssl_no_verify", Off::Yes, Certificates),
    ("goinsecure", Off::Hosts, Certificates),
    ("disable-tls", Off::Yes, Certificates),
    ("check_certificate", Off::No, Certificates),
    ("check-certificate", Off::No, Certificates),
    ("tls-verify", Off::No, Certificates),
    ("src-tls-verify", Off::No, Certificates),
    ("dest-tls-verify", Off::No, Certificates),
    ("insecure-skip-tls-verify", Off::Yes, Certificates),
    ("azure_cli_disable_connection_verification", Off::Yes, Certificates),
];
/// `-Dmaven.wagon.http.ssl.insecure=true`, by its full name, for its last part says too little.
const MAVEN: &str = "maven.wagon.http.ssl.insecure";

/// A flag that turns a protection off by being there: the programs, its short form, its long one.
type Switch = (&'static [&'static str], char, &'static str, Protection);

const FLAGS: [Switch; 24] = [
    (&["apk"], '\0', "no-check-certificate", Certificates),
    (&["apk"], '\0', "allow-untrusted", Signatures),
    (APT, '\0', "allow-unauthenticated", Signatures),
    (APT, '\0', "allow-insecure-repositories", Signatures),
    (APT, '\0', "force-yes", Signatures),
    (DNF, '\0', "nogpgcheck", Signatures),
    (DNF, '\0', "no-gpgchecks", Signatures),
    (&["zypper"], '\0', "no-gpg-checks", Signatures),
    (&["zypper"], '\0', "allow-unsigned-rpm", Signatures),
    (&["rpm"], '\0', "nosignature", Signatures),
    (&["rpm"], '\0', "nodigest", Signatures),
    (&["rpm"], '\0', "noverify", Signatures),
    (NODE, '\0', "no-strict-ssl", Certificates),
    (&["go"], '\0', "insecure", Certificates),
    (&["conda", "mamba", "micromamba"], 'k', "insecure", Certificates),
    (&["helm", "kubectl", "oc"], '\0', "insecure-skip-tls-verify", Certificates),
    (&["svn"], '\0', "trust-server-cert", Certificates),
    (&["hg"], '\0', "insecure", Certificates),
    (&["crane"], '\0', "insecure", Certificates),
    (&["aws"], '\0', "no-verify-ssl", Certificates),
    (&["ansible-galaxy"], 'c', "ignore-certs", Certificates),
    (&["http", "https"], '\0', "verify=no", Certificates),
    (&["deno"], '\0', "unsafely-ignore-certificate-errors", Certificates),
    (&["lwp-request"], '\0', "no-check-certificate", Certificates),
];
const APT: &[&str] = &["apt-get", "apt", "aptitude"];
const DNF: &[&str] = &["dnf", "dnf5", "microdnf", "tdnf", "yum", "yumdownloader"];
const NODE: &[&str] = &["npm", "npx", "pnpm", "yarn"];

/// Programs that only look for a text.
const READERS: [&str; 8] = ["[", "egrep", "expr", "fgrep", "grep", "rg", "test", "unset"];

/// Every place of an instruction that turns a protection off, in the file's order, each once.
pub(super) fn lifted(file: &Dockerfile, instruction: &Instruction, wanted: Protection) -> Vec<Lifted> {
    let mut search = Search { file, wanted, found: Vec::new() };
    match &instruction.kind {
        Kind::Env(pairs) | Kind::Arg(pairs) => {
            for pair in pairs {
                search.assignment(instruction, pair);
            }
        }
        Kind::Copy(_) | Kind::Add(_) => {
            instruction.heredocs.iter().for_each(|heredoc| search.text(heredoc.body, None));
        }
        Kind::Run(_) | Kind::Cmd(_) | Kind::Entrypoint(_) => {
            let is_script = !instruction.scripts().is_empty();
            instruction.scripts().iter().for_each(|script| search.script(script, is_script));
            instruction.exec_script().iter().for_each(|script| search.script(script, is_script));
        }
        _ => {}
    }
    search.found.sort_unstable_by_key(|place| (place.span.start, place.span.end));
    search.found.dedup_by_key(|place| place.span);
    search.found
}

/// Reports all places of an instruction as one finding; the message is made of the first place as written.
pub(super) fn report(
    file: &Dockerfile,
    places: &[Lifted],
    message: impl Fn(&str) -> String,
    out: &mut Findings,
) {
    let Some((first, rest)) = places.split_first() else { return };
    let written = file.source.slice(first.span);
    // Of a setting in quotes, or over several lines, the name says enough.
    let end = written.find(['"', '\'', '\\', '\n', '$']).unwrap_or(written.len());
    let finding = out.at(file.source, first.span, message(written[..end].trim_end_matches([' ', '=', ':'])));
    for place in rest {
        finding.see(file.source, place.span, "and here");
    }
    let edits: Option<Vec<Edit>> = places.iter().map(|place| place.without.clone()).collect();
    if let Some(edits) = edits {
        finding.fix(Safety::Unsafe, "remove it", edits);
    }
}

struct Search<'s, 'a> {
    file: &'s Dockerfile<'a>,
    wanted: Protection,
    found: Vec<Lifted>,
}

impl Search<'_, '_> {
    fn assignment(&mut self, instruction: &Instruction, pair: &Assignment) {
        let Some(word) = &pair.value else { return };
        let expanded = self.file.expand(word, instruction);
        let Some(value) = expanded.text() else { return };
        if setting(&pair.key.text, self.wanted).is_some_and(|off| off.holds(value)) {
            self.found.push(Lifted { span: pair.span, without: None });
        } else if value.contains(['=', ' ']) {
            self.text(word.span, None);
        }
    }

    fn script(&mut self, script: &Script, editable: bool) {
        for call in script.calls() {
            let name = call.name().unwrap_or_default();
            if READERS.contains(&name) {
                continue;
            }
            self.flags(&call, name, editable);
            let before = call.assignments.iter().chain(call.wrappers);
            for (at, word) in call.words.iter().enumerate() {
                self.text(replacement(self.file, name, word.span), call.words.get(at + 1));
            }
            before.for_each(|word| self.text(word.span, None));
            let bodies = call.redirects().iter().filter_map(|redirect| redirect.body.as_ref());
            bodies.for_each(|body| self.text(body.span, None));
        }
    }

    fn flags(&mut self, call: &Call<'_>, name: &str, editable: bool) {
        for (_, short, long, _) in
            FLAGS.iter().filter(|(names, _, _, what)| *what == self.wanted && names.contains(&name))
        {
            if let Some((value, span)) = call.flag(*short, long)
                && value.is_none_or(|value| !Off::No.holds(value))
            {
                let plain = self.file.source.slice(span).starts_with("--");
                let without = (editable && plain).then(|| with_blank(self.file, span));
                self.found.push(Lifted { span, without });
            }
        }
    }

    /// Looks for settings in a text: `name=value`, `name: value`, `name "value"`; `next` is the word after it.
    fn text(&mut self, span: Span, next: Option<&Word>) {
        let text = self.file.source.slice(span);
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(start) = bytes[at..].iter().position(|&b| is_name(b)).map(|found| at + found) {
            let length = bytes[start..].iter().position(|&b| !is_name(b));
            let end = length.map_or(text.len(), |length| start + length);
            at = end;
            let Some(off) = setting(&text[start..end], self.wanted) else { continue };
            let behind = &text[end..];
            let gap = behind.find(|c: char| !matches!(c, ' ' | '\t' | '=' | ':' | '"' | '\'' | '\\'));
            let value_at = end + gap.unwrap_or(behind.len());
            let is_value = |b: u8| is_name(b) || matches!(b, b'$' | b'{' | b'}');
            let length = bytes[value_at..].iter().position(|&b| !is_value(b));
            let value_end = length.map_or(text.len(), |length| value_at + length);
            let (value, until) = match next.filter(|_| value_at == text.len()) {
                Some(word) => (&*word.text, word.span.end),
                None => (&text[value_at..value_end], span.start + value_end as u32),
            };
            let names_source =
                ["trusted", "allow-insecure"].iter().any(|name| text[start..end].eq_ignore_ascii_case(name));
            if off.holds(value) && (!names_source || is_of_source(&text[..start], &text[value_end..])) {
                let from = span.start as usize + start;
                self.found.push(Lifted { span: Span::new(from, until as usize), without: None });
            }
        }
    }
}

/// What a name can be made of, as tools write their settings; `=` ends it.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':')
}

/// `trusted=yes` is between the brackets of a source of apt, or in a file of sources, and the source is not on this machine.
fn is_of_source(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before);
    let bracket = line.rfind('[').is_some_and(|open| !line[open..].contains(']'));
    let source = after.split_once(']').map_or("", |(_, source)| source.trim_start_matches(['"', '\\', ' ']));
    let local = ["file:", "copy:", "cdrom:"].iter().any(|scheme| source.starts_with(scheme));
    (bracket || line.trim().is_empty() && after.contains("URIs:")) && !local
}

/// The last part of a name, which says enough: of `--Acquire::https::Verify-Peer:` `Verify-Peer`.
fn last_part(name: &str) -> &str {
    let name = name.trim_matches(':').trim_start_matches('-');
    name.bytes().rposition(|b| matches!(b, b'.' | b':')).map_or(name, |at| &name[at + 1..])
}

/// Of `verify=no`, which ends at `=`.
const VERIFY: &str = "verify";
/// Programs whose short flags are in [`FLAGS`].
const WITH_SHORT: [&str; 4] = ["conda", "mamba", "micromamba", "ansible-galaxy"];

static LENGTHS: Lengths = {
    let (mut lengths, mut at) = (Lengths::of(&[&WITH_SHORT]), 0);
    while at < SETTINGS.len() {
        lengths = lengths.with(SETTINGS[at].0);
        at += 1;
    }
    at = 0;
    while at < FLAGS.len() {
        lengths = lengths.with(FLAGS[at].2);
        at += 1;
    }
    lengths.with(VERIFY)
};

/// Whether a Dockerfile names anything that turns a protection off. Most do not, and need not be looked at word by word.
pub(super) fn are_named(file: &Dockerfile) -> bool {
    let text = file.source.text();
    let bytes = text.as_bytes();
    // A name over two lines is nobody's habit, and is looked at.
    let is_broken = |at: usize| {
        bytes[at + 1..].iter().find(|byte| **byte != b'\r') == Some(&b'\n')
            && at > 0
            && is_name(bytes[at - 1])
    };
    if memchr::memchr2_iter(b'\\', b'`', bytes).any(is_broken) {
        return true;
    }
    let is_known = |name: &[u8]| {
        let is = |known: &str| known.as_bytes().eq_ignore_ascii_case(name);
        LENGTHS.may_have(name)
            && (SETTINGS.iter().any(|(known, ..)| is(known))
                || FLAGS.iter().any(|(.., long, _)| is(long))
                || WITH_SHORT.into_iter().any(is)
                || is(VERIFY))
    };
    // Each part of a name is asked for, without the dashes of a flag.
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() && (byte != b'-' || at == start) && byte != b'_' {
            if is_known(&bytes[start..at]) {
                return true;
            }
            start = at + 1;
        }
    }
    is_known(&bytes[start..])
}

/// When the setting of this name turns a protection off.
fn setting(name: &str, wanted: Protection) -> Option<Off> {
    let last = last_part(name);
    if name.trim_end_matches(':').ends_with(MAVEN) && wanted == Certificates {
        return Some(Off::Yes);
    }
    let known = SETTINGS.iter().find(|(known, _, what)| *what == wanted && known.eq_ignore_ascii_case(last));
    known.map(|&(_, off, _)| off)
}

/// Of `s/old/new/` only what it puts in.
fn replacement(file: &Dockerfile, program: &str, word: Span) -> Span {
    let text = file.source.slice(word);
    let bare = text.trim_start_matches(['\'', '"']);
    let mut letters = bare.char_indices();
    let second = match (letters.next(), letters.next()) {
        (Some((_, 's')), Some((_, mark))) if matches!(program, "sed" | "perl") && !mark.is_alphanumeric() => {
            letters.find(|&(_, letter)| letter == mark)
        }
        _ => None,
    };
    let skipped = second.map_or(0, |(at, _)| text.len() - bare.len() + at);
    Span { start: word.start + skipped as u32, ..word }
}

/// Deletes a flag and one blank before it.
pub(super) fn with_blank(file: &Dockerfile, flag: Span) -> Edit {
    let start = flag.start as usize;
    let blank = file.source.text()[..start].ends_with([' ', '\t']);
    Edit::delete(Span::new(start - usize::from(blank), flag.end as usize))
}
