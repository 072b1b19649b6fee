//! `RUN --mount` and `RUN --device`: options in CSV, with the place of each, and what is wrong with them.

use std::ops::Range;

use super::flags::nearest;
use super::{ErrorKind, Instruction, SyntaxError, Word};
use crate::text::Span;

/// One `--mount` of a RUN.
#[derive(Clone, Debug)]
pub struct Mount<'w> {
    /// The flag's value.
    pub span: Span,
    /// In the order they stand.
    pub options: Vec<MountOption<'w>>,
}

/// `key=value` or `key`.
#[derive(Clone, Debug)]
pub struct MountOption<'w> {
    pub span: Span,
    pub key: Word<'w>,
    pub value: Option<Word<'w>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountKind {
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

const KINDS: [(&str, MountKind); 5] = [
    ("bind", MountKind::Bind),
    ("cache", MountKind::Cache),
    ("tmpfs", MountKind::Tmpfs),
    ("secret", MountKind::Secret),
    ("ssh", MountKind::Ssh),
];
const SHARING: [&str; 3] = ["shared", "private", "locked"];
const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

impl<'w> Mount<'w> {
    /// Reads a flag's value. `None` if it is not CSV.
    pub fn parse(value: &'w Word<'_>) -> Option<Self> {
        let options = csv(&value.text)?.into_iter().map(|field| {
            let text = &value.text[field.clone()];
            let span = value.place(field.clone());
            match text.find('=') {
                Some(equals) => MountOption {
                    span,
                    key: value.part(field.start..field.start + equals),
                    value: Some(value.part(field.start + equals + 1..field.end)),
                },
                None => MountOption { span, key: value.part(field), value: None },
            }
        });
        Some(Self { span: value.span, options: options.collect() })
    }
    /// The last option that has one of these keys, in any case: the one that counts.
    pub fn option(&self, keys: &[&str]) -> Option<&MountOption<'w>> {
        self.options
            .iter()
            .rev()
            .find(|option| keys.iter().any(|key| option.key.text.eq_ignore_ascii_case(key)))
    }
    fn value(&self, keys: &[&str]) -> Option<&Word<'w>> {
        self.option(keys)?.value.as_ref()
    }
    /// What is mounted; `bind` if nothing says so, `None` if it cannot be known or is none of Docker's.
    pub fn kind(&self) -> Option<MountKind> {
        let Some(value) = self.value(&["type"]) else { return Some(MountKind::Bind) };
        KINDS.iter().find(|(name, _)| value.text.eq_ignore_ascii_case(name)).map(|&(_, kind)| kind)
    }
    /// A stage, a named context or an image.
    pub fn from(&self) -> Option<&Word<'w>> {
        self.value(&["from"])
    }
    pub fn source(&self) -> Option<&Word<'w>> {
        self.value(&["source", "src"])
    }
    pub fn target(&self) -> Option<&Word<'w>> {
        self.value(&["target", "dst", "destination"])
    }
    /// The identity of a cache, a secret or an agent.
    pub fn id(&self) -> Option<&Word<'w>> {
        self.value(&["id"])
    }
    /// `shared`, `private` or `locked`.
    pub fn sharing(&self) -> Option<&Word<'w>> {
        self.value(&["sharing"])
    }
}

impl Instruction<'_> {
    /// The mounts of a RUN, in order; those that are not CSV are left out.
    pub fn mounts(&self) -> Vec<Mount<'_>> {
        let mounts = self.flags.iter().filter(|flag| flag.name.text == "mount");
        mounts.filter_map(|flag| Mount::parse(flag.value.as_ref()?)).collect()
    }
}

/// The fields of a CSV record, without the quotes around them. `None`: a quote stands where none may.
fn csv(text: &str) -> Option<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let end = if bytes.get(at) == Some(&b'"') {
            let mut end = at + 1;
            loop {
                end += bytes[end..].iter().position(|&b| b == b'"')?;
                if bytes.get(end + 1) == Some(&b'"') {
                    end += 2;
                } else {
                    break;
                }
            }
            fields.push(at + 1..end);
            end + 1
        } else {
            let end = bytes[at..].iter().position(|&b| b == b',').map_or(bytes.len(), |n| at + n);
            if text[at..end].contains('"') {
                return None;
            }
            fields.push(at..end);
            end
        };
        match bytes.get(end) {
            None => return Some(fields),
            Some(b',') => at = end + 1,
            Some(_) => return None,
        }
    }
}

