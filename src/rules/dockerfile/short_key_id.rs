use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Script, Word};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for call in run.scripts().iter().flat_map(Script::calls) {
            let receives = |word: &Word| {
                matches!(&*word.text, "--recv-keys" | "--recv-key" | "--recv" | "--receive-keys")
            };
            if !matches!(call.name(), Some("gpg" | "gpg2" | "apt-key")) || !call.args().iter().any(receives) {
                continue;
            }
            for word in call.args().iter().filter(|word| is_short_id(&word.text)) {
                let message = format!(
                    "anyone can make a key with the short id `{}`; name the key by its whole fingerprint",
                    word.text
                );
                out.at(file.source, word.span, message);
            }
        }
    }
}

/// Eight hexadecimal digits, perhaps behind `0x`.
fn is_short_id(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
