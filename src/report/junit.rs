//! JUnit XML, as Jenkins, GitLab and others show test results: a suite a file, a test a finding.
//!
//! A finding that fails the run is a failed test; a milder one passes and says so in its output. A file that was skipped is
//! a skipped test. A run without any of these is one test that passes, because readers take a report without tests for a mistake. The schema is that of Jenkins'
//! xUnit plugin (junit-10.xsd); tests/oracle/formats.py checks against it.

use std::io::{self, Write};

use super::{Options, by_file, escape, faults};
use crate::finding::Finding;
use crate::outcome::Outcome;

pub(super) fn write(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let fails = |finding: &Finding| options.failing.is_some_and(|least| finding.severity >= least);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hullguard\">")?;
    let faults = faults(outcome);
    for (path, why) in &faults {
        let (path, why) = (escape::xml(path), escape::xml(why));
        suite(out, &path, 1, 0, 1)?;
        writeln!(
            out,
            "<testcase name=\"checked\" classname=\"{path}\"><error type=\"not-checked\" message=\"{why}\"/></testcase>\n\
             </testsuite>"
        )?;
    }
    let files = by_file(outcome);
    for file in &files {
        let path = escape::xml(&file[0].place.path);
        suite(out, &path, file.len(), file.iter().filter(|finding| fails(finding)).count(), 0)?;
        for finding in file {
            let (rule, start) = (finding.rule.id, finding.place.start);
            let severity = finding.severity.name();
            let message = escape::xml(&finding.message);
            let text = format!("{path}:{}:{}: {severity}[{rule}] {message}", start.line, start.column);
            write!(
                out,
                "<testcase name=\"{rule} at {}:{}\" classname=\"{path}\">",
                start.line, start.column
            )?;
            if fails(finding) {
                write!(out, "<failure type=\"{severity}\" message=\"{message}\">{text}</failure>")?;
            } else {
                write!(out, "<system-out>{text}</system-out>")?;
            }
            writeln!(out, "</testcase>")?;
        }
        writeln!(out, "</testsuite>")?;
    }
    let skipped: Vec<_> = outcome.skipped.iter().filter(|told| !told.reason.is_counted()).collect();
    for told in &skipped {
        let (path, why) = (escape::xml(&told.path), escape::xml(&told.why));
        suite(out, &path, 1, 0, 0)?;
        writeln!(
            out,
            "<testcase name=\"checked\" classname=\"{path}\"><skipped message=\"{why}\"/></testcase>\n</testsuite>"
        )?;
    }
    if files.is_empty() && faults.is_empty() && skipped.is_empty() {
        suite(out, "hullguard", 1, 0, 0)?;
        writeln!(out, "<testcase name=\"no findings\" classname=\"hullguard\"/>\n</testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn suite(out: &mut dyn Write, name: &str, tests: usize, failures: usize, errors: usize) -> io::Result<()> {
    writeln!(out, "<testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">")
}
