//! HCL, as Terraform, Nomad and Buildx have it, read into the tree that YAML and JSON have, so that what reads those reads it,
//! too. As in HCL's own JSON, the labels of a block are keys around what is in it. What is computed is a text `${…}` with the
//! tag [`COMPUTED`].
//!
//! Not by `hcl-edit`, whose tree is another one: bake files and tasks of ECS are JSON as well, and would be read twice.

use crate::text::{Source, Span};
use crate::yaml::{Entry, Node, Style, Tree, Yaml};

/// The tag of values that only the program that runs the file knows.
const COMPUTED: &str = "!computed";
/// Brackets within each other; nobody nests more.
const DEEPEST: usize = 64;

/// Reads a text; its root is a mapping.
///
/// # Errors
/// A clause that says where it is not understood.
pub fn parse(source: &Source) -> Result<Yaml<'_>, String> {
    let mut reader = Reader { text: source.text(), at: 0, tree: Tree::new(source) };
    reader.tree.start_mapping(Span::at(0), true);
    if reader.entries(None, 0).is_none() {
        return Err(format!("line {} is not valid HCL", source.line_of(reader.at)));
    }
    reader.tree.close(Some(reader.at));
    Ok(reader.tree.finish())
}

/// All blocks of a kind in another; each is an entry of its own.
pub fn nested<'y>(block: Node<'y>, kind: &str) -> impl Iterator<Item = Node<'y>> {
    let entries = block.raw_entries().filter(move |entry| entry.key_str() == kind);
    entries.map(|entry| entry.value).filter(|value| value.is_mapping())
}

/// As [`nested`], of blocks with a label: the label and what is in the block.
pub fn labelled<'y>(block: Node<'y>, kind: &str) -> impl Iterator<Item = Entry<'y>> {
    nested(block, kind).flat_map(Node::raw_entries).filter(|entry| entry.value.is_mapping())
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
    tree: Tree<'s>,
}

