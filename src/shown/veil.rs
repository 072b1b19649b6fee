//! The veil of a text: the spans that must not be shown, and the values that stand under them.
//!
//! It is made of what the text itself gives away (secrets, values of credentials, over as many lines as they take) and of
//! what those know who read it as a document. Each place that holds a hidden value is hidden, too.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::{blocks, commands, values};
use crate::secrets::about::About;
use crate::secrets::{find, values::is_reference};
use crate::text::Span;

const MASK: &str = "***";
/// A longer value is looked for line by line.
const LONG: usize = 512;
/// A longer line is hidden where it stands and looked for nowhere else.
const LONGEST: usize = 4096;

/// A longer name is no user's.
const LONGEST_NAME: usize = 64;
/// What people write between a user and a password.
const JOINTS: [&str; 5] = [":", ": ", " ", "/", " / "];

/// What must not be shown of one text.
#[derive(Debug, Default)]
pub struct Veil {
    /// Ascending and apart.
    spans: Vec<Span>,
    values: Option<Values>,
}

/// The hidden values that tell enough to be looked for elsewhere.
#[derive(Debug)]
struct Values {
    find: AhoCorasick,
    /// How much of each is no secret: the user before a password.
    shown: Vec<usize>,
}

impl Veil {
    /// What a text gives away, and what is known of it besides. Linear in the text's length.
    pub fn new(text: &str, known: &[Span]) -> Self {
        let hits = find(text.as_bytes(), About::default()).into_iter();
        let found = hits.map(|hit| inside(text, hit.span.start)..inside(text, hit.span.end));
        Self::besides(found.collect(), text, known)
    }

    /// The same of a text of which it is known that the search for secrets finds nothing in it.
    pub fn of_spotless(text: &str, known: &[Span]) -> Self {
        Self::besides(Vec::new(), text, known)
    }

    /// What a text gives away besides what the search has found.
    fn besides(mut ranges: Vec<Range<usize>>, text: &str, known: &[Span]) -> Self {
        // Of a key the first line stays, and all others go.
        ranges.retain(|range| !text[range.clone()].starts_with("-----BEGIN "));
        blocks::keys(text, &mut ranges);
        blocks::heredocs(text, &mut ranges);
        values::read(text, &mut ranges);
        commands::read(text, &mut ranges);
        urls(text, &mut ranges);
        let spans = ranges.into_iter().map(|range| Span::new(range.start, range.end));
        let mut spans = Span::merged(spans.chain(known.iter().copied()).collect());
        let values = Values::new(text, spans.iter().map(|span| &text[span.range()]), pairs(text, &spans));
        if let Some(values) = &values {
            spans.extend(values.hidden(text).map(|found| Span::new(found.start, found.end)));
            spans = Span::merged(spans);
        }
        Self { spans, values }
    }
    /// Of no text: only these values must not be shown.
    pub fn over<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        Self { spans: Vec::new(), values: Values::new("", values, Vec::new()) }
    }
    /// The spans that must not be shown, ascending and apart.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }
    /// A text without the bytes that must not be shown. Its line ends stay, so lines keep their numbers.
    pub fn without<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        if self.spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut left = Vec::with_capacity(text.len());
        let mut at = 0;
        for hidden in self.spans.iter().map(|span| span.range()) {
            left.extend_from_slice(&text[at..hidden.start]);
            left.extend(text[hidden.clone()].iter().filter(|byte| matches!(byte, b'\r' | b'\n')));
            at = hidden.end;
        }
        left.extend_from_slice(&text[at..]);
        Cow::Owned(left)
    }
    /// Part of a text, with `***` for what must not be shown.
    pub fn cut<'t>(&self, text: &'t str, span: Span) -> Cow<'t, str> {
        let mut out = String::new();
        let mut at = span.start;
        let hidden = span.among(&self.spans);
        if hidden.is_empty() {
            return Cow::Borrowed(&text[span.range()]);
        }
        for mask in hidden {
            out.push_str(&text[at as usize..mask.start.max(at) as usize]);
            out.push_str(MASK);
            at = mask.end.min(span.end);
        }
        out.push_str(&text[at as usize..span.end as usize]);
        Cow::Owned(out)
    }
    /// What is said of the text, perhaps with its own words, without the hidden values.
    pub fn clean<'t>(&self, said: &'t str) -> Cow<'t, str> {
        let Some(values) = &self.values else { return Cow::Borrowed(said) };
        let mut out = String::new();
        let mut at = 0;
        for found in values.hidden(said) {
            out.push_str(&said[at..found.start]);
            out.push_str(MASK);
            at = found.end;
        }
        if at == 0 {
            return Cow::Borrowed(said);
        }
        out.push_str(&said[at..]);
        Cow::Owned(out)
    }
    /// A sentence about a place, which may quote short words from there that mean something else elsewhere.
    pub fn sentence<'t>(&self, said: &'t str, text: &str, place: Span) -> Cow<'t, str> {
        let mut said = self.clean(said);
        if !said.contains('`') {
            return said;
        }
        for mask in place.among(&self.spans) {
            for part in parts(&text[mask.range()]) {
                let quoted = format!("`{part}`");
                if said.contains(&quoted) {
                    said = Cow::Owned(said.replace(&quoted, "`***`"));
                }
            }
        }
        said
    }
    /// Text taken out of the whole, or to be put into it, as it may be shown by itself.
    pub fn label(&self, text: &str) -> String {
        masked(&self.clean(text)).into_owned()
    }
    /// Whether text that is to be put into the whole may be shown.
    pub fn lets(&self, text: &str) -> bool {
        self.label(text) == text
    }
}

