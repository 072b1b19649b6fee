//! What a script does to files and accounts: `rm`, `chmod`, `useradd`.
//!
//! Paths are as written, and as seen from the folder in which the script starts; which one that is (WORKDIR), and where
//! links and variables lead, is not known here.

use super::args::{self, Arg};
use super::walk::Call;
use crate::text::Span;

/// A path that `rm`, `rmdir`, `unlink`, `shred -u` or `find … -delete` removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// As written, quotes removed and braces expanded.
    pub path: Box<str>,
    /// As seen from the folder in which the script starts; `None` where a `cd` led to an unknown place.
    pub from_start: Option<Box<str>>,
    /// The word that names it.
    pub span: Span,
    /// The whole call.
    pub call: Span,
    pub recursive: bool,
    /// A variable is in it.
    pub expands: bool,
    /// It may not run: see [`super::walk::Place::conditional`].
    pub conditional: bool,
}

impl Removal {
    /// Whether it empties a folder: removes it, one above it, or things in it.
    pub fn clears(&self, folder: &str) -> bool {
        clears(&self.path, self.recursive, folder)
    }
}

/// Whether the removal of a path empties a folder.
pub fn clears(path: &str, recursive: bool, folder: &str) -> bool {
    let path = path.trim_end_matches('*').trim_end_matches('/');
    let below = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below(folder, path) || !path.is_empty() && recursive && below(path, folder)
}

/// A call of `chmod`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeChange {
    pub call: Span,
    /// As written: `777`, `u+x`, `$MODE`
    pub mode: Box<str>,
    pub mode_span: Span,
    pub recursive: bool,
    pub paths: Vec<ChangedPath>,
}

/// One of the paths that `chmod` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPath {
    /// As written, quotes removed.
    pub text: Box<str>,
    /// As [`Removal::from_start`].
    pub from_start: Option<Box<str>>,
    pub span: Span,
}

/// The longest path that is put together from calls of `cd`.
const LONGEST_PATH: usize = 4096;

/// Where the `cd`s of a script have led so far, in the order of their calls.
#[derive(Debug, Default)]
pub(super) struct Folders(Vec<Option<Box<str>>>);

impl Folders {
    /// Notes where a `cd` leads.
    pub(super) fn enter(&mut self, call: &Call<'_>) {
        let operands = call.operands();
        let there = match &operands[..] {
            [word] if call.is("cd") || call.is("pushd") => self.seen(call, &word.text, word.expands),
            [] if call.is("cd") => Some("~".into()),
            _ => None,
        };
        self.0.push(there);
    }

    /// A path as seen from the folder in which the script starts.
    fn seen(&self, call: &Call<'_>, path: &str, expands: bool) -> Option<Box<str>> {
        let is_absolute = path.starts_with(['/', '~', '\\']) || expands && path.starts_with('$');
        let Some(at) = (call.place.folder as usize).checked_sub(1) else {
            return (path != "-").then(|| path.into());
        };
        if path == "-" {
            return None;
        }
        if is_absolute {
            return Some(path.into());
        }
        let folder = self.0.get(at)?.as_deref()?;
        let path = format!("{}/{path}", folder.trim_end_matches('/'));
        (path.len() <= LONGEST_PATH).then(|| path.into())
    }
}

impl ModeChange {
    /// The bits of an octal mode.
    pub fn bits(&self) -> Option<u32> {
        let digits = self.mode.trim_start_matches(['=', '+']);
        u32::from_str_radix(digits, 8).ok().filter(|_| !self.mode.is_empty())
    }
    /// Anybody may write. `+w` alone is held back by the umask, so it does not count.
    pub fn world_writable(&self) -> bool {
        self.bits().map_or_else(
            || self.clauses().any(|(who, add)| add.contains('w') && who.contains(['o', 'a'])),
            |bits| bits & 0o002 != 0,
        )
    }
    /// The setuid or setgid bit is given.
    pub fn sets_id(&self) -> bool {
        self.bits()
            .map_or_else(|| self.clauses().any(|(_, add)| add.contains('s')), |bits| bits & 0o6000 != 0)
    }
    /// (who, what is added or set) of each clause of a symbolic mode.
    fn clauses(&self) -> impl Iterator<Item = (&str, &str)> {
        self.mode.split(',').filter_map(|clause| {
            let at = clause.find(['+', '='])?;
            Some((&clause[..at], &clause[at + 1..]))
        })
    }
}

