//! Whether a package manager will ask, whether it takes recommended packages along, and whether it does anything.

use super::{Action, Flag, Manager, PackageCall};
use crate::shell::{Pipeline, walk};

fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "yes" | "true" | "on" | "with" | "enable")
}

fn is_false(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "0" | "no" | "false" | "off" | "without" | "disable")
}

/// What a call does in place of its action, where a flag says that it only looks or only downloads. From the manual pages.
pub(super) fn instead(manager: Manager, action: Action, flags: &[Flag]) -> Action {
    let has = |short: &str, long: &[&str]| {
        flags
            .iter()
            .any(|flag| if flag.short { short.contains(&*flag.name) } else { long.contains(&&*flag.name) })
    };
    let (looks, downloads) = match manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => (
            has("s", &["simulate", "just-print", "dry-run", "recon", "no-act", "print-uris"]),
            has("d", &["download-only"]),
        ),
        Manager::Apk => (has("s", &["simulate"]), false),
        Manager::Dnf | Manager::Microdnf | Manager::Yum | Manager::Tdnf => {
            (has("", &["assumeno"]), has("", &["downloadonly"]))
        }
        Manager::Zypper => (has("D", &["dry-run"]), has("d", &["download-only"])),
        Manager::Pacman => (has("p", &["print"]), has("w", &["downloadonly"])),
        Manager::Conda => (has("d", &["dry-run"]), has("", &["download-only"])),
        Manager::Pip | Manager::UvPip | Manager::Npm | Manager::Poetry | Manager::Composer => {
            (has("", &["dry-run"]), false)
        }
        Manager::Yarn => (has("vh", &["version", "help"]), false),
        _ => (false, false),
    };
    match action {
        Action::Other | Action::Query => action,
        _ if looks => Action::Query,
        _ if downloads && action.installs() => Action::Download,
        _ => action,
    }
}

pub(super) fn assume_yes(call: &PackageCall) -> bool {
    match call.manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => {
            let quiet = call.flags.iter().filter(|flag| matches!(&*flag.name, "q" | "quiet"));
            let level: u32 = quiet
                .map(|flag| flag.value.as_deref().and_then(|value| value.parse().ok()).unwrap_or(1))
                .sum();
            level >= 2
                || call.has_flag('y', "yes")
                || call.has_flag('\0', "assume-yes")
                || call.apt_option("APT::Get::Assume-Yes").is_some_and(is_true)
                || call
                    .apt_option("quiet")
                    .and_then(|value| value.parse().ok())
                    .is_some_and(|level: u32| level >= 2)
        }
        // "-y, --assumeyes: does nothing, we always assume yes" (its help).
        Manager::Microdnf => true,
        Manager::Dnf | Manager::Yum | Manager::Tdnf => {
            let mut settings = call.flags.iter().filter(|flag| &*flag.name == "setopt");
            call.has_flag('y', "assumeyes")
                || call.has_flag('\0', "assume-yes")
                || settings.any(|flag| {
                    let setting = flag.value.as_deref().and_then(|value| value.split_once('='));
                    setting.is_some_and(|(key, value)| key == "assumeyes" && is_true(value))
                })
        }
        Manager::Zypper => {
            call.has_flag('n', "non-interactive")
                || call.has_flag('y', "no-confirm")
                || call.has_flag('\0', "non-interactive-include-reboot-patches")
        }
        Manager::Pacman => call.has_flag('\0', "noconfirm"),
        Manager::Conda if call.action == Action::LockedInstall => true,
        Manager::Conda => {
            call.has_flag('y', "yes") || call.has_flag('q', "quiet") && call.has_flag('\0', "json")
        }
        Manager::Pip | Manager::UvPip if call.action == Action::Remove => {
            call.manager == Manager::UvPip || call.has_flag('y', "yes")
        }
        _ => true,
    }
}

/// `yes | apt-get install …`, `echo y | …`, or input from a file
pub(super) fn answered(pipeline: &Pipeline, position: usize) -> bool {
    // `… < answers`
    if pipeline.commands[position].redirects.iter().any(|redirect| redirect.operator.starts_with('<')) {
        return true;
    }
    let before = position.checked_sub(1).map(|at| &pipeline.commands[at]);
    before.is_some_and(|command| {
        walk::calls_in(command, pipeline, position - 1).iter().any(|call| {
            let says = |text: &str| matches!(text.trim().trim_end_matches("\\n"), "y" | "Y" | "yes");
            match call.name() {
                Some("yes") => true,
                Some("echo" | "printf") => call.args().iter().any(|word| says(&word.text)),
                _ => false,
            }
        })
    })
}

pub(super) fn no_recommends(call: &PackageCall) -> bool {
    match call.manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => {
            call.has_flag('\0', "no-install-recommends")
                || call.manager == Manager::Aptitude && call.has_flag('R', "without-recommends")
                || call.apt_option("APT::Install-Recommends").is_some_and(is_false)
        }
        Manager::Zypper => call.has_flag('\0', "no-recommends"),
        _ => false,
    }
}
