//! A law of `src/history/` and `src/input/`: no error is dropped. Whoever looks and cannot see says so, or a history
//! with holes passes for a clean one.
//!
//! Lines that could drop one are looked for by their words. Each that may stay is named here with the reason.

use std::fs;
use std::path::Path;

use crate::floors::sources;

/// Ways to drop an error, or to make nothing of it.
const WAYS: [&str; 10] = [
    ".ok()",
    ".flatten()",
    ".unwrap_or_default()",
    "let Ok(",
    "Result::ok",
    "let _ =",
    "Err(_) =>",
    ".unwrap_or_else(|_|",
    "drop(fs::",
    ".map_or(true",
];

/// What may stay: a file, a part of the line, and why nothing is lost.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("history/forest.rs", "binary_search", "a search that finds nothing, and the caller tells it"),
    (
        "history/compare.rs",
        "into_tree().ok()",
        "what was no tree is compared with nothing, and all of it is new",
    ),
    ("history/compare.rs", "from.get(&brought.blob)", "lists of paths, no errors"),
    ("history/leaks/blobs.rs", "let Ok(Text::Whole", "only bytes are counted; the caller tells the error"),
    ("history/leaks/blobs.rs", "found.unwrap_or_default()", "lists of hits, no errors"),
    ("history/leaks/mod.rs", "text.get(look", "a range of bytes, no error"),
    (
        "history/leaks/range.rs",
        "find_blob(gone.blob).ok()",
        "what was before and cannot be read silences nothing",
    ),
    ("history/leaks/range.rs", "finding.place.span", "a range of bytes, no error"),
    ("history/leaks/tell.rs", "places(holder, self.whole)", "a secret without a place is told by its object"),
    ("history/leaks/tell.rs", "Oid::from_str(&at.id)", "an id that was one a moment ago"),
    ("history/leaks/tell.rs", ".into_iter().flatten()", "lists of findings, no errors"),
    ("input/disk.rs", "binary_search_by", "a search that finds nothing is no error"),
    ("input/private.rs", "remove_dir_all(&self.0)", "what is left is a temporary file"),
    (
        "input/shellcheck.rs",
        "join_paths(trusted",
        "folders with a colon in their names; the program needs none",
    ),
    ("input/shellcheck.rs", "send.send(read)", "nobody waits for it any more, and who waited told why"),
    (
        "input/shellcheck.rs",
        "answer.recv_timeout",
        "the loop ends with an answer or tells that there is none",
    ),
    ("input/shellcheck.rs", "kill_process_group(", "one that is gone needs no end"),
    ("input/shellcheck.rs", "self.0.kill()", "one that is gone needs no end"),
    ("input/shellcheck.rs", "self.0.wait()", "one that is gone needs no end"),
    ("input/shellcheck.rs", "numbers.next()?", "a version that is none is told"),
    ("history/mod.rs", "env::split_paths", "a variable that is not set"),
    ("history/objects/file.rs", "unwrap_or", "a file that is not there, which its reader asks for"),
    ("history/objects/loose.rs", "Oid::from_str", "a file that is no object by its name"),
    ("history/objects/loose.rs", "str::from_utf8(&header)", "made an error in the next line"),
    ("history/objects/mod.rs", "binary_search", "a search that finds nothing is no error"),
    ("history/objects/mod.rs", ".extension()", "a name without an ending"),
    (
        "history/objects/read.rs",
        "self.pack.read(&mut packed",
        "it is then read as a stream, which tells why it fails",
    ),
    (
        "history/objects/read.rs",
        "inflate(&mut Decompressor",
        "it is then read as a stream, which tells why it fails",
    ),
    ("history/objects/pack.rs", ".file_name()", "a path always has one"),
    ("history/opening.rs", "current_dir()", "libgit2 fails where the current folder is gone"),
    ("history/opening.rs", "start.canonicalize()", "looked at under the name it was given"),
    (
        "history/opening.rs",
        "file::path(path",
        "only Windows has paths that are none; libgit2 finds no such either",
    ),
    ("history/opening.rs", "file::path(path.trim_ascii())", "as above"),
    ("history/opening.rs", "home_dir()", "without a home `~` is nowhere"),
    (
        "history/opening.rs",
        "file::list(&folder)",
        "libgit2 can list it no more than we, and does not find what it needs",
    ),
    ("history/provenance/commits.rs", "binary_search", "a search that finds nothing; the caller tells it"),
    (
        "history/provenance/edges.rs",
        "seconds.parse()",
        "a commit without a time, which only puts commits in order",
    ),
    ("history/provenance/everywhere.rs", "author(&bytes)", "the walk has told a commit that cannot be read"),
    ("history/provenance/everywhere.rs", "time.unwrap_or_default()", "an author without a time"),
    (
        "history/provenance/mod.rs",
        ".map(|tree| self.paths(tree, bit))",
        "a commit whose tree is missing was told",
    ),
    (
        "history/provenance/mod.rs",
        "read.unwrap_or_default()",
        "the walk has told a commit that cannot be read",
    ),
    (
        "history/provenance/mod.rs",
        "let Ok((Kind::Tree, bytes))",
        "the walk has told a tree that cannot be read",
    ),
    ("history/provenance/mod.rs", "b\"author \"", "a commit without an author"),
    ("history/provenance/mod.rs", "seconds.parse()", "an author without a time"),
    (
        "history/provenance/refs.rs",
        "shallow(repository).map_or(true",
        "whoever cannot read the list takes it for cut",
    ),
    ("history/push.rs", ".ok()?", "what the other side has and cannot be read here leaves nothing out"),
    ("history/range.rs", "bail!", "told in other words"),
    ("history/range.rs", "raw.unwrap_or_default()", "words of an error"),
    ("history/range.rs", "let _ = write!", "a text takes all that is written to it"),
    ("history/range.rs", "repository.references().ok()?", "names to suggest in an error"),
    ("history/range.rs", "one.shorthand().ok()", "as above"),
    ("history/refs.rs", "str::from_utf8(hex)", "no name, and the caller tells it"),
    ("history/refs.rs", "Oid::from_str(hex)", "no name, and the caller tells it"),
    ("history/remote.rs", "", "without a remote a commit has no page"),
    ("history/search.rs", "found.flatten()", "lists of hits, no errors"),
    ("history/walk.rs", "Err(Not::Now)", "waits, and is seen later"),
    ("input/below.rs", ".ok()?", "what a submodule had and is not here is as good as never there"),
    ("input/commit.rs", "self.find(repository, path)?.is_some()", "unknown is an answer"),
    ("input/commit.rs", "found.ok().flatten()", "whoever reads the file then learns why it cannot"),
    ("input/commit.rs", "size.ok().flatten()", "whoever reads the file then learns why it cannot"),
    (
        "input/commit.rs",
        "repository.find_tree(id) else",
        "what lies around is context; `list` tells such a tree",
    ),
    ("input/commit.rs", "from_utf8(entry.name_bytes()) else", "as above"),
    ("input/commit.rs", "self.with(walk).unwrap_or_default()", "as above"),
    ("input/disk.rs", ".ok()?", "unknown is an answer to whether git tracks a file"),
    ("input/ignores.rs", ".cloned().flatten()", "a folder without patterns"),
    (
        "input/ignores.rs",
        "file.symlink_metadata()",
        "an ignore file that is not there; what is not ignored is looked at",
    ),
    ("input/ignores.rs", "let _ = builder.add_line", "a pattern that cannot be understood hides nothing"),
    ("input/ignores.rs", "builder.build().ok()", "as above"),
    (
        "input/index.rs",
        "regular::read(file, 4096)",
        "no repository, which the walk tells, or a folder that shares nothing: its index fails if it must",
    ),
    ("input/index.rs", ".transpose()?", "an index that is not there; errors go up"),
    ("input/mod.rs", "strip_prefix(root)", "a path elsewhere has no name here, and its caller tells it"),
    ("input/walk.rs", "path.canonicalize().ok()?", "`unread` has told a link that leads nowhere"),
    ("input/walk.rs", "root.canonicalize().ok()?", "the root of a run is there"),
    ("input/staged.rs", "repository.index().ok()?", "`open` has read the index"),
    ("input/staged.rs", "repository.find_blob(link.id)", "a link, of which only is told that it is left out"),
    ("input/staged.rs", "blob.content()).ok()?", "as above"),
    ("input/staged.rs", "&entry.path).ok()?", "what lies around is context; `list` tells such a name"),
    ("input/staged.rs", "String::from_utf8(entry.path).ok()", "as above"),
    ("input/staged.rs", "surrounding_files(&index)", "`open` has read the index"),
    ("input/staged.rs", "repository.find_blob(*id)", "what was before and cannot be read silences nothing"),
];

#[test]
fn no_error_is_dropped() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for floor in ["history", "input"] {
        sources(&src.join(floor), &mut files);
    }
    files.retain(|file| !file.components().any(|part| part.as_os_str() == "tests"));
    files.sort();
    let mut wrong = Vec::new();
    for file in files {
        let name =
            file.strip_prefix(&src).expect("it was found below src").to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).expect("a source can be read");
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            let drops = WAYS.iter().any(|way| line.contains(way)) && !line.contains(".iter().flatten()");
            let allowed = ALLOWED.iter().any(|(at, part, _)| *at == name && line.contains(part));
            if drops && !allowed {
                wrong.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "an error may be dropped here; tell it, or name the line in tests/swallowed.rs and say why:\n{}",
        wrong.join("\n")
    );
}