/// A user that `useradd` or `adduser` makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    pub call: Span,
    /// As written; may be a variable.
    pub name: Box<str>,
    pub name_span: Span,
    /// As written.
    pub uid: Option<Box<str>>,
    /// The primary group, as written: a name or a number.
    pub group: Option<Box<str>>,
    /// `-r`, `--system`, or busybox' `-S`.
    pub system: bool,
}

/// The paths that a call removes.
pub(super) fn removals(call: &Call<'_>, folders: &Folders) -> Vec<Removal> {
    match call.name() {
        Some("rm") => {
            let recursive = call.has_flag('r', "recursive") || call.has_flag('R', "");
            call.operands().into_iter().flat_map(|word| removal(call, folders, word, recursive)).collect()
        }
        Some("rmdir" | "unlink") => {
            call.operands().into_iter().flat_map(|word| removal(call, folders, word, false)).collect()
        }
        Some("shred") if call.has_flag('u', "remove") => {
            call.operands().into_iter().flat_map(|word| removal(call, folders, word, false)).collect()
        }
        Some("find") => {
            let deletes = call.args().iter().any(|word| &*word.text == "-delete")
                || super::wrappers::executed_by_find(call.words).iter().any(|words| &*words[0].text == "rm");
            let starts = call.args().iter().take_while(|word| !word.text.starts_with(['-', '(', '!']));
            if deletes {
                starts.flat_map(|word| removal(call, folders, word, true)).collect()
            } else {
                Vec::new()
            }
        }
        _ => Vec::new(),
    }
}

fn removal(call: &Call<'_>, folders: &Folders, word: &super::Word, recursive: bool) -> Vec<Removal> {
    if &*word.text == "{}" {
        return Vec::new();
    }
    let texts = if word.quoted { vec![word.text.to_string()] } else { braces(&word.text) };
    let make = |path: String| Removal {
        from_start: folders.seen(call, &path, word.expands),
        path: path.into(),
        span: word.span,
        call: call.span(),
        recursive,
        expands: word.expands,
        conditional: call.place.conditional,
    };
    texts.into_iter().map(make).collect()
}

/// Reads a `chmod`.
pub(super) fn mode_change(call: &Call<'_>, folders: &Folders) -> Option<ModeChange> {
    if !call.is("chmod") || call.has_flag('\0', "reference") {
        return None;
    }
    let operands = call.operands();
    let (mode, paths) = operands.split_first()?;
    Some(ModeChange {
        call: call.span(),
        mode: mode.text.clone(),
        mode_span: mode.span,
        recursive: call.has_flag('R', "recursive"),
        paths: paths
            .iter()
            .map(|word| ChangedPath {
                text: word.text.clone(),
                from_start: folders.seen(call, &word.text, word.expands),
                span: word.span,
            })
            .collect(),
    })
}

/// Reads a `useradd` or `adduser`.
pub(super) fn new_user(call: &Call<'_>) -> Option<NewUser> {
    let name = call.name().filter(|name| matches!(*name, "useradd" | "adduser"))?;
    let args: Vec<Arg<'_>> = call.split();
    let operands = args::operands(&args);
    // `adduser user group` adds a user that exists to a group.
    let group_only =
        args::find(&args, '\0', "group").is_some() && args::find(&args, '\0', "system").is_none();
    if name == "adduser" && (operands.len() > 1 || group_only) {
        return None;
    }
    let word = *operands.last()?;
    let value = |short, long| args::find(&args, short, long).and_then(|(value, _)| value).map(Into::into);
    let group = match name {
        "useradd" => value('g', "gid"),
        _ => value('G', "ingroup").or_else(|| value('\0', "gid")),
    };
    let system = args::find(&args, 'r', "system").or_else(|| args::find(&args, 'S', "")).is_some();
    Some(NewUser {
        call: call.span(),
        name: word.text.clone(),
        name_span: word.span,
        uid: value('u', "uid"),
        group,
        system,
    })
}

/// `a{b,c}` as `ab` and `ac`. At most 64 texts; what is no list of braces stays as it is.
pub(super) fn braces(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let close = rest[at..].find('}').map(|close| at + close);
        let Some(close) = close.filter(|_| !rest[..at].ends_with('$')) else { break };
        let inside = &rest[at + 1..close];
        if !inside.contains(',') || inside.contains('{') || out.len() * inside.split(',').count() > 64 {
            break;
        }
        let (before, parts) = (&rest[..at], inside.split(','));
        out = out
            .iter()
            .flat_map(|start| parts.clone().map(move |part| format!("{start}{before}{part}")))
            .collect();
        rest = &rest[close + 1..];
    }
    for start in &mut out {
        start.push_str(rest);
    }
    out
}
