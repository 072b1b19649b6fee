use std::collections::HashMap;
use std::sync::LazyLock;

use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Manager, PackageCall};

/// Registry and name to the package that was meant. The first line of the table says where it is from.
static KNOWN: LazyLock<HashMap<(&str, &str), &str>> = LazyLock::new(|| {
    let lines = include_str!("typosquatted.tsv").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        Some(((cells.next()?, cells.next()?), cells.next()?))
    };
    lines.filter_map(row).collect()
});

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for call in file.runs().flat_map(Instruction::package_calls).filter(|call| call.action.installs()) {
        let Some(registry) = registry(call) else { continue };
        for package in &call.packages {
            let name = package.name.to_ascii_lowercase();
            let Some(meant) = KNOWN.get(&(registry, &*name)) else { continue };
            let message = format!(
                "`{name}` is known as a malicious imitation of `{meant}`; install `{meant}`, and rotate what this build could read"
            );
            out.at(file.source, package.span, message);
        }
    }
}

fn registry(call: &PackageCall) -> Option<&'static str> {
    match call.manager {
        Manager::Pip | Manager::UvPip | Manager::Uv | Manager::Pipx | Manager::Poetry => Some("pypi"),
        Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun => Some("npm"),
        _ => None,
    }
}
