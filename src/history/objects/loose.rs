//! Objects in files of their own: `objects/ab/cdef…`, deflated with their header.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::ZlibDecoder;
use git2::Oid;

use super::{Kind, NAME, file, held};
use crate::outcome::Told;

/// An open loose object; its bytes are still to be read.
pub(crate) struct Loose {
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    pub(crate) bytes: ZlibDecoder<BufReader<File>>,
}

/// The names of all loose objects of an object folder.
pub(crate) fn list(folder: &Path, told: &mut Vec<Told>) -> Vec<Oid> {
    let mut found = Vec::new();
    for first in 0..=255u8 {
        let start = format!("{first:02x}");
        match file::list(&folder.join(&start)) {
            // Temporary files have other names.
            Ok(names) => found.extend(names.iter().filter_map(|rest| {
                let rest = rest.to_str().filter(|rest| rest.len() == 2 * NAME - 2)?;
                Oid::from_str(&format!("{start}{rest}")).ok()
            })),
            Err(gap) => told.push(Told::new(folder.join(start).to_string_lossy(), gap)),
        }
    }
    found
}

pub(crate) fn path(folder: &Path, id: &Oid) -> PathBuf {
    let name = id.to_string();
    folder.join(&name[..2]).join(&name[2..])
}

/// Whether an object can be read to its end; an empty file is one that everybody knows to be none.
pub(crate) fn check(path: &Path) -> Result<(), String> {
    if file::is_regular(path)?.is_none_or(|len| len == 0) {
        return Ok(());
    }
    let mut open = at(path)?;
    let read = io::copy(&mut (&mut open.bytes).take(open.size.saturating_add(1)), &mut io::sink());
    if read.map_err(|error| error.to_string())? == open.size { Ok(()) } else { Err(CUT.to_owned()) }
}

pub(crate) fn open(folder: &Path, id: &Oid) -> Result<Loose, String> {
    at(&path(folder, id))
}

fn at(path: &Path) -> Result<Loose, String> {
    let file = file::open(path)?;
    let mut bytes = ZlibDecoder::new(BufReader::new(file));
    let mut header = Vec::new();
    loop {
        let mut byte = [0];
        bytes.read_exact(&mut byte).map_err(|error| error.to_string())?;
        if byte == [0] {
            break;
        }
        header.push(byte[0]);
        if header.len() > HEADER {
            return Err("it has no header".to_owned());
        }
    }
    let header = str::from_utf8(&header).ok().and_then(|header| header.split_once(' '));
    let (kind, size) = header.ok_or("it has no header")?;
    let kind = Kind::named(kind).ok_or("its type is unknown")?;
    let size = size.parse().map_err(|_| "its size is not a number".to_owned())?;
    Ok(Loose { kind, size, bytes })
}

const CUT: &str = "it is cut off or longer than its stated size";
/// "commit ", a number and a NUL are never longer.
const HEADER: usize = 32;

impl Loose {
    pub(crate) fn read(mut self) -> Result<Vec<u8>, String> {
        held(self.size)?;
        let mut out = Vec::new();
        let read = (&mut self.bytes).take(self.size + 1).read_to_end(&mut out);
        read.map_err(|error| error.to_string())?;
        if out.len() as u64 == self.size { Ok(out) } else { Err(CUT.to_owned()) }
    }
}
