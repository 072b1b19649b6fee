use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // The last command that does not set it by itself.
    let sets = |text: &str| text.to_ascii_lowercase().contains("erroractionpreference");
    let last = file.runs().filter(|run| !sets(file.source.slice(run.span))).map(|run| run.index).max();
    for instruction in file.all() {
        let Kind::Shell(words) = &instruction.kind else { continue };
        let name = words.first().map(|word| word.text.to_ascii_lowercase()).unwrap_or_default();
        let program = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if !matches!(program, "powershell" | "powershell.exe" | "pwsh" | "pwsh.exe") {
            continue;
        }
        if words.iter().any(|word| sets(&word.text)) {
            continue;
        }
        if last.is_some_and(|last| last > instruction.index) {
            let message = "PowerShell goes on after an error, so a failed step does not stop the build; begin the command with \
                           `$ErrorActionPreference = 'Stop';`";
            out.at(file.source, words[0].span, message);
        }
    }
}
