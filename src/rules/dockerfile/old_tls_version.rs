use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Word};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for call in run.scripts().iter().flat_map(crate::shell::Script::calls) {
            if let Some(word) = old(&call) {
                let message = "this allows a version of TLS that is broken; use TLS 1.2 or later";
                out.at(file.source, word.span, message);
            }
        }
    }
}

fn old<'s>(call: &Call<'s>) -> Option<&'s Word> {
    let flags: &[&str] = match call.name()? {
        "curl" => &["-1", "--tlsv1", "--tlsv1.0", "--tlsv1.1", "--sslv2", "--sslv3", "-2", "-3"],
        "wget" => &[
            "--secure-protocol=SSLv2",
            "--secure-protocol=SSLv3",
            "--secure-protocol=TLSv1",
            "--secure-protocol=TLSv1_1",
        ],
        _ => return None,
    };
    call.args().iter().find(|word| flags.contains(&&*word.text))
}
