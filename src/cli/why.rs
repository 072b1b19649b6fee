//! `hullguard explain --finding`: why a finding is reported, or why nothing is.
//!
//! It checks as `check` would, but for findings that are not sure enough, which it takes too, and picks out what somebody
//! asked for.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::args::{Explain, Look, WhyFormat};
use super::open::{self, Run};
use super::{CLEAN, FAILED, print, term};
use crate::archive;
use crate::filter;
use crate::finding::{Finding, Place};
use crate::gap::{Gap, Reason};
use crate::input;
use crate::outcome::Outcome;
use crate::report::{Hider, Options, why};
use crate::secrets;

/// What somebody asks about.
enum Asked {
    Fingerprint(u128),
    /// A file, as it was written, and a line.
    Line(PathBuf, u32),
}

impl Asked {
    fn of(text: &str) -> Result<Self> {
        if text.len() == 32
            && let Ok(fingerprint) = u128::from_str_radix(text, 16)
        {
            return Ok(Self::Fingerprint(fingerprint));
        }
        // As reports write it, with or without the column.
        let numbered = |text: &str| {
            let (path, number) = text.rsplit_once(':')?;
            Some((path.to_owned(), number.parse::<u32>().ok()?))
        };
        let line = numbered(text).map(|(path, number)| numbered(&path).unwrap_or((path, number)));
        match line {
            Some((path, line)) if line > 0 && !path.is_empty() => Ok(Self::Line(path.into(), line)),
            _ => {
                bail!("`{text}` is not a finding; write its fingerprint (32 hexadecimal digits) or FILE:LINE")
            }
        }
    }
}

pub(super) fn run(args: &Explain, finding: &str) -> Result<u8> {
    let asked = Asked::of(finding)?;
    let current = input::tidy(&env::current_dir().context("the current folder cannot be read")?);
    let mut look = Look {
        exclude: args.settings.exclude.clone(),
        config: args.settings.config.clone(),
        no_config: args.settings.no_config,
        profile: args.profile,
        preview: args.preview,
        history: args.history,
        ..Look::default()
    };
    let file = match &asked {
        Asked::Line(..) if args.history => {
            bail!("--history needs a fingerprint, because a line of an old version has no place in a file")
        }
        Asked::Line(path, _) => Some(input::tidy(&current.join(path))),
        Asked::Fingerprint(_) => None,
    };
    // What lies elsewhere is found only if it is named.
    look.paths.extend(file.clone().filter(|file| !file.starts_with(&current)));
    let mut run = open::open(&look, false)?;
    run.apart = true;
    run.policy.doubtful = true;
    let path = match &file {
        Some(file) => Some(input::below(&run.display.root, file).context("the path is not valid UTF-8")?),
        None => None,
    };
    if let Some(path) = &path {
        // All documents, because they may say how this one is used.
        let holds = |file: &str| archive::holders(path).any(|holder| holder == file);
        run.candidates.retain(|candidate| candidate.document || holds(&candidate.path));
    }
    let mut outcome = run.scan_patiently();
    run.complete(&mut outcome);
    let is_asked = |finding: &Finding| match (&asked, &path) {
        (Asked::Fingerprint(wanted), _) => finding.fingerprint == *wanted,
        (Asked::Line(_, line), Some(path)) => {
            let again = finding.related.iter().filter(|related| related.again).map(|related| &related.place);
            std::iter::once(&finding.place).chain(again).any(|place| covers(place, path, *line))
        }
        (Asked::Line(..), None) => false,
    };
    let wanted: Vec<usize> =
        (0..outcome.findings.len()).filter(|&at| is_asked(&outcome.findings[at])).collect();
    let looked = match (&asked, &path) {
        // What was found was checked.
        (Asked::Line(..), Some(_)) if !wanted.is_empty() => Some(Ok(Vec::new())),
        (Asked::Line(_, line), Some(path)) => Some(looked(&run, &outcome, path, *line)?),
        _ => None,
    };
    let tops: Vec<String> = {
        let hider = Hider::of(&outcome);
        let top = |&at: &usize| format!("{}{}", run.policy.base, outcome.findings[at].place.path);
        wanted.iter().map(|at| hider.name(&top(at)).into_owned()).collect()
    };
    let set_in = |&at: &usize| {
        let finding = &outcome.findings[at];
        filter::severity_set_in(finding.rule, &finding.place.path, &run.config)
    };
    let set_in: Vec<Option<String>> = wanted.iter().map(set_in).collect();
    run.display.show(&mut outcome);
    let findings = wanted.iter().zip(tops).zip(set_in);
    let findings = findings
        .map(|((&at, top), severity_set_in)| why::Subject {
            finding: &outcome.findings[at],
            top,
            severity_set_in,
        })
        .collect();
    let answer = why::Answer { asked: finding, findings, looked };
    let mut text = Vec::new();
    match args.format {
        WhyFormat::Json => why::json(&answer, &mut text)?,
        WhyFormat::Text => {
            let options = Options { colour: term::colour(super::args::Color::Auto), ..Options::default() };
            text.extend(why::human(&answer, &options).into_bytes());
        }
    }
    let is_missing = matches!(&answer.looked, Some(Err(gap)) if gap.reason == Reason::NotFound);
    print(&text)?;
    if answer.findings.is_empty() && file.is_none() {
        if !args.history {
            term::complain("a finding of git's history is found with --history");
        }
        return Ok(FAILED);
    }
    Ok(if is_missing { FAILED } else { CLEAN })
}

