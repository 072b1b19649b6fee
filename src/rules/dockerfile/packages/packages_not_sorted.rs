use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Package, PackageCall, PackageKind};
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for script in file.runs().flat_map(Instruction::scripts) {
        let calls = script.facts().packages.iter();
        // A comment may be about the package below it, or about all that follow.
        let commented = |call: &PackageCall| file.source.slice(call.span).contains('#');
        let installs = |call: &PackageCall| call.manager.is_system() && call.action.installs();
        for call in calls.filter(|call| installs(call) && !commented(call)) {
            let lists = call.packages.chunk_by(|one, next| follow(file, one, next));
            lists.filter(|list| list.len() > 1).for_each(|list| check(file, call, list, out));
        }
    }
}

fn check(file: &Dockerfile, call: &PackageCall, list: &[Package], out: &mut Findings) {
    let Some(wrong) = list.windows(2).find(|pair| key(&pair[0]) > key(&pair[1])) else { return };
    let mut sorted: Vec<&Package> = list.iter().collect();
    sorted.sort_by_key(|package| key(package));
    let pairs = list.iter().zip(sorted).filter(|(old, new)| old.span != new.span);
    let edits = pairs.map(|(old, new)| Edit::replace(old.span, file.source.slice(new.span))).collect();
    let manager = file.source.slice(call.program);
    out.at(
        file.source,
        wrong[1].span,
        format!("the packages of this `{manager}` call are not in alphabetical order; sort them"),
    )
    .fix(Safety::Safe, "sort the packages", edits);
}

fn key(package: &Package) -> (String, &str) {
    (package.text.to_ascii_lowercase(), &package.text)
}

/// Each is alone on its line, the second one below the first: no flag and no blank line is between them.
fn follow(file: &Dockerfile, one: &Package, next: &Package) -> bool {
    let (end, start) = (one.span.end as usize, next.span.start as usize);
    let between = file.source.text().get(end..start).unwrap_or_default();
    let mut lines = between.split('\n');
    let continued = lines.next().is_some_and(|rest| rest.trim() == file.escape.to_string());
    let below = lines.next().is_some_and(|indent| indent.trim().is_empty()) && lines.next().is_none();
    // Where a variable belongs is not known.
    let is_name = |package: &Package| !package.from_variable && package.kind != PackageKind::Variable;
    continued && below && [one, next].into_iter().all(|package| is_name(package) && is_alone(file, package))
}

/// Nothing else is on its line but the end of the command.
fn is_alone(file: &Dockerfile, package: &Package) -> bool {
    let text = file.source.text();
    let before = text[..package.span.start as usize].rsplit('\n').next().unwrap_or_default();
    let after = text[package.span.end as usize..].lines().next().unwrap_or_default().trim_start();
    let ends = after.is_empty() || after.starts_with([file.escape, ';', '&', '|', ')', '#']);
    before.trim_start().is_empty() && ends
}
