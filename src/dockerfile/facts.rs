//! What is in force where: SHELL, USER, WORKDIR, and the last CMD, ENTRYPOINT and HEALTHCHECK of an image.
//!
//! Every answer looks through the stages that a stage is built FROM, and stops at the first image from outside, of
//! which nothing is known.

use super::{Base, Dockerfile, Instruction, Kind, Word};

/// The shell that runs shell-form text.
#[derive(Clone, Copy, Debug)]
pub struct Shell<'f, 'a> {
    /// The SHELL instruction; `None` if none of this file is in force, so that the base image decides.
    pub set_by: Option<&'f Instruction<'a>>,
    /// The program's name without path and `.exe`: `sh` and `cmd` are Docker's defaults on Linux and Windows.
    pub program: &'f str,
}

impl<'f, 'a> Shell<'f, 'a> {
    /// Program and arguments as SHELL gives them; empty if the base image decides.
    pub fn words(&self) -> &'f [Word<'a>] {
        match self.set_by.map(|instruction| &instruction.kind) {
            Some(Kind::Shell(words)) => words,
            _ => &[],
        }
    }
    /// It reads POSIX shell language, or more than that.
    pub fn is_posix(&self) -> bool {
        is_posix(self.program)
    }
}

/// Whether a program of this name (no path) reads POSIX shell language.
pub(super) fn is_posix(program: &str) -> bool {
    matches!(
        program,
        "sh" | "bash" | "ash" | "dash" | "ksh" | "ksh93" | "mksh" | "zsh" | "busybox" | "rbash" | "yash"
    )
}

/// A program's name without its path and `.exe`.
pub(super) fn program_name(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let end = name.len().saturating_sub(4);
    match name.get(end..) {
        Some(extension) if end > 0 && extension.eq_ignore_ascii_case(".exe") => &name[..end],
        _ => name,
    }
}

/// Notes at every instruction which SHELL is in force and whether it is a foreign one.
pub(super) fn note_shells(file: &mut Dockerfile) {
    // For each stage: the SHELL at its end, and whether that is foreign.
    let mut ends: Vec<(Option<u32>, bool)> = Vec::with_capacity(file.stages.len());
    let mut now = (None, false);
    for instruction in &mut file.instructions {
        let Some(stage) = instruction.stage else { continue };
        if stage == ends.len() {
            now = match &file.stages[stage].base {
                Base::Stage(base) => ends[*base],
                Base::Image(image) => (None, is_windows_image(image)),
                // Nobody changes the escape character but for the sake of Windows paths.
                Base::Unknown => (None, file.escape == '`'),
                Base::Scratch => (None, false),
            };
            ends.push(now);
        }
        if let Kind::Shell(words) = &instruction.kind {
            let foreign = words.first().is_none_or(|program| !is_posix(program_name(&program.text)));
            now = (Some(instruction.index as u32), foreign);
            ends[stage] = now;
        }
        (instruction.shell, instruction.foreign_shell) = now;
        if let Kind::Onbuild(trigger) = &mut instruction.kind {
            (trigger.shell, trigger.foreign_shell) = now;
        }
    }
}

/// The image is one of Microsoft's for Windows, by its name. Source: hub pages of mcr.microsoft.com/windows.
fn is_windows_image(image: &str) -> bool {
    let image = image.to_ascii_lowercase();
    ["windows/", "windowsservercore", "nanoserver", "servercore", "-windows"]
        .iter()
        .any(|mark| image.contains(mark))
}

