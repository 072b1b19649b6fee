//! `hullguard completions`: scripts that complete what a user types.
//!
//! clap makes them, with all values that it knows. What a repository has, its branches and tags, the script asks git for.
//! Names that a shell could obey are left out.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Args;

/// Options that take a commit, a branch or a tag.
const REVISIONS: [&str; 3] = ["commits", "branch", "new-from"];

const BASH: &str = r#"_hullguard_revisions() {
    local name
    COMPREPLY=()
    while IFS= read -r name; do
        if [[ ${name} == "$1"* && ${name} != *[!A-Za-z0-9._/@+-]* ]]; then
            COMPREPLY+=("${name}")
        fi
    done < <(echo HEAD; git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)
}

"#;
const ZSH: &str = r#"
_hullguard_revisions() {
    local -a names
    names=(HEAD ${(f)"$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"})
    compadd -a names
}
"#;
const FISH: &str = r" -f -a '(echo HEAD; git for-each-ref --format=\'%(refname:short)\' refs/heads refs/tags refs/remotes 2>/dev/null)'";

pub(super) fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "hullguard", &mut bytes);
    let script = String::from_utf8_lossy(&bytes).into_owned();
    match shell {
        Shell::Bash => bash(&script),
        Shell::Zsh => zsh(&script),
        Shell::Fish => fish(&script),
        _ => script,
    }
}

/// The line after `--branch)` says what its values are.
fn bash(script: &str) -> String {
    let mut text = BASH.to_owned();
    let mut is_value = false;
    for line in script.lines() {
        text.push_str(if is_value { "                    _hullguard_revisions \"${cur}\"" } else { line });
        text.push('\n');
        let option = line.trim().strip_prefix("--").and_then(|line| line.strip_suffix(')'));
        is_value = option.is_some_and(|option| REVISIONS.contains(&option));
    }
    text
}

fn zsh(script: &str) -> String {
    let mut text = String::new();
    for line in script.lines() {
        let takes = REVISIONS.iter().any(|option| line.contains(&format!("--{option}=[")));
        match line.strip_suffix(":_default' \\").filter(|_| takes) {
            Some(start) => text.extend([start, ":_hullguard_revisions' \\"]),
            None => text.push_str(line),
        }
        text.push('\n');
        if line.starts_with("autoload ") {
            text.push_str(ZSH);
        }
    }
    text
}

fn fish(script: &str) -> String {
    let mut text = String::new();
    for line in script.lines() {
        let takes = REVISIONS.iter().any(|option| line.contains(&format!(" -l {option} ")));
        text.push_str(line);
        if takes && line.ends_with(" -r") {
            text.push_str(FISH);
        }
        text.push('\n');
    }
    text
}
