use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Script;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        let calls = run.scripts().iter().flat_map(Script::calls).filter(|call| call.is("apt-key"));
        let mut adding =
            calls.filter(|call| call.args().iter().any(|word| matches!(&*word.text, "add" | "adv")));
        let Some(first) = adding.next() else { continue };
        let finding = out.at(
            file.source,
            first.name_span(),
            "a key of `apt-key` may sign the packages of every repository, and new releases of apt have no `apt-key`; save the key in \
             `/etc/apt/keyrings` and name it with `signed-by`",
        );
        for call in adding {
            finding.see(file.source, call.name_span(), "and here");
        }
    }
}
