//! Histories with holes: whatever a ref needs and cannot be read is named, and the exit code is 2.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::check;
use crate::past::{Repo, token};

/// A repository without secrets, so that only a hole can make a run fail; loose, with a tag.
fn clean() -> Repo {
    static ONE: OnceLock<Repo> = OnceLock::new();
    let one = ONE.get_or_init(make);
    let copy = tempfile::tempdir().expect("the test's own ground holds");
    let done = Command::new("cp")
        .arg("-a")
        .arg(one.path().join("."))
        .arg(copy.path())
        .status()
        .expect("cp is installed");
    assert!(done.success());
    Repo(copy)
}

fn make() -> Repo {
    let repo = Repo::new();
    for n in 0..4 {
        repo.write("dir/sub/file.txt", format!("number {n}\n"));
        repo.write(&format!("dir/{n}.txt"), format!("number {n}\n"));
        repo.commit(&format!("number {n}"));
    }
    repo.git(&["tag", "-a", "-m", "a tag", "v1", "HEAD~1"]);
    repo
}

fn object(repo: &Repo, word: &str) -> PathBuf {
    let id = repo.git(&["rev-parse", word]);
    repo.path().join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn packs(repo: &Repo, ending: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(repo.path().join(".git/objects/pack")).expect("a folder").flatten();
    all.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == ending)).collect()
}

/// Runs the whole history; it must be incomplete and say the words.
fn holed(folder: &Path, words: &[&str], about: &str) {
    let end = check(folder, &["--history"]);
    assert_eq!(end.code, Some(2), "{about}: {}", end.text);
    for word in words {
        assert!(end.text.contains(word), "{about}: `{word}` is not in {}", end.text);
    }
}

