//! Which expansions a shell may split into several words, and expand as patterns of file names.
//!
//! A script is read in order of execution with what is known of its variables: a value without blanks and patterns
//! needs no quotes. Where ways meet, what is known on both stays. Loops and functions count with all that they may set.

use std::collections::{HashMap, HashSet};

use super::commands::is_condition;
use super::wrappers::is_assignment;
use super::{Command, CommandKind, Expansion, Join, Parameter, Role, Script, Substitution, Word, words};
use crate::text::Span;

/// An expansion without quotes where words are made of its result.
#[derive(Clone, Copy, Debug)]
pub struct Split<'s> {
    pub span: Span,
    pub what: What<'s>,
}

#[derive(Clone, Copy, Debug)]
pub enum What<'s> {
    /// Of which it is not known that it has no blanks.
    Variable(&'s Parameter),
    Command(&'s Substitution),
}

/// All of them in a script. `declarations_split`: `export a=$b` splits the value, as a strict `sh` does. `is_given`
/// names the variables that come from outside.
pub fn splits<'s>(
    script: &'s Script,
    declarations_split: bool,
    is_given: &dyn Fn(&str) -> bool,
) -> Vec<Split<'s>> {
    let mut reader = Reader {
        declarations_split,
        is_given,
        values: HashMap::new(),
        changes: Vec::new(),
        ended: false,
        functions: HashMap::new(),
        budget: 1 << 16,
        found: Vec::new(),
    };
    reader.list(script);
    // What no call has reached is read with what is known at the end.
    while let Some(body) = reader.functions.values_mut().find_map(|function| function.unread.take()) {
        reader.apart(|reader| reader.list(body));
    }
    reader.found
}

/// What is known of a value. Nothing is known of a variable that has none of these.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Empty,
    /// Neither blanks nor patterns.
    Plain,
    Any,
}

impl Value {
    /// Of two values one after the other, or of one of the two.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Empty, value) | (value, Self::Empty) => value,
            (Self::Plain, Self::Plain) => Self::Plain,
            _ => Self::Any,
        }
    }
    fn of(text: &str) -> Self {
        match text {
            "" => Self::Empty,
            _ if text.contains([' ', '\t', '\n', '*', '?', '[']) => Self::Any,
            _ => Self::Plain,
        }
    }
}

fn both(one: Option<Value>, other: Option<Value>) -> Option<Value> {
    Some(one?.and(other?))
}

/// What a function does.
struct Function<'s> {
    /// Its body, until it is read.
    unread: Option<&'s Script>,
    sets: HashMap<&'s str, Value>,
}

struct Reader<'v, 's> {
    declarations_split: bool,
    is_given: &'v dyn Fn(&str) -> bool,
    values: HashMap<&'s str, Value>,
    /// What was known before each change, so that a branch can be taken back.
    changes: Vec<(&'s str, Option<Value>)>,
    /// Nothing after this runs, for `exit` was met.
    ended: bool,
    functions: HashMap<&'s str, Function<'s>>,
    /// How many more values calls of functions may set, so that no script takes more than linear time.
    budget: usize,
    found: Vec<Split<'s>>,
}

impl<'s> Reader<'_, 's> {
    fn set(&mut self, name: &'s str, value: Option<Value>) {
        let before = match value {
            Some(value) => self.values.insert(name, value),
            None => self.values.remove(name),
        };
        self.changes.push((name, before));
    }