/// Whether a place has something of a line.
fn covers(place: &Place, path: &str, line: u32) -> bool {
    // What ends where a line begins has nothing of it.
    let last = place.end.line - u32::from(place.end.column == 1 && place.end.line > place.start.line);
    &*place.path == path && (place.start.line..=last).contains(&line)
}

/// Why a file was not checked, or what there is to say about how it was, where nothing is reported at a line.
///
/// # Errors
/// The file has no such line.
fn looked(run: &Run, outcome: &Outcome, asked: &str, line: u32) -> Result<Result<Vec<String>, Gap>> {
    let is_listed = |path: &str| run.candidates.iter().any(|candidate| &*candidate.path == path);
    let path = archive::holders(asked).find(|holder| is_listed(holder)).unwrap_or(asked);
    let told = outcome.skipped.iter().chain(&outcome.failed);
    let of_file = told.clone().filter(|told| &*told.path == path);
    if !is_listed(path) {
        let is_above = |above: &str| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        let of_folder = told.filter(|told| is_above(&told.path));
        let gap = of_file.chain(of_folder).next().map(|told| Gap::new(told.reason, told.why.clone()));
        return Ok(Err(gap.unwrap_or_else(|| unlisted(run, path))));
    }
    let mut notes: Vec<String> = of_file.map(|told| told.why.clone()).collect();
    let (mut is_there, mut lines) = (false, 0);
    let bytes = match run.tree.read(path) {
        Ok(bytes) => bytes,
        Err(gap) => return Ok(Err(gap)),
    };
    archive::open(&path.into(), bytes, &mut |inner, bytes| {
        if **inner != *asked {
            return;
        }
        is_there = true;
        let text = secrets::as_utf8(bytes);
        if secrets::is_binary(&text) {
            notes.push("it is binary, so it was searched for tokens only".to_owned());
        }
        lines = text.trim_ascii_end().split(|&b| b == b'\n').count();
    });
    if is_there && line as usize > lines {
        bail!("{asked} has no line {line}; its last line is {lines}");
    }
    Ok(match is_there {
        true => Ok(notes),
        false if asked == path => {
            notes.push("it is an archive; the files in it have paths such as `a.zip!b.env`".to_owned());
            Ok(notes)
        }
        false => Err(Gap::new(Reason::NotFound, "the archive has no such file, or it was not opened")),
    })
}

/// Why a file that nothing was said about is not among those that are checked.
fn unlisted(run: &Run, path: &str) -> Gap {
    let file = run.display.root.join(path);
    match file.symlink_metadata() {
        Err(_) => Gap::new(Reason::NotFound, "no such file"),
        Ok(meta) if meta.is_dir() => Gap::new(Reason::NotAFile, "it is a folder"),
        Ok(meta) if meta.is_symlink() => Gap::new(
            Reason::Link,
            "it is a symbolic link; the file that it leads to is checked at its own path",
        ),
        Ok(_) if path.split('/').any(|part| part == ".git") => Gap::new(
            Reason::Ignored,
            "it belongs to git; `hullguard check --history` searches what git stores",
        ),
        Ok(_) => Gap::new(Reason::Ignored, "an ignore file lists it, and git does not track it"),
    }
}
