use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use super::paths::{self, is_below};
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::shell::{ChangedPath, ModeChange, Script};
use crate::text::{Edit, Span, last_part, upwards};

const SHARED: [&str; 3] = ["/tmp", "/var/tmp", "/dev"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // For each path in each stage: the index of its finding, and whether that covers all below the path.
    let mut told: HashMap<(Option<usize>, String), (usize, bool)> = HashMap::new();
    let owned = LazyCell::new(|| owned(file));
    let has_owner = |path: &str| upwards(path).any(|above| owned.contains(above));
    for instruction in file.all() {
        match &instruction.kind {
            Kind::Copy(transfer) | Kind::Add(transfer) => {
                let value = instruction.flag("chmod").and_then(|flag| flag.value.as_ref());
                if let Some(value) = value {
                    let change = Change { mode: &value.text, span: value.span, recursive: true };
                    let expanded = file.expand(&transfer.destination, instruction);
                    // A folder gets files besides those that it has.
                    let path = expanded.text().filter(|path| !path.ends_with(['/', '.']));
                    let path = path.map(|path| paths::resolve(file, instruction, path));
                    judge(file, instruction, change, path.into_iter().collect(), &has_owner, &mut told, out);
                }
            }
            Kind::Run(_) => {
                for script in
                    instruction.scripts().iter().filter(|script| !script.facts().mode_changes.is_empty())
                {
                    let fates = Fates::of(script);
                    for change in &script.facts().mode_changes {
                        let left = fates.left(change);
                        let places = left.into_iter().map(|path| paths::resolve(file, instruction, path));
                        // Temporary folders and devices are everybody's.
                        let shared = |path: &str| SHARED.iter().any(|folder| is_below(path, folder));
                        let places: Vec<String> = places.filter(|path| !shared(path)).collect();
                        if !change.paths.is_empty() && places.is_empty()
                            || is_for_any_user(file, instruction, change)
                        {
                            continue;
                        }
                        let change = Change {
                            mode: &change.mode,
                            span: change.mode_span,
                            recursive: change.recursive,
                        };
                        judge(file, instruction, change, places, &has_owner, &mut told, out);
                    }
                }
            }
            _ => {}
        }
    }
}

/// What a script does to paths besides changing their modes.
#[derive(Default)]
struct Fates<'s> {
    /// Where each path is removed last, and whether with all below it.
    removed: HashMap<&'s str, (u32, bool)>,
    /// Paths that get the sticky bit, perhaps by a call of its own.
    sticky: HashSet<&'s str>,
    /// Variables that hold a folder of `mktemp`.
    temporary: HashSet<&'s str>,
    /// Named pipes and devices, which are there for others to write to.
    pipes: HashSet<&'s str>,
}

fn from_start(path: &ChangedPath) -> &str {
    path.from_start.as_deref().unwrap_or(&path.text)
}

impl<'s> Fates<'s> {
    fn of(script: &'s Script) -> Self {
        let facts = script.facts();
        let mut fates =
            Self { temporary: facts.temporary.iter().map(|name| &**name).collect(), ..Self::default() };
        for removal in facts.removals.iter().filter(|removal| !removal.conditional) {
            if let Some(path) = &removal.from_start {
                let path = path.strip_suffix("/*").unwrap_or(path).trim_end_matches('/');
                fates.removed.insert(path, (removal.span.start, removal.recursive));
            }
        }
        let sticky = |change: &&ModeChange| {
            change.mode.contains('t') || change.bits().is_some_and(|bits| bits & 0o1000 != 0)
        };
        fates.sticky.extend(
            facts.mode_changes.iter().filter(sticky).flat_map(|change| &change.paths).map(from_start),
        );
        for call in script.calls() {
            if call.is("mkfifo") || call.is("mknod") {
                fates.pipes.extend(call.operands().into_iter().map(|word| &*word.text));
            }
        }
        fates
    }

    /// The paths for which the mode lasts and means what it says.
    fn left(&self, change: &'s ModeChange) -> Vec<&'s str> {
        let lasts = |path: &&str| {
            let bare = path.trim_end_matches('/');
            let removed = upwards(bare).any(|above| {
                let removal = self.removed.get(above);
                removal.is_some_and(|&(at, recursive)| at > change.call.start && (recursive || above == bare))
            });
            let temporary = path.strip_prefix('$').is_some_and(|name| {
                let name = name.trim_start_matches('{');
                let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
                self.temporary.contains(&name[..end])
            });
            !removed && !temporary && !self.sticky.contains(*path) && !self.pipes.contains(*path)
        };
        change.paths.iter().map(from_start).filter(lasts).filter(|path| !is_for_all(path)).collect()
    }
}

/// Where tools keep what every user of the image installs, as their official images have it.
fn is_for_all(path: &str) -> bool {
    let name = path.trim_start_matches(['$', '{']).trim_end_matches(['}', '/']);
    path.starts_with('$') && matches!(name, "CARGO_HOME" | "GEM_HOME" | "GOPATH" | "RUSTUP_HOME")
}

/// A comment at the call says that users with any number are meant to write there, as on OpenShift.
fn is_for_any_user(file: &Dockerfile, run: &Instruction, change: &ModeChange) -> bool {
    let text = file.source.text();
    let before = &text[run.span.start as usize..change.call.start as usize];
    // Its own line, then the comments right above it.
    let above = before.rsplit('\n').skip(1).take_while(|line| line.trim_start().starts_with('#'));
    above.map(str::to_ascii_lowercase).any(|line| {
        ["arbitrary", "any user", "any uid", "random u", "openshift"].iter().any(|mark| line.contains(mark))
    })
}

#[derive(Clone, Copy)]
struct Change<'s> {
    mode: &'s str,
    span: Span,
    recursive: bool,
}