    /// Takes back all changes since there were so many, and gives what they came to.
    fn take_back(&mut self, since: usize) -> HashMap<&'s str, Option<Value>> {
        let mut changed = HashMap::new();
        for (name, before) in self.changes.split_off(since).into_iter().rev() {
            let now = match before {
                Some(value) => self.values.insert(name, value),
                None => self.values.remove(name),
            };
            changed.entry(name).or_insert(now);
        }
        changed
    }

    /// Reads something of which nothing stays: a subshell.
    fn apart(&mut self, read: impl FnOnce(&mut Self)) {
        let (since, ended) = (self.changes.len(), self.ended);
        read(self);
        self.take_back(since);
        self.ended = ended;
    }

    /// Reads scripts of which one runs, or perhaps none.
    fn branches(&mut self, bodies: &[&'s Script], or_none: bool) {
        let ended = self.ended;
        let mut ways = usize::from(or_none);
        let mut merged: HashMap<&'s str, (Option<Value>, usize)> = HashMap::new();
        for body in bodies {
            let since = self.changes.len();
            self.list(body);
            let changed = self.take_back(since);
            if !std::mem::replace(&mut self.ended, ended) {
                ways += 1;
                for (name, value) in changed {
                    let entry = merged.entry(name).or_insert((value, 0));
                    *entry = (if entry.1 == 0 { value } else { both(entry.0, value) }, entry.1 + 1);
                }
            }
        }
        self.ended |= ways == 0;
        for (name, (value, times)) in merged {
            let before = self.values.get(name).copied();
            self.set(name, if times < ways { both(value, before) } else { value });
        }
    }

    fn list(&mut self, script: &'s Script) {
        for (at, pipeline) in script.pipelines.iter().enumerate() {
            let joins = |join| script.pipelines.get(at + 1).is_some_and(|next| next.joined_by == join);
            let may_not_run = matches!(pipeline.joined_by, Join::And | Join::Or);
            let (since, ended) = (self.changes.len(), self.ended);
            match &pipeline.commands[..] {
                [command] if !joins(Join::Background) => self.command(command),
                commands => commands.iter().for_each(|command| self.apart(|reader| reader.command(command))),
            }
            if may_not_run {
                let changed = self.take_back(since);
                if !std::mem::replace(&mut self.ended, ended) {
                    for (name, value) in changed {
                        self.set(name, both(value, self.values.get(name).copied()));
                    }
                }
            }
        }
    }

    fn command(&mut self, command: &'s Command) {
        for (word, role) in words(command) {
            let exempt = match role {
                Role::Assignment | Role::Heredoc | Role::Compound(_) => true,
                Role::Argument(at) => self.is_exempt(command, at, word),
                Role::Target(_) => false,
            };
            self.word(word, exempt);
        }
        match &command.kind {
            CommandKind::Simple { assignments, words, .. } => self.simple(assignments, words),
            CommandKind::Subshell(script) => self.apart(|reader| reader.list(script)),
            CommandKind::Group(script) => self.list(script),
            CommandKind::Compound { keyword: "function", words, bodies } => self.define(words, bodies),
            CommandKind::Compound { keyword, words, bodies } => self.compound(keyword, words, bodies),
        }
    }

    /// Quotes would change nothing, or are not what is missing.
    fn is_exempt(&self, command: &Command, at: usize, word: &Word) -> bool {
        let CommandKind::Simple { words, .. } = &command.kind else { return true };
        let first = &*words[0].text;
        let runs =
            |at: usize| at == 0 || at == 1 && matches!(first, "exec" | "command" | "builtin" | "busybox");
        // `$CMD arg`: the word is the command, and is meant to be several.
        let is_whole = word.parameters.first().is_some_and(|only| only.span == word.span)
            || word.substitutions.first().is_some_and(|only| only.span == word.span);
        runs(at) && is_whole
            || at > 0 && declares(first) && !self.declarations_split && is_assignment(&word.text)
    }

    /// Notes what is split in a word, and reads the commands in it.
    fn word(&mut self, word: &'s Word, exempt: bool) {
        for parameter in word.parameters.iter().filter(|_| !exempt) {
            if self.needs_quotes(parameter) {
                self.found.push(Split { span: parameter.span, what: What::Variable(parameter) });
            }
        }
        for substitution in &word.substitutions {
            if substitution.splits && !exempt && !substitution.script.pipelines.is_empty() {
                self.found.push(Split { span: substitution.span, what: What::Command(substitution) });
            }
            self.apart(|reader| reader.list(&substitution.script));
        }
    }

    fn needs_quotes(&self, parameter: &Parameter) -> bool {
        let counts = matches!(
            parameter.expansion,
            Expansion::Length | Expansion::Alternative | Expansion::Elements | Expansion::Indirect
        );
        let name = &*parameter.name;
        !parameter.quoted
            && !parameter.nested
            && !counts
            && !matches!(name, "" | "@")
            && self.value_of(name) != Some(Value::Plain)
    }

    fn value_of(&self, name: &str) -> Option<Value> {
        let own = self.values.get(name).copied();
        own.or_else(|| (is_number(name) || (self.is_given)(name)).then_some(Value::Plain))
    }

    /// What a word comes to from a byte of its text on.
    fn value(&self, word: &Word, from: usize) -> Value {
        if word.substitutions.iter().any(|found| !found.nested) || word.text[from..].starts_with('(') {
            return Value::Any;
        }
        let mut rest = &word.text[from..];
        let mut value = Value::Empty;
        for parameter in word.parameters.iter().filter(|parameter| !parameter.nested) {
            if parameter.expansion != Expansion::Plain {
                return Value::Any;
            }
            let braces = parameter.span.len() > parameter.name.len() + 1;
            let written =
                if braces { format!("${{{}}}", parameter.name) } else { format!("${}", parameter.name) };
            let Some(start) = rest.find(&written) else { return Value::Any };
            let own = self.value_of(&parameter.name).unwrap_or(Value::Any);
            value = value.and(Value::of(&without_arithmetic(&rest[..start]))).and(own);
            rest = &rest[start + written.len()..];
        }
        value.and(Value::of(&without_arithmetic(rest)))
    }

    fn assign(&mut self, word: &'s Word) {
        let Some((name, value)) = word.text.split_once('=') else { return };
        let new = self.value(word, word.text.len() - value.len());
        match name.strip_suffix('+') {
            Some(name) => self.set(name, both(self.values.get(name).copied(), Some(new))),
            None => self.set(name, Some(new)),
        }
    }

    fn simple(&mut self, assignments: &'s [Word], words: &'s [Word]) {
        let Some(name) = words.first() else {
            for word in assignments {
                self.assign(word);
            }
            return;
        };
        let operands = words[1..].iter().filter(|word| !word.text.starts_with('-'));
        match &*name.text {
            name if declares(name) => {
                for word in operands {
                    if is_assignment(&word.text) {
                        self.assign(word);
                    } else if name != "export" && name != "readonly" {
                        self.set(&word.text, None);
                    }
                }
            }
            "unset" => operands.for_each(|word| self.set(&word.text, None)),
            "read" | "mapfile" | "readarray" => {
                operands.for_each(|word| self.set(&word.text, Some(Value::Any)));
            }
            "exit" | "return" | "break" | "continue" => self.ended = true,
            name => self.call(name),
        }
    }

    fn define(&mut self, words: &'s [Word], bodies: &'s [Script]) {
        let (Some(name), Some(body)) = (words.first(), bodies.first()) else { return };
        let mut sets = HashMap::new();
        self.sets(body, &mut sets);
        self.functions.insert(&name.text, Function { unread: Some(body), sets });
    }

    fn call(&mut self, name: &str) {
        let Some(function) = self.functions.get_mut(name) else { return };
        let unread = function.unread.take();
        let sets = function.sets.iter().map(|(&name, &value)| (name, value)).take(self.budget);
        let sets: Vec<(&'s str, Value)> = sets.collect();
        self.budget -= sets.len();
        if let Some(body) = unread {
            self.apart(|reader| reader.list(body));
        }
        for (name, value) in sets {
            self.set(name, Some(value));
        }
    }

    fn compound(&mut self, keyword: &str, words: &'s [Word], bodies: &'s [Script]) {
        let (conditions, bodies): (Vec<_>, Vec<_>) =
            bodies.iter().enumerate().partition(|(number, _)| is_condition(keyword, *number, bodies.len()));
        let bodies: Vec<&'s Script> = bodies.into_iter().map(|(_, body)| body).collect();
        let or_none = match keyword {
            "if" => bodies.len() == conditions.len(),
            "case" => !words.iter().any(|word| &*word.text == "*"),
            _ => true,
        };
        if matches!(keyword, "if" | "case") {
            for (_, condition) in conditions {
                self.list(condition);
            }
            self.branches(&bodies, or_none);
            return;
        }
        // What a later turn sets holds in the next one.
        let mut sets = HashMap::new();
        for body in &bodies {
            self.sets(body, &mut sets);
        }
        let ended = self.ended;
        for (name, value) in sets {
            let merged = both(self.values.get(name).copied(), Some(value));
            self.set(name, merged);
        }
        for (_, condition) in conditions {
            self.list(condition);
        }
        let since = self.changes.len();
        if let ("for" | "select", Some((name, items))) = (keyword, words.split_first()) {
            let splits =
                |word: &Word| word.expands || !word.quoted && word.text.contains(['{', '*', '?', '[']);
            let values = items.iter().map(|word| self.value(word, 0)).reduce(Value::and);
            let value = values.filter(|_| !items.iter().any(splits)).unwrap_or(Value::Any);
            self.set(&name.text, Some(value));
        }
        for body in bodies {
            self.list(body);
        }
        let changed = self.take_back(since);
        self.ended = ended;
        for (name, value) in changed {
            self.set(name, both(value, self.values.get(name).copied()));
        }
    }

    /// All that a script may set, wherever in it.
    fn sets(&self, script: &'s Script, out: &mut HashMap<&'s str, Value>) {
        let mut note = |name: &'s str, value: Value| {
            out.entry(name).and_modify(|known| *known = known.and(value)).or_insert(value);
        };
        let mut left = vec![script];
        while let Some(script) = left.pop() {
            for command in script.pipelines.iter().flat_map(|pipeline| &pipeline.commands) {
                match &command.kind {
                    CommandKind::Simple { assignments, words, .. } if words.is_empty() => {
                        for word in assignments {
                            let Some((name, value)) = word.text.split_once('=') else { continue };
                            let value = self.value(word, word.text.len() - value.len());
                            note(name.strip_suffix('+').unwrap_or(name), value);
                        }
                    }
                    CommandKind::Simple { words, .. } => {
                        let is_read = &*words[0].text == "read";
                        for word in &words[1..] {
                            if is_read {
                                note(&word.text, Value::Any);
                            } else if declares(&words[0].text) && is_assignment(&word.text) {
                                let (name, value) = word.text.split_once('=').unwrap_or((&word.text, ""));
                                note(name, self.value(word, word.text.len() - value.len()));
                            }
                        }
                    }
                    CommandKind::Subshell(_) => {}
                    CommandKind::Group(script) => left.push(script),
                    CommandKind::Compound { bodies, .. } => left.extend(bodies),
                }
            }
        }
    }
}

