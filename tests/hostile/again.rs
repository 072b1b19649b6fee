//! What was found and is hard to read a second time is told all the same.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha1::{Digest as _, Sha1};

use super::check;
use crate::past::{Repo, token};

/// Writes a pack whose entries are a blob and many deltas of each other; gives the name of the last.
fn chain(repo: &Repo, deltas: usize, text: &[u8]) -> String {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    let size = |mut n: usize, first: u8, bits: u32| {
        let mut out = vec![first | (n & ((1 << bits) - 1)) as u8];
        n >>= bits;
        while n > 0 {
            *out.last_mut().expect("there is one") |= 0x80;
            out.push((n & 0x7f) as u8);
            n >>= 7;
        }
        out
    };
    let deflate = |bytes: &[u8]| {
        let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(bytes).expect("memory takes it");
        deflate.finish().expect("memory takes it")
    };
    pack.extend((deltas as u32 + 1).to_be_bytes());
    let mut current = text.to_vec();
    let mut objects = Vec::new();
    let name = |text: &[u8]| {
        Sha1::new().chain_update(format!("blob {}\0", text.len())).chain_update(text).finalize()
    };
    objects.push((name(&current), pack.len() as u32));
    pack.extend(size(text.len(), 3 << 4, 4));
    pack.extend(deflate(text));
    for n in 0..deltas {
        // All of the base, and eight more bytes that are another number each time.
        let tail = format!("{n:07}\n");
        let base = if n == 0 { current.len() } else { current.len() - 8 };
        let mut delta = size(current.len(), 0, 7);
        delta.extend(size(base + 8, 0, 7));
        delta.extend([0xb0, base as u8, (base >> 8) as u8, 8]);
        delta.extend(tail.as_bytes());
        current.truncate(base);
        current.extend(tail.as_bytes());
        let last = objects.last().expect("there is one").0;
        objects.push((name(&current), pack.len() as u32));
        pack.extend(size(delta.len(), 7 << 4, 4));
        pack.extend(last);
        pack.extend(deflate(&delta));
    }
    pack.extend(Sha1::digest(&pack));
    let last = format!("{:x}", objects.last().expect("there is one").0);
    objects.sort_unstable();
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255u8 {
        index.extend((objects.iter().filter(|(name, _)| name[0] <= first).count() as u32).to_be_bytes());
    }
    index.extend(objects.iter().flat_map(|(name, _)| name.to_vec()));
    index.extend(vec![0; 4 * objects.len()]);
    index.extend(objects.iter().flat_map(|(_, at)| at.to_be_bytes()));
    index.extend(&pack[pack.len() - 20..]);
    index.extend(Sha1::digest(&index));
    let place = repo.path().join(".git/objects/pack");
    fs::write(place.join("pack-1.pack"), pack).expect("the test's own ground holds");
    fs::write(place.join("pack-1.idx"), index).expect("the test's own ground holds");
    last
}

#[test]
fn behind_any_number_of_deltas() {
    for deltas in [3, 4_096, 11_000, 40_000] {
        let repo = Repo::new();
        let last = chain(&repo, deltas, format!("A=1\nTOKEN={}\n", token(1)).as_bytes());
        let tree = repo.path().join("tree");
        fs::write(&tree, format!("100644 blob {last}\tdeep.env\n")).expect("the test's own ground holds");
        let made = std::process::Command::new("git")
            .args(["mktree"])
            .current_dir(repo.path())
            .stdin(fs::File::open(&tree).expect("it was written"))
            .output()
            .expect("git is installed");
        let made = String::from_utf8_lossy(&made.stdout).trim().to_owned();
        let commit = repo.git(&["commit-tree", "-m", "deep", &made]);
        repo.git(&["update-ref", "refs/heads/main", &commit]);
        let end = check(repo.path(), &["--history"]);
        assert_eq!(end.code, Some(1), "{deltas}: {}", end.text);
        assert!(end.text.contains("deep.env:2:"), "{deltas}: {}", end.text);
    }
}

#[test]
fn in_blobs_that_are_read_in_parts() {
    // One more than may be held is 512 MiB; both ways are one from 16 MiB on. `HULLGUARD_HUGE=1` tries the true size in a
    // release build.
    let size: usize = if std::env::var_os("HULLGUARD_HUGE").is_some() { 520 << 20 } else { 20 << 20 };
    for (packed, at) in [(false, size), (true, size), (true, (4 << 20) + (64 << 10) - 20), (false, 9 << 20)] {
        let repo = Repo::new();
        let line = "a line of a file that goes on and on and says nothing\n";
        let before = at / line.len();
        let secret = format!("TOKEN={}\n", token(1));
        let text = [line.repeat(before).as_str(), &secret, &line.repeat(size / line.len() - before)].concat();
        repo.write("huge.txt", text);
        repo.commit("huge");
        if packed {
            repo.git(&["repack", "-adfq"]);
        }
        let end = check(repo.path(), &["--history"]);
        assert_eq!(end.code, Some(1), "{packed}, {at}: {}", end.text);
        let place = format!("huge.txt:{}:", before + 1);
        assert!(end.text.contains(&place), "{packed}, {place}: {}", end.text);
        assert_eq!(end.text.matches("--> ").count(), 1, "{}", end.text);
    }
}

#[test]
fn and_what_cannot_be_is_told_as_found() {
    // A huge loose blob that is cut off behind the token: it is found, and the text ends in an error both times.
    let repo = Repo::new();
    let mut text = format!("TOKEN={}\n", token(1)).into_bytes();
    let mut dice = super::Dice(5);
    text.extend((0..18 << 20).map(|_| b"abcdefgh \n"[dice.roll(10)]));
    repo.write("huge.txt", text);
    repo.commit("huge");
    let id = repo.git(&["rev-parse", "HEAD:huge.txt"]);
    let path = repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let bytes = fs::read(&path).expect("it is loose");
    fs::remove_file(&path).expect("it is loose");
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("the test's own ground holds");
    let end = check(repo.path(), &["--history"]);
    assert_eq!(end.code, Some(2), "{}", end.text);
    assert!(end.text.contains("huge.txt:1:") && end.text.contains(&id), "{}", end.text);
}
