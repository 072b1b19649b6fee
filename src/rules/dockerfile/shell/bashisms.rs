//! What dash, BusyBox and other `sh` do not have, of what people know from bash. BusyBox is that of 1.35, as Alpine and
//! Debian build it, where each was tried.

use crate::dockerfile::Dialect;
use crate::shell::{
    Command, CommandKind, Expansion, Parameter, Quote, Role, Seen, Substitution, Word, pieces, words,
};
use crate::text::Span;

/// One of them, and what does the same in every `sh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bashism {
    pub(super) what: &'static str,
    pub(super) instead: &'static str,
}

type Found = Vec<(Span, Bashism)>;

const fn bashism(what: &'static str, instead: &'static str) -> Bashism {
    Bashism { what, instead }
}

/// Those in one command, commands inside it apart. `is_set`: the script or the file sets the variable.
pub(super) fn of(seen: &Seen, dialect: Dialect, source: &str, is_set: &dyn Fn(&str) -> bool) -> Found {
    let mut out = Found::new();
    compound(seen.command, dialect, source, &mut out);
    redirects(seen.command, dialect, &mut out);
    for (word, role) in words(seen.command) {
        in_word(word, role, dialect, source, &mut out);
        for parameter in &word.parameters {
            out.extend(expansion(parameter, dialect, is_set).map(|found| (parameter.span, found)));
        }
        for substitution in &word.substitutions {
            out.extend(
                in_substitution(substitution, dialect, source).map(|found| (substitution.span, found)),
            );
        }
    }
    if let Some((name, args)) = seen.simple().and_then(<[Word]>::split_first)
        && let Some(program) = name.literal()
    {
        match program {
            "[" | "test" => test(args, dialect, &mut out),
            _ => out.extend(builtin(program, name, args, dialect)),
        }
    }
    out
}

fn compound(command: &Command, dialect: Dialect, source: &str, out: &mut Found) {
    let CommandKind::Compound { keyword, words, .. } = &command.kind else { return };
    let start = command.span.start as usize;
    let found = match *keyword {
        "[[" => {
            if dialect == Dialect::Busybox {
                return;
            }
            if let Some(word) = words.iter().find(|word| &*word.text == "=~") {
                out.push((word.span, bashism("`=~`", "use `case` or `grep`")));
            }
            bashism("`[[ ]]`", "use `[ ]`")
        }
        "((" => bashism("`(( ))`", "use `[ ]` or `$(( ))`"),
        "select" => bashism("`select`", "use `case`"),
        "for" if words.first().is_some_and(|word| word.text.starts_with("((")) => {
            bashism("`for (( ))`", "use `while`")
        }
        "function" if source[start..].starts_with("function") && dialect != Dialect::Busybox => {
            bashism("`function`", "write `name() { …; }`")
        }
        _ => return,
    };
    let length = if matches!(*keyword, "for" | "select" | "function") { keyword.len() } else { 2 };
    out.push((Span::new(start, start + length), found));
}

fn redirects(command: &Command, dialect: Dialect, out: &mut Found) {
    for redirect in &command.redirects {
        let is_number = || {
            let target = redirect.target.text.trim_end_matches('-');
            target.bytes().all(|byte| byte.is_ascii_digit()) || redirect.target.expands
        };
        let found = match redirect.operator {
            "<<<" => bashism("`<<<`", "use `printf … |` or a heredoc"),
            "&>" | "&>>" if dialect != Dialect::Busybox => bashism("`&>`", "write `> file 2>&1`"),
            ">&" if !is_number() => bashism("`>& file`", "write `> file 2>&1`"),
            _ if redirect.descriptor.is_some_and(|number| number > 9) => {
                bashism("a file descriptor above 9", "use one from 3 to 9")
            }
            _ => continue,
        };
        out.push((redirect.span, found));
    }
}