/// Names what is wrong with the mounts and devices of a RUN.
pub(super) fn check(run: &Instruction, errors: &mut Vec<SyntaxError>) {
    for flag in &run.flags {
        let Some(value) = &flag.value else { continue };
        match &*flag.name.text {
            "mount" => match Mount::parse(value).filter(|_| !value.text.is_empty()) {
                Some(mount) => check_mount(&mount, errors),
                None => errors.push(not_csv(value)),
            },
            "device" => match csv(&value.text).filter(|_| !value.text.is_empty()) {
                Some(fields) => check_device(value, &fields, errors),
                None => errors.push(not_csv(value)),
            },
            "network" => one_of(value, &["default", "none", "host"], "network", errors),
            "security" => one_of(value, &["sandbox", "insecure"], "security", errors),
            _ => {}
        }
    }
}

fn not_csv(value: &Word) -> SyntaxError {
    let message =
        "the options are not a comma-separated list; remove the stray quotes, or write `key=value,…`"
            .to_owned();
    SyntaxError { span: value.span, kind: ErrorKind::Mount, message }
}

fn one_of(value: &Word, known: &[&str], flag: &str, errors: &mut Vec<SyntaxError>) {
    if !known.contains(&&*value.text) {
        let message = format!("`--{flag}` does not accept `{}`; use `{}`", value.text, known.join("`, `"));
        errors.push(SyntaxError { span: value.span, kind: ErrorKind::FlagValue, message });
    }
}

fn check_mount(mount: &Mount, errors: &mut Vec<SyntaxError>) {
    let mut error =
        |span, message: String| errors.push(SyntaxError { span, kind: ErrorKind::Mount, message });
    let unknown_kind = mount.value(&["type"]).is_some_and(Word::has_variable);
    let kind = mount.kind();
    if let (None, false, Some(value)) = (kind, unknown_kind, mount.value(&["type"])) {
        let known = KINDS.map(|(name, _)| name);
        let hint = nearest(&value.text, known.into_iter()).map_or_else(
            || format!("use `{}`", known.join("`, `")),
            |name| format!("did you mean `{name}`?"),
        );
        error(value.span, format!("there is no mount type `{}`; {hint}", value.text));
        return;
    }
    for option in &mount.options {
        let key = option.key.text.to_ascii_lowercase();
        if !KEYS.contains(&&*key) {
            let hint = nearest(&key, KEYS.into_iter())
                .map_or_else(|| "remove it".to_owned(), |known| format!("did you mean `{known}`?"));
            error(option.span, format!("mounts have no option `{}`; {hint}", option.key.text));
            continue;
        }
        let Some(value) = &option.value else {
            if !matches!(&*key, "readonly" | "ro" | "readwrite" | "rw" | "required") {
                error(option.span, format!("`{key}` needs a value; write `{key}=…`"));
            } else if key == "required" && !matches!(kind, None | Some(MountKind::Secret | MountKind::Ssh)) {
                error(option.span, "`required` is only for secret and ssh mounts; remove it".to_owned());
            }
            continue;
        };
        if key == "from" {
            if value.text.find('$').is_some_and(|at| at + 1 != value.text.len()) {
                let message =
                    "`from` accepts no variable; use the variable in a `FROM`, and name that stage here"
                        .to_owned();
                error(value.span, message);
            }
            continue;
        }
        if let Some(message) = wrong_value(&key, value, kind) {
            error(option.span, message);
        }
    }
    if kind == Some(MountKind::Secret) {
        if let Some(from) =
            mount.option(&["from"]).filter(|o| o.value.as_ref().is_some_and(|v| !v.text.is_empty()))
        {
            error(from.span, "a secret mount has no `from`; remove it".to_owned());
        }
        let is_set = |word: Option<&Word>| word.is_some_and(|word| !word.text.is_empty());
        if !is_set(mount.source()) && !is_set(mount.target()) && !is_set(mount.id()) {
            error(mount.span, "the secret has no name; add `id=…`".to_owned());
        }
        let certain = |word: Option<&Word>| word.is_some_and(|w| !w.text.is_empty() && !w.has_variable());
        if certain(mount.source()) && certain(mount.id()) {
            error(mount.span, "a secret mount accepts `id` or `source`, not both; remove one".to_owned());
        }
    }
}

