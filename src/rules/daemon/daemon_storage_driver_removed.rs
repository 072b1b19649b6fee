use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    // A script may start the old engine of an image.
    let Some((driver, span)) = file.text("storage-driver").filter(|_| file.is_whole) else { return };
    match driver {
        "aufs" | "devicemapper" | "overlay" => {
            let message = format!(
                "the storage driver `{driver}` was removed from the engine, which does not start; use `overlay2`"
            );
            out.at(file.source, span, message);
        }
        "vfs" => {
            let message = "`vfs` copies all files for each layer and is for tests only; use `overlay2`";
            out.at(file.source, span, message).severity(Severity::Warning);
        }
        _ => {}
    }
}
