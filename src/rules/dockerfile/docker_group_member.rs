use super::shipping::in_image;
use super::sudo_used;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};
use crate::text::Span;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let shipped = |run: &&Instruction| in_image(file, run) && !sudo_used::is_workplace(cx, file, run);
    for run in file.runs().filter(shipped) {
        for call in run.scripts().iter().flat_map(Script::calls) {
            if let Some(span) = joins(&call) {
                let message = "members of the group `docker` control the engine if its socket is mounted, and so are root on \
                               the host; leave the user out of it";
                out.at(file.source, span, message);
            }
        }
    }
}

/// The word with which a call makes a user a member of `docker`.
fn joins(call: &Call<'_>) -> Option<Span> {
    let is_group = |text: &str| text.split(',').any(|group| group == "docker");
    match call.name()? {
        "usermod" | "useradd" => {
            let (value, span) = call.flag('G', "groups")?;
            value.is_some_and(is_group).then_some(span)
        }
        "adduser" | "addgroup" => {
            let operands = call.operands();
            let (group, user) = (operands.get(1)?, operands.first()?);
            (&*group.text == "docker" && &*user.text != "docker").then_some(group.span)
        }
        "gpasswd" if call.has_flag('a', "add") || call.has_flag('M', "members") => {
            let word = call.args().last()?;
            (&*word.text == "docker").then_some(word.span)
        }
        _ => None,
    }
}