/// The names of variables that a script assigns itself, in functions and compounds as well.
pub fn assigned(script: &Script) -> HashSet<&str> {
    let name = |word: &'_ Word| word.text.split_once('=').map(|(name, _)| name.len());
    let mut names = HashSet::new();
    for seen in super::commands(script) {
        let CommandKind::Simple { assignments, words, .. } = &seen.command.kind else { continue };
        let declared = words.iter().skip(1).filter(|_| declares(&words[0].text));
        let alone = assignments.iter().filter(|_| words.is_empty());
        for word in alone.chain(declared) {
            names.extend(name(word).map(|end| word.text[..end].trim_end_matches('+')));
        }
    }
    names
}

/// A command whose arguments `NAME=value` are assignments.
pub fn declares(name: &str) -> bool {
    matches!(name, "export" | "readonly" | "local" | "declare" | "typeset")
}

/// A variable that the shell sets, and that holds a number.
fn is_number(name: &str) -> bool {
    const NUMBERS: [&str; 22] = [
        "?",
        "#",
        "$",
        "!",
        "-",
        "UID",
        "EUID",
        "PPID",
        "RANDOM",
        "SRANDOM",
        "SECONDS",
        "SHLVL",
        "LINENO",
        "OPTIND",
        "BASHPID",
        "BASH_SUBSHELL",
        "EPOCHREALTIME",
        "EPOCHSECONDS",
        "COLUMNS",
        "LINES",
        "HISTSIZE",
        "HISTFILESIZE",
    ];
    NUMBERS.contains(&name)
}

/// A text without `$((…))`, which is a number.
fn without_arithmetic(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("$((") {
        out.push_str(before);
        out.push('0');
        rest = inside.split_once("))").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}