/// The text with `***` for all that must not be shown.
pub fn masked(text: &str) -> Cow<'_, str> {
    Veil::new(text, &[]).cut(text, Span::new(0, text.len()))
}

/// The text with `***` for what is a secret by itself, whatever it is called: in names and in sentences, which may speak of
/// passwords.
pub fn unnamed(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    for hit in find(text.as_bytes(), About::default()).into_iter().rev().filter(|hit| !hit.is_assigned()) {
        out.to_mut().replace_range(inside(text, hit.span.start)..inside(text, hit.span.end), MASK);
    }
    out
}

fn inside(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

impl Values {
    /// What finds hidden values elsewhere: `echo hunter2 | login --password hunter2`, messages of parsers. Of `pairs` the
    /// first so many bytes are shown.
    fn new<'t>(
        text: &'t str,
        hidden: impl Iterator<Item = &'t str>,
        pairs: Vec<(String, usize)>,
    ) -> Option<Self> {
        let mut all: HashSet<(Cow<str>, usize)> = HashSet::new();
        for value in hidden {
            all.extend(parts(value).map(|part| (Cow::Borrowed(part), 0)));
            if value.len() <= LONG && value.contains('\n') {
                // As who reads it puts it together.
                all.insert((Cow::Owned(parts(value).collect()), 0));
            }
        }
        all.extend(pairs.into_iter().map(|(pair, shown)| (Cow::Owned(pair), shown)));
        all.retain(|(value, _)| tells(value));
        if all.iter().any(|(value, _)| is_plain(value)) {
            let names = names(text);
            all.retain(|(value, _)| !(is_plain(value) && names.contains(&**value)));
        }
        if all.is_empty() {
            return None;
        }
        let mut all: Vec<(Cow<str>, usize)> = all.into_iter().collect();
        all.sort_unstable();
        let builder = &mut AhoCorasick::builder();
        // A table of all states and bytes would cost more than it saves.
        let builder =
            builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::ContiguousNFA));
        // It fails for more text than fits into memory.
        let find = builder.build(all.iter().map(|(value, _)| value.as_bytes())).ok()?;
        Some(Self { find, shown: all.into_iter().map(|(_, shown)| shown).collect() })
    }
    /// Where they stand in a text.
    fn hidden<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let alone = self.find.find_iter(text).filter(|found| stands_alone(text, &found.range()));
        alone.map(|found| found.start() + self.shown[found.pattern()]..found.end())
    }
}

