//! One line a finding, `path:line:column: severity[rule] message`, as compilers write it and editors read it.

use std::io::{self, Write};

use super::{Options, escape, faults, is_open};
use crate::outcome::Outcome;

pub(super) fn write(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for (path, why) in faults(outcome) {
        writeln!(out, "{}: error: not checked: {}", escape::start(path), escape::line(&why))?;
    }
    for finding in outcome.findings.iter().filter(|finding| is_open(finding)) {
        let (place, severity, rule) = (&finding.place, finding.severity.name(), finding.rule.id);
        let (path, message) = (escape::start(&place.path), escape::line(&finding.message));
        let (line, column) = (place.start.line, place.start.column);
        writeln!(out, "{path}:{line}:{column}: {severity}[{rule}] {message}")?;
    }
    Ok(())
}
