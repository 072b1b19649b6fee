//! How the bytes of a text are written: in UTF-16, or not as text at all.

/// UTF-16 as UTF-8, anything else as it is.
pub fn as_utf8(bytes: Vec<u8>) -> Vec<u8> {
    match Wide::of(&bytes) {
        Some(wide) => wide.part(&bytes).0,
        None => bytes,
    }
}

/// A text in UTF-16.
#[derive(Clone, Copy, Debug)]
pub struct Wide {
    big_endian: bool,
}

impl Wide {
    /// How the text is written, told by its beginning: behind a byte order mark stands text of any script; without one
    /// every other byte is a zero, and between them stands ASCII.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let sample = &bytes[..bytes.len().min(512)];
        let marked = match sample {
            [0xff, 0xfe, ..] => Some(Self { big_endian: false }),
            [0xfe, 0xff, ..] => Some(Self { big_endian: true }),
            _ => None,
        };
        // What begins like a mark by chance has halves of characters in it. The last one may be cut.
        let is_text = |wide: &Self| {
            let mut characters = char::decode_utf16(wide.units(&sample[2..]));
            let bad = characters.find(|c| !matches!(c, Ok(c) if *c != '\0'));
            sample.len() > 8 && bad.is_none_or(|bad| bad.is_err() && characters.next().is_none())
        };
        if let Some(wide) = marked.filter(is_text) {
            return Some(wide);
        }
        memchr::memchr(0, sample)?;
        let is_wide = |zero: usize| {
            let text = |b: u8| (b' '..=b'~').contains(&b) || b.is_ascii_whitespace();
            let good = sample.chunks_exact(2).filter(|pair| pair[zero] == 0 && text(pair[1 - zero])).count();
            good >= 4 && good * 10 >= sample.len() / 2 * 6
        };
        let big_endian = !is_wide(1);
        (!big_endian || is_wide(0)).then_some(Self { big_endian })
    }

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u16> {
        let unit = move |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        bytes.chunks_exact(2).map(unit)
    }

    /// A part of the text, which begins at an even byte, as UTF-8; and for each byte of that, and its end, where in the
    /// part it comes from.
    pub fn part(self, bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
        let (mut text, mut places) = (String::new(), Vec::new());
        let mut at = 0;
        for c in char::decode_utf16(self.units(bytes)) {
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            text.push(c);
            places.resize(text.len(), at);
            at += 2 * c.len_utf16();
        }
        places.push(at);
        (text.into_bytes(), places)
    }
}

/// git's own test: a zero byte among the first 8,000.
pub fn is_binary(text: &[u8]) -> bool {
    memchr::memchr(0, &text[..text.len().min(8000)]).is_some()
}
