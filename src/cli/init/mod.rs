//! `hullguard init`: sets a repository up, and changes nothing that is there.
//!
//! First it looks and says what it would do, then it asks, and only then it writes: a question that is broken off
//! leaves nothing behind. Files are made new or not at all; the one that may be added to is put in place whole.

mod append;
mod texts;

use std::env;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result, bail};

use super::args::{self, Look};
use super::{CLEAN, FAILED, baseline, open, output, peers, plural, print, term};
use crate::baseline::{FOREIGN, NAME};
use crate::config;
use crate::finding::Status;
use crate::input::{self, disk};
use crate::outcome::Outcome;
use crate::report::human;
use crate::shown;

const HOOKS: &str = ".pre-commit-config.yaml";
const WORKFLOW: &str = ".github/workflows/hullguard.yml";

/// Other managers of git's hooks, by what lies in the top folder.
const MANAGERS: [(&str, &str); 8] = [
    ("lefthook.yml", "lefthook"),
    ("lefthook.yaml", "lefthook"),
    (".lefthook.yml", "lefthook"),
    ("lefthook.toml", "lefthook"),
    (".husky", "husky"),
    (".overcommit.yml", "overcommit"),
    ("prek.toml", "prek"),
    (".pre-commit-config.yml", "prek"),
];
/// What shows that the repository is built elsewhere than on GitHub.
const ELSEWHERE: [&str; 12] = [
    ".gitlab-ci.yml",
    "bitbucket-pipelines.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    ".circleci",
    ".forgejo",
    ".gitea",
    ".woodpecker",
    ".woodpecker.yml",
    ".woodpecker.yaml",
    ".drone.yml",
    ".buildkite",
];

/// So many codes that are not copied are named.
const NAMED: usize = 10;

/// What is to be done about one file.
struct Step {
    /// Relative to the top.
    file: &'static str,
    /// In a few words, for the plan.
    what: String,
    does: Does,
}

enum Does {
    /// Makes the file.
    Write(String),
    /// Puts a longer text in the place of what is there.
    Append { old: Vec<u8>, new: Vec<u8> },
    /// Nothing; somebody may want to do it by hand.
    Nothing {
        by_hand: Option<String>,
        /// It should have been more than nothing.
        failed: bool,
    },
}

pub(super) fn run(args: &args::Init) -> Result<u8> {
    let current = input::tidy(&env::current_dir().context("cannot read the current folder")?);
    if let Some(folder) = among_gits_files(&current) {
        bail!(
            "{} holds git's own files, so nothing was written; run `hullguard init` in a work tree",
            folder.display()
        );
    }
    let in_git = input::top_of(&current).is_some();
    let top = input::top_of(&current).unwrap_or(&current);
    let (first, not_copied) = configuration(top);
    let mut steps = vec![first];
    if in_git {
        steps.extend([hooks(top), workflow(top)]);
    } else {
        let no_git = "not written: this folder is not in a git repository";
        steps.extend([HOOKS, WORKFLOW].map(|file| nothing(file, no_git, None)));
    }
    let mut run = open::open(&Look { paths: vec![top.to_owned()], ..Look::default() }, false)?;
    let mut outcome = run.scan_patiently();
    if run.watch.is_stopped() {
        bail!("interrupted; nothing was written");
    }
    run.complete(&mut outcome);
    let found = found(&outcome, &run.config);
    say(&found.text)?;
    for told in &outcome.failed {
        term::complain(&format!("error: {}: {}", run.display.path(&told.path), told.why));
    }
    let is_failed = |step: &Step| matches!(step.does, Does::Nothing { failed: true, .. });
    let is_short = outcome.is_incomplete() || steps.iter().any(is_failed);
    let mut code = if is_short { FAILED } else { CLEAN };
    for step in &steps {
        say(&format!("  {:<34} {}", step.file, step.what))?;
    }
    for note in not_copied {
        say(&shown::unnamed(&note))?;
    }
    let can_ask = io::stdin().is_terminal() && io::stdout().is_terminal();
    let changes = steps.iter().any(|step| !matches!(step.does, Does::Nothing { .. }));
    if changes && !args.yes && !can_ask {
        bail!("standard input is not a terminal, so nothing was written; add --yes to write these files");
    }
    // From here on a signal ends the program: nothing has been written.
    run.watch.stop.store(true, Ordering::Relaxed);
    let may_ask = can_ask && !args.yes;
    let mut wanted = Vec::new();
    for step in &steps {
        let is_change = !matches!(step.does, Does::Nothing { .. });
        let verb = if matches!(step.does, Does::Append { .. }) { "Add to" } else { "Write" };
        if is_change && (!may_ask || asked(&format!("{verb} {}?", step.file), true)?) {
            wanted.push(step);
        }
    }
    let has_list = [NAME].iter().chain(&FOREIGN).any(|name| is_there(top, name));
    // A baseline without what could not be checked would be short of it.
    let can_list = found.failing > 0 && !has_list && !outcome.is_incomplete();
    let question = "Record today's findings in a baseline, so that only new ones fail? Secrets stay valid until they are \
                    revoked.";
    let list = can_list && (args.baseline || may_ask && asked(question, false)?);
    if args.baseline && outcome.is_incomplete() {
        term::complain("not everything could be checked, so no baseline was written");
    }

    // Each file is written as a whole, and a signal ends the work between two.
    run.watch.stop.store(false, Ordering::Relaxed);
    let mut written: Vec<&str> = Vec::new();
    for step in wanted {
        if run.watch.is_stopped() {
            term::complain(&format!("interrupted; {} written", plural(written.len(), "file")));
            return Ok(FAILED);
        }
        match term::whole(|| write(top, step)) {
            Ok(()) => written.push(step.file),
            Err(error) => {
                term::complain(&format!("error: {error:#}"));
                code = FAILED;
            }
        }
    }
    if list {
        let look = Look { paths: vec![top.to_owned()], ..Look::default() };
        match baseline::run(&args::Baseline { look, output: None, update: false }) {
            Ok(CLEAN) => written.push(NAME),
            Ok(failed) => code = failed,
            Err(error) => {
                term::complain(&format!("error: {error:#}"));
                code = FAILED;
            }
        }
    }
    last_words(&steps, &written, can_list && !list)?;
    Ok(code)
}

