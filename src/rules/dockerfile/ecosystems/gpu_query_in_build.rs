use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| run.flag("device").is_none()) {
        for call in run.scripts().iter().flat_map(Script::calls).filter(asks) {
            let message = "a build has no GPU, so this fails or finds none; ask when the container starts";
            out.at(file.source, call.name_span(), message);
        }
    }
}

fn asks(call: &Call) -> bool {
    let code = || call.args().iter().any(|word| word.text.contains("torch.cuda.is_available"));
    call.is("nvidia-smi") || call.name().is_some_and(|name| name.starts_with("python")) && code()
}
