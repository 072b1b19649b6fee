use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Script};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let names = |name: &&str| file.source.text().contains(name);
    let has_key = ["SECRET_KEY_BASE", "RAILS_MASTER_KEY", "master_key", "master.key"].iter().any(names);
    if has_key || !names(&"production") {
        return;
    }
    for run in file.runs() {
        let compiles = |call: &&Call| call.args().iter().any(|word| &*word.text == "assets:precompile");
        let calls: Vec<Call> = run.scripts().iter().flat_map(Script::calls).collect();
        if let Some(call) = calls.iter().find(compiles).filter(|call| !call.place.conditional) {
            let message = "Rails wants a secret key to compile assets for production; set `SECRET_KEY_BASE_DUMMY=1` for this command";
            out.at(file.source, call.span(), message);
        }
    }
}
