use crate::daemon::{Daemon, Value};
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    // Without a driver it may be set where the engine is started.
    let Some((driver, span)) = file.text("log-driver") else { return };
    let limits = match file.get("log-opts").map(|setting| &setting.value) {
        Some(Value::Map(options)) => options.iter().any(|option| &*option.key == "max-size"),
        _ => false,
    };
    let message = match driver {
        "none" => "the engine keeps no logs of containers, so nobody sees what happened; use `local`",
        "json-file" if !limits && !file.is_open => {
            "logs of containers grow until the disk is full; set `max-size` and `max-file` in `log-opts`"
        }
        _ => return,
    };
    out.at(file.source, span, message);
}
