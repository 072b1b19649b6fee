//! Packs that git would not write, and trees that name each other too often.

use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha1::{Digest as _, Sha1};

use super::*;

/// An entry: its first byte's type, what follows the size, and the bytes to deflate.
struct Entry {
    form: u8,
    base: Vec<u8>,
    bytes: Vec<u8>,
}

/// Writes a pack and its index; the nth object's name is n in every fourth byte.
fn write(folder: &Path, entries: &[Entry]) {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    let mut offsets = Vec::new();
    for entry in entries {
        offsets.push(pack.len() as u32);
        let mut size = entry.bytes.len();
        pack.push(entry.form << 4 | (size & 15) as u8 | if size > 15 { 0x80 } else { 0 });
        size >>= 4;
        while size > 0 {
            pack.push((size & 0x7f) as u8 | if size > 0x7f { 0x80 } else { 0 });
            size >>= 7;
        }
        pack.extend(&entry.base);
        let mut deflate = ZlibEncoder::new(pack, Compression::fast());
        deflate.write_all(&entry.bytes).unwrap();
        pack = deflate.finish().unwrap();
    }
    pack.extend(Sha1::digest(&pack));
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..256u32 {
        let below = (0..entries.len() as u32).filter(|n| n >> 24 <= first).count() as u32;
        index.extend(below.to_be_bytes());
    }
    index.extend((0..entries.len() as u32).flat_map(name));
    index.extend(vec![0; 4 * entries.len()]);
    index.extend(offsets.into_iter().flat_map(u32::to_be_bytes));
    index.extend(&pack[pack.len() - 20..]);
    index.extend(Sha1::digest(&index));
    let place = folder.join(".git/objects/pack");
    fs::write(place.join("pack-1.pack"), pack).unwrap();
    fs::write(place.join("pack-1.idx"), index).unwrap();
}

fn name(n: u32) -> Vec<u8> {
    n.to_be_bytes().repeat(5)
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Visit for Count {
    type Found = ();

    fn wants(&self, _: Kind) -> bool {
        true
    }
    fn whole(&self, _: &Object, _: &[u8]) {}
    fn delta(&self, _: &Object, _: &[u8], _: &Delta<'_, ()>) {}
    fn piece(&self, _: &Object, _: &[u8], _: u64, _: std::ops::Range<usize>, _: Option<()>) {}
    fn done(&self, _: &Object, (): &()) {
        self.0.fetch_add(1, Relaxed);
    }
}

fn count(folder: &Path) -> (usize, Vec<Told>) {
    let count = Count::default();
    let told = open(folder).scan(&count);
    (count.0.into_inner(), told)
}

#[test]
fn a_chain_of_any_length_fits_the_stack() {
    let folder = start();
    let mut entries = vec![Entry { form: 3, base: vec![], bytes: b"abc".to_vec() }];
    for n in 1..30_000 {
        // A delta of the object before that copies all.
        entries.push(Entry { form: 7, base: name(n - 1), bytes: vec![3, 3, 0x90, 3] });
    }
    write(folder.path(), &entries);
    assert_eq!(count(folder.path()), (30_000, vec![]));
    assert_eq!(open(folder.path()).read(&Oid::from_bytes(&name(9000)).unwrap()).unwrap(), b"abc");
}

#[test]
fn circles_and_promises_are_told() {
    let folder = start();
    let copy = || vec![3, 3, 0x90, 3];
    write(
        folder.path(),
        &[
            Entry { form: 3, base: vec![], bytes: b"abc".to_vec() },
            Entry { form: 7, base: name(2), bytes: copy() },
            Entry { form: 7, base: name(1), bytes: copy() },
            Entry { form: 7, base: name(3), bytes: copy() },
            Entry { form: 7, base: name(99), bytes: copy() },
            Entry { form: 6, base: vec![0x7f], bytes: copy() },
            Entry { form: 5, base: vec![], bytes: copy() },
            // It promises an exabyte.
            Entry {
                form: 7,
                base: name(0),
                bytes: vec![3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x90, 3],
            },
        ],
    );
    let (seen, told) = count(folder.path());
    assert_eq!((seen, told.len()), (1, 7), "{told:?}");
    for n in 1..8 {
        assert!(open(folder.path()).read(&Oid::from_bytes(&name(n)).unwrap()).is_err());
    }
}

#[test]
fn trees_that_multiply_cost_nothing() {
    let folder = start();
    let folder = folder.path();
    let repository = Repository::open(folder).unwrap();
    let blob = repository.blob(b"secret\n").unwrap();
    let (mut id, mut mode) = (blob, 0o100_644);
    for _ in 0..12 {
        let mut builder = repository.treebuilder(None).unwrap();
        for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
            builder.insert(name, id, mode).unwrap();
        }
        (id, mode) = (builder.write().unwrap(), 0o040_000);
    }
    let made = git(folder, &["commit-tree", "-m", "bomb", &id.to_string()]);
    git(folder, &["update-ref", "refs/heads/main", &made]);
    let history = open(folder);
    let found = history.origins([blob]).0.of(&[vec![blob]], &|_, _| true);
    assert!(found[0].head.total >= 10_000);
    let range = Range::read(&repository, &Ends::parse(&repository, &["main"]).unwrap()).unwrap();
    assert_eq!(range.brought.len(), 1);
}
