//! Objects in files of their own: `objects/ab/cdef…`, deflated with their header.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::ZlibDecoder;
use git2::Oid;

use super::{Kind, NAME, held};

/// An open loose object; its bytes are still to be read.
pub(crate) struct Loose {
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    pub(crate) bytes: ZlibDecoder<BufReader<File>>,
}

/// The names of all loose objects of an object folder.
pub(crate) fn list(folder: &Path) -> Vec<Oid> {
    let mut found = Vec::new();
    for first in 0..=255u8 {
        let start = format!("{first:02x}");
        let Ok(entries) = fs::read_dir(folder.join(&start)) else { continue };
        for entry in entries.flatten() {
            let rest = entry.file_name();
            // Temporary files have other names.
            let Some(rest) = rest.to_str().filter(|rest| rest.len() == 2 * NAME - 2) else { continue };
            found.extend(Oid::from_str(&format!("{start}{rest}")));
        }
    }
    found
}

pub(crate) fn path(folder: &Path, id: &Oid) -> PathBuf {
    let name = id.to_string();
    folder.join(&name[..2]).join(&name[2..])
}

pub(crate) fn open(folder: &Path, id: &Oid) -> Result<Loose, String> {
    let file = File::open(path(folder, id)).map_err(|error| error.to_string())?;
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
    let size = size.parse().map_err(|_| "its size is no number".to_owned())?;
    Ok(Loose { kind, size, bytes })
}

/// "commit ", a number and a NUL are never longer.
const HEADER: usize = 32;

impl Loose {
    pub(crate) fn read(mut self) -> Result<Vec<u8>, String> {
        held(self.size)?;
        let mut out = Vec::new();
        let read = (&mut self.bytes).take(self.size + 1).read_to_end(&mut out);
        read.map_err(|error| error.to_string())?;
        if out.len() as u64 == self.size {
            Ok(out)
        } else {
            Err("it is cut off or longer than it says".to_owned())
        }
    }
}
