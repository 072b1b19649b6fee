//! A place in a text that moves forward over operators, literals and arguments. Nothing is judged here.

use std::ops::Range;

use super::far::GAP;

/// How far a value is followed; a private key of 4096 bits has 3,200 characters.
const LONGEST: usize = 4096;
/// How much of a line before a name is looked at.
pub(super) const BEFORE: usize = 1024;

/// Calls that give back the literal they are given, as another type or decoded.
const WRAPS: [&[u8]; 25] = [
    b"some",
    b"option",
    b"just",
    b"of",
    b"from",
    b"new",
    b"string",
    b"str",
    b"ptr",
    b"stringptr",
    b"pointer",
    b"ref",
    b"byte",
    b"bytes",
    b"getbytes",
    b"fromhex",
    b"unhexlify",
    b"b64decode",
    b"atob",
    b"securestring",
    b"secretstring",
    b"secretstr",
    b"secret",
    b"frombase64string",
    b"unsafeplaintext",
];
/// The same, where the call has no name of its own.
const ENCODER: &[u8] = b"new TextEncoder().encode(";

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

pub(super) fn blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) quoted: bool,
    /// It is a piece of something longer, put together by code.
    pub(super) partial: bool,
}

pub(super) enum Operator {
    Assign,
    /// `||`, `??`, `?:`: what comes behind is a default.
    Or,
}