fn judge(
    file: &Dockerfile,
    instruction: &Instruction,
    change: Change,
    places: Vec<String>,
    has_owner: &dyn Fn(&str) -> bool,
    told: &mut HashMap<(Option<usize>, String), (usize, bool)>,
    out: &mut Findings,
) {
    let Change { mode, span, recursive } = change;
    let message = match what(mode) {
        None => return,
        Some(Fault::Everybody) => {
            format!("mode `{mode}` lets every user write; give the file to the user who needs it")
        }
        Some(Fault::Setuid) => {
            format!(
                "mode `{mode}` sets the setuid bit, so the program always runs as its owner; remove that bit"
            )
        }
    };
    // Copied and created files belong to root, so another user may need the write access to a folder.
    let others_keep_it = !matches!(what(mode), Some(Fault::Everybody))
        || places.iter().all(|path| {
            let whole_folder = recursive && matches!(instruction.kind, Kind::Run(_));
            !whole_folder && is_file(path) || has_owner(path)
        });
    let octal = u32::from_str_radix(mode, 8).ok().filter(|_| file.source.slice(span) == mode);
    // What group and others may write, and setuid; the number of digits stays.
    let better = octal.map(|bits| format!("{:0width$o}", bits & !0o4022, width = mode.len()));
    // One path is one finding, however often its mode is set.
    let before = |place: &String| {
        let mut known = upwards(place).filter_map(|folder| {
            let &(draft, below) = told.get(&(instruction.stage, folder.to_owned()))?;
            (below || folder.len() == place.len()).then_some(draft)
        });
        known.next()
    };
    let same: Vec<Option<usize>> = places.iter().map(before).collect();
    if let Some(Some(first)) = same.first().copied()
        && same.iter().all(Option::is_some)
    {
        let draft = &mut out.list[first];
        draft.see(file.source, span, "and here");
        match (&mut draft.fix, better.filter(|_| others_keep_it)) {
            (Some(fix), Some(better)) => fix.edits.push(Edit::replace(span, better)),
            (fix, _) => *fix = None,
        }
        return;
    }
    let index = out.list.len();
    told.extend(places.into_iter().map(|place| ((instruction.stage, place), (index, recursive))));
    let finding = out.at(file.source, span, message);
    if !in_image(file, instruction) {
        finding.severity(Severity::Note);
    }
    if let Some(better) = better.filter(|_| others_keep_it) {
        finding.fix(Safety::Unsafe, format!("set mode `{better}`"), vec![Edit::replace(span, better)]);
    }
}

/// By its name it is a program or a file, which is to be run or read.
fn is_file(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let ending = name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && (1..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphabetic())
    });
    ending || name.contains("entrypoint") || matches!(last_part(folder), "bin" | "sbin" | "init.d")
}

/// What is given to somebody with `chown`, with all below it.
fn owned(file: &Dockerfile) -> HashSet<String> {
    let runs = file.runs().flat_map(|run| run.scripts().iter().map(move |script| (run, script)));
    let calls = runs.flat_map(|(run, script)| script.calls().into_iter().map(move |call| (run, call)));
    let owners = calls.filter(|(_, call)| call.is("chown"));
    owners
        .flat_map(|(run, call)| {
            let paths = call.operands().into_iter().skip(1);
            let resolve = move |path: &str| paths::resolve(file, run, path.trim_end_matches(['/', '*']));
            // As `upwards` ends: without a part for the root.
            paths.map(move |path| resolve(&path.text).trim_end_matches('/').to_owned())
        })
        .collect()
}

enum Fault {
    Everybody,
    Setuid,
}

/// Reads an octal or symbolic mode. The sticky bit makes a folder that everybody may write fit for it.
fn what(mode: &str) -> Option<Fault> {
    if let Ok(bits) = u32::from_str_radix(mode, 8) {
        return match bits {
            bits if bits & 0o4000 != 0 => Some(Fault::Setuid),
            bits if bits & 0o1002 == 0o002 => Some(Fault::Everybody),
            _ => None,
        };
    }
    let clauses = || {
        mode.split(',').filter_map(|clause| {
            let at = clause.find(['+', '='])?;
            Some((&clause[..at], &clause[at + 1..]))
        })
    };
    if clauses().any(|(who, add)| add.contains('s') && who != "g" && who != "o") {
        return Some(Fault::Setuid);
    }
    // `+w` alone is held back by the umask.
    let writes = clauses().any(|(who, add)| add.contains('w') && who.contains(['o', 'a']));
    (writes && !clauses().any(|(_, add)| add.contains('t'))).then_some(Fault::Everybody)
}
