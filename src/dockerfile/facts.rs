//! What is in force where: SHELL, USER, WORKDIR, and the last CMD, ENTRYPOINT and HEALTHCHECK of an image.
//!
//! Every answer looks through the stages that a stage is built FROM, and stops at the first image from outside, of
//! which nothing is known. Noted once, forwards, when the stages are known.

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

/// The instructions in force at a place, by index; `None` where the base image decides.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InForce {
    shell: Option<u32>,
    /// The shell is known not to be a POSIX one.
    pub(super) foreign_shell: bool,
    user: Option<u32>,
    workdir: Option<u32>,
    cmd: Option<u32>,
    entrypoint: Option<u32>,
    healthcheck: Option<u32>,
}

impl InForce {
    /// What is in force behind an instruction. `start` is where its stage begins.
    fn apply(&mut self, instruction: &Instruction, start: usize) {
        let index = Some(instruction.index as u32);
        match &instruction.kind {
            Kind::Shell(words) => {
                self.shell = index;
                self.foreign_shell =
                    words.first().is_none_or(|program| !is_posix(program_name(&program.text)));
            }
            Kind::User(_) => self.user = index,
            Kind::Workdir(_) => self.workdir = index,
            Kind::Cmd(_) => self.cmd = index,
            Kind::Entrypoint(_) => {
                self.entrypoint = index;
                // A new ENTRYPOINT drops a CMD that the stage inherits, as in BuildKit's `dispatchEntrypoint`.
                self.cmd = self.cmd.filter(|&cmd| cmd as usize >= start);
            }
            Kind::Healthcheck(_) => self.healthcheck = index,
            _ => {}
        }
    }
    /// What triggers have set goes over what was.
    fn overlay(&mut self, triggers: &Self) {
        if triggers.shell.is_some() {
            (self.shell, self.foreign_shell) = (triggers.shell, triggers.foreign_shell);
        }
        self.user = triggers.user.or(self.user);
        self.workdir = triggers.workdir.or(self.workdir);
        self.cmd = triggers.cmd.or(if triggers.entrypoint.is_some() { None } else { self.cmd });
        self.entrypoint = triggers.entrypoint.or(self.entrypoint);
        self.healthcheck = triggers.healthcheck.or(self.healthcheck);
    }
}

/// Notes at every instruction and at the end of every stage what is in force there.
pub(super) fn note(file: &mut Dockerfile) {
    // For each stage: what its ONBUILD triggers will do to the stages that are built FROM it.
    let mut triggers: Vec<InForce> = Vec::with_capacity(file.stages.len());
    let mut now = InForce::default();
    for instruction in &mut file.instructions {
        let Some(stage) = instruction.stage else { continue };
        if stage == triggers.len() {
            now = match &file.stages[stage].base {
                Base::Stage(base) => {
                    let mut inherited = file.stages[*base].at_end;
                    inherited.overlay(&triggers[*base]);
                    inherited
                }
                Base::Image(image) => {
                    InForce { foreign_shell: is_windows_image(image), ..InForce::default() }
                }
                // Nobody changes the escape character but for the sake of Windows paths.
                Base::Unknown => InForce { foreign_shell: file.escape == '`', ..InForce::default() },
                Base::Scratch => InForce::default(),
            };
            triggers.push(InForce::default());
        }
        instruction.in_force = now;
        if let Kind::Onbuild(trigger) = &mut instruction.kind {
            trigger.in_force = now;
            triggers[stage].apply(trigger, 0);
        } else {
            now.apply(instruction, file.stages[stage].instructions.start);
        }
        file.stages[stage].at_end = now;
    }
}

/// The image is one of Microsoft's for Windows, by its name. Source: hub pages of mcr.microsoft.com/windows.
fn is_windows_image(image: &str) -> bool {
    let image = image.to_ascii_lowercase();
    ["windows/", "microsoft.com/windows", "windowsservercore", "nanoserver", "servercore", "-windows"]
        .iter()
        .any(|mark| image.contains(mark))
}

impl<'a> Dockerfile<'a> {
    /// The instruction of this index; the trigger, where ONBUILD set what is in force.
    fn in_force(&self, index: Option<u32>) -> Option<&Instruction<'a>> {
        self.instructions.get(index? as usize).map(Instruction::inner)
    }
    fn at_end(&self, stage: usize) -> InForce {
        self.stages.get(stage).map(|stage| stage.at_end).unwrap_or_default()
    }

    /// The shell for shell-form text of an instruction.
    pub fn shell_at<'f>(&'f self, at: &Instruction) -> Shell<'f, 'a> {
        let set_by = self.in_force(at.in_force.shell);
        let program = match set_by.map(|instruction| &instruction.kind) {
            Some(Kind::Shell(words)) => words.first().map_or("", |word| program_name(&word.text)),
            _ if at.in_force.foreign_shell => "cmd",
            _ => "sh",
        };
        Shell { set_by, program }
    }

    /// The USER that an image built to this stage runs as; `None` if the base image decides.
    pub fn user_of(&self, stage: usize) -> Option<&Instruction<'a>> {
        self.in_force(self.at_end(stage).user)
    }
    /// The USER in force at an instruction.
    pub fn user_at(&self, at: &Instruction) -> Option<&Instruction<'a>> {
        self.in_force(at.in_force.user)
    }
    /// The last WORKDIR before an instruction; it may be relative to earlier ones.
    pub fn workdir_at(&self, at: &Instruction) -> Option<&Instruction<'a>> {
        self.in_force(at.in_force.workdir)
    }
    /// The absolute path that is the working directory at an instruction, if all of its parts are known. Windows
    /// paths are not understood.
    pub fn workdir_path(&self, at: &Instruction) -> Option<String> {
        let mut parts = Vec::new();
        let mut next = self.workdir_at(at);
        while let Some(instruction) = next {
            let Kind::Workdir(word) = &instruction.kind else { return None };
            let path = self.expand(word, instruction).text()?.to_owned();
            let is_absolute = path.starts_with('/');
            parts.push(path);
            if is_absolute {
                parts.reverse();
                return Some(parts.join("/"));
            }
            if parts.len() > 64 {
                return None;
            }
            next = self.workdir_at(instruction);
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
        self.in_force(self.at_end(stage).entrypoint)
    }
    /// The HEALTHCHECK of an image built to this stage; `None` if the base image decides.
    pub fn healthcheck_of(&self, stage: usize) -> Option<&Instruction<'a>> {
        self.in_force(self.at_end(stage).healthcheck)
    }
    /// The CMD of an image built to this stage. An ENTRYPOINT drops the CMD that its stage inherits, so `None` means
    /// "the base image's" only if the file has no ENTRYPOINT for the stage.
    pub fn cmd_of(&self, stage: usize) -> Option<&Instruction<'a>> {
        self.in_force(self.at_end(stage).cmd)
    }
}