fn in_word(word: &Word, role: Role, dialect: Dialect, source: &str, out: &mut Found) {
    if matches!(role, Role::Heredoc) {
        return;
    }
    if let (Role::Assignment, Some((name, value))) = (role, word.text.split_once('=')) {
        if value.starts_with('(') {
            out.push((word.span, bashism("an array", "use several variables or `set --`")));
            return;
        }
        if name.ends_with('+') {
            out.push((word.span, bashism("`+=`", "write `x=\"$x…\"`")));
        }
    }
    if word.text.contains("$((") && dialect != Dialect::Busybox {
        arithmetic(word, out);
    }
    let is_test = matches!(role, Role::Compound("[[" | "(("));
    for piece in pieces(word, source) {
        let found = match piece.quote {
            Quote::Ansi if dialect != Dialect::Busybox => bashism("`$'…'`", "use `printf`"),
            Quote::Locale => bashism("`$\"…\"`", "leave out the `$`"),
            Quote::None
                if !is_test && !matches!(role, Role::Assignment) && is_braces(&source[piece.range]) =>
            {
                bashism("`{a,b}`", "write the words one by one")
            }
            _ => continue,
        };
        out.push((word.span, found));
        return;
    }
}

fn arithmetic(word: &Word, out: &mut Found) {
    for inside in word.text.split("$((").skip(1) {
        let inside = inside.split("))").next().unwrap_or_default();
        for (operator, found) in [
            ("++", bashism("`++`", "write `x=$((x + 1))`")),
            ("--", bashism("`--`", "write `x=$((x - 1))`")),
            ("**", bashism("`**`", "multiply")),
        ] {
            if inside.contains(operator) {
                out.push((word.span, found));
            }
        }
    }
}

/// `{a,b}`, `{1..3}`, without blanks, in text without quotes.
fn is_braces(text: &str) -> bool {
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    inside.into_iter().any(|(inside, _)| inside.contains(',') || is_range(inside))
}

/// `1..9`, `a..z`
fn is_range(text: &str) -> bool {
    let end = |part: &str| {
        part.parse::<i32>().is_ok() || part.len() == 1 && part.as_bytes()[0].is_ascii_alphabetic()
    };
    text.split_once("..")
        .is_some_and(|(from, to)| end(from) && end(to.split("..").next().unwrap_or_default()))
}

fn expansion(parameter: &Parameter, dialect: Dialect, is_set: &dyn Fn(&str) -> bool) -> Option<Bashism> {
    /// What `sh` may have by chance, but does not set itself.
    const OF_BASH: [&str; 18] = [
        "RANDOM",
        "UID",
        "EUID",
        "HOSTNAME",
        "HOSTTYPE",
        "OSTYPE",
        "MACHTYPE",
        "SECONDS",
        "BASH_SOURCE",
        "PIPESTATUS",
        "FUNCNAME",
        "SHLVL",
        "GROUPS",
        "DIRSTACK",
        "SHELLOPTS",
        "BASHPID",
        "EPOCHSECONDS",
        "EPOCHREALTIME",
    ];
    const OF_BUSYBOX: [&str; 5] = ["RANDOM", "HOSTNAME", "SHLVL", "EPOCHSECONDS", "EPOCHREALTIME"];
    let is_busybox = dialect == Dialect::Busybox;
    let has = |name: &str| is_set(name) || is_busybox && OF_BUSYBOX.contains(&name);
    Some(match parameter.expansion {
        Expansion::Indirect => bashism("`${!x}`", "use `eval` or `case`"),
        Expansion::Element | Expansion::Elements => bashism("an array", "use several variables or `set --`"),
        Expansion::Slice if !is_busybox => bashism("`${x:1:2}`", "use `cut` or `${x#?}`"),
        Expansion::Replace if !is_busybox => bashism("`${x/a/b}`", "use `sed`"),
        Expansion::Case => bashism("`${x^^}`", "use `tr`"),
        _ if OF_BASH.contains(&&*parameter.name) && !has(&parameter.name) => {
            bashism("this variable", "ask a command, such as `id -u` or `uname`")
        }
        _ => return None,
    })
}

fn in_substitution(substitution: &Substitution, dialect: Dialect, source: &str) -> Option<Bashism> {
    if source[substitution.span.range()].starts_with(['<', '>']) {
        return (dialect != Dialect::Busybox).then_some(bashism("`<( )`", "use a pipe or a file"));
    }
    let [pipeline] = &substitution.script.pipelines[..] else { return None };
    let [Command { kind: CommandKind::Simple { words, assignments, .. }, redirects, .. }] =
        &pipeline.commands[..]
    else {
        return None;
    };
    let reads_only = words.is_empty() && assignments.is_empty();
    (reads_only && matches!(&redirects[..], [only] if only.operator == "<"))
        .then_some(bashism("`$(< file)`", "use `$(cat file)`"))
}

