use super::addresses;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Call, Script, Tool, Word};
use crate::text::{Edit, Span};

/// Variables that name where a package manager gets its packages.
const INDEXES: [&str; 9] = [
    "GOPROXY",
    "NPM_CONFIG_REGISTRY",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_INDEX_URL",
    "YARN_NPM_REGISTRY_SERVER",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let found = match &instruction.kind {
            Kind::Run(_) => {
                instruction.scripts().iter().flat_map(|script| by_script(file, instruction, script)).collect()
            }
            Kind::Env(pairs) => {
                let index = |name: &str| INDEXES.iter().any(|known| known.eq_ignore_ascii_case(name));
                let values =
                    pairs.iter().filter(|pair| index(&pair.key.text)).filter_map(|pair| pair.value.as_ref());
                values
                    .filter(|word| file.expand(word, instruction).text().is_some_and(addresses::is_cleartext))
                    .map(|word| word.span)
                    .collect()
            }
            _ => Vec::new(),
        };
        let Some((&first, rest)) = found.split_first() else { continue };
        let finding = out.at(
            file.source,
            first,
            "anyone on the network can replace what comes over an unencrypted connection; use `https://`, or verify a checksum",
        );
        for &span in rest {
            finding.see(file.source, span, "and here");
        }
        if let Some(edits) = found.iter().map(|&span| encrypted(file, span)).collect::<Option<Vec<Edit>>>() {
            finding.fix(Safety::Unsafe, "use `https://`", edits);
        }
    }
}

/// `http://` as `https://`.
fn encrypted(file: &Dockerfile, span: Span) -> Option<Edit> {
    let at = file.source.slice(span).find("http://")?;
    Some(Edit::insert(span.start as usize + at + "http".len(), "s"))
}

/// The unencrypted addresses that a script takes something from without a check afterwards.
fn by_script(file: &Dockerfile, instruction: &Instruction, script: &Script) -> Vec<Span> {
    let facts = script.facts();
    let cleartext = |text: &str| {
        let expanded = file.expand_in_script(text, instruction);
        addresses::is_cleartext(expanded.as_deref().unwrap_or(text))
    };
    let checked = |span: Span| facts.verifications.iter().any(|check| check.span.start > span.start);
    // What runs at once is reported as that.
    let piped = |span: Span| facts.piped_scripts.iter().any(|piped| piped.span.contains(span));
    let downloads = facts.downloads.iter().filter(|download| {
        matches!(download.tool, Tool::Curl | Tool::Wget | Tool::Aria2)
            && !checked(download.span)
            && !piped(download.span)
    });
    let mut found: Vec<Span> = downloads
        .flat_map(|download| &download.urls)
        .filter(|url| cleartext(&url.text))
        .map(|url| url.span)
        .collect();
    let calls = script.calls();
    for call in calls.iter().filter(|call| takes_addresses(call) && !checked(call.span())) {
        let is_pinned = || calls.iter().any(|later| later.is("git") && names_commit(later));
        let words = addresses_of(call).filter(|(_, text)| cleartext(text));
        found.extend(words.filter(|_| !call.is("git") || !is_pinned()).map(|(word, _)| word.span));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Programs other than those for downloads that fetch from an address among their words. Packages of apt, apk and zypper
/// are signed, so how they come makes no difference.
fn takes_addresses(call: &Call<'_>) -> bool {
    const PROGRAMS: [&str; 15] = [
        "apt-key",
        "bundle",
        "cargo",
        "conda",
        "dnf",
        "gem",
        "helm",
        "npm",
        "pnpm",
        "rpm",
        "svn",
        "uv",
        "yarn",
        "yum",
        "yum-config-manager",
    ];
    match call.name() {
        Some("git") => matches!(call.subcommand(), Some("clone" | "fetch" | "pull" | "submodule")),
        Some(name) => {
            PROGRAMS.contains(&name)
                || name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == "pip"
        }
        None => false,
    }
}

/// The words of a call that hold an address, with the address; that of a proxy is none.
fn addresses_of<'s>(call: &Call<'s>) -> impl Iterator<Item = (&'s Word, &'s str)> {
    let words = call.words;
    (1..words.len()).filter_map(move |at| {
        let text = &*words[at].text;
        let (name, address) = match text.split_once('=').filter(|_| text.starts_with("--")) {
            Some((name, address)) => (name, address),
            None => (&*words[at - 1].text, text),
        };
        (!name.contains("proxy") && !address.contains("#sha256=")).then_some((&words[at], address))
    })
}

/// `git checkout` of a whole commit, whose number is a checksum.
fn names_commit(call: &Call<'_>) -> bool {
    call.args()
        .iter()
        .any(|word| word.text.len() == 40 && word.text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