/// Passwords with the user before them, in the ways that people write both: a password that is a plain word is none
/// elsewhere, but beside its user.
fn pairs(text: &str, hidden: &[Span]) -> Vec<(String, usize)> {
    let user_of = |span: &Span| {
        let before = text[..span.start as usize].strip_suffix(':')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name = &before[before.trim_end_matches(is_name).len()..];
        (!name.is_empty() && name.len() <= LONGEST_NAME).then_some(name)
    };
    let pair = |span: &Span| {
        let value = &text[span.range()];
        let user = user_of(span).filter(|_| !tells(value) && value.len() <= LONG)?;
        Some(JOINTS.map(|joint| (format!("{user}{joint}{value}"), user.len() + joint.len())))
    };
    hidden.iter().filter_map(pair).flatten().collect()
}

/// The lines of a value, without what joins and surrounds them.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    value.lines().map(|line| {
        let line = line.trim().trim_end_matches('\\').trim();
        line.trim_matches(['"', '\''])
    })
}

fn is_plain(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_alphabetic())
}

/// What the text calls its services and images. A password that is such a name as well is hidden where it is one.
fn names(text: &str) -> HashSet<&str> {
    let mut names = HashSet::new();
    for line in text.lines().map(str::trim) {
        let head = line.split([' ', '\t']).next().unwrap_or_default();
        if ["image:", "from"].iter().any(|word| head.eq_ignore_ascii_case(word)) {
            names.extend(line[head.len()..].split(|c: char| " \t/:@\"'".contains(c)));
        } else if let Some(key) = line.strip_suffix(':') {
            names.insert(key);
        }
    }
    names
}

/// Whether a value is the same secret wherever it stands. A plain word may mean something else there.
fn tells(value: &str) -> bool {
    let plain = is_plain(value);
    let number = value.bytes().all(|b| b.is_ascii_digit());
    let telling = value.len() >= 12 || value.len() >= 4 && !plain && !(number && value.len() < 6);
    telling && value.len() <= LONGEST && !is_reference(value)
}

/// A short value in a longer word is not that value.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let word = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    range.len() >= 8 || !(range.start > 0 && word(range.start - 1) || word(range.end))
}

/// The password in `scheme://user:password@host`.
fn urls(text: &str, ranges: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("://") {
        let rest = &text[at + 3..];
        let stops = ['/', ' ', '"', '\'', '\t', '\n', '\r'];
        let authority = &rest[..rest.find(stops).unwrap_or(rest.len())];
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        if let Some((name, password)) = user.split_once(':')
            && !password.is_empty()
            && !is_reference(password)
        {
            let start = at + 3 + name.len() + 1;
            ranges.push(start..start + password.len());
        }
    }
}