/// What there is to do now.
fn last_words(steps: &[Step], written: &[&str], offer: bool) -> Result<()> {
    say("")?;
    if written.is_empty() {
        say("Nothing was written.")?;
    } else {
        say(&format!("Written: {}", written.join(", ")))?;
    }
    for step in steps {
        if let Does::Nothing { by_hand: Some(text), .. } = &step.does {
            say(&format!("\nTo do by hand for {}:\n{}", step.file, text.trim_end()))?;
        }
    }
    let mut next = vec![("hullguard", "shows the findings".to_owned())];
    if offer {
        next.push(("hullguard baseline", "accepts today's findings; only new ones fail".to_owned()));
    }
    if written.contains(&HOOKS) {
        // A file that was there may not name the hooks to install.
        let is_added =
            steps.iter().any(|step| step.file == HOOKS && matches!(step.does, Does::Append { .. }));
        let command = if is_added {
            "pre-commit install --hook-type pre-commit --hook-type pre-push"
        } else {
            "pre-commit install"
        };
        next.push((command, "runs the hooks at each commit and push".to_owned()));
    }
    let add = format!("git add {}", written.join(" "));
    if !written.is_empty() {
        next.push((&add, String::new()));
    }
    say("\nNext:")?;
    for (command, why) in next {
        say(format!("  {command:<18}  {why}").trim_end())?;
    }
    Ok(())
}

struct FoundNow {
    text: String,
    /// How many findings fail a run.
    failing: usize,
}

fn found(outcome: &Outcome, config: &config::Config) -> FoundNow {
    let open = outcome.findings.iter().filter(|finding| finding.status == Status::Open);
    let least = config.fail_on.unwrap_or_default();
    let failing = open.filter(|finding| least.fails(finding.severity)).count();
    let counts = human::counts(outcome);
    let mut failed: Vec<&str> = outcome.failed.iter().map(|told| &*told.path).collect();
    failed.dedup();
    let files = match (outcome.checked, failed.is_empty()) {
        (0, true) => "There is no Dockerfile or Compose file here".to_owned(),
        (0, false) => "No Dockerfile or Compose file could be checked".to_owned(),
        (checked, _) => format!("Checked {}", plural(checked, "Dockerfile or Compose file")),
    };
    let files = files.replace("Dockerfile or Compose files", "Dockerfiles and Compose files");
    let failed = match failed.len() {
        0 => String::new(),
        count => format!(" {} could not be checked.", plural(count, "file")),
    };
    FoundNow { text: format!("{files}: {counts}.{failed}\n"), failing }
}

