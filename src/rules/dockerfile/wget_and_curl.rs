use super::shipping::in_image;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut first: Vec<[Option<Span>; 2]> = vec![[None, None]; file.stages.len()];
    for run in file.runs().filter(|run| in_image(file, run)) {
        let Some(seen) = run.stage.and_then(|stage| first.get_mut(stage)) else { continue };
        for call in run.scripts().iter().flat_map(Script::calls) {
            for (at, name) in ["wget", "curl"].into_iter().enumerate() {
                let place = Some(&call).filter(|call| call.is(name)).map(Call::name_span);
                seen[at] = seen[at].or(place);
            }
        }
    }
    for [wget, curl] in first {
        if let (Some(wget), Some(curl)) = (wget, curl) {
            let (first, second) = if wget.start < curl.start { (wget, curl) } else { (curl, wget) };
            out.at(
                file.source,
                second,
                "the stage uses both `wget` and `curl`; use one of them for all downloads",
            )
            .see(file.source, first, "the other one is used here");
        }
    }
}
