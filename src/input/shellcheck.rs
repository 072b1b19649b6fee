//! The program `shellcheck`: where it is found, and how it is run.
//!
//! A repository has no say in this. The program is not taken from it, runs in a folder of ours, gets only files of ours,
//! reads no configuration, and sees few variables. It has a time limit, because short scripts exist that take it hours
//! (25 nested `$(`). Scripts that may be such run in a process each; of the others, a process takes as many as
//! possible, for most of its time is start-up.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::private::Private;
use crate::dockerfile::Dialect;
use crate::gap::{Gap, Reason};
use crate::shellcheck::{self, Answer, Comment, Program};

/// The oldest version with the format that is read.
const OLDEST: (u32, u32) = (0, 7);
/// The first version that knows BusyBox.
const BUSYBOX: (u32, u32) = (0, 10);
/// How many scripts a process takes at most, and how many are worth one.
const MOST: usize = 1000;
const FEW: usize = 10;
/// A longer script, or one with more levels of `$(`, may take very long.
const LONG: usize = 16 << 10;
const DEEP: usize = 8;
/// More bytes than any answer has.
const LONGEST_ANSWER: u64 = 256 << 20;
/// How often it is looked whether the run was ended.
const LOOK: Duration = Duration::from_millis(20);

/// How long the program may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one process.
    pub each: Duration,
    /// For each of its scripts, besides.
    pub script: Duration,
    /// For all scripts that may take long.
    pub slow: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            each: Duration::from_secs(20),
            script: Duration::from_millis(100),
            slow: Duration::from_secs(60),
        }
    }
}

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// `PATH`.
    pub path: OsString,
    /// Where hullguard itself is: its wheel may have brought the program.
    pub beside: Option<PathBuf>,
    /// The folder for temporary files.
    pub temporary: PathBuf,
    /// Variables that the program needs to start.
    pub variables: Vec<(OsString, OsString)>,
}

/// Where the program is: beside hullguard, or in a folder of `PATH` that is neither relative nor in the repository.
pub fn find(surroundings: &Surroundings, repository: &Path) -> Option<PathBuf> {
    let name = format!("shellcheck{}", std::env::consts::EXE_SUFFIX);
    let beside = surroundings.beside.iter().map(|folder| folder.join(&name)).find(|file| is_program(file));
    beside.or_else(|| {
        trusted(&surroundings.path, repository).map(|folder| folder.join(&name)).find(|file| {
            // A link may lead into the repository.
            is_program(file) && file.canonicalize().is_ok_and(|real| !is_in(&real, repository))
        })
    })
}

/// The folders of `PATH` from which a program may be run.
fn trusted<'p>(path: &'p OsStr, repository: &'p Path) -> impl Iterator<Item = PathBuf> + use<'p> {
    std::env::split_paths(path).filter(|folder| {
        folder.is_absolute() && folder.canonicalize().is_ok_and(|real| !is_in(&real, repository))
    })
}

fn is_in(real: &Path, repository: &Path) -> bool {
    real.starts_with(repository) || repository.canonicalize().is_ok_and(|top| real.starts_with(top))
}

fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|found| {
        #[cfg(unix)]
        let runs = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 != 0;
        #[cfg(not(unix))]
        let runs = true;
        found.is_file() && runs
    })
}

/// The program, ready to be asked. It starts when it is asked first, and answers the same question once.
#[derive(Debug)]
pub struct ShellCheck {
    program: PathBuf,
    surroundings: Surroundings,
    patience: Patience,
    version: OnceLock<Result<(u32, u32), Gap>>,
    answers: Mutex<HashMap<Box<str>, Arc<[Comment]>>>,
}