impl<'a> Dockerfile<'a> {
    /// The shell for shell-form text of an instruction.
    pub fn shell_at<'f>(&'f self, at: &Instruction) -> Shell<'f, 'a> {
        let set_by = at.shell.and_then(|index| self.instructions.get(index as usize));
        let program = match set_by.map(|instruction| &instruction.kind) {
            Some(Kind::Shell(words)) => words.first().map_or("", |word| program_name(&word.text)),
            _ if at.foreign_shell => "cmd",
            _ => "sh",
        };
        Shell { set_by, program }
    }

    /// The last instruction before `at` that `wanted` accepts, in its stage and then in those it is built FROM.
    pub fn last_before<'f>(
        &'f self,
        at: &Instruction,
        wanted: impl Fn(&Instruction<'a>) -> bool,
    ) -> Option<&'f Instruction<'a>> {
        self.last(at.stage?, at.index, wanted)
    }
    /// The last instruction of a stage that `wanted` accepts, those it inherits included.
    pub fn last_of<'f>(
        &'f self,
        stage: usize,
        wanted: impl Fn(&Instruction<'a>) -> bool,
    ) -> Option<&'f Instruction<'a>> {
        self.last(stage, usize::MAX, wanted)
    }
    fn last(
        &self,
        stage: usize,
        before: usize,
        wanted: impl Fn(&Instruction<'a>) -> bool,
    ) -> Option<&Instruction<'a>> {
        self.ancestry(stage).find_map(|stage| {
            let instructions = self.stage_instructions(stage).iter().rev();
            instructions
                .filter(|instruction| instruction.index < before)
                .find(|instruction| wanted(instruction))
        })
    }

    /// The USER that an image built to this stage runs as; `None` if the base image decides.
    pub fn user_of(&self, stage: usize) -> Option<&Instruction<'a>> {
        self.last_of(stage, |instruction| matches!(instruction.kind, Kind::User(_)))
    }
    /// The USER in force at an instruction.
    pub fn user_at(&self, at: &Instruction) -> Option<&Instruction<'a>> {
        self.last_before(at, |instruction| matches!(instruction.kind, Kind::User(_)))
    }
    /// The last WORKDIR before an instruction; it may be relative to earlier ones.
    pub fn workdir_at(&self, at: &Instruction) -> Option<&Instruction<'a>> {
        self.last_before(at, |instruction| matches!(instruction.kind, Kind::Workdir(_)))
    }
    /// The absolute path that is the working directory at an instruction, if all of its parts are known. Windows
    /// paths are not understood.
    pub fn workdir_path(&self, at: &Instruction) -> Option<String> {
        let mut parts = Vec::new();
        let mut before = at.index;
        while let Some(instruction) = self.last(at.stage?, before, |i| matches!(i.kind, Kind::Workdir(_))) {
            let Kind::Workdir(word) = &instruction.kind else { return None };
            let path = self.expand(word, instruction).text()?.to_owned();
            let is_absolute = path.starts_with('/');
            parts.push(path);
            if is_absolute {
                parts.reverse();
                return Some(parts.join("/"));
            }
            before = instruction.index;
            if parts.len() > 64 {
                return None;
            }
        }
        // What remains is relative to the base image's own directory, which is `/` in `scratch` only.
        if !matches!(self.root_base(at.stage?), Base::Scratch) {
            return None;
        }
        parts.push(String::new());
        parts.reverse();
        Some(if parts.len() == 1 { "/".to_owned() } else { parts.join("/") })
    }

    /// The ENTRYPOINT of an image built to this stage; `None` if the base image decides.
    pub fn entrypoint_of(&self, stage: usize) -> Option<&Instruction<'a>> {
        self.last_of(stage, |instruction| matches!(instruction.kind, Kind::Entrypoint(_)))
    }
    /// The HEALTHCHECK of an image built to this stage; `None` if the base image decides.
    pub fn healthcheck_of(&self, stage: usize) -> Option<&Instruction<'a>> {
        self.last_of(stage, |instruction| matches!(instruction.kind, Kind::Healthcheck(_)))
    }
    /// The CMD of an image built to this stage. An ENTRYPOINT drops the CMD that its stage inherits, so `None` means
    /// "the base image's" only if the file has no ENTRYPOINT for the stage.
    pub fn cmd_of(&self, stage: usize) -> Option<&Instruction<'a>> {
        for stage in self.ancestry(stage) {
            let instructions = self.stage_instructions(stage);
            let cmd = instructions.iter().rev().find(|instruction| matches!(instruction.kind, Kind::Cmd(_)));
            if cmd.is_some() {
                return cmd;
            }
            if instructions.iter().any(|instruction| matches!(instruction.kind, Kind::Entrypoint(_))) {
                return None;
            }
        }
        None
    }
}
