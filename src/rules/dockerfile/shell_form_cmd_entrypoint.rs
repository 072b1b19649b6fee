use super::{arrays, shell_missing};
use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::shell::{CommandKind, Script};
use crate::text::{Edit, last_part};

/// What only a shell can run. Source: POSIX, "Special Built-In Utilities", and `cd`.
const BUILTINS: [&str; 16] = [
    ".", ":", "source", "eval", "exec", "exit", "export", "set", "cd", "trap", "ulimit", "umask", "unset",
    "shift", "alias", "wait",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut seen = Vec::new();
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        // Earlier ones do nothing; two stages may inherit the same.
        for instruction in [file.entrypoint_of(stage.index), file.cmd_of(stage.index)].into_iter().flatten() {
            if !seen.contains(&instruction.index) {
                seen.push(instruction.index);
                check(file, stage.index, instruction, out);
            }
        }
    }
}

fn check(file: &Dockerfile, stage: usize, instruction: &Instruction, out: &mut Findings) {
    let Some(Command::Shell(line)) = instruction.command() else { return };
    let Some(script) = instruction.script() else { return };
    // A SHELL in the file says that a shell is wanted; `exec` replaces it by the program.
    let execs = script.calls().iter().any(|call| call.is("exec") || call.wrapped_by("exec").is_some());
    // What was meant as an array is `malformed-json-array`'s.
    if arrays::broken(file, instruction).is_some() {
        return;
    }
    // Where there is no shell at all, that is the fault.
    if shell_missing::needs_shell(file, stage, instruction).is_some() {
        return;
    }
    if file.shell_at(instruction).set_by.is_some() || execs || script.pipelines.is_empty() {
        return;
    }
    let keyword = instruction.keyword.span;
    let is_entrypoint = matches!(instruction.kind, Kind::Entrypoint(_));
    let Some(array) = array(script) else {
        let message = "a shell runs this and does not pass signals on; start the last command with `exec`";
        out.at(file.source, keyword, message).severity(Severity::Note);
        return;
    };
    let message = if is_entrypoint {
        "a shell runs this, does not pass signals on, and ignores `CMD`; write a JSON array"
    } else {
        "a shell runs this and does not pass signals on; write a JSON array"
    };
    let finding = out.at(file.source, keyword, message);
    let span = line.span(0..line.text.len());
    // If ENTRYPOINT is an array, CMD holds its arguments, and another form would change them.
    let partner = if is_entrypoint { file.cmd_of(stage) } else { file.entrypoint_of(stage) };
    let starts_alone = partner.is_none();
    if starts_alone && may_be_executed(script) && !file.source.slice(span).contains(['\n', '#']) {
        finding.fix(Safety::Unsafe, "write a JSON array", vec![Edit::replace(span, array)]);
    }
}

/// The kernel can start the program itself. A script without `#!` only a shell runs, and what stands in one is not known
/// here; its name is all that there is.
fn may_be_executed(script: &Script) -> bool {
    script.calls().first().is_some_and(|call| {
        let word = &call.words[0].text;
        let file = last_part(word);
        let is_system =
            ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"].iter().any(|folder| word.starts_with(folder));
        let ending = file.rsplit_once('.').map(|(_, ending)| ending);
        let is_script = matches!(ending, Some("sh" | "bash")) || file.contains("entrypoint");
        is_system || !is_script
    })
}

/// A single command of plain words as a JSON array; `None` if it needs a shell.
fn array(script: &Script) -> Option<String> {
    let [pipeline] = &*script.pipelines else { return None };
    let [command] = &*pipeline.commands else { return None };
    let CommandKind::Simple { assignments, words, .. } = &command.kind else { return None };
    if pipeline.negated || !assignments.is_empty() || !command.redirects.is_empty() {
        return None;
    }
    let mut array = String::from("[");
    for (at, word) in words.iter().enumerate() {
        let text = word.literal()?;
        let pattern = !word.quoted && (text.contains(['*', '?', '[', '{']) || text.starts_with('~'));
        if pattern || text.contains(char::is_control) || at == 0 && BUILTINS.contains(&text) {
            return None;
        }
        if at > 0 {
            array.push_str(", ");
        }
        array.push('"');
        array.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
        array.push('"');
    }
    array.push(']');
    (array != "[]").then_some(array)
}
