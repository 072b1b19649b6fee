use super::starts;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let Some(path) = file.starts.with_crlf.first() else { return };
    // Something takes the line ends away.
    let converts = |text: &str| text.contains("dos2unix") || text.contains("\\r");
    let mut runs = file.all().filter(|one| matches!(one.kind, Kind::Run(_)));
    if runs.any(|run| converts(file.source.slice(run.span))) {
        return;
    }
    let ships = file.stages.iter().filter(|stage| stage.ships);
    let Some(start) = ships.flat_map(|stage| starts::of(file, stage.index)).next() else { return };
    let message = format!(
        "the lines of `{path}` end with CR LF, so the container does not find the interpreter `sh\\r`; save it with LF, and set \
         `eol=lf` in `.gitattributes`"
    );
    out.at(file.source, start.keyword.span, message);
}