// hullguard: ignore-file=assigned-password the tests' samples
#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn values_of_credentials_are_masked_wherever_they_stand() {
        for (line, shown) in [
            ("ENV DB_PASSWORD=hunter2 A=b", "ENV DB_PASSWORD=*** A=b"),
            ("ENV DB_PASSWORD hunter2", "ENV DB_PASSWORD ***"),
            ("ARG API_KEY='hunter 2'", "ARG API_KEY='***'"),
            ("      POSTGRES_PASSWORD: \"hunter2\" # x", "      POSTGRES_PASSWORD: \"***\" # x"),
            ("      - POSTGRES_PASSWORD=hunter2", "      - POSTGRES_PASSWORD=***"),
            ("  url: postgres://bob:hunter2@db/x", "  url: postgres://bob:***@db/x"),
            ("  A: ${DB_PASSWORD:-hunter2}", "  A: ${DB_PASSWORD:-***"),
            ("ENV PASSWORD_FILE=/run/secrets/x", "ENV PASSWORD_FILE=/run/secrets/x"),
            ("  image: nginx:1.2", "  image: nginx:1.2"),
            ("echo hunter2 | x --password hunter2", "echo *** | x --password ***"),
            ("bob:summer, x://bob:summer@db, summer", "bob:***, x://bob:***@db, summer"),
            ("log in as bob / summer at x://bob:summer@db", "log in as bob / *** at x://bob:***@db"),
        ] {
            assert_eq!(masked(line), shown);
        }
    }

    #[test]
    fn values_are_masked_over_lines() {
        for (text, shown) in [
            ("ENV DB_PASSWORD=\\\n  hunter2\nRUN x", "ENV DB_PASSWORD=\\\n  ***\nRUN x"),
            (
                "a:\n  password: |\n    one two\n\n    three\n  b: c",
                "a:\n  password: |\n    ***\n\n    ***\n  b: c",
            ),
            ("{\"password\":\n\"hunter2\",\n\"b\": \"c\"}", "{\"password\":\n\"***\",\n\"b\": \"c\"}"),
            ("x --password \\\n # c\n hunter2 \\\n y", "x --password \\\n # c\n *** \\\n y"),
            ("secrets:\n  db_password:\n    file: ./x", "secrets:\n  db_password:\n    file: ./x"),
            ("secrets:\n  - db_password", "secrets:\n  - db_password"),
            ("- name: DB_PASSWORD\n  value: hunter2\n  b: c", "- name: DB_PASSWORD\n  value: ***\n  b: c"),
            ("CMD [\"a\", \"--password\",\n \"hunter2\"]", "CMD [\"a\", \"--password\",\n \"***\"]"),
            ("A=1 mysql -uroot -phunter2 x", "A=1 mysql -uroot -p*** x"),
            ("CMD [\"sh\", \"-c\", \"mysql -phunter2\"]", "CMD [\"sh\", \"-c\", \"mysql -p***\"]"),
            (
                "echo 'hunter2' | docker login --password-stdin x",
                "echo '***' | docker login --password-stdin ***",
            ),
            ("docker run -p 80:80 x", "docker run -p 80:80 x"),
            ("cat <<E > /root/.pgpass\na:b:c\nE\nb", "cat <<E > /root/.pgpass\n***\nE\nb"),
            ("RUN --mount=type=secret,id=a <<E\na b\nE", "RUN --mount=type=secret,id=a <<E\na b\nE"),
            ("password = '''\nhunter2\nx'''\nb = 1", "password = '''***'''\nb = 1"),
            ("- --password\n- hunter2\n- b", "- --password\n- ***\n- b"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn code_and_signs_are_shown() {
        for (line, shown) in [
            ("password = os.environ[\"APP_PASSWORD\"]", ""),
            (
                "DB_PASSWORD = os.getenv(\"DB_PASSWORD\", \"hunter2\")",
                "DB_PASSWORD = os.getenv(\"DB_PASSWORD\", \"***\")",
            ),
            ("API_TOKEN = config(\"API_TOKEN\", default=\"\")", ""),
            ("password := os.Getenv(\"DB_PASSWORD\")", ""),
            ("apiKey: process.env.API_KEY,", ""),
            ("const t = login({ secret: 'hunter2' })", "const t = login({ secret: '***' })"),
            (
                "hash = bcrypt.hash(\"hunter2\", 10) token = hash(\"hunter2\")",
                "hash = bcrypt.hash(\"***\", 10) token = hash(\"***\")",
            ),
            ("password: str = \"hunter2\"", "password: str = \"***\""),
            ("password = hunter(2)", "password = ***"),
            ("password = hunter.2(x)", "password = ***"),
            ("if token == other_token:", ""),
            ("for token in tokens:", ""),
            ("if (password !== other) {", ""),
            ("if (password === 'hunter2') {", "if (password === '***') {"),
            ("curl https://example.org/signing.key | gpg", ""),
            ("curl -H \"X-Token: $TOKEN\" https://example.org", ""),
            ("RUN --mount=type=secret,id=token export A=b", ""),
            ("CMD x --token $TOKEN --rtsp 8554", ""),
            ("ENTRYPOINT [ \"htpasswd\" ]", ""),
            ("#  -e AWS_SECRET_KEY \\\n#  x\nFROM debian", ""),
            ("'export API_KEY=\"hunter2\"\\nexport B=c'", "'export API_KEY=\"***\"\\nexport B=c'"),
        ] {
            assert_eq!(masked(line), if shown.is_empty() { line } else { shown });
        }
    }

    #[test]
    fn a_word_that_names_a_service_or_an_image_is_hidden_where_it_is_a_password() {
        let text = "openmeetings:\n  image: apache/openmeetings:6\n  PASSWORD: openmeetings\n";
        assert_eq!(masked(text), text.replace("PASSWORD: openmeetings", "PASSWORD: ***"));
        let text = "web:\n  image: apache/other:6\n  PASSWORD: openmeetings\n  A: openmeetings\n";
        assert_eq!(masked(text), text.replace(": openmeetings", ": ***"));
    }
}
