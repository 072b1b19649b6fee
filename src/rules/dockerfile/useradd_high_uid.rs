use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::Script;
use crate::text::Edit;

/// The file that notes logins has a fixed length of entry for each number up to the highest.
const HIGHEST: u64 = 99_999;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for call in file.runs().flat_map(Instruction::scripts).flat_map(Script::calls) {
        if !call.is("useradd") || call.has_flag('l', "no-log-init") {
            continue;
        }
        let Some((Some(uid), span)) = call.flag('u', "uid") else { continue };
        if uid.parse().is_ok_and(|uid: u64| uid > HIGHEST) {
            let message =
                format!("the user id {uid} makes `/var/log/lastlog` very large; add `--no-log-init`");
            let after = call.name_span().end as usize;
            out.at(file.source, span, message).fix(
                Safety::Unsafe,
                "add `--no-log-init`",
                vec![Edit::insert(after, " --no-log-init")],
            );
        }
    }
}
