//! Checkstyle XML: files with what is wrong in them, as Jenkins, reviewdog and many others read it.
//!
//! There is no official schema. Elements, attributes and severities are those that Checkstyle's own `XMLLogger` writes;
//! tests/oracle/formats.py gives the file to a reader that is not ours.

use std::io::{self, Write};

use super::{Options, by_file, escape, faults};
use crate::outcome::Outcome;
use crate::rule::Severity;

/// The version of Checkstyle whose format this is; readers want one.
const VERSION: &str = "4.3";

pub(super) fn write(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"{VERSION}\">")?;
    for (path, why) in faults(outcome) {
        writeln!(
            out,
            "<file name=\"{}\">\n<error line=\"1\" severity=\"error\" message=\"not checked: {}\" \
             source=\"hullguard.not-checked\"/>\n</file>",
            escape::xml(path),
            escape::xml(&why)
        )?;
    }
    for file in by_file(outcome) {
        writeln!(out, "<file name=\"{}\">", escape::xml(&file[0].place.path))?;
        for finding in file {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            let start = finding.place.start;
            writeln!(
                out,
                "<error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"hullguard.{}\"/>",
                start.line,
                start.column,
                escape::xml(&finding.message),
                finding.rule.id
            )?;
        }
        writeln!(out, "</file>")?;
    }
    writeln!(out, "</checkstyle>")
}