impl ShellCheck {
    pub fn new(program: PathBuf, surroundings: Surroundings, repository: &Path) -> Self {
        // A program that starts another one looks for it in the same folders.
        let path = std::env::join_paths(trusted(&surroundings.path, repository)).unwrap_or_default();
        Self {
            program,
            surroundings: Surroundings { path, ..surroundings },
            patience: Patience::default(),
            version: OnceLock::new(),
            answers: Mutex::default(),
        }
    }
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }
    pub fn program(&self) -> &Path {
        &self.program
    }

    fn version(&self, stop: &AtomicBool) -> &Result<(u32, u32), Gap> {
        self.version.get_or_init(|| {
            let told = self.run(&["--version"], &self.surroundings.temporary, self.patience.each, stop)?;
            let told = String::from_utf8_lossy(&told);
            let Some(version) = told.lines().find_map(|line| version(line.strip_prefix("version:")?)) else {
                return Err(broken("does not say its version"));
            };
            if version < OLDEST {
                let (major, minor) = version;
                return Err(broken(&format!("is version {major}.{minor}; hullguard needs 0.7 or newer")));
            }
            Ok(version)
        })
    }

    /// Asks about some scripts in one process.
    fn batch(
        &self,
        scripts: &[&str],
        patience: Duration,
        stop: &AtomicBool,
    ) -> Result<Vec<Arc<[Comment]>>, Gap> {
        let cannot = |error: io::Error| broken(&format!("cannot be given a script: {error}"));
        let folder = Private::below(&self.surroundings.temporary).map_err(cannot)?;
        let names: Vec<String> = (0..scripts.len()).map(|at| at.to_string()).collect();
        for (name, script) in names.iter().zip(scripts) {
            folder.write(name, self.spoken(script).as_bytes()).map_err(cannot)?;
        }
        let mut arguments = vec!["--norc", "--format=json1", "--exclude", shellcheck::LEFT_OUT, "--"];
        arguments.extend(names.iter().map(String::as_str));
        let answer = self.run(&arguments, folder.path(), patience, stop)?;
        shellcheck::read(&answer, &names)
            .ok_or_else(|| broken("gave an answer that is not in its format json1"))
    }

    /// The script, for a program that may not know its shell.
    fn spoken(&self, script: &str) -> String {
        if self.knows(Dialect::Busybox) {
            return script.to_owned();
        }
        let (busybox, dash) = (Dialect::Busybox.program(), Dialect::Dash.program());
        match script.strip_prefix("#!").and_then(|rest| rest.strip_prefix(busybox)) {
            Some(rest) => format!("#!{dash}{rest}"),
            None => script.to_owned(),
        }
    }

    /// What the program writes to standard output. It ends when it is done, too late, or no longer wanted.
    fn run(
        &self,
        arguments: &[&str],
        folder: &Path,
        patience: Duration,
        stop: &AtomicBool,
    ) -> Result<Vec<u8>, Gap> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(folder);
        command
            .env_clear()
            .env("PATH", &self.surroundings.path)
            .envs(self.surroundings.variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(|error| broken(&format!("cannot be run: {error}")))?;
        let mut running = Running(child);
        let (send, answer) = mpsc::channel();
        if let Some(out) = running.0.stdout.take() {
            // It is not waited for: who keeps the pipe open would keep it for ever.
            thread::spawn(move || {
                let mut bytes = Vec::new();
                let read = out.take(LONGEST_ANSWER).read_to_end(&mut bytes).map(|_| bytes);
                // Nobody waits for it any more.
                let _ = send.send(read);
            });
        }
        let start = Instant::now();
        let mut read = None;
        loop {
            if read.is_none() {
                read = answer.recv_timeout(LOOK).ok();
            } else {
                thread::sleep(Duration::from_millis(1));
            }
            let ended =
                running.0.try_wait().map_err(|error| broken(&format!("cannot be waited for: {error}")))?;
            match (ended.map(|status| status.code()), &mut read) {
                // 1: it found something.
                (Some(Some(0 | 1)), Some(read)) => {
                    let read = std::mem::replace(read, Ok(Vec::new()));
                    return read.map_err(|error| broken(&format!("cannot be read: {error}")));
                }
                (Some(Some(0 | 1)), None) | (None, _) => {}
                (Some(Some(code)), _) => return Err(broken(&format!("ended with exit code {code}"))),
                (Some(None), _) => return Err(broken("was ended by a signal")),
            }
            if stop.load(Ordering::Relaxed) {
                return Err(broken("was interrupted"));
            }
            if start.elapsed() > patience {
                let seconds = patience.as_secs_f32();
                let why = format!(
                    "ShellCheck did not answer within {seconds} seconds, so shell code was not checked"
                );
                return Err(Gap::new(Reason::Limit, why));
            }
        }
    }
}

impl Program for ShellCheck {
    fn ask(&self, scripts: &[&str], stop: &AtomicBool) -> Vec<Answer> {
        if scripts.is_empty() {
            return Vec::new();
        }
        if let Err(gap) = self.version(stop) {
            return vec![Err(gap.clone()); scripts.len()];
        }
        let known = |script: &&str| lock(&self.answers).contains_key(*script);
        let new: Vec<&str> = scripts.iter().copied().filter(|script| !known(script)).collect();
        let (slow, quick): (Vec<&str>, Vec<&str>) = new.into_iter().partition(|script| may_be_slow(script));
        let threads = rayon::current_num_threads();
        let many = quick.len().div_ceil(threads).clamp(FEW, MOST);
        let begin = Instant::now();
        let slow = slow.par_chunks(1).map(|one| {
            // What is left of the time for all of them.
            let left = self.patience.slow.saturating_sub(begin.elapsed()).min(self.patience.each);
            (one, self.batch(one, left, stop))
        });
        let quick = quick.par_chunks(many).map(|some| {
            let patience = self.patience.each + self.patience.script * some.len() as u32;
            (some, self.batch(some, patience, stop))
        });
        let mut failed: HashMap<&str, Gap> = HashMap::new();
        for (asked, answers) in slow.chain(quick).collect::<Vec<_>>() {
            match answers {
                Ok(answers) => {
                    let named = asked.iter().map(|&script| script.into()).zip(answers);
                    lock(&self.answers).extend(named);
                }
                Err(gap) => failed.extend(asked.iter().map(|&script| (script, gap.clone()))),
            }
        }
        if stop.load(Ordering::Relaxed) {
            // The run says itself that it is not complete.
            return Vec::new();
        }
        let answers = lock(&self.answers);
        let answer = |script: &&str| match failed.get(script) {
            Some(gap) => Err(gap.clone()),
            None => Ok(answers.get(*script).cloned().unwrap_or_else(|| Arc::new([]))),
        };
        scripts.iter().map(answer).collect()
    }

    fn knows(&self, dialect: Dialect) -> bool {
        let is_new = matches!(self.version.get(), Some(Ok(version)) if *version >= BUSYBOX);
        dialect != Dialect::Busybox || is_new
    }
}

/// A process, which ends with this, and with it all that it started.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        // One that is gone by now needs no end.
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        let _ = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&self.0),
            rustix::process::Signal::KILL,
        );
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn broken(what: &str) -> Gap {
    Gap::new(Reason::Unreadable, format!("ShellCheck {what}, so shell code was not checked"))
}

/// `0.11.0`
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn may_be_slow(script: &str) -> bool {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut before = 0;
    for byte in script.bytes() {
        match byte {
            b'(' | b'{' if before == b'$' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            b'\n' => depth = 0,
            _ => {}
        }
        deepest = deepest.max(depth);
        before = byte;
    }
    script.len() > LONG || deepest >= DEEP
}
