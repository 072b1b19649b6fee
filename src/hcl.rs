//! HCL, as Terraform and Nomad have it: read as a list of mappings in YAML, with every byte in its place, so that what reads
//! YAML and JSON reads it, too. What is computed becomes a variable without a value.

use crate::text::Source;
use crate::yaml::{self, Node, Yaml};

/// Brackets within each other; nobody nests more.
const DEEPEST: usize = 64;

/// A text of HCL.
pub struct Hcl {
    /// As YAML: one item for each block.
    plain: Source,
    heads: Vec<Head>,
}

/// What stands before the bracket of a block: `resource "aws_ecs_task_definition" "app"`.
#[derive(Debug)]
pub struct Head {
    pub kind: Box<str>,
    pub labels: Vec<Box<str>>,
}

impl Hcl {
    /// Reads a text; `None` if it is not understood.
    pub fn of(source: &Source) -> Option<Self> {
        let bytes = source.text().as_bytes().to_vec();
        let mut reader = Reader { out: bytes.clone(), bytes, at: 0, heads: Vec::new() };
        reader.blocks()?;
        let Reader { mut out, heads, .. } = reader;
        out.extend(if heads.is_empty() { b"" } else { b"]".as_slice() });
        Some(Self { plain: Source::new(source.path().clone(), out), heads })
    }

    pub fn yaml(&self) -> Yaml<'_> {
        yaml::parse(&self.plain)
    }

    /// The blocks at the top; none if the text was not understood after all.
    pub fn blocks<'y>(&'y self, yaml: &'y Yaml<'y>) -> impl Iterator<Item = (&'y Head, Node<'y>)> {
        let root = yaml.root().filter(|_| yaml.errors.is_empty());
        self.heads.iter().zip(root.into_iter().flat_map(Node::items))
    }
}

/// All blocks of a kind in another that have something in them; each is an entry of its own.
pub fn nested<'y>(block: Node<'y>, kind: &str) -> impl Iterator<Item = Node<'y>> {
    let entries = block.raw_entries().filter(move |entry| entry.key_str() == kind);
    entries.map(|entry| entry.value).filter(|value| value.is_mapping())
}

struct Reader {
    bytes: Vec<u8>,
    out: Vec<u8>,
    at: usize,
    heads: Vec<Head>,
}

/// Reading ends with `None` where the text is not understood.
impl Reader {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts(&self, text: &str) -> bool {
        self.bytes[self.at..].starts_with(text.as_bytes())
    }

    /// Overwrites a range with blanks, or with a variable.
    fn blank(&mut self, start: usize, end: usize) {
        self.out[start..end]
            .iter_mut()
            .filter(|byte| !matches!(byte, b'\n' | b'\r'))
            .for_each(|byte| *byte = b' ');
    }

    fn mask(&mut self, start: usize, end: usize) {
        self.out[start..end].fill(b'X');
        self.out[start] = b'$';
    }

