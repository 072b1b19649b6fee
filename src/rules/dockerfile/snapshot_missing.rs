use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;

/// What takes packages as they were on a day: snapshot.debian.org, snapshot.ubuntu.com, `apt-get --snapshot`, and
/// github.com/reproducible-containers/repro-sources-list.sh.
const SNAPSHOTS: [&str; 2] = ["snapshot", "repro-sources-list"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if SNAPSHOTS.iter().any(|mark| file.source.text().contains(mark)) {
        return;
    }
    let mut calls = file.runs().filter(|run| in_image(file, run)).flat_map(Instruction::package_calls);
    // One for the file: what is missing is one setting.
    if let Some(call) =
        calls.find(|call| call.manager.is_apt() && call.action.installs() && !call.packages.is_empty())
    {
        let message = "apt takes packages as they are on the day of the build, with whatever they depend on; install from a snapshot of \
                       the repository";
        out.at(file.source, call.span, message);
    }
}