/// Reading ends with `None` where the text is not understood.
impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn starts(&self, text: &str) -> bool {
        self.text.as_bytes()[self.at..].starts_with(text.as_bytes())
    }

    /// Past a byte, if it comes next.
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn span(&self, start: usize) -> Span {
        Span::new(start, self.at)
    }

    /// Past a comment, up to the end of its line; whether there is one.
    fn comment(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let length = if rest.starts_with(b"#") || rest.starts_with(b"//") {
            memchr::memchr(b'\n', rest)
        } else if rest.starts_with(b"/*") {
            memchr::memmem::find(rest, b"*/").map(|end| end + 2)
        } else {
            return false;
        };
        self.at += length.unwrap_or(rest.len());
        true
    }

    /// Past blanks, ends of lines and comments.
    fn skip(&mut self) {
        loop {
            while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
                self.at += 1;
            }
            if !self.comment() {
                return;
            }
        }
    }

    /// Attributes, blocks and entries of an object, up to the bracket that ends them, or the end of the text.
    fn entries(&mut self, end: Option<u8>, depth: usize) -> Option<()> {
        loop {
            self.skip();
            match self.peek() {
                byte if byte == end => {
                    self.at += usize::from(end.is_some());
                    return Some(());
                }
                Some(b',') => self.at += 1,
                _ => self.entry(depth)?,
            }
        }
    }

    fn entry(&mut self, depth: usize) -> Option<()> {
        self.key()?;
        self.skip();
        if matches!(self.peek()?, b'=' | b':') {
            self.at += 1;
            return self.value(depth);
        }
        let mut labels = 0;
        while self.peek()? != b'{' && depth + labels < DEEPEST {
            self.tree.start_mapping(Span::at(self.at), true);
            self.key()?;
            self.skip();
            labels += 1;
        }
        self.mapping(depth + labels + 1)?;
        (0..labels).for_each(|_| self.tree.close(Some(self.at)));
        Some(())
    }

    /// A name, a label, or a key of an object.
    fn key(&mut self) -> Option<()> {
        let start = self.at;
        match self.peek()? {
            b'"' => self.quoted(),
            b'(' => {
                self.expression(true)?;
                self.computed(start);
                Some(())
            }
            _ => {
                let is_part =
                    |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..);
                while self.peek().is_some_and(is_part) {
                    self.at += 1;
                }
                self.plain(start);
                (self.at > start).then_some(())
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.skip();
        let start = self.at;
        if depth > DEEPEST {
            return None;
        }
        if self.starts("<<") {
            return self.heredoc(depth);
        }
        if self.starts("jsonencode(") {
            self.at += "jsonencode(".len();
            self.value(depth + 1)?;
            self.skip();
            return self.expect(b')');
        }
        let is_one = self.expression(false)?;
        let end = self.at;
        let text = &self.text[start..end];
        let is_number = || {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        };
        if matches!(text, "true" | "false" | "null") || is_number() {
            self.plain(start);
        } else if is_one && !is_for(text) {
            self.at = start;
            match text.as_bytes().first()? {
                b'{' => self.mapping(depth + 1)?,
                b'[' => self.list(depth + 1)?,
                _ => self.quoted()?,
            }
        } else {
            self.computed(start);
        }
        Some(())
    }

    fn mapping(&mut self, depth: usize) -> Option<()> {
        self.tree.start_mapping(Span::at(self.at), true);
        self.expect(b'{').filter(|()| depth <= DEEPEST)?;
        self.entries(Some(b'}'), depth)?;
        self.tree.close(Some(self.at));
        Some(())
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.tree.start_sequence(Span::at(self.at), true);
        self.expect(b'[')?;
        loop {
            self.skip();
            match self.peek()? {
                b']' => break self.at += 1,
                b',' => self.at += 1,
                _ => self.value(depth)?,
            }
        }
        self.tree.close(Some(self.at));
        Some(())
    }

    /// What was read since `start`, as it is written.
    fn plain(&mut self, start: usize) {
        self.tree.scalar(&self.text[start..self.at], Style::Plain, self.span(start));
    }

    /// What was read since `start` is an expression.
    fn computed(&mut self, start: usize) {
        let text = format!("${{{}}}", &self.text[start..self.at]);
        self.tree.scalar(&text, Style::Plain, self.span(start));
        self.tree.tag(COMPUTED, None);
    }

    /// A text in quotes.
    fn quoted(&mut self) -> Option<()> {
        let start = self.at;
        let is_computed = self.past_quotes()?;
        let text = &self.text[start + 1..self.at - 1];
        self.tree.scalar(&unescaped(text), Style::Double, self.span(start));
        if is_computed {
            self.tree.tag(COMPUTED, None);
        }
        Some(())
    }

    /// Past a text in quotes; whether something in it is computed.
    fn past_quotes(&mut self) -> Option<bool> {
        let (mut depth, mut is_computed) = (0usize, false);
        self.expect(b'"')?;
        loop {
            let byte = self.peek()?;
            let is_template = matches!(byte, b'$' | b'%');
            match self.text.as_bytes().get(self.at + 1) {
                // `$${` is `${` and no template.
                Some(&next) if is_template && next == byte => self.at += 1,
                Some(b'{') if is_template => {
                    (depth, is_computed) = (depth + 1, true);
                    self.at += 1;
                }
                _ => match byte {
                    b'\\' => self.at += 1,
                    b'}' => depth = depth.saturating_sub(1),
                    b'"' if depth == 0 => {
                        self.at += 1;
                        return Some(is_computed);
                    }
                    b'\n' if depth == 0 => return None,
                    _ => {}
                },
            }
            self.at += 1;
        }
    }

    /// A text over several lines. One that is an object or a list is read as such, for people write JSON there.
    fn heredoc(&mut self, depth: usize) -> Option<()> {
        let start = self.at;
        let body = self.past_heredoc()?;
        let end = self.at;
        let text = &self.text[body.range()];
        let before = self.tree.mark();
        if text.trim_start().starts_with(['{', '[']) {
            self.at = body.start as usize;
            if self.value(depth).is_some() {
                self.skip();
                if self.at >= body.end as usize {
                    self.at = end;
                    return Some(());
                }
            }
            self.tree.back_to(&before);
            self.at = end;
        }
        self.tree.scalar(text, Style::Literal, self.span(start));
        if text.contains("${") || text.contains("%{") {
            self.tree.tag(COMPUTED, None);
        }
        Some(())
    }

    /// Past a text over several lines, with the word that ends it; what is between.
    fn past_heredoc(&mut self) -> Option<Span> {
        let rest = &self.text[self.at..];
        let first = rest.find('\n')? + 1;
        let word = rest[2..first].trim_start_matches('-').trim();
        let mut end = first;
        for line in rest[first..].split_inclusive('\n') {
            if line.trim() == word {
                let body = Span::new(self.at + first, self.at + end);
                self.at += end + line.trim_end().len();
                return Some(body);
            }
            end += line.len();
        }
        None
    }

    /// Past whatever a value is: to the end of its line, or to what closes the bracket around it. Whether it is one text or
    /// one bracket; `once` ends it there.
    fn expression(&mut self, once: bool) -> Option<bool> {
        let start = self.at;
        let (mut depth, mut end, mut first) = (0usize, start, None);
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' | b',' if depth == 0 => break,
                b')' | b']' | b'}' if depth == 0 => break,
                b'#' | b'/' => {
                    let at = self.at;
                    if !self.comment() {
                        self.at += 1;
                    } else if depth == 0 {
                        self.at = at;
                        break;
                    }
                }
                b'"' => {
                    self.past_quotes()?;
                }
                b'<' if self.starts("<<") => {
                    self.past_heredoc()?;
                }
                _ => {
                    match byte {
                        b'(' | b'[' | b'{' => depth += 1,
                        b')' | b']' | b'}' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                }
            }
            if !byte.is_ascii_whitespace() {
                end = self.at;
            }
            if depth == 0 && first.is_none() {
                first = Some(self.at);
                if once {
                    break;
                }
            }
        }
        let opens = matches!(self.text.as_bytes().get(start), Some(b'"' | b'{' | b'['));
        self.at = end;
        (end > start && depth == 0).then_some(opens && first == Some(end))
    }
}

