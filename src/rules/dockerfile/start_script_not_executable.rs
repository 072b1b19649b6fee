use super::{contexts, paths, starts};
use crate::dockerfile::{Dockerfile, Instruction, Kind, Transfer};
use crate::finding::{Findings, Safety};
use crate::project::Sent;
use crate::rule::Context;
use crate::shell::{Call, Script, Word};
use crate::text::{Edit, last_part};

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    let mut told = Vec::new();
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let start = file.entrypoint_of(stage.index).or_else(|| file.cmd_of(stage.index));
        let Some((start, program)) = start.and_then(|start| Some((start, starts::started(start)?))) else {
            continue;
        };
        // A bare name is looked up in PATH.
        if !program.contains('/')
            || told.contains(&start.index)
            || may_change_mode(file, stage.index, &program)
        {
            continue;
        }
        let program = paths::resolve(file, start, &program);
        // Of several instructions that write the file, the last one counts.
        let copied = file.ancestry(stage.index).find_map(|stage| {
            file.stage_instructions(stage).iter().rev().find_map(|one| source_of(file, one, &program))
        });
        let Some(copied) = copied.filter(|copied| copied.instruction.flag("chmod").is_none()) else {
            continue;
        };
        let is_plain = |sent: &Sent| {
            sent.files
                .as_ref()
                .and_then(|files| files.get(&copied.path))
                .is_some_and(|one| !one.is_executable)
        };
        if contexts.is_empty() || !contexts.iter().all(|sent| is_plain(sent)) {
            continue;
        }
        told.push(start.index);
        let path = &copied.path;
        let message = format!(
            "git has `{path}` without the executable bit, so the container cannot start it; run `git update-index --chmod=+x \
             {path}`, or copy it with `--chmod=755`"
        );
        let found = out.at(file.source, start.keyword.span, message);
        found.see(file.source, copied.transfer.sources[copied.at].span, "it is copied here");
        if copied.transfer.sources.len() == 1 && copied.is_file {
            let edit = Edit::insert(copied.instruction.keyword.span.end as usize, " --chmod=755");
            found.fix(Safety::Unsafe, "copy it with `--chmod=755`", vec![edit]);
        }
    }
}

/// Some command may make the file executable, or bring another one: it names the file, changes the modes of several files,
/// or runs what is not to be seen here.
fn may_change_mode(file: &Dockerfile, stage: usize, program: &str) -> bool {
    let name = last_part(program);
    let runs = file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage));
    runs.filter(|one| matches!(one.kind, Kind::Run(_) | Kind::Onbuild(_))).any(|run| {
        let text = file.source.slice(run.span);
        let calls: Vec<Call> = run.scripts().iter().flat_map(Script::calls).collect();
        let may_change = |call: &Call| match call.name() {
            Some("chmod" | "install" | "setfacl") => call.args().iter().any(names_several),
            Some("find" | "xargs") => text.contains("chmod"),
            _ => call.words[0].text.contains('/'),
        };
        text.contains(name) || text.contains(".sh") || calls.is_empty() || calls.iter().any(may_change)
    })
}

/// A pattern, a variable, or the flag for all files of a folder.
fn names_several(word: &Word) -> bool {
    let is_flag = word.text.starts_with('-') && word.text.contains('R') || &*word.text == "--recursive";
    is_flag || word.text.contains(['*', '$'])
}

/// A file of the build context that becomes a file of the image.
struct Copied<'f, 'a> {
    instruction: &'f Instruction<'a>,
    transfer: &'f Transfer<'a>,
    /// Which of the sources it is, or lies in.
    at: usize,
    /// It is the source itself.
    is_file: bool,
    path: String,
}

/// Where in the context an instruction takes a file of the image from. A source is a file if it has the name of the target.
fn source_of<'f, 'a>(
    file: &Dockerfile,
    instruction: &'f Instruction<'a>,
    program: &str,
) -> Option<Copied<'f, 'a>> {
    let (instruction, transfer) = contexts::local(instruction)?;
    let target = file.expand(&transfer.destination, instruction);
    let target = target.text()?;
    let folder = paths::resolve(file, instruction, target);
    let is_folder = target.ends_with(['/', '.']) || transfer.sources.len() > 1;
    transfer.sources.iter().enumerate().find_map(|(at, word)| {
        let expanded = file.expand(word, instruction);
        let source = contexts::path(expanded.text()?)?;
        if source.contains(['*', '?', '[']) {
            return None;
        }
        let name = last_part(&source);
        let found = |path: String, is_file| Copied { instruction, transfer, at, is_file, path };
        if !is_folder && folder == program {
            return Some(found(source, true));
        }
        let rest = program
            .strip_prefix(&*folder)?
            .strip_prefix('/')
            .or_else(|| (folder == "/").then(|| &program[1..]))?;
        if rest == name {
            return Some(found(source, true));
        }
        let path = if source == "." { rest.to_owned() } else { format!("{source}/{rest}") };
        Some(found(path, false))
    })
}
