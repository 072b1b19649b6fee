use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let sets = |text: &str| text.to_ascii_lowercase().contains("erroractionpreference");
    for (at, instruction) in file.instructions.iter().enumerate() {
        let Kind::Shell(words) = &instruction.kind else { continue };
        let name = words.first().map(|word| word.text.to_ascii_lowercase()).unwrap_or_default();
        let program = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if !matches!(program, "powershell" | "powershell.exe" | "pwsh" | "pwsh.exe") {
            continue;
        }
        if words.iter().any(|word| sets(&word.text)) {
            continue;
        }
        // Some commands set it by themselves.
        let mut governed = file.instructions[at + 1..]
            .iter()
            .take_while(|next| next.stage == instruction.stage && !matches!(next.kind, Kind::Shell(_)));
        if governed.any(|next| matches!(next.kind, Kind::Run(_)) && !sets(file.source.slice(next.span))) {
            let message = "PowerShell goes on after an error, so a failed step does not stop the build; begin the command with \
                           `$ErrorActionPreference = 'Stop';`";
            out.at(file.source, words[0].span, message);
        }
    }
}