    /// Past blanks and comments.
    fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            let start = self.at;
            match byte {
                b' ' | b'\r' | b'\n' => self.at += 1,
                b'\t' => {
                    self.out[self.at] = b' ';
                    self.at += 1;
                }
                b'#' => self.line(),
                b'/' if self.starts("//") => self.line(),
                b'/' if self.starts("/*") => {
                    let end = memchr::memmem::find(&self.bytes[self.at..], b"*/");
                    self.at = end.map_or(self.bytes.len(), |end| self.at + end + 2);
                    self.blank(start, self.at);
                }
                _ => return,
            }
        }
    }

    /// Past the line, which becomes blank.
    fn line(&mut self) {
        let start = self.at;
        self.at = memchr::memchr(b'\n', &self.bytes[start..]).map_or(self.bytes.len(), |end| start + end);
        self.blank(start, self.at);
    }

    fn word(&mut self) -> Option<(usize, usize)> {
        let start = self.at;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        while self.peek().is_some_and(is_part) {
            self.at += 1;
        }
        (self.at > start).then_some((start, self.at))
    }

    /// Past a text in quotes; whether it has others inside.
    fn quoted(&mut self) -> Option<bool> {
        let (mut depth, mut has_inner) = (0usize, false);
        self.at += 1;
        loop {
            match (self.peek()?, depth) {
                (b'\\', _) => self.at += 1,
                (b'$' | b'%', _) if self.bytes.get(self.at + 1) == Some(&b'{') => {
                    depth += 1;
                    self.at += 1;
                }
                (b'}', 1..) => depth -= 1,
                (b'"', 0) => {
                    self.at += 1;
                    return Some(has_inner);
                }
                (b'"', _) => has_inner = true,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn text(&self, start: usize, end: usize) -> Box<str> {
        String::from_utf8_lossy(&self.bytes[start..end]).into()
    }

    /// The blocks at the top. Attributes there are left out.
    fn blocks(&mut self) -> Option<()> {
        loop {
            self.skip();
            if self.peek().is_none() {
                return Some(());
            }
            let (start, end) = self.word()?;
            let mut head = Head { kind: self.text(start, end), labels: Vec::new() };
            self.labels(&mut head.labels)?;
            if self.peek() != Some(b'{') {
                self.expression()?;
                self.blank(start, self.at);
                continue;
            }
            self.blank(start, self.at);
            self.out[start] = if self.heads.is_empty() { b'[' } else { b',' };
            self.heads.push(head);
            self.mapping(0)?;
        }
    }

    /// The labels of a block.
    fn labels(&mut self, labels: &mut Vec<Box<str>>) -> Option<()> {
        self.skip();
        while let Some(byte) = self.peek() {
            let start = self.at;
            if byte == b'"' {
                self.quoted()?;
                labels.push(self.text(start + 1, self.at - 1));
            } else if byte.is_ascii_alphabetic() {
                let (start, end) = self.word()?;
                labels.push(self.text(start, end));
            } else {
                break;
            }
            self.skip();
        }
        Some(())
    }

    /// What stands between `{` and `}`: attributes, entries, blocks.
    fn mapping(&mut self, depth: usize) -> Option<()> {
        if !self.opens(depth)? {
            return Some(());
        }
        let mut last = None;
        loop {
            self.skip();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                b',' => {
                    self.at += 1;
                    last = None;
                    continue;
                }
                _ => {}
            }
            if let Some(last) = last {
                // A line's end is what separates entries.
                *self.out.get_mut::<usize>(last)? = b',';
            }
            self.entry(depth)?;
            last = Some(self.at);
        }
    }

    fn entry(&mut self, depth: usize) -> Option<()> {
        let is_quoted = self.peek() == Some(b'"');
        if is_quoted {
            self.quoted()?;
        } else {
            self.word()?;
        }
        let end = self.at;
        self.labels(&mut Vec::new())?;
        match self.peek()? {
            b'{' => {
                // A block: the colon takes the blank behind its name, and the bracket may have to move by one.
                self.blank(end, self.at);
                let (bracket, next) = (self.at, self.bytes.get(self.at + 1).copied()?);
                *self.out.get_mut(end).filter(|_| bracket > end)? = b':';
                self.mapping(depth + 1)?;
                if bracket == end + 1 {
                    self.out[bracket] = b' ';
                    self.out[bracket + 1] = match next {
                        b' ' | b'\t' | b'\n' | b'\r' => b'{',
                        // Nothing is in it.
                        b'}' => b' ',
                        _ => return None,
                    };
                }
                Some(())
            }
            b'=' | b':' => {
                self.blank(end, self.at + 1);
                // `a="b"` has no room.
                let is_apart =
                    is_quoted || self.at > end || matches!(self.bytes.get(self.at + 1), Some(b' ' | b'\t'));
                *self.out.get_mut(end).filter(|_| is_apart)? = b':';
                self.at += 1;
                self.value(depth)
            }
            _ => None,
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.skip();
        let start = self.at;
        match self.peek()? {
            b'{' => self.mapping(depth + 1),
            b'[' => self.list(depth + 1),
            b'<' if self.starts("<<") => self.heredoc(depth),
            b'j' if self.starts("jsonencode(") => {
                self.at += "jsonencode(".len();
                self.blank(start, self.at);
                self.value(depth)?;
                self.skip();
                (self.peek() == Some(b')')).then(|| {
                    self.out[self.at] = b' ';
                    self.at += 1;
                })
            }
            _ => {
                self.expression()?;
                if !is_literal(&self.bytes[start..self.at]) {
                    self.mask(start, self.at);
                }
                Some(())
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        if !self.opens(depth)? {
            return Some(());
        }
        loop {
            self.skip();
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                b',' => self.at += 1,
                _ => self.value(depth)?,
            }
        }
    }

    /// Past an opening bracket. If a `for` computes what stands in it, past all of it, and false.
    fn opens(&mut self, depth: usize) -> Option<bool> {
        let opened = self.at;
        self.at += 1;
        self.skip();
        if depth > DEEPEST {
            return None;
        }
        if !self.starts("for ") {
            return Some(true);
        }
        self.at = opened;
        self.expression()?;
        self.mask(opened, self.at);
        Some(false)
    }

    /// A text over several lines; JSON is read, others are not known.
    fn heredoc(&mut self, depth: usize) -> Option<()> {
        let start = self.at;
        let first = memchr::memchr(b'\n', &self.bytes[start..]).map(|end| start + end + 1)?;
        let word = self.text(start + 2, first).trim().trim_start_matches('-').to_owned();
        let mut end = first;
        let mut next = first;
        for line in self.bytes[first..].split_inclusive(|&byte| byte == b'\n') {
            end = next;
            next += line.len();
            if line.trim_ascii() == word.as_bytes() {
                break;
            }
        }
        self.at = first;
        let body = self.bytes[first..end].trim_ascii_start();
        if body.starts_with(b"[") || body.starts_with(b"{") {
            self.blank(start, first);
            self.value(depth)?;
            self.blank(self.at.min(end), next);
        } else {
            self.mask(start, next.saturating_sub(1).max(start + 1));
        }
        // The line's end stays for what comes next.
        self.at = self.at.max(next.saturating_sub(1));
        Some(())
    }

    /// Past whatever a value is: to the end of its line, or to what closes the bracket around it.
    fn expression(&mut self) -> Option<()> {
        let mut depth = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.quoted()?;
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => break,
                b')' | b']' | b'}' => depth -= 1,
                b'\n' | b',' | b'#' if depth == 0 => break,
                b'/' if depth == 0 && (self.starts("//") || self.starts("/*")) => break,
                _ => {}
            }
            self.at += 1;
        }
        while self.at > 0 && matches!(self.bytes[self.at - 1], b' ' | b'\t' | b'\r') {
            self.at -= 1;
        }
        Some(())
    }
}

/// A text, a number or a word of YAML, and nothing that is computed.
fn is_literal(value: &[u8]) -> bool {
    let is_text = || {
        value.len() > 1
            && value.starts_with(b"\"")
            && value.ends_with(b"\"")
            && !value[1..value.len() - 1].contains(&b'"')
    };
    matches!(value, b"true" | b"false" | b"null")
        || !value.is_empty() && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        || is_text()
}

#[cfg(test)]
mod tests {
    use super::{Hcl, nested};
    use crate::text::Source;
    use crate::yaml::Node;

    #[test]
    fn blocks_are_mappings_with_every_byte_in_its_place() {
        let text = "x = 1\n# c {\nresource \"a\" \"b\" {\n\tname = \"é\" // d\n  n    = 3\n  v = var.x ? \"a\" : \"b\"\n  l = [\"p\", f(1, 2),]\n  \
                    o = jsonencode([{ k = true, \"q\": [for i in x : i] }])\n  j = <<EOF\n[{\"a\": \"${var.b}\", \"c\": 1}]\nEOF\n  \
                    h = <<-EOF\n  some {text\n  EOF\n  block \"z\" {\n    i = \"1\"\n  }\n  block {}\n}\nother {\n}\n";
        let source = Source::new("a.tf", text.into());
        let hcl = Hcl::of(&source).unwrap();
        let yaml = hcl.yaml();
        assert!(yaml.errors.is_empty(), "{:?} {}", yaml.errors, hcl.plain.text());
        let all: Vec<_> = hcl.blocks(&yaml).collect();
        assert_eq!(all.len(), 2);
        let (head, block) = &all[0];
        assert_eq!(
            (&*head.kind, head.labels.iter().map(|label| &**label).collect::<Vec<_>>()),
            ("resource", vec!["a", "b"])
        );
        let text_of = |path: &[&str]| block.at(path).and_then(Node::as_str);
        assert_eq!((text_of(&["name"]), text_of(&["n"])), (Some("é"), Some("3")));
        assert!(text_of(&["v"]).is_some_and(|value| value.starts_with("$X")));
        let items: Vec<_> = block.get("l").unwrap().items().map(|item| item.as_str().unwrap()).collect();
        assert_eq!(items, ["p", "$XXXXXX"]);
        let object = block.get("o").unwrap().items().next().unwrap();
        assert_eq!(object.get("k").unwrap().as_str(), Some("true"));
        let json = block.get("j").unwrap().items().next().unwrap();
        assert_eq!(source.slice(json.get("a").unwrap().span()), "\"${var.b}\"");
        assert_eq!(nested(*block, "block").count(), 1);
    }

    #[test]
    fn what_is_not_understood_is_nothing() {
        for text in ["a {", "a { b", "a { b = \"", "= 1", "a { b = <<EOF", &"a {".repeat(99)] {
            let source = Source::new("a.tf", text.into());
            let found = Hcl::of(&source).is_some_and(|hcl| hcl.blocks(&hcl.yaml()).count() > 0);
            assert!(!found, "{text}");
        }
    }
}