/// An object or a list that a loop makes.
fn is_for(text: &str) -> bool {
    let inside = text.get(1..).unwrap_or_default().trim_start();
    inside.strip_prefix("for").is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// A text without its escapes. Templates stay as they are.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut after = after.chars();
        let letter = after.next();
        let mut code = |length: usize| {
            let digits = after.as_str().get(..length).unwrap_or_default();
            let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            after = after.as_str()[digits.len()..].chars();
            code
        };
        out.extend(match letter {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => code(4),
            Some('U') => code(8),
            letter => letter,
        });
        rest = after.as_str();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{labelled, nested, parse};
    use crate::text::Source;
    use crate::yaml::{Node, Yaml};

    #[test]
    fn blocks_are_mappings_with_places() {
        let text = "x = 1\n# c {\nresource \"a\" \"b\" {\n\tname=\"é\\\"\\u00e9\" // d\n  n    = -3\n  v = var.x ? \"a\" : \"b\"\n  \
                    l = [\"p\", f(1, 2), # ]\n]\n  o = jsonencode([{ k = true, \"q\": [for i in x : i] }])\n  \
                    j = <<EOF\n[{\"a\": \"${var.b}\", \"c\": ${var.d}}]\nEOF\n  h = <<-EOF\n  {{ some {text\n  EOF\n  \
                    i = {a = 1}[var.e]\n  s = \"$${no}\"\n  block \"z\" {\n    i = \"1\"\n  }\n  block {}\n}\nother{}\n";
        let source = Source::new("a.tf", text.into());
        let file = parse(&source).unwrap();
        let root = file.root().unwrap();
        assert_eq!(
            root.raw_entries().map(|entry| entry.key_str()).collect::<Vec<_>>(),
            ["x", "resource", "other"]
        );
        let block = labelled(root, "resource").next().unwrap();
        assert_eq!(block.key_str(), "a");
        let block = block.value.get("b").unwrap();
        let known = |name: &str| {
            let node: Node = block.get(name).unwrap();
            (node.as_str().unwrap(), node.tag().is_none())
        };
        assert_eq!(known("name"), ("é\"é", true));
        assert_eq!(known("n"), ("-3", true));
        assert_eq!(known("v"), ("${var.x ? \"a\" : \"b\"}", false));
        assert_eq!(known("h"), ("  {{ some {text\n", true));
        assert_eq!(known("i"), ("${{a = 1}[var.e]}", false));
        assert_eq!(known("s"), ("$${no}", true));
        let items: Vec<_> = block.get("l").unwrap().items().map(|item| item.as_str().unwrap()).collect();
        assert_eq!(items, ["p", "${f(1, 2)}"]);
        let object = block.get("o").unwrap().items().next().unwrap();
        assert_eq!(object.get("k").unwrap().as_str(), Some("true"));
        assert_eq!(object.get("q").unwrap().as_str(), Some("${[for i in x : i]}"));
        let json = block.get("j").unwrap().items().next().unwrap();
        assert_eq!(source.slice(json.get("a").unwrap().span()), "\"${var.b}\"");
        assert_eq!(nested(block, "block").count(), 2);
        assert_eq!(source.slice(root.get("other").unwrap().span()), "{}");
    }

    #[test]
    fn what_is_not_understood_has_a_line() {
        for text in ["\na {", "\na { b", "\na { b = \"", "\n= 1", "\na { b = <<EOF", "\na { b = \"\n", "\n}"]
        {
            let source = Source::new("a.tf", text.into());
            let why = parse(&source).map(|_: Yaml| ()).unwrap_err();
            assert!(why.starts_with("line "), "{text}");
        }
        for piece in ["a {", "a = [", "a \"b\" ", "a = {", "\"${", "a = jsonencode(", "a = <<E\n["] {
            assert!(parse(&Source::new("a.tf", piece.repeat(99_999).into())).is_err(), "{piece}");
        }
    }
}