#[test]
fn a_missing_object_is_named_whatever_it_is() {
    assert_eq!(check(clean().path(), &["--history"]).code, Some(0));
    for word in [
        "HEAD",
        "HEAD~1",
        "HEAD~3",
        "HEAD^{tree}",
        "HEAD~2:dir",
        "HEAD~2:dir/sub",
        "HEAD:dir/0.txt",
        "HEAD~3:dir/sub/file.txt",
        "v1",
        "v1:dir/sub",
    ] {
        let repo = clean();
        let id = repo.git(&["rev-parse", word]);
        fs::remove_file(object(&repo, word)).expect("it is loose");
        holed(repo.path(), &[&id, "missing"], word);
        // The rest in a pack is no other case. What git will not pack any more lies loose.
        let repo = clean();
        repo.git(&["repack", "-adq"]);
        let pack = packs(&repo, "pack").pop().expect("a pack");
        let moved = repo.path().join("pack");
        fs::rename(&pack, &moved).expect("the test's own ground holds");
        fs::remove_file(pack.with_extension("idx")).expect("an index");
        let bytes = fs::read(&moved).expect("a pack");
        let mut unpack = Command::new("git")
            .args(["unpack-objects", "-q"])
            .current_dir(repo.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("git is installed");
        unpack.stdin.take().expect("a pipe").write_all(&bytes).expect("git reads");
        assert!(unpack.wait().expect("git ends").success());
        fs::remove_file(object(&repo, word)).expect("it is loose");
        holed(repo.path(), &[&id], word);
    }
}

#[test]
fn what_no_ref_needs_may_be_missing() {
    let repo = clean();
    repo.git(&["checkout", "-q", "-b", "gone"]);
    repo.write("dir/sub/gone.txt", "gone\n");
    repo.commit("gone");
    let tree = object(&repo, "HEAD:dir/sub");
    let blob = object(&repo, "HEAD:dir/sub/gone.txt");
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-qD", "gone"]);
    for path in [tree, blob] {
        fs::remove_file(path).expect("it is loose");
        let end = check(repo.path(), &["--history"]);
        assert_eq!(end.code, Some(0), "{}", end.text);
    }
}

#[test]
fn partial_clones_say_what_they_lack() {
    let repo = clean();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let url = format!("file://{}", repo.path().display());
    for filter in
        ["blob:none", "blob:limit=1", "tree:0", "tree:1", "tree:2", "object:type=commit", "object:type=tree"]
    {
        let other = tempfile::tempdir().expect("the test's own ground holds");
        let copy = other.path().join("copy").to_string_lossy().into_owned();
        repo.git(&["clone", "-q", "--bare", &format!("--filter={filter}"), &url, &copy]);
        holed(Path::new(&copy), &["--refetch"], filter);
    }
}

#[test]
fn packs_and_indexes_alone_are_told() {
    let packed = || {
        let repo = clean();
        repo.git(&["repack", "-adfq"]);
        repo
    };
    let repo = packed();
    fs::remove_file(packs(&repo, "idx").pop().expect("an index")).expect("it lies there");
    holed(repo.path(), &["its index is missing"], "no index");
    let repo = packed();
    fs::remove_file(packs(&repo, "pack").pop().expect("a pack")).expect("it lies there");
    holed(repo.path(), &["its pack is missing"], "no pack");
    // One without the other among whole ones, too.
    let repo = packed();
    let pack = packs(&repo, "pack").pop().expect("a pack");
    fs::copy(&pack, pack.with_file_name("pack-1.pack")).expect("the test's own ground holds");
    holed(repo.path(), &["pack-1.pack", "its index is missing"], "one more");
}

#[test]
fn folders_and_lists_that_cannot_be_read_are_told() {
    // Root may read everything, so what cannot be read is something else than it should be.
    for (path, word) in [
        ("objects/pack", "objects/pack"),
        ("objects/ab", "objects/ab"),
        ("objects/info/alternates", "alternates"),
        ("packed-refs", "packed-refs"),
        ("refs/heads/other", "refs/heads/other"),
        ("refs/tags", "refs/tags"),
        ("shallow", "shallow"),
    ] {
        for kind in ["a link to itself", "a folder or a file", "no text"] {
            let repo = clean();
            let place = repo.path().join(".git").join(path);
            let folder = ["objects/pack", "objects/ab", "refs/tags"].contains(&path);
            if place.is_dir() {
                fs::remove_dir_all(&place).expect("the test's own ground holds");
            } else if place.exists() {
                fs::remove_file(&place).expect("the test's own ground holds");
            }
            match kind {
                #[cfg(unix)]
                "a link to itself" => {
                    std::os::unix::fs::symlink(place.file_name().expect("a name"), &place)
                        .expect("the test's own ground holds");
                }
                // A folder is where a ref may be, too.
                "a folder or a file" if path == "refs/heads/other" => continue,
                "a folder or a file" if folder => {
                    fs::write(&place, "x").expect("the test's own ground holds");
                }
                "a folder or a file" => fs::create_dir(&place).expect("the test's own ground holds"),
                "no text" if !folder => {
                    fs::write(&place, b"\xff\xfe\0 nothing\nof use\n").expect("the test's own ground holds");
                }
                _ => continue,
            }
            let word = match (path, kind) {
                ("objects/info/alternates", "no text") => "missing",
                // It is libgit2 that finds this one.
                ("shallow", "no text") => "graft",
                _ => word,
            };
            holed(repo.path(), &[word], &format!("{path}: {kind}"));
        }
    }
}

#[cfg(unix)]
#[test]
fn alternates_are_read_as_git_reads_them() {
    use std::os::unix::ffi::OsStrExt as _;
    let secret = Repo::new();
    secret.write("a.env", format!("TOKEN={}\n", token(1)));
    secret.commit("first");
    let elsewhere = tempfile::tempdir().expect("the test's own ground holds");
    for (name, written) in [
        (&b"plain"[..], &b"plain"[..]),
        (b"with\xe9byte", b"with\xe9byte"),
        (b"with space", b"with space"),
        (b"with\nline", b"\"with\\nline\""),
        (b"with\"quote", b"\"with\\\"quote\""),
        (b"\xc3\xa9", b"\"\\303\\251\""),
    ] {
        let folder = elsewhere.path().join(std::ffi::OsStr::from_bytes(name));
        let done = Command::new("cp")
            .arg("-a")
            .arg(secret.path().join(".git/objects"))
            .arg(&folder)
            .status()
            .expect("cp is installed");
        assert!(done.success());
        let repo = clean();
        let mut line = b"# a comment\n\n".to_vec();
        let mut path = elsewhere.path().as_os_str().as_bytes().to_vec();
        path.push(b'/');
        match written.strip_prefix(b"\"") {
            Some(rest) => line.extend([b"\"", &path[..], rest].concat()),
            None => line.extend([&path[..], written].concat()),
        }
        line.push(b'\n');
        fs::write(repo.path().join(".git/objects/info/alternates"), line)
            .expect("the test's own ground holds");
        repo.git(&["update-ref", "refs/heads/elsewhere", &secret.git(&["rev-parse", "HEAD"])]);
        let end = check(repo.path(), &["--history"]);
        assert_eq!(end.code, Some(1), "{}: {}", String::from_utf8_lossy(name), end.text);
        assert!(end.text.contains("a.env:1"), "{}", end.text);
    }
    for wrong in ["/nowhere/at/all\n", "\"/no/end\n", "../nothing\n"] {
        let repo = clean();
        fs::write(repo.path().join(".git/objects/info/alternates"), wrong)
            .expect("the test's own ground holds");
        holed(repo.path(), &[], wrong);
    }
}

#[test]
fn refs_that_lead_nowhere_are_told() {
    let zero = "1".repeat(40);
    for (path, text) in [
        ("refs/heads/nowhere", format!("{zero}\n")),
        ("refs/heads/empty", String::new()),
        ("refs/heads/short", "12345\n".to_owned()),
        ("refs/heads/long", format!("{zero}1\n")),
        ("refs/tags/words", "what is this\n".to_owned()),
        ("refs/heads/round", "ref: refs/heads/round\n".to_owned()),
        ("refs/remotes/o/x/y/z", format!("{zero}\n")),
        ("packed-refs", format!("{zero} refs/heads/packed\n")),
        ("packed-refs", format!("# pack-refs with: peeled\n{zero}refs/heads/packed\n")),
        ("packed-refs", "nothing at all\n".to_owned()),
        ("packed-refs", format!("{zero} refs/heads/pack")),
        ("HEAD", format!("{zero}\n")),
    ] {
        let repo = clean();
        let place = repo.path().join(".git").join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("the test's own ground holds");
        fs::write(&place, &text).expect("the test's own ground holds");
        holed(repo.path(), &[path.trim_start_matches("packed-")], &format!("{path}: {text}"));
    }
    // A branch without commits is none of these, nor is what other programs leave.
    let repo = clean();
    fs::write(repo.path().join(".git/HEAD"), "ref: refs/heads/new\n").expect("the test's own ground holds");
    fs::write(repo.path().join(".git/refs/heads/.DS_Store"), "x").expect("the test's own ground holds");
    fs::write(repo.path().join(".git/refs/heads/x.lock"), "").expect("the test's own ground holds");
    assert_eq!(check(repo.path(), &["--history"]).code, Some(0));
    // Where nothing leads to the commits, nobody has looked at any.
    fs::remove_dir_all(repo.path().join(".git/refs")).expect("the test's own ground holds");
    fs::create_dir(repo.path().join(".git/refs")).expect("the test's own ground holds");
    drop(fs::remove_file(repo.path().join(".git/packed-refs")));
    assert_eq!(check(repo.path(), &["--history"]).code, Some(2));
    assert_eq!(check(repo.path(), &["--history", "--unreachable"]).code, Some(0));
}

/// Writes a loose object under a name that it has not.
fn forge(repo: &Repo, id: &str, kind: &str, bytes: &[u8]) {
    let path = repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the test's own ground holds");
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(format!("{kind} {}\0", bytes.len()).as_bytes()).expect("memory takes it");
    deflate.write_all(bytes).expect("memory takes it");
    fs::write(path, deflate.finish().expect("memory takes it")).expect("the test's own ground holds");
}

#[test]
fn circles_end_and_are_told() {
    let id = |n: u8| format!("{n:02x}").repeat(20);
    let who = "A <a@example.org> 1700000000 +0000";
    let commit = |tree: &str, parents: &[String]| {
        let parents = parents.iter().fold(String::new(), |all, parent| all + "parent " + parent + "\n");
        format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\nmessage\n").into_bytes()
    };
    let tag =
        |to: &str, kind: &str| format!("object {to}\ntype {kind}\ntag t\ntagger {who}\n\nm\n").into_bytes();
    let entry = |mode: &str, name: &str, n: u8| [format!("{mode} {name}\0").as_bytes(), &[n; 20]].concat();

    for what in ["commit", "commits", "tag", "tags", "tag of a branch"] {
        let repo = clean();
        repo.write("a.env", format!("TOKEN={}\n", token(1)));
        repo.git(&["add", "-A"]);
        let tree = repo.git(&["write-tree"]);
        match what {
            "commit" => forge(&repo, &id(0x11), "commit", &commit(&tree, &[id(0x11)])),
            "commits" => {
                forge(
                    &repo,
                    &id(0x11),
                    "commit",
                    &commit(&tree, &[id(0x12), repo.git(&["rev-parse", "main"])]),
                );
                forge(&repo, &id(0x12), "commit", &commit(&tree, &[id(0x11)]));
            }
            "tag" => forge(&repo, &id(0x11), "tag", &tag(&id(0x11), "tag")),
            "tags" => {
                forge(&repo, &id(0x11), "tag", &tag(&id(0x12), "tag"));
                forge(&repo, &id(0x12), "tag", &tag(&id(0x13), "commit"));
                forge(&repo, &id(0x13), "tag", &tag(&id(0x11), "blob"));
            }
            _ => forge(&repo, &id(0x11), "tag", &tag(&id(0x11), "commit")),
        }
        fs::write(repo.path().join(".git/refs/heads/round"), id(0x11)).expect("the test's own ground holds");
        holed(repo.path(), &[if what.starts_with("commit") { "ancestors" } else { "itself" }], what);
        if what.starts_with("commit") {
            let end = check(repo.path(), &["--history"]);
            assert!(
                end.text.contains("github-personal-access-token"),
                "what a circle brought is told: {}",
                end.text
            );
        }
        for args in [&["--commits", "round"][..], &["--history", "--branch", "round"]] {
            assert_eq!(check(repo.path(), args).code, Some(2), "{what}, {args:?}");
        }
    }
    // Trees that name themselves, many times over.
    let repo = clean();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    repo.git(&["add", "-A"]);
    let blob = repo.git(&["rev-parse", ":a.env"]);
    let blob: Vec<u8> =
        (0..20).map(|i| u8::from_str_radix(&blob[2 * i..2 * i + 2], 16).expect("a number")).collect();
    let mut tree = [b"100644 a.env\0", &blob[..]].concat();
    for name in ["b", "c", "d"] {
        tree.extend(entry("40000", name, 0x21));
    }
    forge(&repo, &id(0x21), "tree", &tree);
    forge(&repo, &id(0x22), "commit", &commit(&id(0x21), &[]));
    fs::write(repo.path().join(".git/refs/heads/round"), id(0x22)).expect("the test's own ground holds");
    let end = check(repo.path(), &["--history"]);
    assert!(end.code == Some(1) && end.text.contains("a.env:1"), "{:?} {}", end.code, end.text);
}

#[test]
fn a_tree_that_is_cut_off_is_told() {
    let repo = clean();
    let tree = repo.git(&["rev-parse", "HEAD:dir"]);
    fs::remove_file(object(&repo, "HEAD:dir")).expect("it is loose");
    forge(&repo, &tree, "tree", b"100644 a\0too short");
    holed(repo.path(), &[&tree, "damaged"], "an entry is cut off");
    let commit = repo.git(&["rev-parse", "HEAD"]);
    for (kind, text) in
        [("commit", "nothing\n"), ("commit", "tree 1234\n\n"), ("blob", "a commit that is none\n")]
    {
        let repo = clean();
        fs::remove_file(object(&repo, "HEAD")).expect("it is loose");
        forge(&repo, &commit, kind, text.as_bytes());
        holed(repo.path(), &[], text);
    }
}