/// A place in a text that moves forward.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn rest(self) -> &'t [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        &rest[..rest.len().min(LONGEST)]
    }
    pub(super) fn peek(self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
    pub(super) fn next(self) -> Self {
        self.skip(1)
    }
    pub(super) fn skip(self, count: usize) -> Self {
        Self { at: self.at + count, ..self }
    }
    pub(super) fn skip_one(self, byte: u8) -> Option<Self> {
        (self.peek() == Some(byte)).then(|| self.next())
    }
    pub(super) fn skip_escape(self) -> Self {
        self.skip_one(b'\\').unwrap_or(self)
    }
    pub(super) fn blanks(self) -> Self {
        self.skip(self.rest().iter().take_while(|&&b| blank(b)).count())
    }
    pub(super) fn blanks_and_lines(self) -> Self {
        self.skip(self.rest().iter().take(GAP).take_while(|b| b.is_ascii_whitespace()).count())
    }

    /// Behind the next such byte on this line.
    pub(super) fn behind(self, byte: u8) -> Option<Self> {
        let found = self.rest().iter().position(|&b| b == byte || b == b'\n')?;
        (self.rest()[found] == byte).then(|| self.skip(found + 1))
    }

    pub(super) fn operator(self) -> Option<(Self, Operator)> {
        let rest = self.rest();
        for (sign, operator) in [
            (&b"||="[..], Operator::Assign),
            (b"??=", Operator::Assign),
            (b"||", Operator::Or),
            (b"??", Operator::Or),
            (b"?:", Operator::Or),
            (b"===", Operator::Assign),
            (b"==", Operator::Assign),
            (b"=>", Operator::Assign),
            (b":=", Operator::Assign),
            (b"?=", Operator::Assign),
            (b"+=", Operator::Assign),
            (b"::", Operator::Assign),
        ] {
            if rest.starts_with(sign) {
                // `Password::new` is a path, not an assignment; LDIF's `userPassword:: ` is one.
                let path = sign == b"::" && rest.get(2).is_none_or(|&b| !blank(b));
                return (!path).then(|| (self.skip(sign.len()), operator));
            }
        }
        matches!(rest.first(), Some(b'=' | b':')).then(|| (self.next(), Operator::Assign))
    }

    /// From a tag's end to the next tag, which closes the element: `>value</entry>`, `><value>value</value>`.
    pub(super) fn text_on_line(self) -> Option<Value> {
        let inside = self.skip_one(b'>')?;
        let nested = [&b"<value>"[..], b"<string>"].into_iter().find(|tag| inside.rest().starts_with(tag));
        let value = inside.skip(nested.map_or(0, <[u8]>::len)).until(|b| matches!(b, b'<' | b'\n'), true)?;
        let behind = Cursor { at: value.range.end, ..self }.blanks();
        behind.rest().starts_with(b"</").then_some(value)
    }

    /// ODBC's `Pwd={value};`.
    pub(super) fn braced(self) -> Option<Value> {
        let value = self.skip_one(b'{')?.until(|b| matches!(b, b'}' | b'\n' | b' '), false)?;
        let behind = &self.text[value.range.end..];
        (behind.starts_with(b"};") || behind.starts_with(b"}\"")).then_some(value)
    }

    /// Past a type between `:` and `=`: `password: &str = "…"`.
    pub(super) fn past_type(self) -> Self {
        let rest = self.rest();
        let length = rest
            .iter()
            .take(64)
            .take_while(|&&b| {
                is_name(b) || matches!(b, b' ' | b'&' | b'\'' | b'<' | b'>' | b'[' | b']' | b'?')
            })
            .count();
        let is_type = rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'&')
            && rest[..length].ends_with(b" ")
            && rest.get(length) == Some(&b'=')
            && rest.get(length + 1) != Some(&b'=');
        if is_type { self.skip(length + 1).blanks() } else { self }
    }

    /// Past the brackets of an array, `[]` or `[64]`, and blanks.
    pub(super) fn past_brackets(self) -> Option<Self> {
        let open = self.skip_one(b'[')?;
        let size = open.rest().iter().take(8).take_while(|b| b.is_ascii_digit()).count();
        Some(open.skip(size).skip_one(b']')?.blanks())
    }

    /// Past an anchor or the tag of a text in YAML: `&name `, `!!str `.
    fn past_tag(self) -> Self {
        let rest = self.rest();
        let length = match rest.first() {
            Some(b'&') => 1 + rest[1..].iter().take(32).take_while(|&&b| is_name(b)).count(),
            Some(b'!') if rest.starts_with(b"!!str") => 5,
            _ => return self,
        };
        let behind = self.skip(length);
        let word = behind.blanks();
        let is_tag = length > 1 && word.at > behind.at && !matches!(word.peek(), None | Some(b'\n' | b'\r'));
        if is_tag { word } else { self }
    }

    /// A literal in quotes, on one line; a letter or two may stand before it (`r"…"`, `b'…'`, `@"…"`).
    pub(super) fn quoted(self) -> Option<Value> {
        let mut start = self;
        let prefix =
            self.rest().iter().take(2).take_while(|b| matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'@')).count();
        if matches!(self.rest().get(prefix), Some(b'"' | b'\'' | b'`')) {
            start = self.skip(prefix);
        }
        let escaped = start.peek() == Some(b'\\') && matches!(start.next().peek(), Some(b'"' | b'\''));
        let open = start.skip_escape();
        let quote = open.peek().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
        let triple = open.rest().starts_with(&[quote; 3]);
        let inside = open.skip(if triple { 3 } else { 1 });
        let rest = inside.rest();
        let mut length = 0;
        loop {
            match rest.get(length)? {
                b'\n' => return None,
                b'\\' if rest.get(length + 1) == Some(&b'\n') => return None,
                b'\\' if escaped && rest.get(length + 1) == Some(&quote) => break,
                b'\\' => length += 2,
                &b if b == quote => break,
                _ => length += 1,
            }
        }
        let range = inside.at..inside.at + length;
        let behind = inside.skip(length).skip_escape().next().blanks();
        let partial = matches!(behind.peek(), Some(b'+' | b'%')) || behind.rest().starts_with(b".format");
        Some(Value { range, quoted: true, partial })
    }

    /// Up to a byte that ends it; none if it is empty.
    pub(super) fn until(self, ends: impl Fn(u8) -> bool, trim: bool) -> Option<Value> {
        let rest = self.rest();
        let length = rest.iter().position(|&b| ends(b)).unwrap_or(rest.len());
        let mut range = self.at..self.at + length;
        while trim && range.end > range.start && self.text[range.end - 1].is_ascii_whitespace() {
            range.end -= 1;
        }
        (!range.is_empty()).then_some(Value { range, quoted: false, partial: false })
    }

    /// A literal, quoted or not. With `whole_line` only blanks end it, else also what separates items.
    pub(super) fn value(self, whole_line: bool) -> Option<Value> {
        let start = self.past_tag();
        start.quoted().or_else(|| start.bare(whole_line))
    }

    fn bare(self, whole_line: bool) -> Option<Value> {
        let first = self.peek()?;
        // A YAML tag, anchor, alias, block, or the beginning of a list or object.
        // `[]:` begins a token of Unleash for all projects.
        let list = first == b'[' && !self.rest().starts_with(b"[]:");
        if list
            || matches!(first, b'"' | b'\'' | b'`' | b'{' | b'|' | b'>' | b'(' | b'#' | b'\\' | b'<')
            || (matches!(first, b'!' | b'&' | b'*')
                && self.next().peek().is_some_and(|b| b.is_ascii_alphabetic()))
        {
            return None;
        }
        if whole_line {
            let mut value = self.until(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''), false)?;
            if matches!(self.text[value.range.end - 1], b',' | b';') {
                value.range.end -= 1;
            }
            return (!value.range.is_empty()).then_some(value);
        }
        let separates = |b: u8| {
            b.is_ascii_whitespace()
                || matches!(b, b'"' | b'\'' | b'`' | b';' | b'&' | b',' | b'<' | b'>' | b'\\')
        };
        let mut value = self.until(separates, false)?;
        while value.range.end > value.range.start
            && matches!(self.text[value.range.end - 1], b')' | b'}' | b']')
        {
            value.range.end -= 1;
        }
        (!value.range.is_empty()).then_some(value)
    }

    /// The default in `getenv("NAME", "default")`.
    pub(super) fn second_argument(self) -> Option<Value> {
        let call = self.until(|b| matches!(b, b'(' | b'\n' | b';'), false)?;
        let name = &self.text[call.range.clone()];
        let reads = |word: &[u8]| name.len() >= word.len() && name.ends_with(word);
        if ![&b"getenv"[..], b"env", b"get", b"config", b"Getenv", b"getProperty"].into_iter().any(reads) {
            return None;
        }
        let inside = Cursor { at: call.range.end, ..self }.skip_one(b'(')?.blanks();
        let first = inside.quoted()?;
        let behind = Cursor { at: first.range.end, ..self }.next().blanks();
        behind.skip_one(b',')?.blanks().quoted()
    }

    /// A literal in calls that only wrap it: `Some("…".to_string())`, `SecretString::from("…")`, `[]byte("…")`.
    pub(super) fn wrapped(self) -> Option<Value> {
        if self.rest().starts_with(ENCODER) {
            return self.skip(ENCODER.len()).blanks().quoted();
        }
        let mut cursor = self;
        for _ in 0..3 {
            let is_callee = |b: &&u8| is_name(**b) || matches!(b, b':' | b'[' | b']' | b'&' | b'*');
            let callee = cursor.skip(if cursor.rest().starts_with(b"new ") { 4 } else { 0 });
            let length = callee.rest().iter().take(64).take_while(is_callee).count();
            let inside = callee.skip(length).skip_one(b'(')?;
            let shown = &callee.rest()[..length];
            let last = shown.rsplit(|b| !b.is_ascii_alphanumeric()).find(|word| !word.is_empty())?;
            // `password.decode("latin1")` names an encoding, `Base64.decode("…")`, `hex.DecodeString("…")` the value.
            let of = |name: &[u8]| shown.windows(name.len()).any(|there| there == name);
            let decodes = last.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"decode"))
                && (of(b"64") || of(b"hex"));
            if !decodes && !WRAPS.iter().any(|word| last.eq_ignore_ascii_case(word)) {
                return None;
            }
            cursor = inside.blanks();
            if let Some(value) = cursor.quoted() {
                return Some(value);
            }
        }
        None
    }

    /// The first literal of a list on this line.
    pub(super) fn first_of_list(self) -> Option<Value> {
        self.skip_one(b'[').or_else(|| self.skip_one(b'{'))?.blanks().quoted()
    }

    /// The value behind a name in serialised PHP: `s:11:"db_password";s:12:"…";`, from behind the first `;`.
    pub(super) fn serialised(self) -> Option<Value> {
        let length = self.skip_one(b's')?.skip_one(b':')?;
        let digits = length.rest().iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        length.skip(digits).skip_one(b':')?.quoted()
    }

    /// Past a type between a name and `=` where a statement begins: Go's `var name string = "…"`, Visual Basic's
    /// `Dim name As String = "…"`. Attributes follow each other, too (`a="x" b="y"`), but without a blank before `=`.
    pub(super) fn behind_type(self, before: &[u8]) -> Option<Self> {
        const DECLARES: [&[u8]; 11] = [
            b"param",
            b"var",
            b"const",
            b"dim",
            b"private",
            b"public",
            b"protected",
            b"friend",
            b"shared",
            b"static",
            b"readonly",
        ];
        let word = before.trim_ascii().rsplit(|&b| blank(b)).next().unwrap_or_default();
        if !word.is_empty() && !DECLARES.iter().any(|known| word.eq_ignore_ascii_case(known)) {
            return None;
        }
        let vb = self.rest().get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"as "));
        let kind = if vb { self.skip(3).blanks() } else { self };
        let is_kind = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'*' | b'[' | b']' | b'_');
        let length = kind.rest().iter().take(32).take_while(|b| is_kind(b)).count();
        let behind = kind.skip(length);
        let sign = behind.blanks();
        let assigned = sign.skip_one(b'=').filter(|after| after.peek() != Some(b'='))?;
        (length > 0 && sign.at > behind.at).then(|| assigned.blanks())
    }

    /// The value of a pair whose name stood before: `"value": "…"`, `value: …`, `value="…"`.
    pub(super) fn pair_value(self) -> Option<Value> {
        let quote = self.peek().filter(|b| matches!(b, b'"' | b'\''));
        let mut cursor = if quote.is_some() { self.next() } else { self };
        cursor = [&b"value"[..], b"Value", b"defaultValue", b"ParameterValue", b"content", b"default"]
            .iter()
            .find(|word| cursor.rest().starts_with(word))
            .map(|word| cursor.skip(word.len()))?;
        if let Some(quote) = quote {
            cursor = cursor.skip_one(quote)?;
        }
        let cursor = cursor.blanks();
        let cursor = cursor.skip_one(b':').or_else(|| cursor.skip_one(b'='))?;
        // `{name: password, value: v}` on one line.
        let line = self.text[..self.at].iter().rev().take(BEFORE).take_while(|&&b| b != b'\n');
        let in_braces = || line.skip_while(|&&b| blank(b)).any(|&b| b == b'{');
        cursor.blanks().value(quote.is_none() && !in_braces())
    }

    /// Behind a value without quotes comes another word on its line, and no comment.
    pub(super) fn goes_on(self, value: &Value) -> bool {
        let behind = Self { at: value.range.end, ..self };
        let word = behind.blanks();
        word.at > behind.at && word.peek().is_some_and(|b| b.is_ascii_alphanumeric())
    }

    /// An argument of a call on this line: where the next one begins, and the literal that it is, if it is one.
    pub(super) fn argument(self) -> Option<(Self, Option<Range<usize>>)> {
        let start = self.blanks();
        let literal = start.quoted().filter(|value| !value.partial);
        let from = literal.as_ref().map_or(start, |value| Self { at: value.range.end + 1, ..self });
        let line = from.rest().split(|&b| b == b'\n').next()?;
        let length = line.iter().position(|b| matches!(b, b',' | b')' | b'(' | b';' | b'{'))?;
        let whole = from.rest()[..length].trim_ascii().is_empty();
        let behind = from.skip(length);
        let next = behind.skip_one(b',').unwrap_or(behind);
        Some((next, literal.filter(|_| whole).map(|value| value.range)))
    }
}
