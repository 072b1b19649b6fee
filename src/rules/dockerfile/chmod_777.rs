use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        match &instruction.kind {
            Kind::Copy(_) | Kind::Add(_) => {
                let value = instruction.flag("chmod").and_then(|flag| flag.value.as_ref());
                if let Some(value) = value {
                    judge(file, instruction, &value.text, value.span, out);
                }
            }
            Kind::Run(_) => run(file, instruction, out),
            _ => {}
        }
    }
}

fn run(file: &Dockerfile, instruction: &Instruction, out: &mut Findings) {
    for script in instruction.scripts() {
        for change in &script.facts().mode_changes {
            // Temporary folders and devices are everybody's.
            let shared = |path: &str| {
                ["/tmp", "/var/tmp", "/dev"].iter().any(|folder| {
                    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                })
            };
            if change.paths.is_empty() || !change.paths.iter().all(|(path, _)| shared(path)) {
                judge(file, instruction, &change.mode, change.mode_span, out);
            }
        }
    }
}

fn judge(file: &Dockerfile, instruction: &Instruction, mode: &str, span: Span, out: &mut Findings) {
    let message = match what(mode) {
        None => return,
        Some(Fault::Everybody) => {
            format!("mode `{mode}` lets everybody write; give the file to who needs it")
        }
        Some(Fault::Setuid) => {
            format!(
                "mode `{mode}` runs the program as its owner, whoever starts it; leave the setuid bit out"
            )
        }
    };
    let finding = out.at(file.source, span, message);
    if !in_image(file, instruction) {
        finding.severity(Severity::Note);
    }
    let octal = u32::from_str_radix(mode, 8).ok().filter(|_| file.source.slice(span) == mode);
    if let Some(bits) = octal {
        // What group and others may write, and setuid; the number of digits stays.
        let better = format!("{:0width$o}", bits & !0o4022, width = mode.len());
        finding.fix(Safety::Unsafe, format!("set mode {better}"), vec![Edit::replace(span, better)]);
    }
}

enum Fault {
    Everybody,
    Setuid,
}

/// Reads an octal or symbolic mode. The sticky bit makes a folder that everybody may write fit for it.
fn what(mode: &str) -> Option<Fault> {
    if let Ok(bits) = u32::from_str_radix(mode, 8) {
        return match bits {
            bits if bits & 0o4000 != 0 => Some(Fault::Setuid),
            bits if bits & 0o1002 == 0o002 => Some(Fault::Everybody),
            _ => None,
        };
    }
    let clauses = || {
        mode.split(',').filter_map(|clause| {
            let at = clause.find(['+', '='])?;
            Some((&clause[..at], &clause[at + 1..]))
        })
    };
    if clauses().any(|(who, add)| add.contains('s') && who != "g" && who != "o") {
        return Some(Fault::Setuid);
    }
    // `+w` alone is held back by the umask.
    let writes = clauses().any(|(who, add)| add.contains('w') && who.contains(['o', 'a']));
    (writes && !clauses().any(|(_, add)| add.contains('t'))).then_some(Fault::Everybody)
}