fn test(args: &[Word], dialect: Dialect, out: &mut Found) {
    for word in args.iter().skip(1).filter(|word| !word.quoted) {
        let found = match &*word.text {
            "==" if dialect != Dialect::Busybox => bashism("`==`", "use `=`"),
            "=~" => bashism("`=~`", "use `case` or `grep`"),
            _ => continue,
        };
        out.push((word.span, found));
    }
    if let [flag, value, rest @ ..] = args
        && (rest.is_empty() || &*rest[0].text == "]")
        && &*value.text != "]"
    {
        let found = match &*flag.text {
            "-v" => bashism("`-v`", "write `[ -n \"${x+x}\" ]`"),
            "-a" => bashism("`-a` for a file", "use `-e`"),
            "-o" => bashism("`-o` for an option", "look at `$-`"),
            _ => return,
        };
        out.push((flag.span, found));
    }
}

/// A builtin command, or a flag of one.
fn builtin(program: &str, name: &Word, args: &[Word], dialect: Dialect) -> Option<(Span, Bashism)> {
    let first = args.first();
    let flag = |letters: &[char]| {
        let mut flags = args.iter().take_while(|word| word.text.starts_with('-') && word.text.len() > 1);
        flags.find(|word| word.text[1..].contains(letters))
    };
    let is_posix = dialect == Dialect::Sh;
    let is_busybox = dialect == Dialect::Busybox;
    let (word, found) = match program {
        "source" if !is_busybox => (name, bashism("`source`", "use `.`")),
        "let" if !is_busybox => (name, bashism("`let`", "use `$(( ))`")),
        "pushd" | "popd" | "dirs" => (name, bashism("`pushd`", "use `cd` in `( )`")),
        "declare" | "typeset" => (name, bashism("`declare`", "assign the variable")),
        "local" if is_posix => (name, bashism("`local`", "use `( )`")),
        "shopt" | "mapfile" | "readarray" | "disown" | "enable" | "caller" | "complete" | "compgen"
        | "suspend" => (name, bashism("this command", "do without it")),
        "coproc" => (name, bashism("`coproc`", "use a named pipe")),
        "echo" => (first?, echo(&first?.text, dialect)?),
        "printf" if !args.is_empty() && &*args[0].text == "-v" => {
            (first?, bashism("`printf -v`", "write `x=$(printf …)`"))
        }
        "printf" if first?.text.contains("%q") => (first?, bashism("`%q`", "use `%s`")),
        "read" if !is_busybox && is_posix => (flag(&['a', 'd', 'n', 'N', 'p', 's', 't', 'u'])?, read_flag()),
        "read" if !is_busybox => (flag(&['a', 'd', 'n', 'N', 's', 't', 'u'])?, read_flag()),
        "export" => (flag(&['f', 'n'])?, bashism("this flag of `export`", "do without it")),
        "exec" if !is_busybox => (flag(&['a', 'c', 'l'])?, bashism("this flag of `exec`", "do without it")),
        "trap" if !is_busybox => {
            let events = args.iter().skip(1);
            let event = events.into_iter().find(|word| matches!(&*word.text, "ERR" | "DEBUG" | "RETURN"))?;
            (event, bashism("this event of `trap`", "use `EXIT`"))
        }
        "set" if is_posix => {
            let option = args.iter().find(|word| &*word.text == "pipefail")?;
            (option, bashism("`pipefail`", "save the output to a file first"))
        }
        _ => return None,
    };
    Some((word.span, found))
}

fn read_flag() -> Bashism {
    bashism("this flag of `read`", "do without it")
}

/// A flag in the first argument of `echo`. In a strict `sh` none is defined.
fn echo(text: &str, dialect: Dialect) -> Option<Bashism> {
    let letters = text.strip_prefix('-').filter(|letters| !letters.is_empty())?;
    let known = match dialect {
        Dialect::Dash => "n",
        Dialect::Busybox => "ne",
        _ => "",
    };
    let is_flag = letters.chars().all(|letter| "neE".contains(letter));
    (is_flag && letters.contains(|letter| !known.contains(letter)))
        .then_some(bashism("this flag of `echo`", "use `printf`"))
}