/// The folder with git's own files that a folder lies in: a bare repository, or a `.git`.
fn among_gits_files(folder: &Path) -> Option<&Path> {
    let top = input::top_of(folder);
    let is_gits = |folder: &&Path| {
        folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
    };
    folder.ancestors().take_while(|above| Some(*above) != top).find(is_gits)
}

fn is_there(top: &Path, name: &str) -> bool {
    // A link that leads nowhere is there, too.
    fs::symlink_metadata(top.join(name)).is_ok()
}

fn nothing(file: &'static str, what: impl Into<String>, by_hand: Option<String>) -> Step {
    Step { file, what: what.into(), does: Does::Nothing { by_hand, failed: false } }
}

/// What to do about the configuration, and a sentence for each file of another tool that is copied in part.
fn configuration(top: &Path) -> (Step, Vec<String>) {
    let file = config::NAMES[0];
    if let Some(name) = config::NAMES.into_iter().find(|name| is_there(top, name)) {
        return (nothing(name, "exists; not changed", None), Vec::new());
    }
    let peers = peers::find(top);
    let not_copied = |(file, what, words): (&str, &str, &[String])| {
        let mut named: Vec<&str> = words.iter().map(String::as_str).take(NAMED).collect();
        if words.len() > named.len() {
            named.push("…");
        }
        format!("Not copied from {file}, because hullguard has no such {what}: {}", named.join(", "))
    };
    let left = peers.iter().flat_map(|peer| {
        [(peer.file, "check", &peer.unchecked[..]), (peer.file, "setting", &peer.unknown[..])]
    });
    let not_copied = left.filter(|(.., words)| !words.is_empty()).map(not_copied).collect();
    if let Some((name, why)) = peers.iter().find_map(|peer| Some((peer.file, peer.unread.as_ref()?))) {
        let text = format!("Make {name} readable, or remove it. Then run `hullguard init` again.");
        let step = Step {
            file,
            what: format!("not written: cannot read {name}: {why}"),
            does: Does::Nothing { by_hand: Some(text), failed: true },
        };
        return (step, Vec::new());
    }
    let counts = |peer: &peers::Peer| (peer.levels.len(), peer.settings.len());
    let from: Vec<&str> = peers.iter().filter(|peer| counts(peer) != (0, 0)).map(|peer| peer.file).collect();
    let copied: Vec<String> = [
        (peers.iter().map(|peer| counts(peer).0).sum(), "rule"),
        (peers.iter().map(|peer| counts(peer).1).sum(), "setting"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| plural(count, what))
    .collect();
    let what = if copied.is_empty() {
        "new".to_owned()
    } else {
        format!("new, with {} from {}", copied.join(" and "), from.join(", "))
    };
    (Step { file, what, does: Does::Write(texts::configuration(&peers)) }, not_copied)
}

fn hooks(top: &Path) -> Step {
    if let Some((name, tool)) =
        MANAGERS.into_iter().find(|(name, _)| is_there(top, name) && !is_there(top, HOOKS))
    {
        let command = "hullguard check --staged --new-from HEAD";
        return nothing(
            HOOKS,
            format!("not written: {tool} is used here"),
            Some(format!("Run from {name}:\n{command}")),
        );
    }
    if !is_there(top, HOOKS) {
        return Step { file: HOOKS, what: "new".to_owned(), does: Does::Write(texts::hooks()) };
    }
    let by_hand = |why: &str| {
        let text = format!("Add this to the list `repos`:\n{}", texts::entry("  ").join("\n"));
        nothing(HOOKS, format!("exists; not changed: {why}"), Some(text))
    };
    if link(top, HOOKS).is_some() {
        return by_hand("it is a symbolic link");
    }
    let old = match disk::read_own(top, &top.join(HOOKS)) {
        Ok(old) => old,
        Err(why) => return by_hand(&why.to_string()),
    };
    match append::append(&old, texts::entry) {
        Ok(Some(new)) => {
            Step { file: HOOKS, what: "hullguard is added".to_owned(), does: Does::Append { old, new } }
        }
        Ok(None) => nothing(HOOKS, "has hullguard; not changed", None),
        Err(why) => by_hand(why),
    }
}

fn workflow(top: &Path) -> Step {
    let folder = top.join(".github/workflows");
    let is_ours = |file: &PathBuf| {
        let is_yaml = file.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
        let text = is_yaml.then(|| disk::read_own(top, file).ok()).flatten();
        text.is_some_and(|text| String::from_utf8_lossy(&text).contains("hullguard/hullguard@"))
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).take(1000);
    if is_there(top, WORKFLOW) || is_there(top, ".github/workflows/hullguard.yaml") {
        return nothing(WORKFLOW, "exists; not changed", None);
    }
    if files.into_iter().any(|file| is_ours(&file)) {
        return nothing(WORKFLOW, "not written: another workflow runs hullguard", None);
    }
    for folder in [".github", ".github/workflows"].map(Path::new) {
        let there = top.join(folder);
        let why = match fs::symlink_metadata(&there) {
            Ok(meta) if meta.is_symlink() => "a symbolic link",
            Ok(meta) if !meta.is_dir() => "not a folder",
            _ => continue,
        };
        let name = folder.display();
        let text = format!("Make a folder {name} in its place. Then run `hullguard init` again.");
        return nothing(WORKFLOW, format!("not written: {name} is {why}"), Some(text));
    }
    let other = ELSEWHERE.into_iter().find(|name| is_there(top, name) && !is_there(top, ".github"));
    if let Some(name) = other {
        let text = "Run `hullguard` in a job; exit code 1 is findings, 2 is an error.".to_owned();
        return nothing(WORKFLOW, format!("not written: {name} is used here"), Some(text));
    }
    Step { file: WORKFLOW, what: "new".to_owned(), does: Does::Write(texts::workflow(&branch(top))) }
}

/// The default branch, as far as the clone knows it.
fn branch(top: &Path) -> String {
    let named = |file: &str, before: &str| {
        let bytes = disk::read(&top.join(".git").join(file)).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let name = text.trim().strip_prefix("ref: ")?.strip_prefix(before)?.to_owned();
        let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
        (is_plain && !name.is_empty()).then_some(name)
    };
    let usual = |name: &String| ["main", "master", "trunk", "develop"].contains(&name.as_str());
    named("refs/remotes/origin/HEAD", "refs/remotes/origin/")
        .or_else(|| named("HEAD", "refs/heads/").filter(usual))
        .unwrap_or_else(|| "main".to_owned())
}

fn write(top: &Path, step: &Step) -> Result<()> {
    match &step.does {
        Does::Nothing { .. } => Ok(()),
        Does::Write(text) => create(top, step.file, text),
        Does::Append { old, new } => {
            let file = unlinked(top, step.file)?;
            let now = disk::read_own(top, &file).map_err(|why| anyhow::anyhow!("{}: {why}", step.file))?;
            if now != *old {
                bail!("{} has changed in the meantime, so nothing was added", step.file);
            }
            output::write(&file, &|out| out.write_all(new))
        }
    }
}

/// Makes a file that is not there yet, and the folders on the way to it.
pub(super) fn create(top: &Path, name: &str, text: &str) -> Result<()> {
    let file = unlinked(top, name)?;
    let folder = file.parent().unwrap_or(top);
    let made = fs::create_dir_all(folder).and_then(|()| {
        // Never over a file that came in the meantime, nor through a link.
        let mut out = File::create_new(&file)?;
        out.write_all(text.as_bytes()).inspect_err(|_| drop(fs::remove_file(&file)))
    });
    made.with_context(|| format!("cannot write {name}"))
}

/// A file below the top, unless a link leads to it.
fn unlinked(top: &Path, name: &str) -> Result<PathBuf> {
    match link(top, name) {
        Some(link) => bail!("cannot write {name}: {} is a symbolic link", link.display()),
        None => Ok(top.join(name)),
    }
}

/// The first link on the way from the top to a file, the file included.
fn link(top: &Path, name: &str) -> Option<PathBuf> {
    let mut way = top.to_owned();
    name.split('/').find_map(|part| {
        way.push(part);
        way.is_symlink().then(|| way.clone())
    })
}

/// Asks; an empty answer is `usual`.
fn asked(question: &str, usual: bool) -> Result<bool> {
    let choice = if usual { "[Y/n]" } else { "[y/N]" };
    loop {
        print(format!("{question} {choice} ").as_bytes())?;
        let mut answer = String::new();
        if io::stdin().read_line(&mut answer).context("cannot read the answer")? == 0 {
            bail!("no answer; nothing was written");
        }
        match answer.trim().to_ascii_lowercase().as_str() {
            "" => return Ok(usual),
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => {}
        }
    }
}

fn say(text: &str) -> Result<()> {
    let lines: Vec<String> = text.split('\n').map(term::harmless).collect();
    print(format!("{}\n", lines.join("\n")).as_bytes()).map(drop)
}
