use super::shipping::in_image;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Script;

/// Capabilities with which a program can become root or read everything. Source: capabilities(7).
const DANGEROUS: [&str; 13] = [
    "cap_bpf",
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_mknod",
    "cap_setfcap",
    "cap_setgid",
    "cap_setuid",
    "cap_sys_admin",
    "cap_sys_module",
    "cap_sys_ptrace",
    "cap_sys_rawio",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| in_image(file, run)) {
        for call in run.scripts().iter().flat_map(Script::calls).filter(|call| call.is("setcap")) {
            let operands = call.operands();
            let Some(word) = operands.first().filter(|_| !call.has_flag('r', "")) else { continue };
            // They are made to be started by users, and give nothing else away.
            if operands[1..]
                .iter()
                .any(|file| ["newuidmap", "newgidmap"].iter().any(|name| file.text.ends_with(name)))
            {
                continue;
            }
            let text = word.text.to_ascii_lowercase();
            let given = text.split(['=', '+']).next().unwrap_or_default();
            let every = matches!(given, "" | "all") && text.contains('=');
            let named = given.split(',').find(|name| DANGEROUS.contains(&name.trim()));
            let Some(name) = named.or(every.then_some("all")) else { continue };
            let message = format!(
                "whoever runs this program has the capability `{name}`, which is as good as root; give it only what it needs"
            );
            out.at(file.source, word.span, message);
        }
    }
}