/// What is wrong with one `key=value`. A value with a variable is not known to be wrong.
fn wrong_value(key: &str, value: &Word, kind: Option<MountKind>) -> Option<String> {
    let text = &*value.text;
    let (is_cache, is_tmpfs) =
        (matches!(kind, None | Some(MountKind::Cache)), matches!(kind, None | Some(MountKind::Tmpfs)));
    let has_credentials = matches!(kind, None | Some(MountKind::Secret | MountKind::Ssh));
    match key {
        "required" if !has_credentials => {
            return Some("`required` is only for secret and ssh mounts; remove it".to_owned());
        }
        "size" if !is_tmpfs => return Some("`size` is only for tmpfs mounts; remove it".to_owned()),
        "sharing" if !is_cache && !text.is_empty() => {
            return Some("`sharing` is only for cache mounts; remove it".to_owned());
        }
        "mode" | "uid" | "gid" if !is_cache && !has_credentials => {
            return Some(format!("`{key}` is only for cache, secret and ssh mounts; remove it"));
        }
        _ => {}
    }
    if value.has_variable() {
        return None;
    }
    match key {
        "readonly" | "ro" | "readwrite" | "rw" | "required" if !is_bool(text) => {
            Some(format!("`{key}` must be `true` or `false`, not `{text}`; correct the value"))
        }
        "size" if !is_size(text) => {
            Some(format!("`{text}` is not a size; write a number with a unit, such as `64m`"))
        }
        "sharing" if !SHARING.iter().any(|known| text.eq_ignore_ascii_case(known)) => {
            Some(format!("there is no sharing `{text}`; use `shared`, `private` or `locked`"))
        }
        "mode" if !is_number(text, 8) => {
            Some(format!("`{text}` is not an octal file mode; write one such as `0400`"))
        }
        "uid" | "gid" if !is_number(text, 10) => {
            Some(format!("`{key}` must be a number, not `{text}`; correct the value"))
        }
        _ => None,
    }
}

fn check_device(value: &Word, fields: &[Range<usize>], errors: &mut Vec<SyntaxError>) {
    let mut named = false;
    for field in fields {
        let text = &value.text[field.clone()];
        let mut error = |message: String| {
            errors.push(SyntaxError { span: value.place(field.clone()), kind: ErrorKind::Mount, message });
        };
        let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
        match (&*key.to_ascii_lowercase(), value) {
            ("required", None) => {}
            ("required", Some(value)) if is_bool(value) => {}
            ("required", Some(value)) => {
                error(format!("`required` must be `true` or `false`, not `{value}`; correct the value"));
            }
            ("name", Some(_)) if named => error("the device is named twice; remove one name".to_owned()),
            ("name", Some(value)) => named = !value.is_empty(),
            _ if !named => named = !text.is_empty(),
            _ => error(format!("devices have no option `{text}`; remove it")),
        }
    }
}

/// Go's `strconv.ParseBool`.
pub(super) fn is_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False")
}

fn is_number(text: &str, radix: u32) -> bool {
    !text.starts_with('+') && u32::from_str_radix(text, radix).is_ok()
}

/// `units.RAMInBytes`: a number, a blank perhaps, a unit perhaps.
fn is_size(text: &str) -> bool {
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let digits = &text[..text.len() - number.len()];
    if digits.parse::<f64>().is_err() || digits.starts_with('.') || digits.ends_with('.') {
        return false;
    }
    let unit = number.strip_prefix(' ').unwrap_or(number).to_ascii_lowercase();
    matches!(
        unit.strip_suffix('b').unwrap_or(&unit),
        "" | "k" | "m" | "g" | "t" | "p" | "ki" | "mi" | "gi" | "ti" | "pi"
    )
}
